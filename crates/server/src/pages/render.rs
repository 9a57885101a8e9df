//! Draws a view as HTML, or SVG where it is a picture. Start with [`page`]; [`asset`] serves what the pages need beside it.
//!
//! Templates, words, style and typefaces are compiled in. Templates are strict: a missing field, key or variable is an error and never an
//! empty space, and a test renders every sample of every page in both languages. There are no inline styles and no scripts, so the policy
//! of [`content_security_policy`] holds.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;
use convivio_domain::{ConsentPurpose, Locale};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context};
use rust_embed::RustEmbed;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::fitting::{fit, wrapped};
use super::picture::{Drawing, Shape, Tone, tone_of};
use super::views::Page;

/// The page as a whole document in the reader's language.
pub(crate) fn page(view: &Page, locale: Locale) -> Result<String, Error> {
    let template = environment(locale).get_template(view.template())?;
    let drawing = match view {
        Page::Seating(view) | Page::Picture(view) => Some(Drawing::of(view)),
        _ => None,
    };
    let page = template.render(context! { view => Serde(view), hues => Serde(hues(view)), drawing => Serde(drawing) })?;
    Ok(match view {
        // People may write these two, XML may not hold them.
        Page::Picture(_) => page.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"),
        _ => page,
    })
}

pub(crate) fn content_type(view: &Page) -> &'static str {
    match view {
        Page::Picture(_) => "image/svg+xml",
        _ => "text/html; charset=utf-8",
    }
}

/// The policy a page is served with: nothing from elsewhere, nothing inline.
///
/// What is kept as a file is the one exception: its style is inside it, named here by its hash. A picture has none.
pub(crate) fn content_security_policy(view: &Page) -> String {
    let (style, font) = match view {
        Page::Seating(_) | Page::Timeline(_) | Page::Report(_) | Page::HostBrief(_) => {
            let hash = BASE64.encode(Sha256::digest(STANDALONE_CSS.as_bytes()));
            (format!("'sha256-{hash}'"), "data:")
        }
        Page::Picture(_) => ("'none'".to_owned(), "'none'"),
        _ => ("'self'".to_owned(), "'self'"),
    };
    format!(
        "default-src 'none'; style-src {style}; font-src {font}; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// A file under `/assets/`.
pub(crate) struct Asset {
    pub bytes: Cow<'static, [u8]>,
    pub mime: &'static str,
    /// A strong one, in its quotes.
    pub etag: String,
    /// The address names the content, so a copy may be kept for good; otherwise it has to be asked about again.
    pub immutable: bool,
}

/// The file at `path` (without `/assets/`); `version` is the `v` of its address.
pub(crate) fn asset(path: &str, version: Option<&str>) -> Option<Asset> {
    let mime = match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => return None,
    };
    let file = Assets::get(path)?;
    let hash = short_hash(&file);
    // The folders of typefaces carry their version.
    let immutable = version == Some(hash.as_str()) || path.starts_with("fonts/");
    Some(Asset { bytes: file.data, mime, etag: format!("\"{hash}\""), immutable })
}

impl Page {
    fn template(&self) -> &'static str {
        match self {
            Self::Home(_) => "home.html",
            Self::Event(_) => "event.html",
            Self::Sent(_) => "sent.html",
            Self::Confirm(_) => "confirm.html",
            Self::Offer(_) => "offer.html",
            Self::Confirmed(_) => "confirmed.html",
            Self::MyTable(_) => "my_table.html",
            Self::GivingUp(_) => "giving_up.html",
            Self::People(_) => "people.html",
            Self::Person(_) => "person.html",
            Self::Introductions(_) => "introductions.html",
            Self::Prompts(_) => "prompts.html",
            Self::Preferences(_) => "preferences.html",
            Self::Erase(_) => "erase.html",
            Self::Forgotten(_) => "forgotten.html",
            Self::Profile(_) => "profile.html",
            Self::Guide(_) => "guide.html",
            Self::Prompt(_) => "prompt.html",
            Self::Answered(_) => "answered.html",
            Self::Unsubscribe(_) => "unsubscribe.html",
            Self::Unsubscribed(_) => "unsubscribed.html",
            Self::Login(_) => "login.html",
            Self::LoggedIn(_) => "logged_in.html",
            Self::Problem(_) => "problem.html",
            Self::Seating(_) => "seating.html",
            Self::Picture(_) => "picture.svg",
            Self::Timeline(_) => "timeline.html",
            Self::Report(_) => "report.html",
            Self::HostBrief(_) => "host_brief.html",
        }
    }
}

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Templates;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// One environment a language, so that every macro and filter speaks it without being told.
fn environment(locale: Locale) -> &'static Environment<'static> {
    static ENGLISH: LazyLock<Environment<'static>> = LazyLock::new(|| build(Locale::En));
    static ITALIAN: LazyLock<Environment<'static>> = LazyLock::new(|| build(Locale::It));
    match locale {
        Locale::En => &ENGLISH,
        Locale::It => &ITALIAN,
    }
}

fn build(locale: Locale) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    // Whatever the file is called: by its name alone the picture would not be escaped.
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    env.set_syntax(syntax.expect("the default delimiters are valid"));
    env.set_loader(|name| Ok(Templates::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned())));

    env.add_global("locale", locale.as_str());
    env.add_global("locales", Serde(Locale::ALL));
    env.add_global("standalone_css", Value::from_safe_string(STANDALONE_CSS.clone()));
    env.add_function("asset", |path: &str| -> Result<Value, Error> {
        let file = Assets::get(path).ok_or_else(|| invalid(format!("there is no asset {path}")))?;
        Ok(Value::from_safe_string(format!("/assets/{path}?v={}", short_hash(&file))))
    });
    env.add_function("ring", |seats: usize| Serde(ring(seats)));
    env.add_function("table_shape", |seats: usize| Serde(Shape::of(seats)));
    env.add_function("tone", |table: Value| tone(&table));
    env.add_filter("fit", |text: &Value, width: f64, size: f64| Ok::<_, Error>(fit(plain(text)?, width, size)));
    env.add_filter("wrapped", |text: &Value, width: f64, size: f64, lines: usize| {
        Ok::<_, Error>(wrapped(plain(text)?, width, size, lines))
    });

    env.add_function("consent_text", move |purpose: &str| {
        let purpose: ConsentPurpose = purpose.parse().map_err(|_| invalid(format!("nobody is asked to agree to {purpose}")))?;
        Ok::<_, Error>(Serde(purpose.text(locale)))
    });

    let words = words(locale);
    env.add_function("t", move |key: &str, vars: Kwargs| say(words, key, vars));
    env.add_function("refusal", move |field: &str, code: &str| refusal(words, field, code));
    env.add_function("span", move |from: &str, to: &str, zone: &str| span(locale, instant(from, zone)?, instant(to, zone)?));
    env.add_filter("datetime", move |at: &str, zone: &str| Ok::<_, Error>(datetime(locale, instant(at, zone)?)));
    env.add_filter("day", move |at: &str, zone: &str| Ok::<_, Error>(day(locale, instant(at, zone)?)));
    env.add_filter("clock", |at: &str, zone: &str| Ok::<_, Error>(clock(instant(at, zone)?)));
    env.add_filter("zone", |at: &str, zone: &str| Ok::<_, Error>(instant(at, zone)?.format("%Z").to_string()));
    env.add_filter("listed", move |names: Vec<String>| listed(locale, &names));
    env.add_filter("minutes", |seconds: u32| minutes(seconds));
    env
}

// ---- words ----

/// A text, or its forms for one and for many.
#[derive(Debug)]
enum Words {
    Text(String),
    Counted { one: String, other: String },
}

type Dictionary = BTreeMap<String, Words>;

fn words(locale: Locale) -> &'static Dictionary {
    static ENGLISH: LazyLock<Dictionary> = LazyLock::new(|| read(include_str!("../../locales/en.toml")));
    static ITALIAN: LazyLock<Dictionary> = LazyLock::new(|| read(include_str!("../../locales/it.toml")));
    match locale {
        Locale::En => &ENGLISH,
        Locale::It => &ITALIAN,
    }
}

fn read(file: &str) -> Dictionary {
    fn flatten(prefix: &str, table: toml::Table, into: &mut Dictionary) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::String(text) => {
                    into.insert(key, Words::Text(text));
                }
                toml::Value::Table(forms) => match (forms.get("one"), forms.get("other")) {
                    (Some(toml::Value::String(one)), Some(toml::Value::String(other))) => {
                        into.insert(key, Words::Counted { one: one.clone(), other: other.clone() });
                    }
                    _ => flatten(&key, forms, into),
                },
                other => panic!("{key} is no text: {other}"),
            }
        }
    }
    let mut dictionary = Dictionary::new();
    flatten("", toml::from_str(file).expect("the locales are read by a test on every change"), &mut dictionary);
    dictionary
}

/// `t("key", name=…)`. A missing key, a placeholder without its variable and a variable without its placeholder are errors.
fn say(words: &Dictionary, key: &str, vars: Kwargs) -> Result<String, Error> {
    let text = match words.get(key) {
        Some(Words::Text(text)) => text,
        Some(Words::Counted { one, other }) => {
            if vars.peek::<i64>("n")? == 1 {
                one
            } else {
                other
            }
        }
        None => return Err(invalid(format!("there are no words for {key}"))),
    };
    let mut said = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or_else(|| invalid(format!("{key}: a placeholder is not closed")))?;
        said.push_str(before);
        said.push_str(&vars.get::<Value>(name)?.to_string());
        rest = after;
    }
    said.push_str(rest);
    // The form for one may leave the number out: "one seat left".
    if vars.has("n") {
        vars.get::<Value>("n")?;
    }
    vars.assert_all_used()?;
    Ok(said)
}

/// The sentence beside a refused field: its own where it has one (`errors.email.too_short`), else the code's, else a general one.
fn refusal(words: &Dictionary, field: &str, code: &str) -> Result<String, Error> {
    let of_many = |(head, _): &(&str, &str)| matches!(*head, "passion" | "level" | "note" | "answer");
    let plain = field.split_once(['_', '.']).filter(of_many).map_or(field, |(head, _)| head);
    let keys = [format!("errors.{plain}.{code}"), format!("errors.{code}"), "errors.general".to_owned()];
    match keys.iter().find_map(|key| words.get(key)) {
        Some(Words::Text(text)) => Ok(text.clone()),
        _ => Err(invalid("errors.general has no words".to_owned())),
    }
}

/// "Ada, Bo and Luca", "Ada, Bo e Luca"; in Italian "ed" before another e.
fn listed(locale: Locale, names: &[String]) -> String {
    let Some((last, before)) = names.split_last() else { return String::new() };
    if before.is_empty() {
        return last.clone();
    }
    let and = match locale {
        Locale::En => "and",
        Locale::It if last.to_lowercase().starts_with(['e', 'è', 'é']) => "ed",
        Locale::It => "e",
    };
    format!("{} {and} {last}", before.join(", "))
}

// ---- time ----

const MONTHS: [[&str; 12]; 2] = [
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"],
];
const WEEKDAYS: [[&str; 7]; 2] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
];

fn instant(at: &str, zone: &str) -> Result<DateTime<Tz>, Error> {
    let at: DateTime<Utc> = at.parse().map_err(|_| invalid(format!("{at} is no instant")))?;
    let zone: Tz = zone.parse().map_err(|_| invalid(format!("{zone} is no time zone")))?;
    Ok(at.with_timezone(&zone))
}

/// "Thursday 12 March 2026", "giovedì 12 marzo 2026".
fn day(locale: Locale, at: DateTime<Tz>) -> String {
    let language = match locale {
        Locale::En => 0,
        Locale::It => 1,
    };
    let weekday = WEEKDAYS[language][at.weekday().num_days_from_monday() as usize];
    let month = MONTHS[language][at.month0() as usize];
    // The first of a month is an ordinal in Italian, and the only one.
    let number = if locale == Locale::It && at.day() == 1 { "1º".to_owned() } else { at.day().to_string() };
    format!("{weekday} {number} {month} {}", at.year())
}

fn clock(at: DateTime<Tz>) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// "Thursday 12 March 2026, 19:00", "giovedì 12 marzo 2026, ore 19:00".
fn datetime(locale: Locale, at: DateTime<Tz>) -> String {
    match locale {
        Locale::En => format!("{}, {}", day(locale, at), clock(at)),
        Locale::It => format!("{}, ore {}", day(locale, at), clock(at)),
    }
}

/// The hours of an event: of one day "19:00–22:00" (the day is said beside it), over several "19:00 – Friday 13 March 2026, 01:00".
fn span(locale: Locale, from: DateTime<Tz>, to: DateTime<Tz>) -> Result<String, Error> {
    // A party that ends in the small hours still belongs to its evening.
    let same_evening = from.date_naive() == to.date_naive() || (to - from).num_hours() < 12;
    Ok(match (same_evening, locale) {
        (true, Locale::En) => format!("{}–{}", clock(from), clock(to)),
        (true, Locale::It) => format!("ore {}–{}", clock(from), clock(to)),
        (false, Locale::En) => format!("{} – {}", clock(from), datetime(locale, to)),
        (false, Locale::It) => format!("ore {} – {}", clock(from), datetime(locale, to)),
    })
}

/// "2 min", "1½ min", "45 s": short turns are told to the half minute.
fn minutes(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0..15) => format!("{minutes} min"),
        (minutes, 15..45) => format!("{minutes}½ min"),
        (minutes, _) => format!("{} min", minutes + 1),
    }
}

// ---- look ----

/// How many colours the style has for themes.
const HUES: usize = 12;

/// A colour for each theme of a reader's own tables, in order of appearance, so that neighbours differ.
fn hues(view: &Page) -> BTreeMap<&str, usize> {
    let themes: Vec<&str> = match view {
        Page::MyTable(view) => view.rounds.iter().filter_map(|round| round.theme.as_deref()).collect(),
        _ => Vec::new(),
    };
    let mut hues = BTreeMap::new();
    for theme in themes {
        let next = hues.len() % HUES;
        hues.entry(theme).or_insert(next);
    }
    hues
}

/// The colour of a table, or of a place on a card.
fn tone(table: &Value) -> Result<Serde<Tone>, Error> {
    let (theme, family) = (table.get_attr("theme")?, table.get_attr("family")?);
    let family = if family.is_none() { family } else { family.get_attr("code")? };
    Ok(Serde(tone_of(theme.as_str(), family.as_str())))
}

/// A text that is still to be escaped: markup must not be cut.
fn plain(text: &Value) -> Result<&str, Error> {
    text.as_str().filter(|_| !text.is_safe()).ok_or_else(|| invalid("only a plain text can be cut".to_owned()))
}

/// A place at the drawn table, in the drawing's units.
#[derive(Serialize)]
struct Place {
    x: f64,
    y: f64,
}

/// Seats around a round table, the first at the foot, where the reader sits.
fn ring(seats: usize) -> Vec<Place> {
    let round = |value: f64| (value * 10.0).round() / 10.0;
    let place = |seat: usize| {
        let angle = std::f64::consts::TAU * (seat as f64 / seats as f64 + 0.25);
        Place { x: round(50.0 + 39.0 * angle.cos()), y: round(50.0 + 39.0 * angle.sin()) }
    };
    (0..seats).map(place).collect()
}

/// The style of a page that is kept as a file: the same sheet, with the typefaces for Latin letters inside.
static STANDALONE_CSS: LazyLock<String> = LazyLock::new(|| {
    let css = Assets::get("convivio.css").expect("the style is compiled in");
    let css = String::from_utf8_lossy(&css.data).into_owned();
    // Letters beyond Latin-1 fall back to the reader's own typeface: the file stays small enough to mail.
    let mut css: String = css.split_inclusive('\n').filter(|line| !line.contains("latin-ext")).collect();
    for path in Assets::iter().filter(|path| path.ends_with(".woff2")) {
        let file = Assets::get(&path).expect("it was just listed");
        css = css.replace(path.as_ref(), &format!("data:font/woff2;base64,{}", BASE64.encode(&file.data)));
    }
    css
});

fn short_hash(file: &rust_embed::EmbeddedFile) -> String {
    file.metadata.sha256_hash().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn invalid(detail: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}

#[cfg(test)]
mod tests;

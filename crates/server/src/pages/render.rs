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
use convivio_domain::Locale;
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
        Page::Seating(_) | Page::Timeline(_) => {
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
mod tests {
    use super::super::views::{FieldError, Page, Seating, ThemeFamily, samples};
    use super::*;

    fn drawn() -> impl Iterator<Item = (String, Page, String)> {
        Locale::ALL.iter().flat_map(|&locale| {
            samples(locale).into_iter().map(move |(name, view)| {
                let html = page(&view, locale).unwrap_or_else(|err| panic!("{name} in {locale}: {err:?}"));
                (format!("{name}.{locale}"), view, html)
            })
        })
    }

    #[test]
    fn every_page_in_both_languages() {
        let style = STANDALONE_CSS.as_str();
        let versions: Vec<String> = Assets::iter().filter_map(|path| Some(format!("?v={}", short_hash(&Assets::get(&path)?)))).collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            for (name, _, html) in drawn() {
                // The style is looked at with the eyes; a page has not changed because a colour has.
                let html = versions.iter().fold(html.replace(style, "…"), |html, version| html.replace(version, "?v=…"));
                insta::assert_snapshot!(name, html);
            }
        });
    }

    #[test]
    fn both_languages_have_the_same_words_with_the_same_places() {
        fn placeholders(words: &Words) -> Vec<Vec<String>> {
            let of = |text: &String| {
                let mut names: Vec<String> = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
                names.sort();
                names
            };
            match words {
                Words::Text(text) => vec![of(text)],
                Words::Counted { one, other } => vec![of(one), of(other)],
            }
        }
        let (english, italian) = (words(Locale::En), words(Locale::It));
        assert_eq!(english.keys().collect::<Vec<_>>(), italian.keys().collect::<Vec<_>>());
        for (key, words) in english {
            assert_eq!(placeholders(words), placeholders(&italian[key]), "{key}");
        }
    }

    #[test]
    fn the_policy_holds() {
        for (name, view, html) in drawn() {
            // The name of a language, which nobody follows.
            let html = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
            for banned in [" style=", "<script", "javascript:", " onclick", "http://"] {
                assert!(!html.contains(banned), "{name} holds {banned}");
            }
            // An organizer's own meeting link is the one address that leads elsewhere, and nothing is loaded from it.
            let elsewhere = html.split("https://").skip(1).filter(|rest| !rest.starts_with("meet.example.org")).count();
            assert_eq!(elsewhere, 0, "{name} leads elsewhere");
            let policy = content_security_policy(&view);
            assert_eq!(html.contains("<style"), policy.contains("'sha256-"), "{name}: {policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
        }
    }

    #[test]
    fn sr_01_passions_stand_before_the_headline() {
        let mut seats = 0;
        for (name, _, html) in drawn() {
            for seat in html.split("<li class=\"seat").skip(1) {
                let seat = seat.split("</li>").next().unwrap_or_default();
                if let (Some(passions), Some(headline)) = (seat.find("class=\"passions\""), seat.find("class=\"headline\"")) {
                    assert!(passions < headline, "{name}: {seat}");
                    seats += 1;
                }
            }
            if let (Some(passion), Some(headline)) = (html.find("name=\"passion_1\""), html.find("name=\"headline\"")) {
                assert!(passion < headline, "{name}: the form");
            }
            for (passions, headline) in
                [("<dt>What you love", "<dt>What you do"), ("<dt>Che cosa ti appassiona", "<dt>Di che cosa ti occupi")]
            {
                assert!(html.find(passions) <= html.find(headline) || !html.contains(headline), "{name}: the profile");
            }
        }
        assert!(seats > 10, "the samples show {seats} seats with both");
    }

    #[test]
    fn sr_50_nothing_is_agreed_to_and_nothing_more_is_shown_by_default() {
        let (_, _, html) = drawn().find(|(name, ..)| name == "event.en").expect("the event's page has a sample");
        let ticked = |field: &str| {
            let tag = html.split("<input").find(|tag| tag.contains(&format!("name=\"{field}\""))).expect(field);
            tag.split('>').next().is_some_and(|tag| tag.contains(" checked"))
        };
        assert!(ticked("show_name") && ticked("show_passions"));
        for field in ["show_headline", "show_offers", "show_needs", "follow_up"] {
            assert!(!ticked(field), "{field}");
        }
    }

    #[test]
    fn hostile_text_is_only_read() {
        let evil = "<script>alert(1)</script>\"' onfocus='x' {{ 7 * 7 }} {name}";
        let text = || evil.to_owned();
        for (name, mut view) in samples(Locale::En) {
            match &mut view {
                Page::Event(view) => {
                    (view.event.title, view.event.organizer, view.summary, view.method) = (text(), text(), Some(text()), Some(text()));
                    view.suggestions.push(text());
                    (view.form.name, view.form.headline, view.form.offers) = (text(), text(), text());
                    view.form.passions = vec![super::super::views::PassionRow { text: text(), level: text() }];
                    view.errors.push(FieldError::new(text(), text()));
                }
                Page::MyTable(view) => {
                    (view.name, view.intention) = (text(), Some(text()));
                    for seat in view.rounds.iter_mut().flat_map(|round| &mut round.seats) {
                        (seat.name, seat.headline) = (Some(text()), Some(text()));
                        seat.passions.iter_mut().for_each(|passion| passion.label = text());
                        seat.why.shared.iter_mut().for_each(|shared| (shared.passion, shared.with) = (text(), vec![text()]));
                    }
                    view.rounds.iter_mut().for_each(|round| (round.theme, round.link) = (Some(text()), Some(text())));
                }
                Page::Prompt(view) => {
                    (view.opening, view.action, view.draft) = (text(), text(), Some(text()));
                    view.people.iter_mut().for_each(|person| (person.name, person.note, person.shared) = (text(), text(), vec![text()]));
                }
                Page::Seating(view) | Page::Picture(view) => {
                    (view.title, view.organizer, view.place) = (text(), text(), Some(text()));
                    for table in view.rounds.iter_mut().flat_map(|round| &mut round.tables) {
                        (table.theme, table.label) = (Some(text()), Some(text()));
                        table.family = Some(ThemeFamily { code: text(), label: text() });
                        for seat in &mut table.seats {
                            seat.shown = Some(text());
                            (seat.seat.name, seat.seat.headline) = (Some(text()), Some(text()));
                            seat.seat.why.shared.iter_mut().for_each(|shared| (shared.passion, shared.with) = (text(), vec![text()]));
                        }
                    }
                    view.cards = Seating::cards_of(&view.rounds);
                }
                _ => continue,
            }
            let html = page(&view, Locale::En).unwrap_or_else(|err| panic!("{name}: {err:?}"));
            assert!(!html.contains("<script") && !html.contains("onfocus='"), "{name}");
            assert!(!html.contains(" 49 "), "{name}: it was run");
            assert!(name == "event_bare" || html.contains("&lt;script&gt;"), "{name} shows it as text");
        }
    }

    #[test]
    fn a_missing_word_or_variable_is_an_error() {
        for source in ["{{ t('no.such.key') }}", "{{ t('my.title') }}", "{{ t('page.skip', name='x') }}", "{{ view.nothing }}"] {
            environment(Locale::En).render_str(source, context! { view => context! {} }).expect_err(source);
        }
    }

    #[test]
    fn dates_are_told_as_people_tell_them() {
        let at = |text: &str| instant(text, "Europe/Rome").expect("an instant");
        let evening = at("2026-03-12T18:00:00Z");
        assert_eq!(datetime(Locale::En, evening), "Thursday 12 March 2026, 19:00");
        assert_eq!(datetime(Locale::It, evening), "giovedì 12 marzo 2026, ore 19:00");
        assert_eq!(day(Locale::It, at("2026-05-01T10:00:00Z")), "venerdì 1º maggio 2026");
        assert_eq!(span(Locale::En, evening, at("2026-03-12T23:30:00Z")).expect("a span"), "19:00–00:30");
        assert_eq!(span(Locale::It, evening, at("2026-03-14T11:00:00Z")).expect("a span"), "ore 19:00 – sabato 14 marzo 2026, ore 12:00");
        assert_eq!([45, 60, 95, 150, 178].map(minutes), ["45 s", "1 min", "1½ min", "2½ min", "3 min"]);
    }

    #[test]
    fn names_are_listed_as_people_list_them() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(listed(Locale::En, &names(&["Ada", "Bo", "Luca"])), "Ada, Bo and Luca");
        assert_eq!(listed(Locale::It, &names(&["Ada", "Elena"])), "Ada ed Elena");
        assert_eq!(listed(Locale::It, &names(&["Ada"])), "Ada");
    }

    #[test]
    fn an_error_of_the_api_finds_its_field() {
        for (pointer, field) in [
            ("/passions", "passion_1"),
            ("/passions/2/text", "passion_3"),
            ("/passions/0/level", "level_1"),
            ("/needs/4/text", "needs"),
            ("/consents/follow_up", "follow_up"),
            ("/email", "email"),
            ("/answers/diet", "answer.diet"),
        ] {
            assert_eq!(FieldError::from_pointer(pointer, "x").field, field);
        }
    }

    #[test]
    fn assets_are_served_by_what_they_hold() {
        let style = asset("convivio.css", None).expect("the style");
        assert!(style.mime.starts_with("text/css") && !style.immutable);
        assert!(asset("convivio.css", Some(style.etag.trim_matches('"'))).is_some_and(|style| style.immutable));
        for path in ["CHECKSUMS", "fonts/inter-5.3.0/LICENSE", "../src/main.rs", "nothing.css", ""] {
            assert!(asset(path, None).is_none(), "{path}");
        }
        // Every file the style names is there.
        let css = String::from_utf8_lossy(&style.bytes).into_owned();
        for named in css.split("url(").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(asset(named, None).is_some(), "{named}");
        }
    }

    #[test]
    fn typefaces_are_the_published_ones() {
        for line in include_str!("../../assets/CHECKSUMS").lines() {
            let (sum, path) = line.split_once("  ").expect("a sum and a path");
            let file = Assets::get(path).unwrap_or_else(|| panic!("{path} is missing"));
            let found: String = file.metadata.sha256_hash().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, sum, "{path}");
        }
    }

    #[test]
    fn themes_have_a_colour_each() {
        let (_, view) = samples(Locale::En).into_iter().find(|(name, _)| *name == "my_table").expect("the tables have a sample");
        let hues = hues(&view);
        let mut colours: Vec<_> = hues.values().collect();
        colours.sort();
        colours.dedup();
        assert!(!hues.is_empty() && colours.len() == hues.len());
    }

    #[test]
    fn a_picture_is_xml_whatever_people_write() {
        for (name, view) in samples(Locale::It).into_iter().filter(|(name, _)| *name == "picture") {
            let Page::Picture(mut view) = view else { panic!("{name} is no picture") };
            view.title = "\u{ffff}]]><\u{fffe}&\"'</svg>".to_owned();
            let svg = page(&Page::Picture(view), Locale::It).expect("it is drawn");
            let document = roxmltree::Document::parse(&svg).unwrap_or_else(|err| panic!("{err}: {svg}"));
            assert_eq!(document.root_element().descendants().filter(|node| node.attribute("class") == Some("round")).count(), 2);
        }
    }
}

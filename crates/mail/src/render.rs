//! From facts to words.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Utc};
use convivio_domain::{Locale, PersonName, Timezone};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior, context, filters, tests as questions};

use crate::blocks::{self, Document};
use crate::page::page;
use crate::templates::{TEXTS, template_of};
use crate::{CalendarMethod, Mail, calendar_file};

/// What a mail says, before it is put into a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// A calendar file to go with it.
    pub calendar: Option<CalendarFile>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFile {
    pub method: CalendarMethod,
    pub text: String,
}

impl Rendered {
    /// As it comes to staff who try it out: its subject says so.
    pub fn marked_as_test(self, locale: Locale) -> Self {
        let mark = match locale {
            Locale::En => "[Test]",
            Locale::It => "[Prova]",
        };
        Self { subject: format!("{mark} {}", self.subject), ..self }
    }
}

/// A template that cannot say what it should: a missing fact, or a mistake of its author.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("template: {0:#}")]
    Template(#[from] Error),
    #[error("template: {0}")]
    Blocks(String),
}

/// Says `mail` in the language of its reader.
pub fn render(mail: &Mail, locale: Locale) -> Result<Rendered, RenderError> {
    let (subject, document) = shipped(mail, locale)?;
    Ok(laid_out(mail, locale, subject, &document))
}

/// What the shipped words of `mail` say, before they have a look.
pub(crate) fn shipped(mail: &Mail, locale: Locale) -> Result<(String, Document), RenderError> {
    let template = TEMPLATES.get_template(&format!("{}/{locale}.txt", template_of(mail.kind())))?;
    let source = template.render(context! { locale => locale.as_str(), ..facts(mail) })?;
    let (subject, body) = source.split_once('\n').unwrap_or((&source, ""));
    let document = Document::parse(body).map_err(|err| RenderError::Blocks(err.to_string()))?;
    Ok((blocks::one_line(subject), document))
}

/// Words in the one shared look, with what goes along.
pub(crate) fn laid_out(mail: &Mail, locale: Locale, subject: String, document: &Document) -> Rendered {
    let letterhead = match mail {
        Mail::Introduction(mail) => mail.organizer.as_str(),
        _ => mail.event().map_or("Convivio", |event| event.organizer.as_str()),
    };
    let html = page(locale, &subject, letterhead, document);
    let calendar =
        mail.calendar().map(|(event, appointment)| CalendarFile { method: appointment.method, text: calendar_file(&event, appointment) });
    Rendered { text: document.to_text(), subject, html, calendar }
}

/// What words may name.
pub(crate) fn facts(mail: &Mail) -> Value {
    match mail {
        Mail::Confirm(mail) => Value::from(Serde(mail)),
        Mail::Confirmed(mail) => Value::from(Serde(mail)),
        Mail::Waitlisted(mail) => Value::from(Serde(mail)),
        Mail::Offered(mail) => Value::from(Serde(mail)),
        Mail::Rejected(mail) => Value::from(Serde(mail)),
        Mail::Cancelled(mail) => Value::from(Serde(mail)),
        Mail::Login(mail) => Value::from(Serde(mail)),
        Mail::Freshness(mail) => Value::from(Serde(mail)),
        Mail::Method(mail) => Value::from(Serde(mail)),
        Mail::FollowUp(mail) => Value::from(Serde(mail)),
        Mail::Note(mail) => Value::from(Serde(mail)),
        Mail::Introduction(mail) => Value::from(Serde(mail)),
    }
}

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut env = Environment::new();
    equip(&mut env);
    env.set_formatter(write_marked);
    for (name, source) in TEXTS.iter().copied() {
        env.add_template(name, source).expect("every template is parsed by a test");
    }
    env
});

/// What shipped words and an organizer's have in common.
fn equip(env: &mut Environment<'static>) {
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    // A line that holds only a tag leaves nothing behind, so that a condition does not end a block.
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    env.set_syntax(syntax.expect("the usual delimiters"));
    env.add_filter("when", when);
    env.add_filter("first_name", first_name);
    env.add_filter("listed", listed);
    env.add_filter("besides", besides);
}

/// How much an organizer's words may do: some hundred times what a shipped mail takes.
const FUEL: u64 = 50_000;

/// Where an organizer's words are said: nothing can be included, every value stays text, and an end is in sight.
pub(crate) static BARE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut env = Environment::empty();
    equip(&mut env);
    env.set_formatter(write_marked);
    env.set_fuel(Some(FUEL));
    env.add_filter("join", joined);
    env.add_filter("length", filters::length);
    env.add_filter("first", filters::first);
    env.add_filter("last", filters::last);
    env.add_filter("upper", |text: String| bounded(text.to_uppercase()));
    env.add_filter("lower", |text: String| bounded(text.to_lowercase()));
    env.add_filter("capitalize", |text: String| bounded(capitalized(&text)));
    env.add_test("none", questions::is_none);
    env.add_test("defined", questions::is_defined);
    env
});

/// Bytes of a text that filters make: more than a whole mail has. One can be put into the next, and without an end each would be many times as long.
const LONGEST_MADE: usize = 40_000;

fn bounded(text: String) -> Result<String, Error> {
    if text.len() > LONGEST_MADE { Err(Error::new(ErrorKind::WriteFailure, "too long")) } else { Ok(text) }
}

/// `{{ needs | join(", ") }}`, as far as there is room for it.
fn joined(items: &Value, between: Option<String>) -> Result<String, Error> {
    let between = between.unwrap_or_default();
    let mut text = String::new();
    for (at, item) in items.try_iter()?.enumerate() {
        if at > 0 {
            text.push_str(&between);
        }
        text.push_str(&item.to_string());
        text = bounded(text)?;
    }
    Ok(text)
}

fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    first + &rest.as_str().to_lowercase()
}

/// How a value enters a text: between marks (see `blocks`).
fn write_marked(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() || value.is_undefined() {
        return Err(Error::new(ErrorKind::UndefinedError, "a value is missing"));
    }
    match value.as_str() {
        Some(text) => write!(out, "{}", blocks::mark(text))?,
        None => write!(out, "{}", blocks::mark(&value.to_string()))?,
    }
    Ok(())
}

/// `{{ reader | first_name }}`: how somebody is greeted.
fn first_name(name: &str) -> Result<String, Error> {
    let name = PersonName::parse(name).map_err(|err| Error::new(ErrorKind::InvalidOperation, err.to_string()))?;
    Ok(name.first().to_owned())
}

/// `{{ event.starts_at | when(event.timezone) }}`: "Thursday 12 March 2026, 19:00".
fn when(state: &State, instant: &str, zone: &str) -> Result<String, Error> {
    let invalid = |err: String| Error::new(ErrorKind::InvalidOperation, err);
    let instant: DateTime<Utc> = instant.parse().map_err(|err: chrono::ParseError| invalid(err.to_string()))?;
    let zone: Timezone = zone.parse().map_err(|err: convivio_domain::Invalid| invalid(err.to_string()))?;
    let local = instant.with_timezone(&zone.0);
    let (weekday, month) = (local.weekday().num_days_from_monday() as usize, local.month0() as usize);
    let (day, year, time) = (local.day(), local.year(), local.format("%H:%M"));
    Ok(match locale(state)? {
        Locale::En => format!("{} {day} {} {year}, {time}", WEEKDAYS_EN[weekday], MONTHS_EN[month]),
        Locale::It if day == 1 => format!("{} 1º {} {year}, ore {time}", WEEKDAYS_IT[weekday], MONTHS_IT[month]),
        Locale::It => format!("{} {day} {} {year}, ore {time}", WEEKDAYS_IT[weekday], MONTHS_IT[month]),
    })
}

const WEEKDAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WEEKDAYS_IT: [&str; 7] = ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"];
const MONTHS_EN: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const MONTHS_IT: [&str; 12] =
    ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"];

/// `{{ names | listed }}`: "Marta, Yusuf and Zoë".
fn listed(state: &State, items: Vec<String>) -> Result<String, Error> {
    let [first @ .., last] = items.as_slice() else {
        return Err(Error::new(ErrorKind::InvalidOperation, "a list of nothing"));
    };
    if first.is_empty() {
        return bounded(last.clone());
    }
    let and = match locale(state)? {
        Locale::En => "and",
        // "ed" before the same vowel, as one says it.
        Locale::It if last.to_lowercase().starts_with(['e', 'é', 'è']) => "ed",
        Locale::It => "e",
    };
    bounded(format!("{} {and} {last}", first.join(", ")))
}

/// `{{ people | besides(shared) }}`: names of the people that no shared passion names already.
fn besides(people: Vec<Value>, shared: Vec<Value>) -> Result<Vec<String>, Error> {
    let mut named = Vec::new();
    for passion in shared {
        for name in passion.get_attr("with")?.try_iter()? {
            named.push(name);
        }
    }
    let names: Result<Vec<Value>, Error> = people.iter().map(|person| person.get_attr("name")).collect();
    Ok(names?.into_iter().filter(|name| !named.contains(name)).map(|name| name.to_string()).collect())
}

fn locale(state: &State) -> Result<Locale, Error> {
    let value = state.lookup("locale").unwrap_or_default();
    value.to_string().parse().map_err(|err: convivio_domain::Invalid| Error::new(ErrorKind::InvalidOperation, err.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(source: &str, locale: Locale, facts: Value) -> Result<String, Error> {
        let template = TEMPLATES.template_from_str(source)?;
        Ok(blocks::one_line(&template.render(context! { locale => locale.as_str(), ..facts })?))
    }

    #[test]
    fn a_time_is_said_as_people_say_it_where_it_happens() {
        let at = |zone: &str, instant: &str, locale| say("{{ at | when(zone) }}", locale, context! { at => instant, zone }).expect(zone);
        assert_eq!(at("Europe/Rome", "2026-03-12T18:00:00Z", Locale::En), "Thursday 12 March 2026, 19:00");
        assert_eq!(at("Europe/Rome", "2026-03-12T18:00:00Z", Locale::It), "giovedì 12 marzo 2026, ore 19:00");
        assert_eq!(at("Europe/Rome", "2026-05-31T22:30:00Z", Locale::It), "lunedì 1º giugno 2026, ore 00:30");
        assert_eq!(at("America/New_York", "2026-03-12T18:00:00Z", Locale::En), "Thursday 12 March 2026, 14:00");
    }

    #[test]
    fn names_are_listed_as_people_list_them() {
        let list =
            |names: &[&'static str], locale| say("{{ names | listed }}", locale, context! { names => names.to_vec() }).expect("a list");
        assert_eq!(list(&["Ada"], Locale::En), "Ada");
        assert_eq!(list(&["Ada", "Bo", "Cy"], Locale::En), "Ada, Bo and Cy");
        assert_eq!(list(&["Ada", "Bo"], Locale::It), "Ada e Bo");
        assert_eq!(list(&["Ada", "Elena"], Locale::It), "Ada ed Elena");
    }

    #[test]
    fn a_missing_fact_is_an_error() {
        for source in
            ["{{ nobody }}", "{{ event.nobody }}", "{{ nothing }}", "{% if nobody %}x{% endif %}", "{% for x in nobody %}x{% endfor %}"]
        {
            let facts = context! { event => context! { title => "x" }, nothing => None::<String> };
            say(source, Locale::En, facts).expect_err(source);
        }
    }
}

//! One event in one JSON object: `participants`, `tables`, `rounds`, `constraints`, `objective`, and optionally `weights`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::attributes::{Attribute, Company};
use crate::draft::{Aim, Draft, Mistake, Person, Rule, Table, Weights};
use crate::problem::Problem;

/// What a file says. Tables and rounds may be missing, for the caller to fill in.
#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub draft: Draft,
    /// Where in the file each rule of the draft is written.
    places: Vec<String>,
}

impl File {
    /// A list of people and nothing else.
    pub fn of_people(people: Vec<Person>, aim: Aim) -> Self {
        File { name: String::new(), draft: Draft { people, aim, ..Draft::default() }, places: Vec::new() }
    }

    /// The problem, or every mistake by its place in the file.
    pub fn problem(self) -> Result<Problem, Vec<Mistake>> {
        let File { draft, places, .. } = self;
        Problem::new(draft).map_err(|mistakes| mistakes.into_iter().map(|mistake| placed(mistake, &places)).collect())
    }
}

/// `rules[4].members[1]` is `constraints.apart[2][1]` to who wrote the file.
fn placed(mistake: Mistake, places: &[String]) -> Mistake {
    let found = mistake.path.strip_prefix("rules[").and_then(|rest| rest.split_once(']')).and_then(|(number, rest)| {
        let place = places.get(number.parse::<usize>().ok()?)?;
        Some(format!("{place}{}", rest.strip_prefix(".members").unwrap_or(rest)))
    });
    Mistake { path: found.unwrap_or(mistake.path), message: mistake.message }
}

/// Reads a file. Fields it does not know are left alone. For the kinds `mdgp` and `golf` the aim is always the plain sum.
pub fn draft(text: &str, aim: Aim) -> Result<File, Vec<Mistake>> {
    let at = |path: &str, message: String| vec![Mistake { path: path.into(), message }];
    let value: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|err| at("file", format!("is not JSON: {err}")))?;
    let Value::Object(object) = value else {
        return Err(at("file", "must be a JSON object with participants, tables and rounds".into()));
    };
    let mut read = Reading { mistakes: Vec::new() };
    let kind = read.optional(&object, "", "kind", Value::as_str, "a text").unwrap_or("passions");
    if !["passions", "mdgp", "golf"].contains(&kind) {
        read.mistake("kind", "must be passions, mdgp or golf");
    }
    let aim = if kind == "passions" { aim } else { Aim::Plain };
    let people = read.list(&object, "", "participants", Reading::person);
    if !object.contains_key("participants") {
        read.mistake("participants", "is missing");
    }
    let tables = read.list(&object, "", "tables", Reading::table);
    let rounds = read.optional(&object, "", "rounds", Value::as_u64, "a whole number from 1").unwrap_or(0);
    if object.contains_key("rounds") && rounds == 0 {
        read.mistake("rounds", "must be a whole number from 1");
    }
    let (rules, places) = read.rules(&object);
    for (rule, place) in rules.iter().zip(&places) {
        match rule {
            Rule::Company { attribute, .. } if !Attribute::parse(attribute).is_known(&people) => {
                read.mistake(&below(place, "attribute"), "must be unit, language, accessible or one of the participants' attributes");
            }
            _ => {}
        }
    }
    let weights = read.weights(&object, aim, kind);
    let affinities = object.contains_key("weights").then(|| {
        read.list(&object, "", "weights", |read, value, path| {
            let number = value.as_f64();
            if number.is_none() {
                read.mistake(path, "must be a number");
            }
            number
        })
    });
    let families = read.families(&object);
    if !read.mistakes.is_empty() {
        return Err(read.mistakes);
    }
    let name = object.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let rounds = usize::try_from(rounds).unwrap_or(usize::MAX);
    let draft = Draft { people, tables, rounds, rules, weights, families, affinities, aim, ..Draft::default() };
    Ok(File { name, draft, places })
}

/// Collects what is wrong while going on reading.
struct Reading {
    mistakes: Vec<Mistake>,
}

impl Reading {
    fn mistake(&mut self, path: &str, message: &str) {
        if self.mistakes.len() < 100 {
            self.mistakes.push(Mistake { path: path.into(), message: message.into() });
        }
    }

    /// A field that may be missing or null, but not of another type.
    fn optional<'v, T>(
        &mut self,
        object: &'v Map<String, Value>,
        path: &str,
        field: &str,
        read: impl Fn(&'v Value) -> Option<T>,
        expected: &str,
    ) -> Option<T> {
        let value = object.get(field).filter(|value| !value.is_null())?;
        let found = read(value);
        if found.is_none() {
            self.mistake(&below(path, field), &format!("must be {expected}"));
        }
        found
    }

    fn list<T>(
        &mut self,
        object: &Map<String, Value>,
        path: &str,
        field: &str,
        mut read: impl FnMut(&mut Self, &Value, &str) -> Option<T>,
    ) -> Vec<T> {
        let path = below(path, field);
        match object.get(field) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(values)) => {
                values.iter().enumerate().filter_map(|(position, value)| read(self, value, &format!("{path}[{position}]"))).collect()
            }
            Some(_) => {
                self.mistake(&path, "must be a list");
                Vec::new()
            }
        }
    }

    fn texts(&mut self, object: &Map<String, Value>, path: &str, field: &str) -> Vec<String> {
        self.list(object, path, field, Self::text)
    }

    fn text(&mut self, value: &Value, path: &str) -> Option<String> {
        let text = value.as_str();
        if text.is_none() {
            self.mistake(path, "must be a text");
        }
        text.map(str::to_owned)
    }

    fn person(&mut self, value: &Value, path: &str) -> Option<Person> {
        let Some(object) = value.as_object() else {
            self.mistake(path, "must be an object");
            return None;
        };
        let id = self.id(object, path);
        let mut person = Person::new(id);
        if let Some(name) = self.optional(object, path, "name", Value::as_str, "a text") {
            person.name = name.to_owned();
        }
        let org = self.optional(object, path, "org", Value::as_str, "a text");
        person.unit = org.or_else(|| self.optional(object, path, "unit", Value::as_str, "a text")).map(str::to_owned);
        if let Some(passions) = self.optional(object, path, "passions", Value::as_object, "an object of topics and levels") {
            for (topic, level) in passions {
                match level.as_u64().filter(|level| (1..=3).contains(level)) {
                    Some(level) => drop(person.passions.insert(topic.clone(), level as u8)),
                    None => self.mistake(&format!("{path}.passions.{topic}"), "level must be 1 to 3"),
                }
            }
        }
        person.offers = self.texts(object, path, "offers");
        person.needs = self.texts(object, path, "needs");
        person.languages = self.texts(object, path, "languages");
        person.accessible = self.optional(object, path, "accessible", Value::as_bool, "true or false").unwrap_or(false);
        if let Some(attributes) = self.optional(object, path, "attributes", Value::as_object, "an object of texts") {
            for (name, value) in attributes {
                if let Some(value) = self.text(value, &format!("{path}.attributes.{name}")) {
                    person.attributes.insert(name.clone(), value);
                }
            }
        }
        Some(person)
    }

    fn table(&mut self, value: &Value, path: &str) -> Option<Table> {
        let Some(object) = value.as_object() else {
            self.mistake(path, "must be an object");
            return None;
        };
        let id = self.id(object, path);
        let count = |read: &mut Self, field: &str| {
            let count = object.get(field).and_then(Value::as_u64);
            if count.is_none() {
                read.mistake(&below(path, field), "must be a whole number");
            }
            usize::try_from(count.unwrap_or(0)).unwrap_or(usize::MAX)
        };
        let (min, max) = (count(self, "min"), count(self, "max"));
        Some(Table {
            accessible: self.optional(object, path, "accessible", Value::as_bool, "true or false").unwrap_or(false),
            optional: self.optional(object, path, "optional", Value::as_bool, "true or false").unwrap_or(false),
            language: self.optional(object, path, "language", Value::as_str, "a text").map(str::to_owned),
            ..Table::new(id, min, max)
        })
    }

    fn families(&mut self, object: &Map<String, Value>) -> BTreeMap<String, String> {
        let given = self.optional(object, "", "families", Value::as_object, "an object of topics and their families");
        let mut families = BTreeMap::new();
        for (topic, family) in given.into_iter().flatten() {
            match family.as_str() {
                Some(family) => families.extend([(topic.clone(), family.to_owned())]),
                None => self.mistake(&below("families", topic), "must be a text"),
            }
        }
        families
    }

    fn id(&mut self, object: &Map<String, Value>, path: &str) -> String {
        let id = object.get("id").and_then(Value::as_str);
        if id.is_none() {
            self.mistake(&below(path, "id"), "must be a text");
        }
        id.unwrap_or_default().to_owned()
    }

    /// A rule about what people at one table have in common: `{"attribute", "members"?, "k"?, "weight"?}`.
    fn company(&mut self, kind: &str, value: &Value, path: &str) -> Option<(Rule, String)> {
        let Some(object) = value.as_object() else {
            self.mistake(path, "must be an object");
            return None;
        };
        let attribute = object.get("attribute").and_then(Value::as_str);
        if attribute.is_none() {
            self.mistake(&below(path, "attribute"), "must be a text");
        }
        let k = self
            .optional(object, path, "k", Value::as_u64, "a whole number from 1")
            .map_or(0, |k| usize::try_from(k).unwrap_or(usize::MAX));
        let company = match kind {
            "same" => Company::Same,
            "different" => Company::Different,
            "at_least" => Company::AtLeast(k),
            _ => Company::AtMost(k),
        };
        let members = self.texts(object, path, "members");
        let weight = self.optional(object, path, "weight", Value::as_f64, "a number");
        Some((Rule::Company { company, attribute: attribute?.to_owned(), members, weight }, path.to_owned()))
    }

    /// `together`, `apart`, `known`, `wishes` and `reluctant` are lists of lists of ids;
    /// `fixed` is a list of `{"id", "table", "round"?}`, rounds from 1; the others are told at [`Reading::company`].
    fn rules(&mut self, object: &Map<String, Value>) -> (Vec<Rule>, Vec<String>) {
        let (mut rules, mut places) = (Vec::new(), Vec::new());
        let Some(constraints) = self.optional(object, "", "constraints", Value::as_object, "an object") else {
            return (rules, places);
        };
        type Make = fn(Vec<String>) -> Rule;
        let sorts: [(&str, Make); 6] = [
            ("together", |members| Rule::Together { members }),
            ("apart", |members| Rule::Apart { members }),
            ("met", |members| Rule::Met { members }),
            ("known", |members| Rule::Known { members, times: 1.0 }),
            ("wishes", |members| Rule::Wish { members, weight: 1.0 }),
            ("reluctant", |members| Rule::Reluctance { members, weight: 1.0 }),
        ];
        for (field, make) in sorts {
            let groups = self.list(constraints, "constraints", field, |read, value, path| {
                let Some(ids) = value.as_array() else {
                    read.mistake(path, "must be a list of ids");
                    return None;
                };
                let ids = ids.iter().enumerate().filter_map(|(position, id)| read.text(id, &format!("{path}[{position}]")));
                Some((ids.collect(), path.to_owned()))
            });
            for (members, place) in groups {
                rules.push(make(members));
                places.push(place);
            }
        }
        let fixed = self.list(constraints, "constraints", "fixed", |read, value, path| {
            let Some(object) = value.as_object() else {
                read.mistake(path, "must be an object");
                return None;
            };
            let member = read.id(object, path);
            let table = read.optional(object, path, "table", Value::as_str, "a text").unwrap_or_default().to_owned();
            let round = read.optional(object, path, "round", Value::as_u64, "a whole number from 1");
            if round == Some(0) {
                read.mistake(&below(path, "round"), "must be a whole number from 1");
            }
            let round = round.map(|round| usize::try_from(round).unwrap_or(usize::MAX).saturating_sub(1));
            Some((Rule::Fixed { member, table, round }, path.to_owned()))
        });
        for (rule, place) in fixed {
            rules.push(rule);
            places.push(place);
        }
        for kind in ["same", "different", "at_least", "at_most"] {
            for (rule, place) in self.list(constraints, "constraints", kind, |read, value, path| read.company(kind, value, path)) {
                rules.push(rule);
                places.push(place);
            }
        }
        (rules, places)
    }

    /// With the plain aim, what the file does not weigh does not count; otherwise it has its usual weight.
    fn weights(&mut self, object: &Map<String, Value>, aim: Aim, kind: &str) -> Weights {
        let usual = match aim {
            Aim::Fair => Weights::default(),
            Aim::Plain => Weights { passion: 1.0, offer_need: 0.0, novelty: 0.0, same_unit: 0.0, wishes: 0.0, repeat: 0.0 },
        };
        let passion = if kind == "golf" { 0.0 } else { usual.passion };
        let Some(given) = self.optional(object, "", "objective", Value::as_object, "an object") else {
            return Weights { passion, ..usual };
        };
        let mut number = |field: &str, usual: f64| {
            let number = self.optional(given, "objective", field, Value::as_f64, "a number").unwrap_or(usual);
            if number < 0.0 {
                self.mistake(&below("objective", field), "must not be negative");
            }
            number
        };
        Weights {
            passion,
            repeat: number("lambda_repeat", usual.repeat),
            same_unit: number("pen_same_org", usual.same_unit),
            novelty: number("pen_known", usual.novelty),
            ..usual
        }
    }
}

fn below(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

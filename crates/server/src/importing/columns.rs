//! Which column is which, by the name in its head, in English and Italian; and what people write in the cells.

use convivio_db::question;
use convivio_domain::words::QuestionKind;
use convivio_domain::{normalise, words::AskedOf};
use serde_json::{Value, json};

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// A field of a registration that is text: `name`, `headline` …
    Text(&'static str),
    /// The part of the name that stands after the first.
    FamilyName,
    Passions,
    Offers,
    Needs,
    Languages,
    FollowUp,
    EmailConfirmed,
    /// All answers as one JSON object.
    Answers,
    /// The answer to the question of this place, or to whatever is called so where nothing is asked.
    Answer(String),
}

const NAMES: [(Column, &[&str]); 17] = [
    (
        Column::Text("email"),
        &["email", "e mail", "mail", "email address", "e mail address", "indirizzo email", "indirizzo e mail", "posta elettronica"],
    ),
    (
        Column::Text("name"),
        &["name", "full name", "first name", "given name", "nome", "nome completo", "nome e cognome", "nominativo", "partecipante"],
    ),
    (Column::FamilyName, &["last name", "family name", "surname", "cognome"]),
    (Column::Passions, &["passions", "passion", "interests", "hobbies", "passioni", "passione", "interessi", "hobby"]),
    (Column::Text("headline"), &["headline", "title", "job title", "role", "titolo", "ruolo", "professione", "qualifica"]),
    (
        Column::Text("unit"),
        &[
            "unit",
            "department",
            "company",
            "organisation",
            "organization",
            "unita",
            "reparto",
            "ufficio",
            "azienda",
            "ente",
            "organizzazione",
        ],
    ),
    (Column::Text("working_on"), &["working on", "project", "sto lavorando a", "lavora a", "progetto"]),
    (Column::Offers, &["offers", "offer", "can offer", "offre", "offerte", "offerta", "posso offrire"]),
    (Column::Needs, &["needs", "need", "looking for", "cerca", "cerco", "bisogni", "bisogno"]),
    (Column::Text("intention"), &["intention", "intenzione", "obiettivo", "aspettative"]),
    (Column::Languages, &["languages", "language", "lingue", "lingua", "lingue parlate"]),
    (Column::Text("accessibility"), &["accessibility", "accessibilita", "esigenze"]),
    (Column::Text("locale"), &["locale", "mail language", "lingua delle mail"]),
    (Column::Text("timezone"), &["timezone", "time zone", "fuso orario"]),
    (Column::FollowUp, &["follow up", "consent", "consenso", "seguito"]),
    (Column::EmailConfirmed, &["email confirmed", "confirmed", "email confermata", "confermata", "confermato"]),
    (Column::Answers, &["answers", "risposte"]),
];

impl Column {
    /// By the name in the head; `None` for one that is not read.
    pub fn of(head: &str, questions: &[question::Model]) -> Option<Self> {
        if let Some((_, key)) = head
            .split_once(['.', ':'])
            .filter(|(before, _)| matches!(normalise(before).as_str(), "answers" | "answer" | "risposte" | "risposta"))
        {
            return Some(Self::Answer(asked(key, questions).unwrap_or_else(|| key.trim().to_owned())));
        }
        let name = normalise(head);
        let known = NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| column.clone());
        known.or_else(|| asked(head, questions).map(Self::Answer))
    }

    /// Where it stands in a registration.
    pub fn field(&self) -> String {
        match self {
            Self::Text(field) => (*field).to_owned(),
            Self::FamilyName => "name".to_owned(),
            Self::Passions => "passions".to_owned(),
            Self::Offers => "offers".to_owned(),
            Self::Needs => "needs".to_owned(),
            Self::Languages => "languages".to_owned(),
            Self::FollowUp => "consents/follow_up".to_owned(),
            Self::EmailConfirmed => "email_confirmed".to_owned(),
            Self::Answers => "answers".to_owned(),
            Self::Answer(code) => format!("answers/{code}"),
        }
    }

    /// Puts what the cell says into the registration.
    pub fn write(&self, cell: &str, questions: &[question::Model], into: &mut Value) {
        match self {
            Self::Text(field) => {
                let before = into[*field].as_str().map_or_else(|| cell.to_owned(), |before| format!("{cell} {before}"));
                into[*field] = json!(before);
            }
            Self::FamilyName => {
                let before = into["name"].as_str().map_or_else(|| cell.to_owned(), |before| format!("{before} {cell}"));
                into["name"] = json!(before);
            }
            Self::Passions => into["passions"] = several(cell).map(passion).collect(),
            Self::Offers => into["offers"] = several(cell).map(Value::from).collect(),
            Self::Needs => into["needs"] = several(cell).map(|text| json!({"text": text})).collect(),
            Self::Languages => {
                into["languages"] =
                    cell.split([',', ';', '|', '/', '\n']).map(str::trim).filter(|one| !one.is_empty()).map(language).collect()
            }
            Self::FollowUp => into["consents"] = json!({"follow_up": yes_or_no(cell)}),
            Self::EmailConfirmed => into["email_confirmed"] = yes_or_no(cell),
            Self::Answers => match serde_json::from_str(cell) {
                Ok(Value::Object(all)) => all.into_iter().for_each(|(key, value)| into["answers"][key] = value),
                _ => into["answers"] = json!(cell),
            },
            Self::Answer(code) => {
                let question = questions.iter().find(|question| question.code.as_str() == code);
                if into["answers"].is_object() || into["answers"].is_null() {
                    into["answers"][code] = question.map_or_else(|| json!(cell), |question| answer(question, cell));
                }
            }
        }
    }
}

/// The code of the question that is called so.
fn asked(name: &str, questions: &[question::Model]) -> Option<String> {
    let wanted = normalise(name);
    let called = |question: &&question::Model| {
        let labels = question.label.texts().map(|label| normalise(label.as_str()));
        labels.chain([normalise(question.code.as_str()), normalise(&question.id.to_string())]).any(|one| one == wanted)
    };
    // The form's own before what only staff are asked.
    let found = questions.iter().filter(called).min_by_key(|question| question.asked_of != AskedOf::Public);
    found.map(|question| question.code.to_string())
}

fn several(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '|', '\n']).map(str::trim).filter(|one| !one.is_empty())
}

/// `climbing`, or `climbing (3)` with its level.
fn passion(text: &str) -> Value {
    let leveled = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    match leveled.and_then(|(words, level)| Some((words.trim(), level.trim().parse::<u8>().ok()?))) {
        Some((words, level)) => json!({"text": words, "level": level}),
        None => json!({"text": text}),
    }
}

/// `true` or `false`, or the word itself where it is neither.
fn yes_or_no(cell: &str) -> Value {
    match normalise(cell).as_str() {
        "yes" | "y" | "true" | "1" | "x" | "si" | "s" | "vero" => json!(true),
        "no" | "n" | "false" | "0" | "falso" => json!(false),
        _ => json!(cell),
    }
}

/// The two letters of a language that is named in its own words, in English or in Italian.
fn language(text: &str) -> Value {
    const LANGUAGES: [(&str, &[&str]); 8] = [
        ("en", &["english", "inglese"]),
        ("it", &["italian", "italiano"]),
        ("fr", &["french", "francese", "francais"]),
        ("de", &["german", "tedesco", "deutsch"]),
        ("es", &["spanish", "spagnolo", "espanol"]),
        ("pt", &["portuguese", "portoghese", "portugues"]),
        ("uk", &["ukrainian", "ucraino", "українська"]),
        ("ar", &["arabic", "arabo", "العربية"]),
    ];
    let named = normalise(text);
    let code = LANGUAGES.iter().find(|(_, names)| names.iter().any(|name| normalise(name) == named)).map(|(code, _)| *code);
    json!(code.map_or_else(|| text.to_lowercase(), str::to_owned))
}

/// The answer in the form that its question takes; options may go by their labels.
fn answer(question: &question::Model, cell: &str) -> Value {
    let option = |text: &str| {
        let wanted = normalise(text);
        let named = question
            .options
            .iter()
            .find(|option| option.code.as_str() == text || option.label.texts().any(|label| normalise(label.as_str()) == wanted));
        json!(named.map_or(text, |option| option.code.as_str()))
    };
    match question.kind {
        QuestionKind::Text | QuestionKind::LongText => json!(cell),
        QuestionKind::Choice => option(cell.trim()),
        QuestionKind::Multiple => several(cell).map(option).collect(),
        QuestionKind::YesNo => yes_or_no(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_by_many_names() {
        for (head, field) in [
            ("E-Mail", "email"),
            ("Indirizzo e-mail", "email"),
            ("Nome e cognome", "name"),
            ("COGNOME", "name"),
            ("Passioni", "passions"),
            ("working_on", "working_on"),
            ("Unità", "unit"),
            ("Follow-up", "consents/follow_up"),
            ("answers.diet", "answers/diet"),
            ("Risposta: dieta", "answers/dieta"),
        ] {
            assert_eq!(Column::of(head, &[]).map(|column| column.field()).as_deref(), Some(field), "{head}");
        }
        assert_eq!(Column::of("shoe size", &[]), None);
    }

    #[test]
    fn cells_are_read_as_people_write_them() {
        let mut row = json!({});
        for (column, cell) in [
            (Column::FamilyName, "Rossi"),
            (Column::Text("name"), "Ada"),
            (Column::Passions, "Climbing (3); old radios | jazz (live)"),
            (Column::Languages, "Italiano, en"),
            (Column::FollowUp, "Sì"),
            (Column::EmailConfirmed, "perhaps"),
        ] {
            column.write(cell, &[], &mut row);
        }
        assert_eq!(
            row,
            json!({
                "name": "Ada Rossi",
                "passions": [{"text": "Climbing", "level": 3}, {"text": "old radios"}, {"text": "jazz (live)"}],
                "languages": ["it", "en"], "consents": {"follow_up": true}, "email_confirmed": "perhaps",
            })
        );
    }
}

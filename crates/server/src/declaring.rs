//! What people say of themselves, read with what the organizer has said before: passions of its own, which were merged into which, and the
//! questions of the event.

use std::collections::{HashMap, HashSet};

use convivio_db::{Scoped, Tx, organizer, passion, question};
use convivio_domain::words::AskedOf;
use convivio_domain::{DeclaredPassion, Invalid, PassionCode, Passions, Question, catalogue, normalise};
use serde_json::{Map, Value};

use crate::http::FieldError;

/// The passions that an organizer has beside the catalogue's.
pub struct Known {
    pub own: Vec<passion::Model>,
    merged: HashMap<PassionCode, PassionCode>,
    by_name: HashMap<String, usize>,
}

impl Known {
    /// As they are, and so they stay until the transaction ends: nothing is declared that was merged away in the meantime.
    pub async fn hold(tx: &Tx) -> convivio_db::Result<Self> {
        organizer::hold(tx).await?;
        Self::read(tx).await
    }

    pub async fn read(scope: &impl Scoped) -> convivio_db::Result<Self> {
        let (own, merged) = (passion::all(scope).await?, passion::merges(scope).await?);
        let names = own.iter().enumerate().flat_map(|(i, one)| one.names().into_iter().map(move |name| (normalise(name.as_str()), i)));
        let codes = own.iter().enumerate().map(|(i, one)| (normalise(one.code.as_str()), i));
        let by_name = codes.chain(names).collect();
        Ok(Self { own, merged, by_name })
    }

    pub fn by_code(&self, code: &PassionCode) -> Option<&passion::Model> {
        self.own.iter().find(|one| one.code == *code)
    }

    pub fn by_name(&self, name: &str) -> Option<&passion::Model> {
        self.by_name.get(&normalise(name)).map(|&i| &self.own[i])
    }

    /// The passions as they are kept. What is wrong with them stands at the place where they were said.
    pub fn settle(&self, said: &Passions) -> Result<Passions, Vec<FieldError>> {
        let (mut settled, mut wrong): (Vec<DeclaredPassion>, _) = (Vec::new(), Vec::new());
        for (i, one) in said.iter().enumerate() {
            match self.settled(one.clone()) {
                Ok(one) if settled.iter().any(|earlier| earlier.code == one.code) => {
                    wrong.push(FieldError::new(format!("/passions/{i}"), "repeated", "is named twice"));
                }
                Ok(one) => settled.push(one),
                Err(err) => wrong.push(FieldError::new(format!("/passions/{i}"), err.code, err.detail)),
            }
        }
        if wrong.is_empty() { Ok(Passions::try_from(settled).expect("there were some, and each was kept")) } else { Err(wrong) }
    }

    fn settled(&self, said: DeclaredPassion) -> Result<DeclaredPassion, Invalid> {
        let named = said.text.as_ref().and_then(|text| self.by_name(text.as_str()));
        let code = named.map_or(&said.code, |own| &own.code);
        let code = self.merged.get(code).unwrap_or(code).clone();
        if let Some(own) = self.by_code(&code) {
            return Ok(declared(own, said.level));
        }
        if catalogue().get(code.as_str()).is_some() {
            return Ok(DeclaredPassion { code, text: None, labels: None, level: said.level });
        }
        if code.is_free() {
            return Ok(said);
        }
        Err(Invalid::new("passion_unknown", "must be a code of the catalogue or of your organizer; free words go into `text`"))
    }
}

/// A passion of the organizer's own, as a person declares it.
pub fn declared(own: &passion::Model, level: convivio_domain::Level) -> DeclaredPassion {
    DeclaredPassion { code: own.code.clone(), text: None, labels: Some(own.labels.0.clone()), level }
}

/// The answers as they are kept: under the codes of their questions, each of its kind. An event that asks nothing takes whatever is said.
pub fn answers(questions: &[question::Model], said: &Map<String, Value>, by: AskedOf) -> Result<Map<String, Value>, Vec<FieldError>> {
    if questions.is_empty() {
        return Ok(said.clone());
    }
    let asked = asked(questions, by);
    let (read, mut wrong) = read(&asked, said);
    for (_, question) in asked.iter().filter(|(_, question)| question.required && !said_of(said, question, &asked)) {
        wrong.push(FieldError::new(format!("/answers/{}", question.code), "required", "must be answered"));
    }
    let kept = read.into_iter().filter_map(|(code, answer)| Some((code, answer?)));
    if wrong.is_empty() { Ok(kept.collect()) } else { Err(wrong) }
}

/// The same where answers stand already. What is said anew, said otherwise or taken back is read as if it came in; what nobody touches stays as
/// it was, though its question be gone, and nobody has to answer what was asked later.
pub fn corrected(
    questions: &[question::Model],
    standing: &Map<String, Value>,
    said: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<FieldError>> {
    if questions.is_empty() {
        return Ok(said.clone());
    }
    let taken_back = standing.keys().filter(|key| !said.contains_key(*key) && questions.iter().any(|one| one.code.as_str() == *key));
    let mut touched: Map<String, Value> = said.clone().into_iter().filter(|(key, value)| standing.get(key) != Some(value)).collect();
    touched.extend(taken_back.map(|key| (key.clone(), Value::Null)));
    let (read, wrong) = read(&asked(questions, AskedOf::Staff), &touched);
    let mut kept: Map<String, Value> = said.clone().into_iter().filter(|(key, _)| !touched.contains_key(key)).collect();
    for (code, answer) in read {
        kept.remove(&code);
        kept.extend(answer.map(|answer| (code, answer)));
    }
    if wrong.is_empty() { Ok(kept) } else { Err(wrong) }
}

/// A question with its id, by which it may be answered as well as by its code.
type Asked = (String, Question);

fn asked(questions: &[question::Model], by: AskedOf) -> Vec<Asked> {
    let of_them = questions.iter().filter(|question| by == AskedOf::Staff || question.asked_of == AskedOf::Public);
    of_them.map(|question| (question.id.to_string(), question.rules())).collect()
}

fn asks<'a>(asked: &'a [Asked], key: &str) -> Option<&'a Question> {
    asked.iter().find(|(id, question)| question.code.as_str() == key || id == key).map(|(_, question)| question)
}

fn said_of(said: &Map<String, Value>, question: &Question, asked: &[Asked]) -> bool {
    said.keys().any(|key| asks(asked, key).is_some_and(|one| one.code == question.code))
}

/// What was said, each under its question's code; `None` where it says nothing. And what is wrong with it.
fn read(asked: &[Asked], said: &Map<String, Value>) -> (Vec<(String, Option<Value>)>, Vec<FieldError>) {
    let (mut read, mut wrong, mut named) = (Vec::new(), Vec::new(), HashSet::new());
    for (key, value) in said {
        let pointer = || format!("/answers/{}", key.replace('~', "~0").replace('/', "~1"));
        let Some(question) = asks(asked, key) else {
            wrong.push(FieldError::new(pointer(), "unknown_question", "is not a question of this event"));
            continue;
        };
        if !named.insert(&question.code) {
            wrong.push(FieldError::new(pointer(), "repeated", "is answered twice"));
            continue;
        }
        match question.read(value) {
            Ok(answer) => read.push((question.code.to_string(), answer)),
            Err(err) => wrong.push(FieldError::new(pointer(), err.code, err.detail)),
        }
    }
    (read, wrong)
}

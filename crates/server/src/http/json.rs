//! Bodies in JSON, parsed so that every wrong field is reported at once.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use eserde::path::{Path, Segment};
use eserde::{DeserializationErrors, EDeserialize};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::describe::{Argument, Description};
use super::problem::{ApiError, FieldError, none_wrong};
use super::receiving;

/// A JSON body, parsed into values that are valid.
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: for<'de> EDeserialize<'de> + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Body::from_request(request, payload);
        Box::pin(async move { parse(&body.await?.0).map(Json) })
    }
}

impl<T: for<'de> EDeserialize<'de> + ToSchema + 'static> Argument for Json<T> {
    fn describe(operation: &mut Description) {
        let schema = operation.schema::<T>();
        operation.takes(&["application/json"], schema);
    }
}

/// A form with rules about several fields. What breaks one is named together with the fields that are wrong in themselves.
pub trait Ruled: for<'de> EDeserialize<'de> + Sized {
    /// The fields that the rules look at, each as far as it is there and right in itself.
    type Part: for<'de> EDeserialize<'de>;

    fn part(&self) -> Self::Part;
    fn broken(part: &Self::Part) -> Vec<FieldError>;

    fn check(&self) -> Result<(), ApiError> {
        none_wrong(Self::broken(&self.part()))
    }
}

/// A JSON body whose rules hold.
pub struct Checked<T>(pub T);

impl<T: Ruled + 'static> FromRequest for Checked<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Body::from_request(request, payload);
        Box::pin(async move { parse_checked(&body.await?.0).map(Checked) })
    }
}

impl<T: Ruled + ToSchema + 'static> Argument for Checked<T> {
    fn describe(operation: &mut Description) {
        Json::<T>::describe(operation);
    }
}

/// A JSON merge patch (RFC 7396) of a resource whose fields are those of `T`.
pub struct Patch<T> {
    patch: web::Bytes,
    fields: PhantomData<T>,
}

impl<T: for<'de> EDeserialize<'de>> Patch<T> {
    /// What the patch makes of what stands now; `whole` names every field there is.
    pub fn onto(&self, whole: impl Serialize) -> Result<T, ApiError> {
        patched(whole, &self.patch, parse)
    }
}

impl<T: Ruled> Patch<T> {
    /// The same, when its rules hold.
    pub fn onto_checked(&self, whole: impl Serialize) -> Result<T, ApiError> {
        patched(whole, &self.patch, parse_checked)
    }
}

impl<T: 'static> FromRequest for Patch<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Body::from_request(request, payload);
        Box::pin(async move { Ok(Self { patch: body.await?.0, fields: PhantomData }) })
    }
}

impl<T: ToSchema + 'static> Argument for Patch<T> {
    fn describe(operation: &mut Description) {
        let schema = operation.patch_schema::<T>();
        operation.takes(&["application/merge-patch+json", "application/json"], schema);
    }
}

/// A JSON body that is judged after something else: a precondition that does not hold is told before a field that is wrong.
pub struct Unread<T> {
    body: web::Bytes,
    fields: PhantomData<T>,
}

impl<T: for<'de> EDeserialize<'de>> Unread<T> {
    pub fn read(&self) -> Result<T, ApiError> {
        parse(&self.body)
    }
}

impl<T: 'static> FromRequest for Unread<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Body::from_request(request, payload);
        Box::pin(async move { Ok(Self { body: body.await?.0, fields: PhantomData }) })
    }
}

impl<T: ToSchema + 'static> Argument for Unread<T> {
    fn describe(operation: &mut Description) {
        let schema = operation.schema::<T>();
        operation.takes(&["application/json"], schema);
    }
}

/// The bytes of a JSON body.
pub struct Body(pub web::Bytes);

impl FromRequest for Body {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_json(request) {
            return Box::pin(async { Err(ApiError::UnsupportedMediaType) });
        }
        let body = receiving::read(request, payload, receiving::settings(request).largest_body());
        Box::pin(async move { body.await.map(Self) })
    }
}

/// What a verb that has nothing to be told takes: no body, or `{}`.
pub struct Nothing;

#[derive(eserde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NoFields {}

impl FromRequest for Nothing {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let body = receiving::read(request, payload, receiving::settings(request).largest_body());
        Box::pin(async move {
            match body.await?.trim_ascii() {
                // Said by somebody who was told that a POST has a body, and perhaps not of which type.
                b"" | b"{}" => Ok(Self),
                _ if !is_json => Err(ApiError::UnsupportedMediaType),
                body => match parse(body)? {
                    NoFields {} if body.starts_with(b"{") => Ok(Self),
                    // An empty array reads like an object without fields.
                    NoFields {} => Err(ApiError::Invalid(vec![FieldError::new("", "wrong_type", "must be an object")])),
                },
            }
        })
    }
}

/// Parses a body; what is no JSON at all is malformed, what is JSON but wrong names every wrong field.
pub fn parse<T: for<'de> EDeserialize<'de>>(body: &[u8]) -> Result<T, ApiError> {
    let text = std::str::from_utf8(body).map_err(|_| ApiError::Malformed("the body is not UTF-8".to_owned()))?;
    let errors = match eserde::json::from_str(text) {
        Ok(parsed) => return Ok(parsed),
        Err(errors) => field_errors(&errors),
    };
    match serde_json::from_str(text) {
        Err(err) => Err(ApiError::Malformed(format!("the body is not JSON: {err}"))),
        Ok(whole) => Err(ApiError::Invalid(all_errors::<T>(whole, errors))),
    }
}

/// Parses a form and looks at its rules, those about the fields that are right included when others are not.
fn parse_checked<T: Ruled>(body: &[u8]) -> Result<T, ApiError> {
    let mut wrong = match parse::<T>(body) {
        Ok(form) => return form.check().map(|()| form),
        Err(ApiError::Invalid(wrong)) => wrong,
        Err(other) => return Err(other),
    };
    let mut right: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(members) = right.as_object_mut() {
        let named: HashSet<&str> = wrong.iter().filter_map(|error| error.pointer.split('/').nth(1)).collect();
        members.retain(|name, _| !named.contains(escape(name).as_str()));
    }
    if let Ok(part) = parse(right.to_string().as_bytes()) {
        wrong.extend(T::broken(&part));
    }
    Err(ApiError::Invalid(wrong))
}

/// How many unknown fields are told apart; a body with more of them is not a slip.
const MOST_UNKNOWN: usize = 20;

/// The parser stops at a field it does not know. Those are taken out one by one, so that what stands behind them is looked at too.
fn all_errors<T: for<'de> EDeserialize<'de>>(mut whole: Value, mut errors: Vec<FieldError>) -> Vec<FieldError> {
    let mut unknown: Vec<FieldError> = Vec::new();
    while let Some(found) = errors.iter().position(|error| error.code == UNKNOWN).filter(|_| unknown.len() < MOST_UNKNOWN) {
        let removed = remove(&mut whole, &errors[found].pointer);
        unknown.push(errors.swap_remove(found));
        if !removed {
            break;
        }
        errors = eserde::json::from_str::<T>(&whole.to_string()).err().map(|errors| field_errors(&errors)).unwrap_or_default();
    }
    errors.extend(unknown);
    errors
}

/// Takes the member a pointer names out of its object.
fn remove(whole: &mut Value, pointer: &str) -> bool {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return false };
    let key = key.replace("~1", "/").replace("~0", "~");
    whole.pointer_mut(parent).and_then(Value::as_object_mut).is_some_and(|object| object.remove(&key).is_some())
}

/// How many wrong fields are named; nobody reads more, and a body can be all errors.
const MOST_NAMED: usize = 100;

fn field_errors(errors: &DeserializationErrors) -> Vec<FieldError> {
    errors.iter().take(MOST_NAMED).map(|error| field_error(error.path(), error.message())).collect()
}

fn is_json(request: &HttpRequest) -> bool {
    let named = request.headers().get(header::CONTENT_TYPE).and_then(|named| named.to_str().ok()).unwrap_or_default();
    let media_type = named.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/merge-patch+json"].iter().any(|json| media_type.eq_ignore_ascii_case(json))
}

const UNKNOWN: &str = "unknown_field";

/// Our own values refuse with `code: sentence`; serde's words for a missing, unknown or mistyped field are given a code here.
fn field_error(path: Option<&Path>, message: &str) -> FieldError {
    let mut pointer = path.map(pointer).unwrap_or_default();
    let message = message.rsplit_once(" at line ").map_or(message, |(before, _)| before).trim();
    let quoted = || message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("missing field") {
        pointer = format!("{pointer}/{}", escape(quoted()));
        return FieldError::new(pointer, "required", "must be given");
    }
    if message.starts_with("unknown field") {
        // The path may end at the object or at the field itself, depending on who noticed.
        if !pointer.ends_with(&format!("/{}", escape(quoted()))) {
            pointer = format!("{pointer}/{}", escape(quoted()));
        }
        return unknown_field(pointer);
    }
    match message.split_once(": ") {
        Some((code, detail)) if code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') => FieldError::new(pointer, code, detail),
        _ if message.starts_with("invalid type") => FieldError::new(pointer, "wrong_type", in_terms_of_json(message)),
        _ => FieldError::new(pointer, "invalid", in_terms_of_json(message)),
    }
}

fn unknown_field(pointer: String) -> FieldError {
    FieldError::new(pointer, UNKNOWN, "is not a field of this resource")
}

/// The parser speaks of our types; who sent the body thinks in JSON.
fn in_terms_of_json(message: &str) -> String {
    let Some((found, expected)) = message.split_once(", expected ") else { return message.to_owned() };
    let expected = match expected.split(' ').next() {
        Some("struct" | "internally" | "map" | "a") if expected.contains("map") || expected.starts_with("struct") => "an object",
        Some("tuple" | "sequence") => "an array",
        Some("enum") => "one of its words",
        _ => expected,
    };
    format!("{found}, expected {expected}")
}

fn pointer(path: &Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escape(key))),
            _ => None,
        })
        .collect()
}

/// RFC 6901.
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Parses a merge patch applied to what stands now.
fn patched<T>(whole: impl Serialize, patch: &[u8], parse: fn(&[u8]) -> Result<T, ApiError>) -> Result<T, ApiError> {
    let patch: Value = serde_json::from_slice(patch).map_err(|err| ApiError::Malformed(format!("the body is not JSON: {err}")))?;
    let Value::Object(changes) = &patch else {
        return Err(ApiError::Invalid(vec![FieldError::new("", "wrong_type", "must be an object")]));
    };
    let mut whole = serde_json::to_value(whole).expect("resources are plain values");
    // A field that is taken away and one that never was look alike once the patch is applied.
    let unknown = changes.iter().filter(|(name, value)| value.is_null() && whole.get(name).is_none());
    let mut errors: Vec<FieldError> = unknown.map(|(name, _)| unknown_field(format!("/{}", escape(name)))).collect();
    merge(&mut whole, &patch);
    match parse(whole.to_string().as_bytes()) {
        Ok(parsed) if errors.is_empty() => Ok(parsed),
        Ok(_) => Err(ApiError::Invalid(errors)),
        Err(ApiError::Invalid(others)) => {
            errors.extend(others);
            Err(ApiError::Invalid(errors))
        }
        Err(other) => Err(other),
    }
}

/// JSON merge patch (RFC 7396): `null` takes a field away, an object is merged, everything else replaces.
fn merge(target: &mut Value, patch: &Value) {
    use Value::{Null, Object};
    match (target, patch) {
        (Object(target), Object(patch)) => {
            for (key, value) in patch {
                match value {
                    Null => {
                        target.remove(key);
                    }
                    value => merge(target.entry(key.clone()).or_insert(Null), value),
                }
            }
        }
        (target, Object(patch)) => {
            *target = Object(serde_json::Map::new());
            merge(target, &Object(patch.clone()));
        }
        (target, value) => *target = value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, eserde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Guest {
        #[allow(dead_code, reason = "only the parsing is looked at")]
        name: convivio_domain::PersonName,
        #[allow(dead_code, reason = "only the parsing is looked at")]
        email: convivio_domain::EmailAddress,
        #[serde(default)]
        #[allow(dead_code, reason = "only the parsing is looked at")]
        offers: Vec<convivio_domain::Phrase>,
    }

    fn wrong(body: serde_json::Value) -> Vec<(String, String)> {
        match parse::<Guest>(body.to_string().as_bytes()) {
            Err(ApiError::Invalid(errors)) => errors.into_iter().map(|error| (error.pointer, error.code)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let errors = wrong(json!({"name": "Ann\nX", "offers": ["fine", ""], "role": "owner"}));
        for expected in [("/name", "control_character"), ("/email", "required"), ("/offers/1", "too_short"), ("/role", "unknown_field")] {
            assert!(errors.contains(&(expected.0.to_owned(), expected.1.to_owned())), "{expected:?} is not in {errors:?}");
        }
    }

    #[test]
    fn a_mistake_in_a_passion_is_named_at_its_field() {
        #[derive(Debug, eserde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Form {
            #[allow(dead_code, reason = "only the parsing is looked at")]
            passions: convivio_domain::Passions,
            #[allow(dead_code, reason = "only the parsing is looked at")]
            email: convivio_domain::EmailAddress,
        }
        let errors = |passions: Value| {
            let Err(ApiError::Invalid(errors)) = parse::<Form>(json!({"passions": passions, "email": "x"}).to_string().as_bytes()) else {
                panic!("the address is wrong at least")
            };
            let mut found: Vec<String> = errors.iter().map(|error| format!("{} {}", error.pointer, error.code)).collect();
            found.retain(|error| !error.starts_with("/email"));
            assert_eq!(found.len() + 1, errors.len(), "the address comes after and is looked at too: {errors:?}");
            found
        };
        assert!(errors(json!([{"passion": "hiking", "level": 3}, {"text": "Storia dei fanali", "level": 1}, {"text": "jazz"}])).is_empty());
        for (wrong, expected) in [
            (json!({"passion": "hiking", "level": 7}), vec!["/passions/1/level out_of_range"]),
            (json!({"passion": "Hiking!", "level": "high"}), vec!["/passions/1/level wrong_type", "/passions/1/passion passion_unknown"]),
            (json!({"text": "", "level": null}), vec!["/passions/1/level wrong_type", "/passions/1/text too_short"]),
            (json!({"text": "jazz", "love": 1, "level": 0}), vec!["/passions/1/level out_of_range", "/passions/1/love unknown_field"]),
            // Whether an organizer has a passion of this code is for the organizer's side to say.
            (json!({"passion": "no-such-thing"}), vec![]),
            (json!({"passion": "x-no-such-thing"}), vec!["/passions/1 passion_unknown"]),
            (json!({"level": 2}), vec!["/passions/1 passion_or_text"]),
            (json!("jazz"), vec!["/passions/1 wrong_type"]),
            (json!([1, [2]]), vec!["/passions/1 wrong_type"]),
            (json!(null), vec!["/passions/1 wrong_type"]),
        ] {
            let mut found = errors(json!([{"text": "jazz"}, wrong, {"text": "bread"}]));
            found.sort();
            assert_eq!(found, expected);
        }
        assert_eq!(errors(json!([])), ["/passions required"]);
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for body in ["", "{", "{\"name\": 1e999999}x", "\u{0}"] {
            assert!(matches!(parse::<Guest>(body.as_bytes()), Err(ApiError::Malformed(_))), "{body}");
        }
        assert!(matches!(parse::<Guest>(b"\xff\xfe"), Err(ApiError::Malformed(_))));
        assert!(matches!(parse::<Guest>("[".repeat(100_000).as_bytes()), Err(ApiError::Malformed(_))));
    }

    #[test]
    fn what_is_expected_is_said_in_terms_of_json() {
        for (body, detail) in [
            (json!(5), "invalid type: integer `5`, expected an object"),
            (json!({"name": "A", "email": "a@example.org", "offers": {}}), "invalid type: map, expected a sequence"),
        ] {
            let Err(ApiError::Invalid(errors)) = parse::<Guest>(body.to_string().as_bytes()) else { panic!("{body}") };
            assert_eq!(errors[0].detail, detail);
        }
    }

    #[test]
    fn a_body_that_is_all_errors_names_a_hundred() {
        let offers: Vec<&str> = vec![""; 9000];
        assert_eq!(wrong(json!({"name": "A", "email": "a@example.org", "offers": offers})).len(), MOST_NAMED);
    }

    #[test]
    fn a_field_that_is_not_there_cannot_be_taken_away() {
        let guest = json!({"name": "A", "email": "a@example.org", "offers": []});
        assert!(patched(&guest, br#"{"offers": null}"#, parse::<Guest>).is_ok());
        for (patch, pointer, code) in [
            (r#"{"role": null}"#, "/role", "unknown_field"),
            (r#"{"role": 1}"#, "/role", "unknown_field"),
            (r#"{"name": null}"#, "/name", "required"),
            ("[1]", "", "wrong_type"),
        ] {
            let Err(ApiError::Invalid(errors)) = patched(&guest, patch.as_bytes(), parse::<Guest>) else { panic!("{patch}") };
            assert_eq!((errors[0].pointer.as_str(), errors[0].code.as_str()), (pointer, code), "{patch}");
        }
    }

    #[test]
    fn a_merge_patch_keeps_what_it_does_not_name() {
        let mut event = json!({"title": {"en": "Supper", "it": "Cena"}, "place": "Here"});
        merge(&mut event, &json!({"title": {"en": "Dinner"}, "place": null, "capacity": 5}));
        assert_eq!(event, json!({"title": {"en": "Dinner", "it": "Cena"}, "capacity": 5}));
    }
}

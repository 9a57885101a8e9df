//! Holds every answer of the API against its document: the operation is there, the status is, and the body has the shape it says.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| include_str!("../../docs/openapi.json").parse().expect("the document is JSON"));

/// What a client acts on.
const HEADERS: [&str; 3] = ["Location", "ETag", "Retry-After"];

/// Panics where the answer is not what the document promises.
#[track_caller]
pub fn holds(method: &str, path: &str, status: u16, headers: &HeaderMap, body: &[u8]) {
    if !path.starts_with("/api/") {
        return;
    }
    let Some(template) = template_of(path) else {
        assert_eq!(status, 404, "{path} is not in the document");
        return;
    };
    let method = if method == "HEAD" { "get".to_owned() } else { method.to_lowercase() };
    let Some(operation) = DOCUMENT["paths"][template].get(&method) else {
        assert!(matches!(status, 405 | 401 | 404), "{method} {template} is not in the document and answered {status}");
        return;
    };
    let pointer = format!("/paths/{}/{method}/responses/{status}", template.replace('~', "~0").replace('/', "~1"));
    let response = operation["responses"].get(status.to_string());
    let response = response.unwrap_or_else(|| panic!("{method} {template}: {status} is not in the document"));
    let (response, pointer) = match response["$ref"].as_str() {
        Some(reference) => (DOCUMENT.pointer(&reference[1..]).expect("a reference leads somewhere"), reference[1..].to_owned()),
        None => (response, pointer),
    };
    for name in HEADERS {
        let told = response["headers"].get(name).is_some();
        assert!(told || !headers.contains_key(name), "{method} {template}: {status} has {name}, and the document does not say so");
    }
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default();
    let Some(content) = response.get("content") else {
        assert!(body.is_empty(), "{method} {template}: {status} has a body, and the document says none");
        return;
    };
    assert!(content.get(media_type).is_some(), "{method} {template}: {status} of type {media_type:?} is not in the document");
    if media_type.ends_with("json") && !body.is_empty() {
        let body: Value = serde_json::from_slice(body).expect("JSON, as its type says");
        let pointer = format!("{pointer}/content/{}/schema", media_type.replace('/', "~1"));
        if let Some(error) = fault(&pointer, &body) {
            panic!("{method} {template}: {status} is not of the shape in the document: {error}\n{body:#}");
        }
    }
}

/// The path of the document that a real one is an instance of; a literal segment beats a name in braces.
fn template_of(path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap_or(path);
    let parts: Vec<&str> = path.split('/').collect();
    let templates = DOCUMENT["paths"].as_object().expect("there are paths").keys();
    let fits = |template: &&String| {
        let wanted: Vec<&str> = template.split('/').collect();
        wanted.len() == parts.len() && wanted.iter().zip(&parts).all(|(want, have)| want.starts_with('{') || want == have)
    };
    templates.filter(fits).min_by_key(|template| template.matches('{').count()).map(String::as_str)
}

/// What is wrong with a value by the schema at this place of the document.
fn fault(pointer: &str, value: &Value) -> Option<String> {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, &'static Validator>>> = LazyLock::new(Mutex::default);
    let validator = *VALIDATORS.lock().unwrap().entry(pointer.to_owned()).or_insert_with(|| {
        let schema = DOCUMENT.pointer(pointer).expect("the document says what its answers look like");
        // It refers to components by their place in the document. Those go along, and no others: all of them take long to look through.
        let mut components = Map::new();
        gather_components(schema, &mut components);
        let schema = json!({"allOf": [schema], "components": {"schemas": components}});
        Box::leak(Box::new(jsonschema::draft202012::new(&schema).expect("the document holds JSON schemas")))
    });
    validator.iter_errors(value).next().map(|error| format!("{} at {:?}", error, error.instance_path().to_string()))
}

/// The components that a schema refers to, and those that they refer to in turn.
fn gather_components(schema: &Value, components: &mut Map<String, Value>) {
    match schema {
        Value::Object(fields) => {
            let place = fields.get("$ref").and_then(Value::as_str);
            if let Some(name) = place.and_then(|place| place.strip_prefix("#/components/schemas/"))
                && !components.contains_key(name)
            {
                let component = &DOCUMENT["components"]["schemas"][name];
                components.insert(name.to_owned(), component.clone());
                gather_components(component, components);
            }
            fields.values().for_each(|field| gather_components(field, components));
        }
        Value::Array(items) => items.iter().for_each(|item| gather_components(item, components)),
        _ => {}
    }
}

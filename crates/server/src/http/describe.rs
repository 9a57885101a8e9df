//! What an operation says of itself in the API's document, read off the types of its handler.
//!
//! Every type a handler takes is an [`Argument`], every type it answers with an [`Answer`]; together they know the parameters, bodies, roles and
//! refusals of the operation. So the document is made of the code that runs, and a handler that could not be described does not compile.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{FromRequest, Handler, HttpRequest, Responder, web};
use serde_json::{Map, Value, json};
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};

use super::problem::Result;
use crate::app::App;

/// What is known of an operation while it is being described.
#[derive(Default)]
pub struct Description {
    pub access: Access,
    parameters: Vec<Value>,
    body: Option<Value>,
    responses: BTreeMap<u16, Value>,
    /// The statuses of problems it may answer with.
    pub refusals: BTreeSet<u16>,
    schemas: Schemas,
}

/// The named shapes of the document.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, Value>);

/// Who may use an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    #[default]
    Anybody,
    /// Whoever holds a token, of whatever kind.
    AnyToken,
    /// Staff in one of these roles.
    Staff(&'static [convivio_domain::words::Role]),
    Attendee,
}

/// An argument of a handler.
pub trait Argument: FromRequest {
    fn describe(operation: &mut Description);
}

/// What a handler answers with when it succeeds.
pub trait Answer: Responder {
    fn describe(operation: &mut Description);
}

/// A handler all of whose types can be described.
pub trait Described<Args>: Handler<Args> {
    fn describe(operation: &mut Description);
}

macro_rules! described {
    ($($argument:ident)*) => {
        impl<F, Fut, A, $($argument),*> Described<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Fut + Clone + 'static,
            Fut: Future<Output = Result<A>>,
            A: Answer + 'static,
            $($argument: Argument),*
        {
            fn describe(operation: &mut Description) {
                $($argument::describe(operation);)*
                A::describe(operation);
            }
        }
    };
}
described! {}
described! { A1 }
described! { A1 A2 }
described! { A1 A2 A3 }
described! { A1 A2 A3 A4 }
described! { A1 A2 A3 A4 A5 }

impl Description {
    pub fn refuses(&mut self, statuses: impl IntoIterator<Item = u16>) {
        self.refusals.extend(statuses);
    }

    /// A reference to the shape of `T`, which from now on stands in the document.
    pub fn schema<T: ToSchema>(&mut self) -> Value {
        self.schemas.add::<T>()
    }

    /// The shape of a merge patch of `T`: every field may be there, and `null` takes it away.
    pub fn patch_schema<T: ToSchema>(&mut self) -> Value {
        self.schemas.add::<T>();
        let mut schema = serde_json::to_value(T::schema()).expect("schemas are plain values");
        schema.as_object_mut().expect("a resource is an object").remove("required");
        for property in schema["properties"].as_object_mut().expect("a resource has fields").values_mut() {
            *property = json!({"anyOf": [property.take(), {"type": "null"}]});
        }
        let name = format!("{}Patch", T::name());
        self.schemas.insert(name.clone(), schema);
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// The body it takes.
    pub fn takes(&mut self, content_types: &[&str], schema: Value) {
        let content: Map<_, _> = content_types.iter().map(|media_type| ((*media_type).to_owned(), json!({"schema": schema}))).collect();
        self.body = Some(json!({"required": true, "content": content}));
        self.refuses([400, 408, 413, 415, 422]);
    }

    pub fn takes_body(&self) -> bool {
        self.body.is_some()
    }

    /// No body; who must send one sends `{}`.
    pub fn takes_nothing(&mut self) {
        self.takes(&["application/json"], json!({"type": "object", "additionalProperties": false}));
        self.body.as_mut().expect("it was just said")["required"] = json!(false);
    }

    /// An answer it gives, with a body of that content type.
    pub fn answers(&mut self, status: u16, what: &str, content_type: &str, schema: &Value) {
        self.response(status, what)["content"][content_type] = json!({"schema": schema});
    }

    /// An answer it gives, whatever its body.
    pub fn response(&mut self, status: u16, what: &str) -> &mut Value {
        self.responses.entry(status).or_insert_with(|| json!({"description": what}))
    }

    pub fn sends_header(&mut self, status: u16, name: &str, what: &str) {
        self.response(status, "")["headers"][name] = json!({"description": what, "schema": {"type": "string"}});
    }

    pub fn header(&mut self, name: &str, what: &str, schema: &Value) {
        self.parameters.push(json!({"name": name, "in": "header", "description": what, "schema": schema}));
    }

    pub fn query<T: IntoParams>(&mut self) {
        let parameters = T::into_params(|| Some(ParameterIn::Query));
        self.parameters.extend(parameters.iter().map(|parameter| serde_json::to_value(parameter).expect("parameters are plain values")));
        self.refuses([400]);
    }

    pub fn takes_query(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter["in"] == "query")
    }

    /// The operation object of the document; its shapes go to `schemas`.
    pub fn into_operation(mut self, path: &str, schemas: &mut Schemas) -> Value {
        let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let mut parameters: Vec<Value> =
            in_path.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})).collect();
        if !parameters.is_empty() {
            self.refuses([404]);
        }
        parameters.append(&mut self.parameters);
        let mut responses: Map<String, Value> =
            self.responses.into_iter().map(|(status, response)| (status.to_string(), response)).collect();
        for status in self.refusals {
            let refusal = match status {
                409 => "Conflict",
                429 | 503 => "Later",
                _ => "Problem",
            };
            responses.insert(status.to_string(), json!({"$ref": format!("#/components/responses/{refusal}")}));
        }
        let mut operation = json!({"parameters": parameters, "responses": responses, "security": self.access.security()});
        if let Some(body) = self.body {
            operation["requestBody"] = body;
        }
        schemas.take(self.schemas);
        operation
    }
}

impl Access {
    /// The requirement as OpenAPI 3.1 words it: for a staff token the list names the roles, each of which will do.
    fn security(self) -> Value {
        match self {
            Self::Anybody => json!([]),
            Self::AnyToken => json!([{"staff": []}, {"session": []}, {"attendee": []}]),
            Self::Staff(roles) => json!([{"staff": roles}, {"session": roles}]),
            Self::Attendee => json!([{"attendee": []}, {"session": []}]),
        }
    }
}

impl Schemas {
    pub fn add<T: ToSchema>(&mut self) -> Value {
        let name = T::name().into_owned();
        let mut all = vec![(name.clone(), T::schema())];
        T::schemas(&mut all);
        for (name, schema) in all {
            let schema = serde_json::to_value(&schema).expect("schemas are plain values");
            self.insert(name, schema);
        }
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    pub fn insert(&mut self, name: String, schema: Value) {
        let known = self.0.entry(name.clone()).or_insert_with(|| schema.clone());
        assert_eq!(*known, schema, "two shapes are called {name}: give one of them another name with #[schema(as = …)]");
    }

    fn take(&mut self, other: Self) {
        for (name, schema) in other.0 {
            self.insert(name, schema);
        }
    }

    /// The shapes, each whole: where one type lies flat within another, its fields stand among the other's.
    pub fn into_json(self) -> Value {
        let whole = self.0.iter().map(|(name, schema)| (name.clone(), self.flat(schema)));
        Value::Object(whole.collect())
    }

    fn flat(&self, schema: &Value) -> Value {
        let Some(parts) = schema["allOf"].as_array() else { return schema.clone() };
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for part in parts {
            let (part, always) = self.part(part);
            let part = self.flat(part);
            properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
            required.extend(part["required"].as_array().filter(|_| always).cloned().unwrap_or_default());
        }
        let mut flat = json!({"type": "object", "properties": properties, "required": required});
        if let Some(description) = schema.get("description") {
            flat["description"] = description.clone();
        }
        flat
    }

    /// A part of a flattened type, and whether it is always there.
    fn part<'a>(&'a self, part: &'a Value) -> (&'a Value, bool) {
        if let Some(name) = part["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/")) {
            return (&self.0[name], true);
        }
        match part["oneOf"].as_array() {
            Some(either) => (self.part(&either[0]).0, false),
            None => (part, true),
        }
    }
}

/// The refusals there are; they differ in whether they say when to come back.
pub fn problem_responses() -> Value {
    let refused = |what: &str, after: Option<&str>| {
        let mut response = json!({
            "description": what,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        });
        if let Some(after) = after {
            response["headers"] = json!({"Retry-After": {"description": after, "schema": {"type": "integer"}}});
        }
        response
    };
    json!({
        "Problem": refused("refused", None),
        "Conflict": refused("refused as things stand", Some("With `idempotency_in_progress`: after so many seconds")),
        "Later": refused("not now", Some("After so many seconds it may be tried again")),
    })
}

/// The shape of the problems of RFC 9457 as this API fills them.
pub fn problem_schema() -> Value {
    let text = json!({"type": "string"});
    let error = json!({
        "type": "object",
        "required": ["pointer", "code", "detail"],
        "properties": {"pointer": {"type": "string", "description": "JSON pointer (RFC 6901) into the body"}, "code": text, "detail": text},
    });
    let gap =
        json!({"type": "object", "required": ["code", "pointer", "detail"], "properties": {"code": text, "pointer": text, "detail": text}});
    let conflict = json!({
        "type": "object",
        "properties": {
            "rule": {"type": "string", "description": "in words"},
            "codes": {"type": "array", "items": text, "description": "of the registrations it is about"},
            "tables": {"type": "array"},
            "relax": {"type": "string", "description": "what would help"},
        },
    });
    let told_at_the_door = "of the check-in that stands, with `checkin_already`";
    json!({
        "type": "object",
        "description": "Why the request was refused (RFC 9457); `instance` is the request's id. Some codes bring members of their own.",
        "required": ["type", "title", "status", "code", "detail", "instance"],
        "properties": {
            "type": {"type": "string", "format": "uri"}, "title": text, "status": {"type": "integer"}, "code": text, "detail": text,
            "instance": {"type": "string", "format": "uuid"},
            "errors": {"type": "array", "items": error, "description": "every wrong field, with `validation_failed`"},
            "state": {"type": "string", "description": "the state it is in, with `wrong_state`"},
            "gaps": {"type": "array", "items": gap, "description": "what is missing, with `not_ready`"},
            "conflicts": {"type": "array", "items": conflict, "description": "which rules cannot be kept, with `plan_infeasible`"},
            "id": {"type": "string", "format": "uuid", "description": told_at_the_door},
            "registration": {"type": "string", "description": told_at_the_door},
            "name": {"type": "string", "description": told_at_the_door},
            "passions": {"type": "array", "items": {"type": "object"}, "description": told_at_the_door},
            "at": {"type": "string", "format": "date-time", "description": told_at_the_door},
            "tables": {"type": "array", "items": {"type": "object"}, "description": told_at_the_door},
        },
    })
}

impl Argument for web::Data<App> {
    fn describe(_: &mut Description) {}
}

impl Argument for HttpRequest {
    fn describe(_: &mut Description) {}
}

/// The names stand in the path itself.
impl<T: serde::de::DeserializeOwned + 'static> Argument for web::Path<T> {
    fn describe(_: &mut Description) {}
}

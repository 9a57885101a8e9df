//! A line of `routes.rs`: a method, a path, what it is for, and the handler. From the lines come the routes and the API's document alike.

use std::collections::BTreeMap;

use actix_web::dev::HttpServiceFactory;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{Handler, HttpResponse, Resource, Route};
use serde_json::{Value, json};

use super::describe::{Access, Described, Description, Schemas, problem_responses, problem_schema};
use super::idempotency;
use super::json::Nothing;
use super::problem::ApiError;

/// One operation of the API.
pub struct Endpoint {
    method: Method,
    path: &'static str,
    summary: &'static str,
    /// The handler by name: `events::list`.
    name: &'static str,
    route: Box<dyn Fn() -> Route>,
    describe: fn(&mut Description),
    /// Statuses of problems that its types do not tell of.
    also: &'static [u16],
}

macro_rules! methods {
    ($($name:ident => $method:ident),+) => {$(
        pub fn $name<H: Described<Args>, Args>(path: &'static str, summary: &'static str, handler: H) -> Endpoint
        where
            Args: actix_web::FromRequest + 'static,
            H::Output: actix_web::Responder + 'static,
        {
            Endpoint::new(Method::$method, path, summary, handler)
        }
    )+};
}
methods!(get => GET, post => POST, put => PUT, patch => PATCH, delete => DELETE);

impl Endpoint {
    fn new<H: Described<Args>, Args>(method: Method, path: &'static str, summary: &'static str, handler: H) -> Self
    where
        Args: actix_web::FromRequest + 'static,
        H::Output: actix_web::Responder + 'static,
    {
        let full_name = std::any::type_name::<H>();
        let name = full_name.split_once("::api::").map_or(full_name, |(_, name)| name);
        let mut described = Description::default();
        H::describe(&mut described);
        let (routed, says_all) = (method.clone(), method == Method::POST && !described.takes_body());
        let route = Box::new(move || {
            let route = web::method(routed.clone());
            if says_all { route.to(SaysAll(handler.clone())) } else { route.to(handler.clone()) }
        });
        Self { method, path, summary, name, route, describe: H::describe, also: &[] }
    }

    /// What it refuses with, beyond what its types say.
    pub fn or(mut self, statuses: &'static [u16]) -> Self {
        self.also = statuses;
        self
    }

    /// What the document lists it under: the resource.
    fn tag(&self) -> &'static str {
        self.name.split("::").next().unwrap_or(self.name)
    }

    fn description(&self) -> Description {
        let mut description = Description::default();
        (self.describe)(&mut description);
        // Any request may be too much, or come at a bad moment.
        description.refuses([429, 503]);
        description.refuses(self.also.iter().copied());
        if self.method == Method::POST {
            if !description.takes_body() {
                description.takes_nothing();
            }
            let key = json!({"type": "string", "minLength": 1, "maxLength": 255});
            description.header(
                "Idempotency-Key",
                "Makes it safe to send the request again: what was answered once is answered again",
                &key,
            );
            description.refuses([400, 409, 422]);
        }
        if !matches!(description.access, Access::Anybody) {
            description.refuses([401, 403]);
        }
        description
    }
}

/// A handler of a POST whose address says all there is to say: a body that says more is refused, and not overlooked.
#[derive(Clone)]
struct SaysAll<H>(H);

impl<H: Handler<Args>, Args> Handler<(Args, Nothing)> for SaysAll<H> {
    type Output = H::Output;
    type Future = H::Future;

    fn call(&self, (args, Nothing): (Args, Nothing)) -> Self::Future {
        self.0.call(args)
    }
}

/// Endpoints that share the beginning of their path.
pub struct Surface {
    pub prefix: &'static str,
    pub endpoints: Vec<Endpoint>,
}

impl Surface {
    /// Registers the routes below a scope that has the prefix already, and around it what lets people in. What a path does not know is 405.
    pub fn mount(&self, config: &mut ServiceConfig) {
        for resource in self.resources() {
            config.service(resource);
        }
    }

    fn resources(&self) -> Vec<impl HttpServiceFactory + use<>> {
        let mut by_path: Vec<(&str, Vec<&Endpoint>)> = Vec::new();
        for endpoint in &self.endpoints {
            match by_path.iter_mut().find(|(path, _)| *path == endpoint.path) {
                Some((_, endpoints)) => endpoints.push(endpoint),
                None => by_path.push((endpoint.path, vec![endpoint])),
            }
        }
        by_path
            .into_iter()
            .map(|(path, endpoints)| {
                let allowed: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.method.as_str()).collect();
                let allowed = allowed.join(", ");
                let resource = endpoints.iter().fold(Resource::new(path), |resource, endpoint| resource.route((endpoint.route)()));
                let resource = resource.default_service(web::to(move || {
                    let allowed = allowed.clone();
                    async move { Err::<HttpResponse, _>(ApiError::MethodNotAllowed(allowed)) }
                }));
                resource.wrap(from_fn(idempotency::middleware))
            })
            .collect()
    }

    /// `METHOD /full/path/{pattern}` of the operations that take query parameters.
    pub fn with_query(&self) -> impl Iterator<Item = String> {
        let taking = self.endpoints.iter().filter(|endpoint| endpoint.description().takes_query());
        taking.map(|endpoint| format!("{} {}{}", endpoint.method, self.prefix, endpoint.path))
    }
}

/// The OpenAPI 3.1 document of these surfaces.
pub fn document(surfaces: &[Surface]) -> Value {
    let mut schemas = Schemas::default();
    schemas.insert("Problem".to_owned(), problem_schema());
    let mut paths: BTreeMap<String, Value> = BTreeMap::new();
    for surface in surfaces {
        for endpoint in &surface.endpoints {
            let path = format!("{}{}", surface.prefix, endpoint.path);
            let mut operation = endpoint.description().into_operation(&path, &mut schemas);
            operation["operationId"] = json!(endpoint.name.replace("::", "_"));
            operation["summary"] = json!(endpoint.summary);
            operation["tags"] = json!([endpoint.tag()]);
            paths.entry(path).or_insert_with(|| json!({}))[endpoint.method.as_str().to_lowercase()] = operation;
        }
    }
    let bearer = |what: &str| json!({"type": "http", "scheme": "bearer", "description": what});
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Convivio",
            "description": "The backend for networking events where people really meet. See docs/api.md for a tour.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas.into_json(),
            "responses": problem_responses(),
            "securitySchemes": {
                "staff": bearer("`cvv_…`, of a member or a program. The requirement names the roles that may: any one of them will do"),
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": super::auth::SESSION,
                    "description": "Either token, as a browser carries it; not on requests that another site causes",
                },
                "attendee": bearer("`cva_…`, the last segment of the link in an attendee's mail"),
            },
        },
    })
}

//! How much is too much: by address and by token within this process, by e-mail address within all of them.
//!
//! What is over a limit is 429 with `Retry-After`, and the same whether or not an address is known here.

use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, ResponseError as _, web};
use chrono::TimeDelta;
use convivio_db::{Tx, limit};
use convivio_domain::EmailAddress;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::Serialize;
use uuid::Uuid;

use super::client::{self, Network};
use super::problem::ApiError;
use crate::app::App;
use crate::pages;

/// The limits in force; 0 is none.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    pub public_writes_per_minute: u32,
    pub wrong_tokens_per_minute: u32,
    pub registrations_per_hour: u32,
    pub sign_ins_per_hour: u32,
    pub token_requests_per_second: u32,
    #[serde(skip)]
    pub trusted_proxies: Vec<Network>,
}

impl Settings {
    /// Without limits by address and e-mail, as in the sandbox.
    pub fn of_tokens_only(self) -> Self {
        Self { public_writes_per_minute: 0, wrong_tokens_per_minute: 0, registrations_per_hour: 0, sign_ins_per_hour: 0, ..self }
    }

    pub fn none(self) -> Self {
        Self { token_requests_per_second: 0, ..self.of_tokens_only() }
    }
}

/// In which what names an e-mail address is counted.
const WINDOW: TimeDelta = TimeDelta::hours(1);

pub struct Limits {
    settings: Settings,
    public_writes: Option<DefaultKeyedRateLimiter<IpAddr>>,
    wrong_tokens: Option<DefaultKeyedRateLimiter<IpAddr>>,
    tokens: Option<DefaultKeyedRateLimiter<Uuid>>,
}

impl Limits {
    pub fn new(settings: Settings) -> Self {
        let per_minute = |most| NonZeroU32::new(most).map(|most| RateLimiter::keyed(Quota::per_minute(most)));
        Self {
            public_writes: per_minute(settings.public_writes_per_minute),
            wrong_tokens: per_minute(settings.wrong_tokens_per_minute),
            tokens: NonZeroU32::new(settings.token_requests_per_second).map(|most| RateLimiter::keyed(Quota::per_second(most))),
            settings,
        }
    }

    /// The client's address, by which it is counted.
    pub fn address_of(&self, request: &HttpRequest) -> IpAddr {
        client::address(request, &self.settings.trusted_proxies)
    }

    /// One more request of this token.
    pub fn token(&self, id: Uuid) -> Result<(), ApiError> {
        check(self.tokens.as_ref(), id)
    }

    /// One more token that opens nothing.
    pub fn wrong_token(&self, request: &HttpRequest) -> Result<(), ApiError> {
        check(self.wrong_tokens.as_ref(), self.address_of(request))
    }

    /// One more sign-in link that somebody asks for at this address, whoever they are. Known and unknown addresses are counted alike.
    pub async fn sign_in(&self, app: &App, email: &EmailAddress) -> Result<(), ApiError> {
        let most = self.settings.sign_ins_per_hour;
        if most == 0 {
            return Ok(());
        }
        told(limit::count(&app.db.central(), &counter(app, "sign_in", email), most, WINDOW).await?)
    }

    /// One more registration of this address, as part of it: a form that is refused is not counted.
    pub async fn registration(&self, app: &App, tx: &Tx, email: &EmailAddress) -> Result<(), ApiError> {
        let most = self.settings.registrations_per_hour;
        if most == 0 {
            return Ok(());
        }
        told(limit::count_within(tx, &counter(app, "registration", email), most, WINDOW).await?)
    }

    /// One more step that staff try out at this address, as part of it. As many as sign-in links, and counted by themselves.
    pub async fn test(&self, app: &App, tx: &Tx, email: &EmailAddress) -> Result<(), ApiError> {
        let most = self.settings.sign_ins_per_hour;
        if most == 0 {
            return Ok(());
        }
        told(limit::count_within(tx, &counter(app, "test", email), most, WINDOW).await?)
    }

    /// Forgets who has been quiet for long enough.
    pub fn forget_the_quiet(&self) {
        for limiter in [&self.public_writes, &self.wrong_tokens].into_iter().flatten() {
            limiter.retain_recent();
        }
        if let Some(tokens) = &self.tokens {
            tokens.retain_recent();
        }
    }
}

/// The name of what is counted for an address, in which it cannot be read.
fn counter(app: &App, what: &str, email: &EmailAddress) -> String {
    app.keys.digest("limit", &[what, &email.normal()])
}

fn told(wait: Option<TimeDelta>) -> Result<(), ApiError> {
    match wait {
        None => Ok(()),
        Some(wait) => Err(ApiError::RateLimited(u64::try_from(wait.num_seconds() + 1).unwrap_or(1))),
    }
}

fn check<K: std::hash::Hash + Eq + Clone>(limiter: Option<&DefaultKeyedRateLimiter<K>>, key: K) -> Result<(), ApiError> {
    let Some(Err(refused)) = limiter.map(|limiter| limiter.check_key(&key)) else { return Ok(()) };
    Err(ApiError::RateLimited(refused.wait_time_from(DefaultClock::default().now()).as_secs() + 1))
}

/// Limits what anybody may write without a token, on the API and on pages.
pub async fn public_writes(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if is_public_write(&request) {
        let app = request.app_data::<web::Data<App>>().expect("the application is given to every server");
        if let Err(err) = check(app.limits.public_writes.as_ref(), app.limits.address_of(request.request())) {
            let refused = if request.path().starts_with("/api/") { err.error_response() } else { pages::problem(request.request(), &err) };
            return Ok(request.into_response(refused).map_into_right_body());
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Stopping mail is never too much: mail providers press that button for many of their people, from a few addresses.
fn is_public_write(request: &ServiceRequest) -> bool {
    let path = request.path();
    let is_open = path.starts_with("/api/v1/public/") || !path.starts_with("/api/");
    let stops_mail = path.starts_with("/unsubscribe/") || path.starts_with("/api/v1/public/unsubscribe/");
    !request.method().is_safe() && is_open && !stops_mail
}

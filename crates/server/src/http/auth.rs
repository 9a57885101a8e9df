//! Who is asking. The role a handler needs is the type of its first argument.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use convivio_db::{Tenant, organizer, person, registration, token};
use convivio_domain::words::{RegistrationState, Role};
use convivio_domain::{MemberId, OrganizerId, RegistrationId};
use futures_util::future::LocalBoxFuture;

use super::problem::ApiError;
use crate::app::App;
use crate::keys::{self, LinkToken, Purpose};

/// Someone who works for the organizer named in the path, with at least the role `R`.
pub struct Staff<R> {
    pub organizer: organizer::Model,
    pub role: Role,
    needs: PhantomData<R>,
}

/// The least role a handler asks for.
pub trait Needs: 'static {
    const ROLE: Role;
}

macro_rules! roles {
    ($($name:ident),+) => {$(
        pub struct $name;
        impl Needs for $name {
            const ROLE: Role = Role::$name;
        }
    )+};
}
roles!(Viewer, Checkin, Manager, Owner);

impl<R> Tenant for Staff<R> {
    fn organizer(&self) -> OrganizerId {
        self.organizer.id
    }
}

impl<R: Needs> FromRequest for Staff<R> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let member = signed_in(&request).await?;
            // Another organizer's name and one that does not exist look the same.
            if request.match_info().get("organizer").is_some_and(|slug| slug != member.organizer.slug.as_str()) {
                return Err(ApiError::NotFound);
            }
            if member.role < R::ROLE {
                return Err(ApiError::Forbidden);
            }
            Ok(Self { organizer: member.organizer, role: member.role, needs: PhantomData })
        })
    }
}

/// The holder of a staff token, whatever the role.
pub struct SignedIn {
    pub organizer: organizer::Model,
    pub role: Role,
    pub member: Option<MemberId>,
    pub token: token::Model,
}

pub async fn signed_in(request: &HttpRequest) -> Result<SignedIn, ApiError> {
    let app = app(request);
    let token = token_of(request).filter(|token| keys::is_staff_token(token)).ok_or(ApiError::Unauthenticated)?;
    let found = token::by_hash(&app.db.central(), &keys::hash_of(&token)).await?;
    let (token, organizer) = found.ok_or(ApiError::Unauthenticated)?;
    if token.expires_at.is_some_and(|end| end <= app.clock.now()) {
        return Err(ApiError::Unauthenticated);
    }
    Ok(SignedIn { organizer, role: token.role, member: token.member_id, token })
}

/// An attendee, by the link of one of their registrations.
pub struct Attendee {
    pub person: person::Model,
    /// The registration whose link was used.
    pub registration: registration::Model,
}

impl Tenant for Attendee {
    fn organizer(&self) -> OrganizerId {
        self.person.organizer_id
    }
}

impl FromRequest for Attendee {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let token = token_of(&request).filter(|token| keys::is_attendee_token(token)).ok_or(ApiError::Unauthenticated)?;
            attendee(&app(&request), &token).await
        })
    }
}

/// Attendee links work until 120 days after the event's end, or 60 days after the mail that carried them, whichever is later.
pub async fn attendee(app: &App, token: &str) -> Result<Attendee, ApiError> {
    let token = LinkToken::parse(token).ok_or(ApiError::Unauthenticated)?;
    let id = RegistrationId(token.id);
    let owner = registration::owner(&app.db.central(), id).await?.ok_or(ApiError::Unauthenticated)?;
    let read = app.db.read(&owner);
    let registration = registration::find_by_id(&read, id).await?.ok_or(ApiError::Unauthenticated)?;
    if !app.keys.opens(&token, Purpose::Attendee, registration.link_generation) {
        return Err(ApiError::Unauthenticated);
    }
    if matches!(registration.state, RegistrationState::PendingEmail | RegistrationState::Anonymised) {
        return Err(ApiError::Unauthenticated);
    }
    let event = convivio_db::event::find_by_id(&read, registration.event_id).await?.ok_or(ApiError::Unauthenticated)?;
    let by_event = event.ends_at + chrono::TimeDelta::days(120);
    let by_mail = registration.mailed_at.map(|at| at + chrono::TimeDelta::days(60));
    if app.clock.now() >= by_mail.map_or(by_event, |at| at.max(by_event)) {
        return Err(ApiError::TokenExpired);
    }
    let person = person::find_by_id(&read, registration.person_id).await?.ok_or(ApiError::Unauthenticated)?;
    Ok(Attendee { person, registration })
}

/// The Bearer token, or that of the session cookie.
pub fn token_of(request: &HttpRequest) -> Option<String> {
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned());
    }
    // A cookie goes along with requests that other sites cause; those must not act.
    if request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return None;
    }
    request.cookie(SESSION).map(|cookie| cookie.value().to_owned())
}

/// The name of the session cookie.
pub const SESSION: &str = "convivio_session";

fn app(request: &HttpRequest) -> web::Data<App> {
    request.app_data::<web::Data<App>>().expect("the application is given to every server").clone()
}

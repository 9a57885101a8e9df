//! Who is asking. The role a handler needs is the type of its first argument.
//!
//! Tokens are looked up by a middleware of the scopes they open, before anything else of the request is read; a handler's first argument then
//! only compares. So nobody without a token learns what is wrong with a body.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, ResponseError as _, web};
use chrono::{DateTime, TimeDelta, Utc};
use convivio_db::{Tenant, event, organizer, person, registration, token};
use convivio_domain::words::{RegistrationState, Role};
use convivio_domain::{MemberId, OrganizerId, RegistrationId};

use futures_util::future::LocalBoxFuture;

use super::describe::{Access, Argument, Description};
use super::problem::ApiError;
use crate::app::App;
use crate::keys::{self, LinkToken, Purpose};

/// Someone who works for the organizer named in the path, in one of the roles of `R`.
pub struct Staff<R> {
    pub organizer: organizer::Model,
    pub role: Role,
    needs: PhantomData<R>,
}

/// The roles a handler asks for.
pub trait Needs: 'static {
    const ROLES: &[Role];
}

/// A handler names the smallest role that may do what it does. They are no ladder: the door does what a viewer may not, and does not read what a
/// viewer may.
macro_rules! roles {
    ($($(#[$meaning:meta])* $name:ident: $($role:ident),+;)+) => {$(
        $(#[$meaning])*
        pub struct $name;
        impl Needs for $name {
            const ROLES: &[Role] = &[$(Role::$role),+];
        }
    )+};
}
roles! {
    /// What everybody who works there needs, at the door as well.
    AnyRole: Viewer, Checkin, Manager, Owner;
    /// What there is to read.
    Viewer: Viewer, Manager, Owner;
    /// What is done at the door.
    Checkin: Checkin, Manager, Owner;
    Manager: Manager, Owner;
    Owner: Owner;
}

impl<R> Tenant for Staff<R> {
    fn organizer(&self) -> OrganizerId {
        self.organizer.id
    }
}

impl<R: Needs> FromRequest for Staff<R> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.extensions().get::<SignedIn>() {
            None => Err(ApiError::Unauthenticated),
            Some(member) if !R::ROLES.contains(&member.role) && !app(request).fault("roles_ignored") => Err(ApiError::Forbidden),
            Some(member) => Ok(Self { organizer: member.organizer.clone(), role: member.role, needs: PhantomData }),
        })
    }
}

impl<R: Needs> Argument for Staff<R> {
    fn describe(operation: &mut Description) {
        operation.access = Access::Staff(R::ROLES);
    }
}

/// Lets in who holds a staff token; where the path names an organizer, one of that organizer.
pub async fn staff_only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let found = signed_in(request.request()).await.and_then(|member| {
        // Another organizer's name and one that does not exist look the same.
        match request.match_info().get("organizer").is_none_or(|slug| slug == member.organizer.slug.as_str()) {
            true => Ok(member),
            false => Err(ApiError::NotFound),
        }
    });
    let_in(request, next, found).await
}

/// Lets in who came by a registration's link.
pub async fn attendees_only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let found = match token_of(request.request()).filter(|token| keys::is_attendee_token(token)) {
        Some(token) => attendee(&app(request.request()), &token).await.map_err(|err| counted(request.request(), err)),
        None => Err(counted(request.request(), ApiError::Unauthenticated)),
    };
    let_in(request, next, found).await
}

/// Leaves what was found for the handler, or answers in its place.
async fn let_in<T: 'static>(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    found: Result<T, ApiError>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    match found {
        Ok(found) => {
            request.extensions_mut().insert(found);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(err) => Ok(request.into_response(err.error_response()).map_into_right_body()),
    }
}

/// The holder of a staff token, whatever the role.
pub struct SignedIn {
    pub organizer: organizer::Model,
    pub role: Role,
    pub member: Option<MemberId>,
    pub token: token::Model,
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { signed_in(&request).await })
    }
}

impl Argument for SignedIn {
    fn describe(operation: &mut Description) {
        operation.access = Access::Staff(AnyRole::ROLES);
    }
}

/// The holder of any token.
pub enum Whoever {
    Staff(Box<SignedIn>),
    Attendee(Box<Attendee>),
}

impl FromRequest for Whoever {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match token_of(&request).filter(|token| keys::is_attendee_token(token)) {
                Some(token) => {
                    let attendee = attendee(&app(&request), &token).await.map_err(|err| counted(&request, err))?;
                    Ok(Self::Attendee(Box::new(attendee)))
                }
                None => Ok(Self::Staff(Box::new(signed_in(&request).await?))),
            }
        })
    }
}

impl Argument for Whoever {
    fn describe(operation: &mut Description) {
        operation.access = Access::AnyToken;
        operation.refuses([410]);
    }
}

async fn signed_in(request: &HttpRequest) -> Result<SignedIn, ApiError> {
    behind_token(request).await.map_err(|err| counted(request, err))
}

/// Who shows many tokens that open nothing is told so, in place of being told once more that they open nothing.
fn counted(request: &HttpRequest, err: ApiError) -> ApiError {
    if matches!(err, ApiError::Unauthenticated) && token_of(request).is_some() {
        return app(request).limits.wrong_token(request).err().unwrap_or(err);
    }
    err
}

async fn behind_token(request: &HttpRequest) -> Result<SignedIn, ApiError> {
    let app = app(request);
    let token = token_of(request).filter(|token| keys::is_staff_token(token)).ok_or(ApiError::Unauthenticated)?;
    let found = token::by_hash(&app.db.central(), &keys::hash_of(&token)).await?;
    let (token, organizer) = found.ok_or(ApiError::Unauthenticated)?;
    if token.expires_at.is_some_and(|end| end <= app.clock.now()) {
        return Err(ApiError::Unauthenticated);
    }
    app.limits.token(token.id.0)?;
    Ok(SignedIn { organizer, role: token.role, member: token.member_id, token })
}

/// An attendee, by the link of one of their registrations.
pub struct Attendee {
    pub person: person::Model,
    /// The registration whose link was used.
    pub registration: registration::Model,
    /// Until when that link works.
    pub expires_at: DateTime<Utc>,
}

impl Tenant for Attendee {
    fn organizer(&self) -> OrganizerId {
        self.person.organizer_id
    }
}

impl FromRequest for Attendee {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions_mut().remove::<Self>().ok_or(ApiError::Unauthenticated))
    }
}

impl Argument for Attendee {
    fn describe(operation: &mut Description) {
        operation.access = Access::Attendee;
        // A link that is too old.
        operation.refuses([410]);
    }
}

/// Who came by this link, while it works.
pub async fn attendee(app: &App, token: &str) -> Result<Attendee, ApiError> {
    let (registration, event) = behind_link(app, token, Purpose::Attendee).await?;
    let expires_at = link_ends(&event, &registration);
    if app.clock.now() >= expires_at {
        return Err(ApiError::TokenExpired);
    }
    let read = app.db.read(&registration.organizer_id);
    let person = person::find_by_id(&read, registration.person_id).await?.ok_or(ApiError::Unauthenticated)?;
    Ok(Attendee { person, registration, expires_at })
}

/// The registration that this link of this purpose is of, and its event, however old the link is.
pub async fn behind_link(app: &App, token: &str, purpose: Purpose) -> Result<(registration::Model, event::Model), ApiError> {
    let token = LinkToken::parse(token).ok_or(ApiError::Unauthenticated)?;
    let id = RegistrationId(token.id);
    let registration = registration::by_link(&app.db.central(), id).await?.ok_or(ApiError::Unauthenticated)?;
    if !app.keys.opens(&token, purpose, registration.link_generation) {
        return Err(ApiError::Unauthenticated);
    }
    if matches!(registration.state, RegistrationState::PendingEmail | RegistrationState::Anonymised) {
        return Err(ApiError::Unauthenticated);
    }
    app.limits.token(registration.id.0)?;
    let read = app.db.read(&registration.organizer_id);
    let event = event::find_by_id(&read, registration.event_id).await?.ok_or(ApiError::Unauthenticated)?;
    Ok((registration, event))
}

/// Attendee links work until 120 days after the event's end, or 60 days after the mail that carried them, whichever is later.
pub fn link_ends(event: &event::Model, registration: &registration::Model) -> DateTime<Utc> {
    let by_event = event.ends_at + TimeDelta::days(120);
    let by_mail = registration.mailed_at.map(|at| at + TimeDelta::days(60));
    by_mail.map_or(by_event, |at| at.max(by_event))
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

//! Signing in by a mailed link, and who a token belongs to.

use actix_web::body::BoxBody;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use chrono::{DateTime, TimeDelta, Utc};
use convivio_db::{Tenant, login, member, organizer, person, registration, token};
use convivio_domain::words::{MailKind, RegistrationState, Role};
use convivio_domain::{EmailAddress, Line, LoginId, Slug, Title};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::auth::{self, SESSION};
use crate::http::describe::{Answer, Description};
use crate::http::{ApiError, Json, Promised, Result, SignedIn, Whoever};
use crate::keys::{self, LinkToken, Purpose};
use crate::outbox::promise::{self, By};
use crate::pages;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    email: EmailAddress,
}

#[derive(Serialize, ToSchema)]
pub struct Session {
    /// `null` in an answer that is given again under the same `Idempotency-Key`.
    #[schema(value_type = Option<String>, required)]
    token: String,
    expires_at: DateTime<Utc>,
}

/// `{}`: whether anybody has the address is not told.
#[derive(Serialize, ToSchema)]
pub struct Asked {}

/// A sign-in link works this long.
const LINK: TimeDelta = TimeDelta::minutes(30);
/// A member who signed in stays so this long.
const SIGNED_IN: TimeDelta = TimeDelta::days(14);

/// Mails a sign-in link to whoever has the address. The answer does not tell whether anybody has.
pub async fn request(request: HttpRequest, app: web::Data<App>, Json(form): Json<SignIn>) -> Result<Promised<Asked>> {
    app.limits.sign_in(&app, &form.email).await?;
    let locale = pages::preferred_locale(&request).unwrap_or_default();
    for member in member::by_email(&app.db.central(), &form.email).await? {
        let tx = app.db.write(&member.organizer_id).await?;
        // Held, so that a link is not made while its member is taken away.
        let Some(member) = member::lock(&tx, member.id).await? else { continue };
        let now = app.clock.now();
        let login = login::insert(&tx, member.id, now + LINK, now).await?;
        promise::sign_in(&app, &tx, &login, &member, locale).await?;
        tx.commit().await?;
    }
    // An attendee's link is that of their newest registration, wherever that has got to; it opens what belongs to the others as well.
    for person in person::of_any_organizer(&app.db.central(), &form.email).await? {
        let tx = app.db.write(&person.organizer_id).await?;
        let registrations = registration::all_of_person(&tx, person.id).await?;
        if let Some(newest) = registrations.iter().find(|registration| opens_pages(registration.state))
            // Held, so that of many who ask at once one is answered.
            && let Some(newest) = registration::lock(&tx, newest.id).await?
            && !promise::was_just_promised(&app, &tx, &newest, MailKind::Login).await?
        {
            let occurrence = app.clock.now().timestamp_micros().to_string();
            promise::about_registration(&app, &tx, By::Reader, MailKind::Login, &newest, &person, &occurrence).await?;
        }
        tx.commit().await?;
    }
    app.ring();
    Ok(Promised(Asked {}))
}

/// Whether the address was confirmed and the person has not left.
fn opens_pages(state: RegistrationState) -> bool {
    !state.can_be_revived() && !matches!(state, RegistrationState::PendingEmail | RegistrationState::Anonymised)
}

/// Turns a mailed link into a token: once for staff, as often as wanted for an attendee, whose link is their token.
pub async fn exchange(app: web::Data<App>, path: web::Path<String>) -> Result<Json<Session>> {
    if keys::is_attendee_token(&path) {
        let attendee = auth::attendee(&app, &path).await?;
        return Ok(Json(Session { token: path.into_inner(), expires_at: attendee.expires_at }));
    }
    let (session, _) = sign_in(&app, &path).await?;
    Ok(Json(session))
}

/// Uses a member's sign-in link up.
pub async fn sign_in(app: &App, link: &str) -> Result<(Session, organizer::Model)> {
    let link = LinkToken::parse(link).ok_or(ApiError::NotFound)?;
    if !app.keys.opens(&link, Purpose::Login, 0) {
        return Err(ApiError::NotFound);
    }
    let id = LoginId(link.id);
    let owner = login::owner(&app.db.central(), id).await?.ok_or(ApiError::NotFound)?;
    let tx = app.db.write(&owner).await?;
    let login = login::find_by_id(&tx, id).await?.ok_or(ApiError::NotFound)?;
    // Held, so that the token has the role of this moment, and none is made for a member who is being taken away.
    let member = member::lock(&tx, login.member_id).await?.ok_or(ApiError::NotFound)?;
    let now = app.clock.now();
    if login.used_at.is_some() {
        return Err(ApiError::TokenUsed);
    }
    if now >= login.expires_at {
        return Err(ApiError::TokenExpired);
    }
    if !login::use_once(&tx, id, now).await? {
        return Err(ApiError::TokenUsed);
    }
    let (secret, hash) = keys::new_staff_token();
    let label = Line::parse("signed in by link").expect("a plain line");
    let expires_at = now + SIGNED_IN;
    let new = token::New { member: Some(member.id), label, role: member.role, hash, expires_at: Some(expires_at) };
    token::insert(&tx, new, now).await?;
    let organizer = organizer::this(&tx).await?;
    tx.commit().await?;
    Ok((Session { token: secret, expires_at }, organizer))
}

impl Session {
    /// The cookie of the console and the pages.
    pub fn cookie(&self, app: &App) -> Cookie<'static> {
        let secure = app.url("/").scheme() == "https";
        Cookie::build(SESSION, self.token.clone()).path("/").http_only(true).secure(secure).same_site(SameSite::Lax).finish()
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum WhoAmI {
    Staff { organizer: Slug, organizer_name: Title, role: Role, email: Option<EmailAddress>, expires_at: Option<DateTime<Utc>> },
    Attendee { organizer: Slug, organizer_name: Title, name: convivio_domain::PersonName, email: EmailAddress },
}

pub async fn whoami(who: Whoever, app: web::Data<App>) -> Result<Json<WhoAmI>> {
    assert!(!app.fault("whoami_panics"), "as the tests want it");
    match who {
        Whoever::Attendee(attendee) => {
            let organizer = organizer::this(&app.db.read(&*attendee)).await?;
            let person = attendee.person;
            Ok(Json(WhoAmI::Attendee { organizer: organizer.slug, organizer_name: organizer.name, name: person.name, email: person.email }))
        }
        Whoever::Staff(signed_in) => {
            let read = app.db.read(&signed_in.organizer.organizer());
            let member = match signed_in.member {
                Some(id) => member::find_by_id(&read, id).await?,
                None => None,
            };
            Ok(Json(WhoAmI::Staff {
                organizer: signed_in.organizer.slug,
                organizer_name: signed_in.organizer.name,
                role: signed_in.role,
                email: member.map(|member| member.email),
                expires_at: signed_in.token.expires_at,
            }))
        }
    }
}

/// Signs out: the token works no more.
pub async fn end(who: SignedIn, app: web::Data<App>) -> Result<SignedOut> {
    let tx = app.db.write(&who.organizer).await?;
    token::remove(&tx, who.token.id).await?;
    tx.commit().await?;
    Ok(SignedOut)
}

/// 204, and the browser forgets its cookie.
pub struct SignedOut;

impl Responder for SignedOut {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut gone = Cookie::build(SESSION, "").path("/").finish();
        gone.make_removal();
        HttpResponse::NoContent().cookie(gone).finish()
    }
}

impl Answer for SignedOut {
    fn describe(operation: &mut Description) {
        operation.response(204, "signed out");
    }
}

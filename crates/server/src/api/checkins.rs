//! Check-ins at the door.

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, web};
use chrono::{DateTime, Utc};
use convivio_db::{Set, Tx, checkin, event, registration};
use convivio_domain::words::{EventState, RegistrationState};
use convivio_domain::{CheckinId, DeclaredPassion, Field, Line, PersonName, RegistrationCode, Theme};
use eserde::Deserialize;
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::events::in_reach;
use super::registrations::places_of;
use super::{EventPath, ItemPath, find_event, id_of};
use crate::app::App;
use crate::http::describe::{Answer, Argument, Description};
use crate::http::{AnyRole, ApiError, Checkin, Created, FieldError, Json, List, Listing, Result, Staff, json as body, none_wrong};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckin {
    code: RegistrationCode,
    /// The scanner's name for this scan: the same again is the same scan.
    nonce: Line,
    /// When it happened, for scans sent later; now, if nothing is said.
    #[serde(default)]
    #[eserde(compat)]
    at: Option<DateTime<Utc>>,
}

/// One scan or several.
pub enum Scans {
    One(NewCheckin),
    /// Each by itself: what is wrong with one keeps nobody else at the door.
    Several(Vec<Result<NewCheckin>>),
}

const MOST_AT_ONCE: usize = 500;

#[derive(Serialize, ToSchema)]
pub struct CheckedIn {
    id: CheckinId,
    registration: RegistrationCode,
    /// What is said of the person at the door: passions before anything else.
    passions: Vec<DeclaredPassion>,
    name: PersonName,
    at: DateTime<Utc>,
    tables: Vec<MyTable>,
    /// Only of a check-in that was taken back: its scan sent again checks nobody in.
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SeatByRound)]
pub struct MyTable {
    pub round: i16,
    pub table: i16,
    pub theme: Theme,
}

pub async fn create(who: Staff<Checkin>, app: web::Data<App>, path: web::Path<EventPath>, scans: Scans) -> Result<Scanned> {
    match scans {
        Scans::One(scan) => {
            let done = check_in(&app, &who, &path.event, scan).await?;
            let location = format!("/api/v1/organizers/{}/events/{}/checkins/{}", path.organizer, path.event, done.id);
            Ok(Scanned::One(Created(location, done)))
        }
        Scans::Several(scans) => {
            let mut answers = Vec::with_capacity(scans.len());
            for scan in scans {
                let done = match scan {
                    Ok(scan) => check_in(&app, &who, &path.event, scan).await,
                    Err(wrong) => Err(wrong),
                };
                answers.push(match done {
                    Ok(done) => with_status(201, serde_json::to_value(done).map_err(anyhow::Error::from)?),
                    Err(err @ (ApiError::Internal(_) | ApiError::Unavailable)) => return Err(err),
                    Err(err) => err.to_json(),
                });
            }
            Ok(Scanned::Several(answers))
        }
    }
}

impl FromRequest for Scans {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = body::Body::from_request(request, payload);
        Box::pin(async move { parse(&body.await?.0) })
    }
}

impl Argument for Scans {
    fn describe(operation: &mut Description) {
        let one = operation.schema::<NewCheckin>();
        let several = json!({"type": "array", "items": one, "maxItems": MOST_AT_ONCE});
        operation.takes(&["application/json"], json!({"oneOf": [one, several]}));
    }
}

/// One scan is answered by its check-in, a list by a list of answers.
pub enum Scanned {
    One(Created<CheckedIn>),
    Several(Vec<Value>),
}

impl Responder for Scanned {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::One(done) => done.respond_to(request),
            Self::Several(answers) => HttpResponse::Ok().json(answers),
        }
    }
}

impl Answer for Scanned {
    fn describe(operation: &mut Description) {
        Created::<CheckedIn>::describe(operation);
        let each = json!({"type": "object", "description": "A check-in or a problem, with its status", "required": ["status"]});
        operation.answers(200, "an answer for each scan", "application/json", &json!({"type": "array", "items": each}));
    }
}

fn with_status(status: u16, mut answer: Value) -> Value {
    answer["status"] = json!(status);
    answer
}

fn parse(bytes: &[u8]) -> Result<Scans> {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'[') {
        return body::parse(bytes).map(Scans::One);
    }
    let scans: Vec<Value> = serde_json::from_slice(bytes).map_err(|err| ApiError::Malformed(format!("the body is not JSON: {err}")))?;
    let no_objects = (0..).zip(&scans).filter(|(_, scan)| !scan.is_object());
    none_wrong(no_objects.map(|(n, _): (usize, _)| FieldError::new(format!("/{n}"), "wrong_type", "must be an object")).collect())?;
    if scans.len() > MOST_AT_ONCE {
        let detail = format!("at most {MOST_AT_ONCE} at once");
        return Err(ApiError::Invalid(vec![FieldError::new("", "too_many", detail)]));
    }
    Ok(Scans::Several(scans.iter().map(|scan| body::parse(scan.to_string().as_bytes())).collect()))
}

/// Checks one person in, within a transaction of its own.
async fn check_in(app: &App, who: &Staff<Checkin>, event: &str, scan: NewCheckin) -> Result<CheckedIn> {
    if scan.at.is_some_and(|at| !in_reach(at)) {
        let detail = "must be between the years 2000 and 2100";
        return Err(ApiError::Invalid(vec![FieldError::new("/at", "out_of_range", detail)]));
    }
    let tx = app.db.write(who).await?;
    // Both are held: the event is not completed meanwhile, and of many scans of one code each sees what the one before it did.
    let event = event::hold(&tx, event).await?.ok_or(ApiError::NotFound)?;
    let Some(row) = registration::lock_by_code(&tx, &scan.code).await? else { return Err(ApiError::CheckinUnknown) };
    if row.event_id != event.id {
        return Err(ApiError::CheckinWrongEvent);
    }
    let earlier = checkin::of_registration(&tx, row.id).await?;
    if let Some(same) = earlier.iter().find(|checkin| checkin.nonce == scan.nonce) {
        return shown(&tx, &event, &row, same).await;
    }
    if event.state != EventState::Published {
        return Err(ApiError::CheckinClosed);
    }
    match row.state {
        RegistrationState::Confirmed => {}
        RegistrationState::CheckedIn => {
            let standing = earlier.iter().find(|checkin| checkin.undone_at.is_none());
            let shown = match standing {
                Some(checkin) => serde_json::to_value(shown(&tx, &event, &row, checkin).await?).map_err(anyhow::Error::from)?,
                None => json!({}),
            };
            return Err(ApiError::CheckinAlready(shown));
        }
        RegistrationState::PendingEmail | RegistrationState::PendingApproval => return Err(ApiError::CheckinPending),
        RegistrationState::Waitlisted | RegistrationState::Offered => return Err(ApiError::CheckinWaitlisted),
        _ => return Err(ApiError::CheckinCancelled),
    }
    let now = app.clock.now();
    // A scanner whose clock runs ahead says when it scanned, and the present is the latest that can be.
    let at = convivio_domain::micros(scan.at.unwrap_or(now)).min(now);
    let changes =
        registration::ActiveModel { state: Set(RegistrationState::CheckedIn), checked_in_at: Set(Some(at)), ..Default::default() };
    registration::move_on(&tx, row.id, RegistrationState::Confirmed, changes).await?;
    let checkin = checkin::insert(&tx, event.id, row.id, scan.nonce, at, now).await?;
    let shown = shown(&tx, &event, &row, &checkin).await?;
    tx.commit().await?;
    Ok(shown)
}

async fn shown(tx: &Tx, event: &event::Model, row: &registration::Model, checkin: &checkin::Model) -> Result<CheckedIn> {
    let passions = match row.profile.visibility.shows_tablemates(Field::Passions) {
        true => row.profile.passions.clone(),
        false => Vec::new(),
    };
    Ok(CheckedIn {
        id: checkin.id,
        registration: row.code.clone(),
        passions,
        name: row.name.clone(),
        at: checkin.at,
        tables: places_of(tx, event, row).await?,
        undone_at: checkin.undone_at,
    })
}

#[derive(Serialize, ToSchema)]
#[schema(as = Checkin)]
pub struct Listed {
    id: CheckinId,
    registration: Option<RegistrationCode>,
    name: Option<PersonName>,
    at: DateTime<Utc>,
    undone_at: Option<DateTime<Utc>>,
}

pub async fn list(who: Staff<AnyRole>, app: web::Data<App>, path: web::Path<EventPath>, listing: Listing) -> Result<List<Listed>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let page = checkin::list(&read, event.id, listing.cursor()?).await?;
    let people = registration::by_ids(&read, page.rows.iter().map(|row| row.registration_id)).await?;
    Ok(listing.answer(
        page,
        |row| row.id,
        |row| {
            let person = people.get(&row.registration_id);
            Listed {
                id: row.id,
                registration: person.map(|person| person.code.clone()),
                name: person.map(|person| person.name.clone()),
                at: row.at,
                undone_at: row.undone_at,
            }
        },
    ))
}

/// Takes a check-in back: the person is confirmed, as before.
pub async fn undo(who: Staff<Checkin>, app: web::Data<App>, path: web::Path<ItemPath>) -> Result<Json<Listed>> {
    let tx = app.db.write(&who).await?;
    let event = event::hold(&tx, &path.event).await?.ok_or(ApiError::NotFound)?;
    let checkin = checkin::find_by_id(&tx, event.id, id_of(&path.id)?).await?.ok_or(ApiError::NotFound)?;
    if event.state != EventState::Published {
        return Err(ApiError::CheckinClosed);
    }
    if checkin::undo(&tx, checkin.id, app.clock.now()).await? {
        let changes =
            registration::ActiveModel { state: Set(RegistrationState::Confirmed), checked_in_at: Set(None), ..Default::default() };
        registration::move_on(&tx, checkin.registration_id, RegistrationState::CheckedIn, changes).await?;
    }
    let checkin = checkin::find_by_id(&tx, event.id, checkin.id).await?.ok_or(ApiError::NotFound)?;
    let people = registration::by_ids(&tx, [checkin.registration_id]).await?;
    tx.commit().await?;
    let person = people.get(&checkin.registration_id);
    Ok(Json(Listed {
        id: checkin.id,
        registration: person.map(|person| person.code.clone()),
        name: person.map(|person| person.name.clone()),
        at: checkin.at,
        undone_at: checkin.undone_at,
    }))
}

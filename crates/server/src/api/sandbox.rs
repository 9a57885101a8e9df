//! The sandbox: a clock that is moved by hand, and the word that lets everything due happen.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{ResponseError as _, web};
use chrono::{DateTime, TimeDelta, Utc};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::{ApiError, FieldError, Json, Owner, Result, Staff};
use crate::timers;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    #[serde(default)]
    #[eserde(compat)]
    now: Option<DateTime<Utc>>,
    #[serde(default)]
    advance_seconds: Option<i64>,
}

/// What the sandbox's clock shows.
#[derive(Serialize, ToSchema)]
pub struct Now {
    now: DateTime<Utc>,
}

/// Around the whole surface, and before anybody is asked for a token: where there is no sandbox, there is nothing to open.
pub async fn only_in_sandbox(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let app = request.app_data::<web::Data<App>>().expect("the application is given to every server");
    if !app.clock.is_sandbox() {
        return Ok(request.into_response(ApiError::NotFound.error_response()).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

pub async fn show_clock(_who: Staff<Owner>, app: web::Data<App>) -> Result<Json<Now>> {
    Ok(Json(Now { now: app.clock.now() }))
}

/// Moves the clock forward; back it does not go.
pub async fn move_clock(_who: Staff<Owner>, app: web::Data<App>, Json(form): Json<Move>) -> Result<Json<Now>> {
    let refused = |pointer: &str, code: &str, detail: &str| ApiError::Invalid(vec![FieldError::new(pointer, code, detail)]);
    let (pointer, to) = match (form.now, form.advance_seconds) {
        (Some(now), None) => ("/now", Some(now)),
        (None, Some(seconds)) => {
            let by = TimeDelta::try_seconds(seconds);
            ("/advance_seconds", by.and_then(|by| app.clock.now().checked_add_signed(by)))
        }
        (None, None) => return Err(refused("/now", "required", "must give either now or advance_seconds")),
        (Some(_), Some(_)) => {
            return Err(refused("/advance_seconds", "now_or_advance", "must give either now or advance_seconds, not both"));
        }
    };
    let last: DateTime<Utc> = "2100-01-01T00:00:00Z".parse().expect("an instant");
    let to = to.filter(|to| *to <= last).ok_or_else(|| refused(pointer, "out_of_range", "must not be after the year 2100"))?;
    if !app.clock.set(&app.db.central(), to).await? {
        return Err(refused(pointer, "backwards", "must not be before the clock's time"));
    }
    Ok(Json(Now { now: app.clock.now() }))
}

#[derive(Serialize, ToSchema)]
pub struct Ran {
    now: DateTime<Utc>,
    #[serde(flatten)]
    mails: crate::outbox::Tally,
    jobs: u64,
}

/// Works everything that is due now, until nothing is, and answers after the relay's last word.
pub async fn run_due(_who: Staff<Owner>, app: web::Data<App>) -> Result<Json<Ran>> {
    app.clock.refresh(&app.db.central()).await?;
    let app = app.get_ref().clone();
    // The client may go away; what has begun is finished all the same.
    let workers = app.workers.clone();
    let ran = workers.spawn(async move {
        let (mails, jobs) = timers::run_all_due(&app).await?;
        Ok::<_, anyhow::Error>(Ran { now: app.clock.now(), mails, jobs })
    });
    let ran = ran.await.map_err(|err| ApiError::Internal(err.into()))??;
    Ok(Json(ran))
}

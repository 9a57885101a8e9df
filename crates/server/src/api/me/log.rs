//! The private log about somebody one keeps: notes, contacts, gives, asks and checks. Nobody else reads it, but for thanks that one shows them.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{connection, log};
use convivio_domain::words::{Ask, ConnectionState, Give, LogKind, SharedStep, Touch};
use convivio_domain::{FreeText, Invalid, LogEntryId};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::connections::check_of;
use crate::answering::{Check, may_ask};
use crate::app::App;
use crate::authoring::write_as;
use crate::gardening;
use crate::http::{ApiError, Attendee, Created, FieldError, Json, List, Listing, Result, none_wrong};
use crate::keeping::mine;

#[derive(Serialize, ToSchema)]
pub struct LogEntry {
    id: LogEntryId,
    kind: LogKind,
    /// How one gave, asked or was in touch.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<FreeText>,
    #[serde(flatten)]
    check: Check,
    /// They may read it.
    shared: bool,
    happened_at: DateTime<Utc>,
}

impl From<log::Model> for LogEntry {
    fn from(row: log::Model) -> Self {
        let check = check_of(&row);
        Self { id: row.id, kind: row.kind, what: row.what, text: row.text, check, shared: row.shared, happened_at: row.happened_at }
    }
}

pub async fn list(who: Attendee, app: web::Data<App>, id: web::Path<String>, listing: Listing) -> Result<List<LogEntry>> {
    let read = app.db.read(&who);
    let row = mine(&read, &who, &id).await?;
    let page = log::page_about(&read, who.person.id, row.other_id, listing.cursor()?).await?;
    Ok(listing.answer(page, |row| row.id, LogEntry::from))
}

/// What one writes down.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLogEntry {
    kind: LogKind,
    /// Of a give `resource, feedback, support, introduction, time, thanks`; of an ask `advice, feedback, introduction, collaboration`; of an
    /// interaction `comment, article, question, coffee, lunch, walk, call, event, project`
    #[serde(default)]
    what: Option<String>,
    /// Of a note, which is nothing without; of the others as one likes
    #[serde(default)]
    text: Option<FreeText>,
    /// Of a check, from 1 to 5 each
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    trust: Option<u8>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    goals: Option<u8>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    solutions: Option<u8>,
    /// Of a give of `thanks` with a text, once connected: whether they may read it
    #[serde(default)]
    shared: bool,
    /// Now, if left out
    #[serde(default)]
    #[eserde(compat)]
    happened_at: Option<DateTime<Utc>>,
}

/// An ask before any give to that person, unless they openly offer something, is 409 `give_first`.
pub async fn create(who: Attendee, app: web::Data<App>, id: web::Path<String>, Json(new): Json<NewLogEntry>) -> Result<Created<LogEntry>> {
    let (row, entry) = write_down(&app, &who, &id, new).await?;
    Ok(Created(format!("/api/v1/me/connections/{}/log", row.id), LogEntry::from(entry)))
}

/// The same, here or on the page about them.
pub async fn write_down(app: &App, who: &Attendee, id: &str, new: NewLogEntry) -> Result<(connection::Model, log::Model)> {
    let now = app.clock.now();
    none_wrong(new.wrong(now))?;
    let tx = write_as(app, who, who.person.id).await?;
    let row = mine(&tx, who, id).await?;
    if new.kind == LogKind::Ask {
        may_ask(&tx, row.owner_id, row.other_id, now).await?;
    }
    // How the other stands to oneself is not looked at, or the answer would tell that they let go.
    if new.shared && row.state != ConnectionState::Connected {
        return Err(ApiError::WrongState(row.state.to_string()));
    }
    let scale = |value: Option<u8>| value.map(i32::from);
    let entry = log::Model {
        what: new.what,
        text: new.text,
        trust: scale(new.trust),
        goals: scale(new.goals),
        solutions: scale(new.solutions),
        shared: new.shared,
        happened_at: new.happened_at.map_or(now, convivio_domain::micros),
        ..log::Model::new(&tx, who.person.id, row.other_id, new.kind, now)
    };
    log::write(&tx, entry.clone()).await?;
    // Being in touch sets the clock back.
    gardening::heard_from(&tx, who.person.id, now).await?;
    tx.commit().await?;
    Ok((row, entry))
}

impl NewLogEntry {
    fn wrong(&self, now: DateTime<Utc>) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let mut refuse = |pointer: &str, invalid: Invalid| wrong.push(FieldError::new(pointer, invalid.code, invalid.detail));
        if let Err(invalid) = self.check_what() {
            refuse("/what", invalid);
        }
        if self.kind == LogKind::Note && self.text.is_none() {
            refuse("/text", Invalid::new("required", "a note must say something"));
        }
        let check = Check { trust: self.trust, goals: self.goals, solutions: self.solutions };
        let is_empty = check == Check::default();
        if (self.kind == LogKind::Check) == is_empty {
            refuse("/trust", Invalid::new("of_checks", "a check says at least one of trust, goals and solutions, and nothing else does"));
        }
        let thanks_in_words = self.kind == LogKind::Give && self.what.as_deref() == Some(Give::Thanks.as_str()) && self.text.is_some();
        if self.shared && !thanks_in_words {
            refuse("/shared", Invalid::new("of_thanks", "is said of thanks with a text, and of nothing else"));
        }
        if self.happened_at.is_some_and(|at| at > now) {
            refuse("/happened_at", Invalid::new("in_the_future", "must not be in the future"));
        }
        wrong.extend(check.wrong(""));
        wrong
    }

    fn check_what(&self) -> Result<(), Invalid> {
        let word = self.what.as_deref().unwrap_or_default();
        match self.kind {
            LogKind::Give => word.parse::<Give>().map(|_| ()),
            LogKind::Ask => word.parse::<Ask>().map(|_| ()),
            LogKind::Interaction if self.what.is_none() => Ok(()),
            LogKind::Interaction => word.parse::<Touch>().map(|_| ()).or_else(|_| word.parse::<SharedStep>().map(|_| ())).map_err(|_| {
                let words = Touch::ALL.iter().map(|one| one.as_str()).chain(SharedStep::ALL.iter().map(|one| one.as_str()));
                Invalid::new("unknown_word", format!("must be one of: {}", words.collect::<Vec<_>>().join(" ")))
            }),
            LogKind::Note | LogKind::Check if self.what.is_some() => {
                Err(Invalid::new("not_here", "is said of gives, asks and interactions"))
            }
            LogKind::Note | LogKind::Check => Ok(()),
        }
    }
}

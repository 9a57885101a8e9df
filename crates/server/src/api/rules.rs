//! Rules for the seating.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Set, Stored, Tx, event, registration, rule};
use convivio_domain::words::RuleKind;
use convivio_domain::{EventId, RegistrationCode, RuleId};
use convivio_matching::ATTRIBUTES;
use eserde::Deserialize;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{EventPath, ItemPath, find_event, id_of};
use crate::app::App;
use crate::http::{ApiError, Created, FieldError, Json, List, Listing, Manager, NoContent, Patch, Result, Staff, Viewer, none_wrong};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    kind: RuleKind,
    #[serde(default = "hard")]
    hard: bool,
    #[serde(default)]
    weight: Option<f64>,
    /// Whom it is about; for `same`, `different`, `at_least` and `at_most` everybody, if nobody is named.
    #[serde(default)]
    members: Vec<RegistrationCode>,
    #[serde(default)]
    attribute: Option<String>,
    #[serde(default)]
    table: Option<i16>,
    #[serde(default)]
    k: Option<i16>,
}

fn hard() -> bool {
    true
}

#[derive(Serialize, ToSchema)]
pub struct Rule {
    id: RuleId,
    kind: RuleKind,
    hard: bool,
    weight: Option<f64>,
    members: Vec<RegistrationCode>,
    attribute: Option<String>,
    table: Option<i16>,
    k: Option<i16>,
    created_at: DateTime<Utc>,
}

impl From<rule::Model> for Rule {
    fn from(row: rule::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            hard: row.hard,
            weight: row.weight,
            members: row.members.0,
            attribute: row.attribute,
            table: row.table,
            k: row.k,
            created_at: row.created_at,
        }
    }
}

const MOST_MEMBERS: usize = 500;
const MOST_OF_ATTRIBUTE: usize = 200;
const MOST_ALIKE: i16 = 1_000;

impl NewRule {
    fn check(&self) -> Result<()> {
        let mut wrong = Vec::new();
        let least = match self.kind {
            RuleKind::Together | RuleKind::Apart => 2,
            RuleKind::Fixed => 1,
            RuleKind::Same | RuleKind::Different | RuleKind::AtLeast | RuleKind::AtMost => 0,
        };
        if self.members.len() < least {
            wrong.push(FieldError::new("/members", "too_few", format!("must name at least {least}")));
        }
        if self.members.len() > MOST_MEMBERS {
            wrong.push(FieldError::new("/members", "too_many", format!("must name at most {MOST_MEMBERS}")));
        }
        for (i, member) in self.members.iter().enumerate() {
            if self.members[..i].contains(member) {
                wrong.push(FieldError::new(format!("/members/{i}"), "repeated", "is named twice"));
            }
        }
        match (self.kind, self.table) {
            (RuleKind::Fixed, None) => wrong.push(FieldError::new("/table", "required", "must be given for fixed")),
            (RuleKind::Fixed, Some(table)) if table < 1 => wrong.push(FieldError::new("/table", "out_of_range", "must be 1 or more")),
            (RuleKind::Fixed, _) | (_, None) => {}
            (_, Some(_)) => wrong.push(FieldError::new("/table", "unknown_field", "belongs to fixed alone")),
        }
        self.check_attribute(&mut wrong);
        self.check_k(&mut wrong);
        if self.weight.is_some_and(|weight| !(0.0..=100.0).contains(&weight)) {
            wrong.push(FieldError::new("/weight", "out_of_range", "must be 0 to 100"));
        }
        if !self.hard && matches!(self.kind, RuleKind::Fixed | RuleKind::AtLeast | RuleKind::AtMost) {
            wrong.push(FieldError::new("/hard", "not_supported", "fixed, at_least and at_most are always hard"));
        }
        none_wrong(wrong)
    }

    fn is_about_an_attribute(&self) -> bool {
        !matches!(self.kind, RuleKind::Together | RuleKind::Apart | RuleKind::Fixed)
    }

    fn check_attribute(&self, wrong: &mut Vec<FieldError>) {
        let name = self.attribute.as_deref().map(|attribute| attribute.split_once('=').unwrap_or((attribute, "any")));
        match (self.is_about_an_attribute(), name) {
            (true, None) => {
                wrong.push(FieldError::new("/attribute", "required", "must be given for same, different, at_least and at_most"))
            }
            (true, Some((name, value))) if !ATTRIBUTES.contains(&name) || value.trim().is_empty() => {
                let attributes = ATTRIBUTES.join(", ");
                wrong.push(FieldError::new(
                    "/attribute",
                    "unknown",
                    format!("must be one of {attributes}, or one of these, = and a value"),
                ));
            }
            (true, Some((_, value))) if value.chars().count() > MOST_OF_ATTRIBUTE => {
                wrong.push(FieldError::new("/attribute", "too_long", format!("must have at most {MOST_OF_ATTRIBUTE} characters")));
            }
            (true, Some(("language", _))) if self.kind == RuleKind::Same => {
                wrong.push(FieldError::new("/attribute", "not_supported", "a table always has a language in common"));
            }
            (false, Some(_)) => {
                wrong.push(FieldError::new("/attribute", "unknown_field", "belongs to same, different, at_least and at_most"))
            }
            _ => {}
        }
    }

    fn check_k(&self, wrong: &mut Vec<FieldError>) {
        match (matches!(self.kind, RuleKind::AtLeast | RuleKind::AtMost), self.k) {
            (true, None) => wrong.push(FieldError::new("/k", "required", "must be given for at_least and at_most")),
            (true, Some(k)) if !(1..=MOST_ALIKE).contains(&k) => {
                wrong.push(FieldError::new("/k", "out_of_range", format!("must be 1 to {MOST_ALIKE}")));
            }
            (false, Some(_)) => wrong.push(FieldError::new("/k", "unknown_field", "belongs to at_least and at_most")),
            _ => {}
        }
    }
}

pub async fn list(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<EventPath>, listing: Listing) -> Result<List<Rule>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let page = rule::list(&read, event.id, listing.cursor()?).await?;
    Ok(listing.answer(page, |row| row.id, Rule::from))
}

pub async fn create(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Json(new): Json<NewRule>,
) -> Result<Created<Rule>> {
    new.check()?;
    let tx = app.db.write(&who).await?;
    let event = find_event(&tx, &path.event).await?;
    all_registered(&tx, event.id, &new.members).await?;
    let row = rule::Model {
        id: RuleId::new(),
        organizer_id: who.organizer.id,
        event_id: event.id,
        kind: new.kind,
        hard: new.hard,
        weight: new.weight,
        members: Stored(new.members),
        attribute: new.attribute,
        table: new.table,
        k: new.k,
        created_at: app.clock.now(),
    };
    let row = rule::insert(&tx, row).await?;
    tx.commit().await?;
    let location = format!("/api/v1/organizers/{}/events/{}/rules/{}", path.organizer, path.event, row.id);
    Ok(Created(location, Rule::from(row)))
}

/// Changes what the merge patch names; what comes out is checked like a new rule.
pub async fn update(who: Staff<Manager>, app: web::Data<App>, path: web::Path<ItemPath>, patch: Patch<NewRule>) -> Result<Json<Rule>> {
    let tx = app.db.write(&who).await?;
    let seen = find_event(&tx, &path.event).await?;
    // Held, so that of two patches at once the later is applied to what the earlier made.
    let event = event::lock(&tx, seen.id).await?.ok_or(ApiError::NotFound)?;
    let id = id_of(&path.id)?;
    let row = rule::find_by_id(&tx, event.id, id).await?.ok_or(ApiError::NotFound)?;
    let form = patch.onto(json!({
        "kind": row.kind, "hard": row.hard, "weight": row.weight, "members": row.members,
        "attribute": row.attribute, "table": row.table, "k": row.k,
    }))?;
    form.check()?;
    all_registered(&tx, event.id, &form.members).await?;
    let changes = rule::ActiveModel {
        kind: Set(form.kind),
        hard: Set(form.hard),
        weight: Set(form.weight),
        members: Set(Stored(form.members)),
        attribute: Set(form.attribute),
        table: Set(form.table),
        k: Set(form.k),
        ..Default::default()
    };
    rule::change(&tx, id, changes).await?;
    let row = rule::find_by_id(&tx, event.id, id).await?.ok_or(ApiError::NotFound)?;
    tx.commit().await?;
    Ok(Json(Rule::from(row)))
}

async fn all_registered(tx: &Tx, event: EventId, members: &[RegistrationCode]) -> Result<()> {
    let mut wrong = Vec::new();
    for (i, code) in members.iter().enumerate() {
        if registration::by_code(tx, event, code).await?.is_none() {
            wrong.push(FieldError::new(format!("/members/{i}"), "unknown_member", "is not registered for this event"));
        }
    }
    none_wrong(wrong)
}

pub async fn remove(who: Staff<Manager>, app: web::Data<App>, path: web::Path<ItemPath>) -> Result<NoContent> {
    let tx = app.db.write(&who).await?;
    let event = find_event(&tx, &path.event).await?;
    if !rule::remove(&tx, event.id, id_of(&path.id)?).await? {
        return Err(ApiError::NotFound);
    }
    tx.commit().await?;
    Ok(NoContent)
}

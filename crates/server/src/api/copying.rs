//! A copy of an event: everything it says, and nobody who came.

use actix_web::web;
use chrono::{DateTime, TimeDelta, Utc};
use convivio_db::{Set, event, question, round};
use convivio_domain::{Localized, QuestionId, RoundPlan, Slug, Timezone, Title, local_instant};
use eserde::Deserialize;
use utoipa::ToSchema;

use super::events::{Event, EventForm};
use super::{EventPath, find_event};
use crate::app::App;
use crate::http::{ApiError, CreatedTagged, IfMatch, Json, Manager, Result, Ruled, Staff};

/// What is different about the copy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyForm {
    slug: Slug,
    #[eserde(compat)]
    starts_at: DateTime<Utc>,
    /// As long as the event itself, unless said
    #[serde(default)]
    #[eserde(compat)]
    ends_at: Option<DateTime<Utc>>,
    /// That of the event, unless said
    #[serde(default)]
    title: Option<Localized<Title>>,
}

/// Makes a draft that says the same, at another time: words, series, settings, weights, rounds, tables and follow-up. Registrations, plans and rules about people stay
/// where they are.
pub async fn copy(
    who: Staff<Manager>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    if_match: IfMatch,
    Json(form): Json<CopyForm>,
) -> Result<CreatedTagged<Event>> {
    let tx = app.db.write(&who).await?;
    let original = find_event(&tx, &path.event).await?;
    if_match.ensure(original.version)?;
    let moved = form.starts_at - original.starts_at;
    let rounds = round::of_event(&tx, original.id).await?.iter().map(|round| planned_again(round, moved)).collect::<Vec<_>>();
    let now = app.clock.now();
    let says = moved_to(EventForm::of(&original), form);
    says.check()?;
    let draft =
        event::ActiveModel { tables: Set(original.tables), follow_up: Set(original.follow_up), ..says.draft(who.organizer.id, now) };
    let row = event::insert(&tx, draft).await?.ok_or(ApiError::SlugTaken)?;
    if !rounds.is_empty() {
        round::replace(&tx, row.id, &rounds, now).await?;
    }
    for asked in question::of_event(&tx, original.id).await? {
        question::insert(&tx, question::Model { id: QuestionId::new(), event_id: row.id, created_at: now, ..asked }).await?;
    }
    tx.commit().await?;
    let location = format!("/api/v1/organizers/{}/events/{}", who.organizer.slug, row.slug);
    Ok(CreatedTagged(location, row.version, Event::of(&row, now)))
}

/// What the event says, at the copy's time. It lasts as long, and takes registrations the same days before, at the same hours.
fn moved_to(mut says: EventForm, form: CopyForm) -> EventForm {
    let (from, to, zone) = (says.starts_at, form.starts_at, says.timezone);
    let along = |at: DateTime<Utc>| moved_by_the_clock(at, from, to, zone);
    says.ends_at = form.ends_at.unwrap_or(to + (says.ends_at - from));
    says.registration_opens_at = says.registration_opens_at.map(along);
    says.registration_closes_at = says.registration_closes_at.map(along);
    says.starts_at = to;
    says.slug = form.slug;
    says.title = form.title.unwrap_or(says.title);
    says
}

/// Noon three days before stays noon three days before, even when the clocks change in between.
fn moved_by_the_clock(at: DateTime<Utc>, from: DateTime<Utc>, to: DateTime<Utc>, zone: Timezone) -> DateTime<Utc> {
    let wall = |at: DateTime<Utc>| at.with_timezone(&zone.0).naive_local();
    local_instant(zone, wall(to) + (wall(at) - wall(from)))
}

fn planned_again(round: &round::Model, moved: TimeDelta) -> RoundPlan {
    RoundPlan {
        minutes: u16::try_from(round.minutes).unwrap_or(0),
        break_minutes: u16::try_from(round.break_minutes).unwrap_or(0),
        starts_at: round.starts_at.map(|at| at + moved),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_stays_that_hour_when_the_clocks_change() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        let rome: Timezone = "Europe/Rome".parse().expect("a zone");
        // Noon on the Tuesday before: 11:00 UTC in winter, 10:00 in summer.
        let moved = moved_by_the_clock(at("2026-03-10T11:00:00Z"), at("2026-03-12T18:00:00Z"), at("2026-04-09T17:00:00Z"), rome);
        assert_eq!(moved, at("2026-04-07T10:00:00Z"));
    }
}

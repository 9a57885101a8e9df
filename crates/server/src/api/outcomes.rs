//! What organizers learn of what came of an event: sums over five people or more, and never whom anybody knows.

use actix_web::{HttpResponse, web};
use convivio_db::feedback_told::{self, People, Sums, Told};
use convivio_db::{Scoped, Tenant, connection, enrollment, event, feedback as anonymous, log, organizer, prompt};
use convivio_domain::{EventId, Locale};
use serde::Serialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{EventPath, find_event};
use crate::app::App;
use crate::http::describe::Description;
use crate::http::{Forms, InForm, Json, Query, Result, Staff, Viewer};
use crate::pages::{self, Reached, SaidOn, When};

/// Fewer people than this are not told of: somebody would know who they are.
const FEWEST: usize = 5;

/// How many said what; missing where fewer than five answered. They change only when five more have answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Answers {
    yes: usize,
    partly: usize,
    no: usize,
}

impl Answers {
    fn of(told: Sums) -> Option<Self> {
        (told.answers() > 0).then_some(Self { yes: told.yes, partly: told.partly, no: told.no })
    }
}

/// A number of people; missing where there are fewer than five, but not none. Of those who answer: it says nothing of what.
fn people(count: usize) -> Option<usize> {
    (count == 0 || count >= FEWEST).then_some(count)
}

/// A number of people as it was told; missing where it was not, and so where there are none: the first would be given away by not being none.
fn in_steps(told: usize) -> Option<usize> {
    (told > 0).then_some(told)
}

/// What people said of the conversations they had.
#[derive(Serialize, ToSchema)]
pub struct EventFeedback {
    /// "Did you have room to listen?", the day after
    listened: Option<Answers>,
    /// "Did you feel heard?", the day after
    heard: Option<Answers>,
    /// "Has anything carried on?", after the day after, 30 days and 90 days
    continued: Continued,
    /// "Through somebody you met, did you find something you needed?", after 90 days
    needs_met: Option<Answers>,
}

#[derive(Serialize, ToSchema)]
struct Continued {
    first: Option<Answers>,
    day_30: Option<Answers>,
    day_90: Option<Answers>,
}

pub async fn feedback(who: Staff<Viewer>, app: web::Data<App>, path: web::Path<EventPath>) -> Result<Json<EventFeedback>> {
    let event = find_event(&app.db.read(&who), &path.event).await?;
    let told = told(&app, &who, event.id).await?;
    Ok(Json(EventFeedback {
        listened: Answers::of(told.listened),
        heard: Answers::of(told.heard),
        continued: continued(&told),
        needs_met: Answers::of(told.needs_met),
    }))
}

/// What may be told now. It is written down as it is told, or the next look could differ by what one person has said or done since.
async fn told(app: &App, who: &impl Tenant, event: EventId) -> Result<Told> {
    let read = app.db.read(who);
    let before = feedback_told::of_event(&read, event).await?;
    if before.renewed(said(&read, event).await?, FEWEST) == before {
        return Ok(before);
    }
    let (tx, now) = (app.db.write(who).await?, app.clock.now());
    let before = match app.fault("told_guard_off") {
        false => feedback_told::lock(&tx, event, now).await?,
        true => before,
    };
    let told = before.renewed(said(&tx, event).await?, FEWEST);
    feedback_told::put(&tx, event, told, now).await?;
    tx.commit().await?;
    Ok(told)
}

/// What has been said until now, with a name and without, and how many did what.
async fn said(scope: &impl Scoped, event: EventId) -> Result<Told> {
    let mut answers = prompt::feedback_of_event(scope, event).await?;
    answers.extend(anonymous::of_event(scope, event).await?);
    let (kept, gave) = (connection::owners_of_event(scope, event).await?, log::givers_of_event(scope, event).await?);
    let (keeping, connected) = (kept.keeping, kept.connected);
    let (introducing, giving) = (gave.introducing, gave.giving);
    Ok(Told::of(&answers, People { keeping, connected, introducing, giving }))
}

fn continued(told: &Told) -> Continued {
    let [first, day_30, day_90] = [told.first, told.day_30, told.day_90].map(Answers::of);
    Continued { first, day_30, day_90 }
}

/// What came of an event. A number is of people, and missing where it would be of fewer than five. What people keep, give and bring together is told
/// in steps: it changes only when five more do it, and is missing before, where nobody does it too.
#[derive(Serialize, ToSchema)]
pub struct Outcome {
    /// Followed up: they came, and agreed.
    followed_up: Option<usize>,
    /// Of those, who answered at least one prompt.
    answering: Option<usize>,
    /// Who keeps somebody they met there.
    keeping: Option<usize>,
    /// Who is in touch with somebody they met there, and both said so.
    connected: Option<usize>,
    /// Who brought two people together.
    introducing: Option<usize>,
    /// Who gave something to somebody they met there.
    giving: Option<usize>,
    continued: Continued,
    /// Whether they found something they needed through somebody they met there, as they say after 90 days.
    needs_met: Option<Answers>,
}

#[derive(serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    #[serde(default)]
    #[param(inline)]
    format: Format,
    /// Of the page; without it, the event's
    #[serde(default)]
    locale: Option<Locale>,
}

#[derive(Default, Clone, Copy, serde::Deserialize, ToSchema)]
#[schema(as = ReportFormat)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    /// A page with the figures drawn
    Html,
}

pub async fn report(
    who: Staff<Viewer>,
    app: web::Data<App>,
    path: web::Path<EventPath>,
    Query(query): Query<ReportQuery>,
) -> Result<InForm<Report>> {
    let read = app.db.read(&who);
    let event = find_event(&read, &path.event).await?;
    let outcome = outcome(&read, &event, told(&app, &who, event.id).await?).await?;
    Ok(InForm::new(match query.format {
        Format::Json => HttpResponse::Ok().json(outcome),
        Format::Html => {
            let locale = query.locale.unwrap_or(event.locale);
            pages::report(outcome.drawn(&event, &organizer::this(&read).await?, locale), locale)?
        }
    }))
}

async fn outcome(scope: &impl Scoped, event: &event::Model, told: Told) -> Result<Outcome> {
    Ok(Outcome {
        followed_up: people(enrollment::count_of_event(scope, event.id).await?),
        answering: people(prompt::answering_in_event(scope, event.id).await?),
        keeping: in_steps(told.people.keeping),
        connected: in_steps(told.people.connected),
        introducing: in_steps(told.people.introducing),
        giving: in_steps(told.people.giving),
        continued: continued(&told),
        needs_met: Answers::of(told.needs_met),
    })
}

impl Outcome {
    fn drawn(&self, event: &event::Model, organizer: &organizer::Model, locale: Locale) -> pages::Report {
        let lines = [
            ("followed_up", self.followed_up),
            ("answering", self.answering),
            ("keeping", self.keeping),
            ("connected", self.connected),
            ("giving", self.giving),
            ("introducing", self.introducing),
        ];
        let days = [("first", self.continued.first), ("day_30", self.continued.day_30), ("day_90", self.continued.day_90)];
        let said_on = |day, said: Option<Answers>| SaidOn::new(day, said.map(|said| [said.yes, said.partly, said.no]));
        pages::Report {
            title: event.title(locale).to_owned(),
            organizer: organizer.name.to_string(),
            when: When { starts_at: event.starts_at, ends_at: event.ends_at, timezone: event.timezone },
            people: lines.into_iter().map(|(what, people)| Reached::new(what, people, self.followed_up)).collect(),
            continued: days.map(|(day, said)| said_on(day, said)).into(),
            needs_met: vec![said_on("day_90", self.needs_met)],
        }
    }
}

/// The report in the form that was asked for.
pub enum Report {}

impl Forms for Report {
    fn describe(operation: &mut Description) {
        let outcome = operation.schema::<Outcome>();
        operation.answers(200, "the report", "application/json", &outcome);
        operation.answers(200, "the report", "text/html", &json!({"type": "string"}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_41_fewer_than_five_are_not_told_of() {
        assert_eq!([0, 1, 4, 5, 6].map(people), [Some(0), None, None, Some(5), Some(6)]);
        assert_eq!([0, 5, 11].map(in_steps), [None, Some(5), Some(11)]);
        assert_eq!(Answers::of(Sums::default()), None);
        assert_eq!(Answers::of(Sums { yes: 3, partly: 1, no: 1 }), Some(Answers { yes: 3, partly: 1, no: 1 }));
    }
}

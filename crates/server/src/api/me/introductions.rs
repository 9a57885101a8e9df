//! Introductions: one proposes that two of one's connections meet. Nothing of either moves before both have said yes, and a no looks like silence.

use std::collections::{BTreeSet, HashMap};

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Cursor, Scoped, Tx, block, connection, introduction, person, registration};
use convivio_domain::prompt::SharedPassion;
use convivio_domain::words::{ConnectionState, IntroductionState, RegistrationState};
use convivio_domain::{EventId, Field, IntroductionId, Locale, PersonId, PersonName, RegistrationCode, Sentence};
use convivio_followup::{ProfileView, common_ground};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::id_of;
use crate::app::App;
use crate::authoring::write_as;
use crate::http::{ApiError, Attendee, Created, FieldError, Json, List, Listing, NoContent, Result};
use crate::prompting::view;
use crate::{gardening, introducing};

#[derive(Serialize, ToSchema)]
pub struct Introduction {
    pub id: IntroductionId,
    pub state: IntroductionState,
    pub why: Sentence,
    /// Who proposes it; missing where one does so oneself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introducer: Option<PersonName>,
    /// Both, where one proposes it oneself; else the other of the two.
    pub people: Vec<Introduced>,
    /// Of one that is proposed to oneself: whether one has said yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<bool>,
    created_at: DateTime<Utc>,
    /// Until when it can be said yes to.
    pub closes_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
pub struct Introduced {
    /// Missing where the person keeps it.
    pub name: Option<PersonName>,
    /// Of one's own connection; of somebody one may yet meet there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<RegistrationCode>,
    /// Passions that oneself and they show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_passions: Option<Vec<SharedPassion>>,
}

pub async fn list(who: Attendee, app: web::Data<App>, listing: Listing) -> Result<List<Introduction>> {
    let read = app.db.read(&who);
    let page = introduction::around(&read, who.person.id, listing.cursor()?).await?;
    let view = View::of(&read, &who.person, &who.registration, who.registration.locale, &page.rows, app.clock.now()).await?;
    Ok(listing.answer(page, |row| row.id, |row| view.shown(&row)).flatten())
}

/// The same, all of it: for taking along.
pub async fn all(scope: &impl Scoped, who: &Attendee, now: DateTime<Utc>, most: u64) -> Result<Vec<Introduction>> {
    let rows = introduction::around(scope, who.person.id, Cursor { after: None, limit: most }).await?.rows;
    let view = View::of(scope, &who.person, &who.registration, who.registration.locale, &rows, now).await?;
    Ok(rows.iter().filter_map(|row| view.shown(row)).collect())
}

/// The same, the newest first and no more than these: for the page about them, in its language.
pub async fn newest(scope: &impl Scoped, who: &Attendee, locale: Locale, now: DateTime<Utc>, most: u64) -> Result<Vec<Introduction>> {
    let rows = introduction::newest_around(scope, who.person.id, most).await?;
    let view = View::of(scope, &who.person, &who.registration, locale, &rows, now).await?;
    Ok(rows.iter().filter_map(|row| view.shown(row)).collect())
}

/// Whether one of these, which wait for the answer of `me`, is shown to them.
pub async fn is_asked(
    scope: &impl Scoped,
    me: &person::Model,
    registration: &registration::Model,
    rows: &[introduction::Model],
    now: DateTime<Utc>,
) -> convivio_db::Result<bool> {
    let view = View::of(scope, me, registration, registration.locale, rows, now).await?;
    Ok(rows.iter().any(|row| view.shown(row).is_some()))
}

pub async fn show(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<Json<Introduction>> {
    let read = app.db.read(&who);
    let row = introduction::find_by_id(&read, id_of(&id)?).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(shown(&read, &who, &row, app.clock.now()).await?))
}

/// Which two should meet, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIntroduction {
    /// Two people one is connected with
    codes: Vec<RegistrationCode>,
    /// What both of them read
    why: Sentence,
}

/// So many may wait for their answers at once: this is for two people one thought about, not for a list.
const MOST_OPEN: usize = 10;

pub async fn propose(who: Attendee, app: web::Data<App>, Json(new): Json<NewIntroduction>) -> Result<Created<Introduction>> {
    let answer = bring_up(&app, &who, new).await?;
    Ok(Created(format!("/api/v1/me/introductions/{}", answer.id), answer))
}

/// Somebody one is not connected with, blocked by either, and a code that does not exist answer alike. What stands between the two is not told: it
/// looks like silence.
pub async fn bring_up(app: &App, who: &Attendee, new: NewIntroduction) -> Result<Introduction> {
    let refuse = |code: &str, detail: String| Err(ApiError::Invalid(vec![FieldError::new("/codes", code, detail)]));
    let (first, second) = match new.codes.as_slice() {
        [first, second] if first == second => return refuse("repeated", "must be two different people".to_owned()),
        [first, second] => (first, second),
        _ => return refuse("out_of_range", "must name two people".to_owned()),
    };
    // Held, so that what one proposes is counted one after the other.
    let (tx, now) = (write_as(app, who, who.person.id).await?, app.clock.now());
    let first = connected_with(&tx, who, first).await?.ok_or(ApiError::Forbidden)?;
    let second = connected_with(&tx, who, second).await?.ok_or(ApiError::Forbidden)?;
    if first == second {
        return refuse("repeated", "must be two different people".to_owned());
    }
    let (one, other) = (first.min(second), first.max(second));
    let before = introduction::of_introducer(&tx, who.person.id).await?;
    // Who were brought together need it no second time.
    let mut same = before.iter().filter(|row| row.is_of(one, other)).map(|row| row.state_at(now));
    if let Some(state) = same.find(|state| *state != IntroductionState::Closed) {
        return Err(ApiError::WrongState(state.to_string()));
    }
    if before.iter().filter(|row| row.state_at(now) == IntroductionState::AwaitingBoth).count() >= MOST_OPEN {
        return refuse("too_many", format!("{MOST_OPEN} of your introductions wait for their answers; please wait for some of them first"));
    }
    // Who said no is not asked again by the same person.
    let said_no =
        |person: PersonId| before.iter().any(|row| row.is_of(one, other) && row.answer_of(person) == Some(false)).then_some(false);
    let row = introduction::Model {
        id: IntroductionId::new(),
        organizer_id: who.person.organizer_id,
        introducer_id: who.person.id,
        one_id: one,
        other_id: other,
        why: new.why,
        one_agrees: said_no(one),
        other_agrees: said_no(other),
        sent_at: None,
        created_at: now,
    };
    let row = introduction::insert(&tx, row).await?;
    gardening::heard_from(&tx, who.person.id, now).await?;
    let answer = shown(&tx, who, &row, now).await?;
    tx.commit().await?;
    Ok(answer)
}

pub async fn accept(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<Json<Introduction>> {
    Ok(Json(say_yes(&app, &who, &id).await?))
}

/// The same, here or on the page about them.
pub async fn say_yes(app: &App, who: &Attendee, id: &str) -> Result<Introduction> {
    let (tx, now) = (write_as(app, who, who.person.id).await?, app.clock.now());
    let row = proposed_to(&tx, who, id, now).await?;
    introduction::answer(&tx, &row, who.person.id, true).await?;
    let row = introduction::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?;
    if row.both_agree() {
        introducing::bring_together(app, &tx, &row, who.person.id, now).await?;
    }
    gardening::heard_from(&tx, who.person.id, now).await?;
    let row = introduction::find_by_id(&tx, row.id).await?.ok_or(ApiError::NotFound)?;
    let answer = shown(&tx, who, &row, now).await?;
    tx.commit().await?;
    app.ring();
    Ok(answer)
}

pub async fn decline(who: Attendee, app: web::Data<App>, id: web::Path<String>) -> Result<NoContent> {
    say_no(&app, &who, &id).await?;
    Ok(NoContent)
}

/// Neither the other nor who proposed it is told.
pub async fn say_no(app: &App, who: &Attendee, id: &str) -> Result<()> {
    let (tx, now) = (write_as(app, who, who.person.id).await?, app.clock.now());
    let row = proposed_to(&tx, who, id, now).await?;
    introduction::answer(&tx, &row, who.person.id, false).await?;
    Ok(tx.commit().await?)
}

/// One that is proposed to oneself and open, held.
async fn proposed_to(tx: &Tx, who: &Attendee, id: &str, now: DateTime<Utc>) -> Result<introduction::Model> {
    let row = introduction::lock(tx, id_of(id)?).await?.ok_or(ApiError::NotFound)?;
    let seen = shown(tx, who, &row, now).await?;
    match seen.state {
        _ if seen.agreed.is_none() => Err(ApiError::NotFound),
        IntroductionState::AwaitingBoth => Ok(row),
        state => Err(ApiError::WrongState(state.to_string())),
    }
}

/// Whom the code names, if the two of them said that they keep in touch.
async fn connected_with(tx: &Tx, who: &Attendee, code: &RegistrationCode) -> Result<Option<PersonId>> {
    let Some(other) = registration::by_code_anywhere(tx, code).await? else { return Ok(None) };
    let connected = |row: &connection::Model| row.state == ConnectionState::Connected;
    // Only the code that the connection shows: another of theirs would tell who they are elsewhere.
    let mine = connection::of_pair(tx, who.person.id, other.person_id).await?;
    let mine = mine.filter(|row| connected(row) && row.event_id == other.event_id);
    let theirs = connection::of_pair(tx, other.person_id, who.person.id).await?.filter(connected);
    let in_touch = mine.is_some() && theirs.is_some() && other.state == RegistrationState::Attended;
    let in_touch = in_touch && !block::around(tx, who.person.id).await?.contains(&other.person_id);
    Ok(in_touch.then_some(other.person_id))
}

async fn shown(scope: &impl Scoped, who: &Attendee, row: &introduction::Model, now: DateTime<Utc>) -> Result<Introduction> {
    let view = View::of(scope, &who.person, &who.registration, who.registration.locale, std::slice::from_ref(row), now).await?;
    view.shown(row).ok_or(ApiError::NotFound)
}

/// What is needed to show some introductions.
struct View<'a> {
    me: &'a person::Model,
    registration: &'a registration::Model,
    /// In which passions are called.
    locale: Locale,
    now: DateTime<Utc>,
    people: HashMap<PersonId, person::Model>,
    /// How who proposes stands to the two.
    known: Vec<connection::Model>,
    /// By person and event: as who met whom there.
    met: HashMap<(PersonId, EventId), registration::Model>,
    /// Who proposes something and keeps in touch with oneself.
    in_touch: BTreeSet<PersonId>,
    blocked: BTreeSet<PersonId>,
}

impl<'a> View<'a> {
    async fn of(
        scope: &impl Scoped,
        me: &'a person::Model,
        registration: &'a registration::Model,
        locale: Locale,
        rows: &[introduction::Model],
        now: DateTime<Utc>,
    ) -> convivio_db::Result<Self> {
        let people = introduction::people_of(rows);
        let introducers: BTreeSet<PersonId> = rows.iter().map(|row| row.introducer_id).collect();
        let mut known = Vec::new();
        for introducer in &introducers {
            known.extend(connection::between(scope, *introducer, people.iter().copied()).await?);
        }
        let mut met = HashMap::new();
        for event in known.iter().map(|row| row.event_id).collect::<BTreeSet<_>>() {
            let there: Vec<PersonId> = known.iter().filter(|row| row.event_id == event).map(|row| row.other_id).collect();
            let registrations = registration::of_people(scope, event, there).await?;
            met.extend(registrations.into_iter().map(|one| ((one.person_id, event), one)));
        }
        let connected = |row: &&connection::Model| row.state == ConnectionState::Connected;
        let mine = connection::between(scope, me.id, introducers.iter().copied()).await?;
        let mine: BTreeSet<PersonId> = mine.iter().filter(connected).map(|row| row.other_id).collect();
        let theirs = connection::towards(scope, me.id, introducers).await?;
        let in_touch = theirs.iter().filter(connected).map(|row| row.owner_id).filter(|id| mine.contains(id)).collect();
        let (people, blocked) = (person::by_ids(scope, people).await?, block::around(scope, me.id).await?);
        Ok(Self { me, registration, locale, now, people, known, met, in_touch, blocked })
    }

    /// `None` for what is not one's own, what one said no to, and people one does not see.
    fn shown(&self, row: &introduction::Model) -> Option<Introduction> {
        let me = self.me.id;
        let (introducer, people, agreed) = match row.with(me) {
            None if row.introducer_id == me => (None, vec![self.connection(row, row.one_id)?, self.connection(row, row.other_id)?], None),
            None => return None,
            Some(other) => {
                let answer = row.answer_of(me);
                let stopped = self.me.follow_up_stopped_at.is_some();
                if answer == Some(false) || stopped || !self.in_touch.contains(&row.introducer_id) {
                    return None;
                }
                let introducer = self.people.get(&row.introducer_id).filter(|one| !self.blocked.contains(&one.id))?;
                (Some(introducer.name.clone()), vec![self.stranger(row, other)?], Some(answer == Some(true)))
            }
        };
        Some(Introduction {
            id: row.id,
            state: row.state_at(self.now),
            why: row.why.clone(),
            introducer,
            people,
            agreed,
            created_at: row.created_at,
            closes_at: row.closes_at(),
        })
    }

    /// One of the two, to who proposes it.
    fn connection(&self, row: &introduction::Model, id: PersonId) -> Option<Introduced> {
        let (registration, shown) = self.met(row, id)?;
        Some(Introduced { name: name_of(&shown), code: Some(registration.code.clone()), shared_passions: None })
    }

    /// The other of the two, to one of them.
    fn stranger(&self, row: &introduction::Model, id: PersonId) -> Option<Introduced> {
        let (_, shown) = self.met(row, id)?;
        let mine = view(self.registration, &self.me.profile);
        let common = common_ground::of(self.now, &mine, &shown, self.locale);
        Some(Introduced { name: name_of(&shown), code: None, shared_passions: Some(common.passions) })
    }

    /// Somebody as who proposes it met them; `None` when they are blocked or gone.
    fn met(&self, row: &introduction::Model, id: PersonId) -> Option<(&registration::Model, ProfileView)> {
        let known = self.known.iter().find(|one| one.owner_id == row.introducer_id && one.other_id == id)?;
        let registration = self.met.get(&(id, known.event_id)).filter(|one| one.state == RegistrationState::Attended)?;
        let person = self.people.get(&id).filter(|one| !self.blocked.contains(&one.id))?;
        Some((registration, view(registration, &person.profile)))
    }
}

/// Their name, where they show it.
fn name_of(shown: &ProfileView) -> Option<PersonName> {
    shown.visibility.shows_tablemates(Field::Name).then(|| shown.name.clone())
}

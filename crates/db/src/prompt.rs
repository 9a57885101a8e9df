//! Prompts: a step of the follow-up for one person.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use convivio_domain::words::{Choice, PromptState, Reason, Step};
use convivio_domain::{EventId, Feedback, OrganizerId, PassionCode, PersonId, Prompt, PromptId, RegistrationCode, RegistrationId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::lists::one_of;
use crate::scope::{count_by, find, owned, update};
use crate::stored::names;
use crate::{Central, Cursor, Page, Result, Scoped, Stored, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "prompts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PromptId,
    pub organizer_id: OrganizerId,
    pub event_id: EventId,
    pub registration_id: RegistrationId,
    pub person_id: PersonId,
    pub step: Step,
    /// Which of its step it is, for the same registration: what recurs is counted from 0.
    pub occurrence: i32,
    pub state: PromptState,
    pub reason: Option<Reason>,
    pub due_at: DateTime<Utc>,
    /// When it was due before anything delayed it: lateness counts from here.
    pub first_due_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    /// What it says; written when it is queued, and not changed after but where somebody is forgotten or kept apart, or its reader reads another language.
    #[sea_orm(column_type = "Json", nullable)]
    pub content: Option<Stored<Prompt>>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub answer: Option<Stored<Answer>>,
    pub link_generation: i32,
    /// How often it was put off. Each time it comes again, it is another mail.
    pub snoozes: i32,
    pub created_at: DateTime<Utc>,
}
owned!();

/// Not sent yet, or to be sent again.
pub const WAITING: [PromptState; 2] = [PromptState::Scheduled, PromptState::Snoozed];
/// The same, and those whose mail is on its way.
const OPEN: [PromptState; 3] = [PromptState::Scheduled, PromptState::Queued, PromptState::Snoozed];
/// Its mail is on its way or has arrived.
const WITH_MAIL: [PromptState; 4] = [PromptState::Queued, PromptState::Sent, PromptState::Acted, PromptState::Skipped];

impl Model {
    /// When its last mail left. One that is queued counts from the moment it was due: it leaves any moment.
    pub fn left_at(&self) -> DateTime<Utc> {
        self.sent_at.filter(|_| self.state != PromptState::Queued).unwrap_or(self.due_at)
    }

    /// The same for the cap: a mail that still waits, for the relay or for its reader's hours, leaves now at the earliest.
    pub fn leaves_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        if self.state == PromptState::Queued && self.due_at < now { now } else { self.left_at() }
    }

    /// Whether it waits, and its time has come.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        WAITING.contains(&self.state) && self.due_at <= now
    }

    /// Whether a mail of it is on its way or has arrived.
    pub fn has_left(&self) -> bool {
        self.sent_at.is_some() || WITH_MAIL.contains(&self.state)
    }

    /// Whether its last mail was answered, in whatever way.
    pub fn is_answered(&self) -> bool {
        self.answered_at.is_some_and(|at| at >= self.left_at())
    }

    /// How many mails it has been, the one on its way among them.
    pub fn mails(&self) -> i32 {
        self.snoozes + i32::from(WITH_MAIL.contains(&self.state))
    }
}

/// What the reader answered. Notes stand in a table of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub choice: Choice,
    #[serde(default)]
    pub keep: Vec<RegistrationCode>,
    #[serde(default)]
    pub feedback: Feedback,
    /// Whether the reader would exchange addresses with those they keep.
    #[serde(default)]
    pub exchange: Option<bool>,
    /// The feedback was given without a name, and stands apart.
    #[serde(default)]
    pub anonymous: bool,
}

pub async fn insert_all(tx: &Tx, prompts: Vec<Model>) -> Result<()> {
    for some in prompts.chunks(1500) {
        Entity::insert_many(some.iter().cloned().map(Model::into_active_model))
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&tx.inner)
            .await?;
    }
    Ok(())
}

pub async fn find_by_id(scope: &impl Scoped, id: PromptId) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Id.eq(id)).one(scope.connection()).await?)
}

pub async fn by_ids(scope: &impl Scoped, ids: impl IntoIterator<Item = PromptId>) -> Result<HashMap<PromptId, Model>> {
    let rows = find::<Entity>(scope).filter(one_of(scope.connection(), Column::Id, ids)).all(scope.connection()).await?;
    Ok(rows.into_iter().map(|prompt| (prompt.id, prompt)).collect())
}

/// The prompt, with every other of that registration held until the transaction ends: one answer at a time.
pub async fn lock(tx: &Tx, seen: &Model) -> Result<Option<Model>> {
    let all = find::<Entity>(tx)
        .filter(Column::RegistrationId.eq(seen.registration_id))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(&tx.inner)
        .await?;
    Ok(all.into_iter().find(|row| row.id == seen.id))
}

/// The prompts to the person whose mails are on their way, held until the transaction ends.
pub async fn lock_queued_of_person(tx: &Tx, person: PersonId) -> Result<Vec<Model>> {
    let queued = find::<Entity>(tx).filter(Column::PersonId.eq(person)).filter(Column::State.eq(PromptState::Queued));
    Ok(queued.order_by_asc(Column::Id).lock_exclusive().all(&tx.inner).await?)
}

pub async fn of_person(scope: &impl Scoped, person: PersonId, cursor: Cursor<PromptId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope).filter(Column::PersonId.eq(person)), Column::Id).await
}

/// The same, the newest first and no more than these.
pub async fn newest_of_person(scope: &impl Scoped, person: PersonId, most: u64) -> Result<Vec<Model>> {
    let cursor: Cursor<PromptId> = Cursor { after: None, limit: most };
    Ok(cursor.page_back(scope, find::<Entity>(scope).filter(Column::PersonId.eq(person)), Column::Id).await?.rows)
}

/// Every prompt of the person, over all events, oldest first.
pub async fn all_of_person(scope: &impl Scoped, person: PersonId) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::PersonId.eq(person));
    Ok(all.order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// Every prompt of one registration.
pub async fn of_registration(scope: &impl Scoped, registration: RegistrationId) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::RegistrationId.eq(registration));
    Ok(all.order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// The prompts of one recurring step to the person, over all events, oldest first.
pub async fn of_step(scope: &impl Scoped, person: PersonId, step: Step) -> Result<Vec<Model>> {
    let all = find::<Entity>(scope).filter(Column::PersonId.eq(person)).filter(Column::Step.eq(step));
    Ok(all.order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// What was said of the conversations in answer to the prompts of an event, without who said it.
pub async fn feedback_of_event(scope: &impl Scoped, event: EventId) -> Result<Vec<(Step, Feedback)>> {
    let answered = find::<Entity>(scope)
        .select_only()
        .columns([Column::Step, Column::Answer])
        .filter(Column::EventId.eq(event))
        .filter(Column::AnsweredAt.is_not_null());
    let rows: Vec<(Step, Option<Stored<Answer>>)> = answered.into_tuple().all(scope.connection()).await?;
    Ok(rows.into_iter().filter_map(|(step, answer)| Some((step, answer?.0.feedback))).collect())
}

/// How many people answered at least one prompt of an event.
pub async fn answering_in_event(scope: &impl Scoped, event: EventId) -> Result<usize> {
    let people = find::<Entity>(scope)
        .select_only()
        .column(Column::PersonId)
        .distinct()
        .filter(Column::EventId.eq(event))
        .filter(Column::AnsweredAt.is_not_null());
    let people: Vec<PersonId> = people.into_tuple().all(scope.connection()).await?;
    Ok(people.len())
}

pub async fn of_event(scope: &impl Scoped, event: EventId, cursor: Cursor<PromptId>) -> Result<Page<Model>> {
    cursor.page(scope, find::<Entity>(scope).filter(Column::EventId.eq(event)), Column::Id).await
}

/// How many of the event are in which state; a state nobody is in is left out.
pub async fn count_by_state(scope: &impl Scoped, event: EventId) -> Result<Vec<(PromptState, i64)>> {
    count_by(scope, find::<Entity>(scope).filter(Column::EventId.eq(event)), Column::State).await
}

/// Moves the prompt on if it is still in one of the states that were seen, with what else changes.
pub async fn move_on(tx: &Tx, id: PromptId, from: &[PromptState], to: PromptState, changes: ActiveModel) -> Result<bool> {
    let moved = update::<Entity>(tx)
        .set(changes)
        .col_expr(Column::State, Expr::value(to))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(from.iter().copied()))
        .exec(&tx.inner)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Their mails have left.
pub(crate) async fn sent(tx: &Tx, ids: Vec<PromptId>, at: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(PromptState::Sent))
        .col_expr(Column::SentAt, Expr::value(Some(at)))
        .filter(one_of(&tx.inner, Column::Id, ids))
        .filter(Column::State.eq(PromptState::Queued))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

pub async fn postpone(tx: &Tx, id: PromptId, until: DateTime<Utc>) -> Result<()> {
    let later = update::<Entity>(tx).col_expr(Column::DueAt, Expr::value(until)).filter(Column::Id.eq(id));
    later.filter(Column::State.is_in(WAITING)).exec(&tx.inner).await?;
    Ok(())
}

/// It counts as due then, and is not late before.
pub async fn reschedule(tx: &Tx, id: PromptId, due_at: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::DueAt, Expr::value(due_at))
        .col_expr(Column::FirstDueAt, Expr::value(due_at))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(WAITING))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// What was moved to the end of a pause is due now: the pause ended earlier.
pub async fn bring_back(tx: &Tx, registration: RegistrationId, from: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::DueAt, Expr::value(now))
        .col_expr(Column::FirstDueAt, Expr::value(now))
        .filter(Column::RegistrationId.eq(registration))
        .filter(Column::DueAt.eq(from))
        .filter(Column::State.eq(PromptState::Scheduled))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

/// One that waits is called off.
pub async fn cancel(tx: &Tx, id: PromptId, reason: Reason) -> Result<()> {
    call_off(tx, Column::Id.eq(id), &WAITING, PromptState::Cancelled, reason).await
}

/// Every other of its step that waits for the same person is called off.
pub async fn cancel_others(tx: &Tx, row: &Model, reason: Reason) -> Result<()> {
    let others = Column::PersonId.eq(row.person_id).and(Column::Step.eq(row.step)).and(Column::Id.ne(row.id));
    call_off(tx, others, &WAITING, PromptState::Cancelled, reason).await
}

/// What is left of a sequence that has ended is called off.
pub async fn cancel_waiting(tx: &Tx, registration: RegistrationId, reason: Reason) -> Result<()> {
    call_off(tx, Column::RegistrationId.eq(registration), &WAITING, PromptState::Cancelled, reason).await
}

/// The same, and what was on its way: its mail is called off with it.
pub async fn cancel_open(tx: &Tx, registration: RegistrationId, reason: Reason) -> Result<()> {
    call_off(tx, Column::RegistrationId.eq(registration), &OPEN, PromptState::Cancelled, reason).await
}

/// Everything not yet sent to the person is called off.
pub async fn suppress_open(tx: &Tx, person: PersonId, reason: Reason) -> Result<()> {
    call_off(tx, Column::PersonId.eq(person), &OPEN, PromptState::Suppressed, reason).await
}

/// What was said to the person, and what they said, is forgotten, but for what is counted without a name; their links open nothing. How many there
/// were.
pub async fn erase(tx: &Tx, person: PersonId) -> Result<u64> {
    let all = find::<Entity>(tx).filter(Column::PersonId.eq(person)).all(&tx.inner).await?;
    for (id, said) in all.into_iter().filter_map(|row| Some((row.id, row.answer?.0))) {
        let counted = Answer { keep: Vec::new(), exchange: None, ..said };
        let answer = Expr::value(Some(Stored(counted)));
        update::<Entity>(tx).col_expr(Column::Answer, answer).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    }
    let erased = update::<Entity>(tx)
        .col_expr(Column::Content, Expr::value(None::<Stored<Prompt>>))
        .col_expr(Column::LinkGeneration, Expr::col(Column::LinkGeneration).add(1))
        .filter(Column::PersonId.eq(person))
        .exec(&tx.inner)
        .await?;
    Ok(erased.rows_affected)
}

/// Those whose words name one of these registrations, whoever reads them.
pub async fn naming(scope: &impl Scoped, codes: &[RegistrationCode]) -> Result<Vec<Model>> {
    let codes: Vec<&str> = codes.iter().map(RegistrationCode::as_str).collect();
    holding(scope, &codes).await
}

/// Those whose words tell of one of these passions, as what is shared or what a table was about.
pub async fn telling_of(scope: &impl Scoped, passions: &BTreeSet<PassionCode>) -> Result<Vec<Model>> {
    let codes: Vec<&str> = passions.iter().map(PassionCode::as_str).collect();
    holding(scope, &codes).await
}

async fn holding(scope: &impl Scoped, codes: &[&str]) -> Result<Vec<Model>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let any = codes.iter().fold(Condition::any(), |any, code| any.add(names(Column::Content, code)));
    Ok(find::<Entity>(scope).filter(any).order_by_asc(Column::Id).all(scope.connection()).await?)
}

/// It says this from now on, or nothing.
pub async fn say(tx: &Tx, id: PromptId, content: Option<Prompt>) -> Result<()> {
    let content = Expr::value(content.map(Stored));
    update::<Entity>(tx).col_expr(Column::Content, content).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

async fn call_off(tx: &Tx, which: SimpleExpr, from: &[PromptState], to: PromptState, reason: Reason) -> Result<()> {
    update::<Entity>(tx)
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::Reason, Expr::value(Some(reason)))
        .filter(which)
        .filter(Column::State.is_in(from.iter().copied()))
        .exec(&tx.inner)
        .await?;
    Ok(())
}

pub async fn due(central: &Central, now: DateTime<Utc>, limit: u64) -> Result<Vec<Model>> {
    Ok(Central::find::<Entity>()
        .filter(Expr::cust("is_waiting"))
        .filter(Column::DueAt.lte(now))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(&central.reader)
        .await?)
}

pub async fn owner(central: &Central, id: PromptId) -> Result<Option<OrganizerId>> {
    central.owner_of::<Entity, _>(Column::Id, id).await
}

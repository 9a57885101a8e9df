//! Idempotency keys: who asked what under which key, and what was answered.
//!
//! A key is taken before its request is worked on, for the length of a lease, and holds the answer afterwards. It need belong to no organizer,
//! because anybody may send one; its id is derived from who sent it and from the key.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::{OrganizerId, PersonId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{Condition, Set, TryInsertResult};

use crate::stored::names;
use crate::{Central, Result, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Of whoever signed in to send it.
    pub organizer_id: Option<OrganizerId>,
    /// The attendee who sent it.
    pub person_id: Option<PersonId>,
    pub request_hash: String,
    /// How often it was taken: the fence.
    pub attempt: i32,
    /// Until when whoever works on the request holds the key; none once it is answered.
    pub lease_until: Option<DateTime<Utc>>,
    pub status: Option<i32>,
    pub content_type: Option<String>,
    pub location: Option<String>,
    pub etag: Option<String>,
    pub body: Option<String>,
    pub created_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// A key that this request holds.
#[derive(Clone, Debug)]
pub struct Claim {
    id: String,
    attempt: i32,
}

pub struct Answer {
    pub status: i32,
    pub content_type: Option<String>,
    pub location: Option<String>,
    pub etag: Option<String>,
    pub body: String,
}

/// What a request finds under its key.
pub enum Found {
    /// Nobody holds it: the request may go on.
    Free(Claim),
    Answered(Answer),
    /// It was for another request.
    Another,
    /// The same request is being worked on.
    InProgress,
}

/// Who sent a key, as far as they said so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sender {
    pub organizer: Option<OrganizerId>,
    pub person: Option<PersonId>,
}

/// Takes the key, or says what stands under it. A key from before `oldest` counts no more.
pub async fn take(
    central: &Central,
    id: &str,
    sender: Sender,
    request_hash: &str,
    now: DateTime<Utc>,
    oldest: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<Found> {
    Central::delete::<Entity>().filter(Column::Id.eq(id)).filter(Column::CreatedAt.lte(oldest)).exec(&central.writer).await?;
    let new = ActiveModel {
        id: Set(id.to_owned()),
        organizer_id: Set(sender.organizer),
        person_id: Set(sender.person),
        request_hash: Set(request_hash.to_owned()),
        attempt: Set(0),
        lease_until: Set(None),
        created_at: Set(now),
        status: Set(None),
        content_type: Set(None),
        location: Set(None),
        etag: Set(None),
        body: Set(None),
    };
    let once = OnConflict::column(Column::Id).do_nothing().to_owned();
    let _: TryInsertResult<_> = Entity::insert(new).on_conflict(once).try_insert().exec_without_returning(&central.writer).await?;
    // Whoever wins this update holds the key: the one who has just written it, or one who finds that its holder died.
    let free = Column::LeaseUntil.is_null().or(Expr::col(Column::LeaseUntil).lt(central.now_plus(TimeDelta::zero())));
    let taken = update(central)
        .col_expr(Column::Attempt, Expr::col(Column::Attempt).add(1))
        .col_expr(Column::LeaseUntil, central.now_plus(lease))
        .filter(Column::Id.eq(id))
        .filter(Column::RequestHash.eq(request_hash))
        .filter(Column::Status.is_null())
        .filter(free)
        .exec_with_returning(&central.writer)
        .await?;
    if let Some(row) = taken.into_iter().next() {
        return Ok(Found::Free(Claim { id: row.id, attempt: row.attempt }));
    }
    let Some(row) = Central::find::<Entity>().filter(Column::Id.eq(id)).one(&central.writer).await? else {
        // Given back this moment; whoever asks again finds it free.
        return Ok(Found::InProgress);
    };
    Ok(match row.status {
        _ if row.request_hash != request_hash => Found::Another,
        None => Found::InProgress,
        Some(status) => Found::Answered(Answer {
            status,
            content_type: row.content_type,
            location: row.location,
            etag: row.etag,
            body: row.body.unwrap_or_default(),
        }),
    })
}

/// Holds on to a key whose request takes long.
pub async fn extend_lease(central: &Central, claim: &Claim, lease: TimeDelta) -> Result<()> {
    mine(central, claim).col_expr(Column::LeaseUntil, central.now_plus(lease)).exec(&central.writer).await?;
    Ok(())
}

/// Keeps the answer under the key.
pub async fn answer(central: &Central, claim: &Claim, answer: Answer) -> Result<()> {
    mine(central, claim)
        .col_expr(Column::Status, Expr::value(Some(answer.status)))
        .col_expr(Column::ContentType, Expr::value(answer.content_type))
        .col_expr(Column::Location, Expr::value(answer.location))
        .col_expr(Column::Etag, Expr::value(answer.etag))
        .col_expr(Column::Body, Expr::value(Some(answer.body)))
        .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .exec(&central.writer)
        .await?;
    Ok(())
}

/// Gives the key back: what was answered may be different the next time.
pub async fn give_back(central: &Central, claim: &Claim) -> Result<()> {
    Central::delete::<Entity>()
        .filter(Column::Id.eq(claim.id.as_str()))
        .filter(Column::Attempt.eq(claim.attempt))
        .filter(Column::Status.is_null())
        .exec(&central.writer)
        .await?;
    Ok(())
}

/// Gives back every key that is held, where nobody alive can be holding one.
pub async fn give_all_back(central: &Central) -> Result<()> {
    Central::delete::<Entity>().filter(Column::Status.is_null()).exec(&central.writer).await?;
    Ok(())
}

/// Forgets the keys of up to `oldest`. Looking first costs a read; deleting would take SQLite's write lock each time.
pub async fn sweep(central: &Central, oldest: DateTime<Utc>) -> Result<()> {
    if Central::find::<Entity>().filter(Column::CreatedAt.lte(oldest)).one(&central.reader).await?.is_some() {
        Central::delete::<Entity>().filter(Column::CreatedAt.lte(oldest)).exec(&central.writer).await?;
    }
    Ok(())
}

/// By what an answer knows somebody.
pub struct Known {
    /// Of this organizer alone: ids and codes.
    pub here: Vec<String>,
    /// What another organizer may know them by as well.
    pub anywhere: Vec<String>,
}

/// Forgets what was answered to somebody, and every answer to others that holds one of these words in quotes, because whom they name was erased. A
/// request that is sent again after that goes by the rules of its operation. What another organizer was answered stays.
pub async fn forget(tx: &Tx, person: PersonId, known: &Known) -> Result<()> {
    let holding = |words: &[String]| words.iter().fold(Condition::any(), |any, word| any.add(names(Column::Body, word)));
    let words: Vec<String> = known.here.iter().chain(&known.anywhere).cloned().collect();
    let within = Condition::all().add(Column::OrganizerId.eq(tx.organizer)).add(holding(&words));
    // Who sent these was nobody yet.
    let by_anybody = Condition::all().add(Column::OrganizerId.is_null()).add(holding(&known.here));
    let all = Condition::any().add(Column::PersonId.eq(person)).add(within).add(by_anybody);
    Central::delete::<Entity>().filter(all).exec(&tx.inner).await?;
    Ok(())
}

fn mine(central: &Central, claim: &Claim) -> sea_orm::UpdateMany<Entity> {
    update(central).filter(Column::Id.eq(claim.id.as_str())).filter(Column::Attempt.eq(claim.attempt)).filter(Column::Status.is_null())
}

#[allow(clippy::disallowed_methods, reason = "keys belong to no organizer")]
fn update(_: &Central) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
}

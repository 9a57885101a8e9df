//! Members: the people who work for an organizer, and what they may do.

use actix_web::web;
use chrono::{DateTime, Utc};
use convivio_db::{Tx, member};
use convivio_domain::words::Role;
use convivio_domain::{EmailAddress, MemberId};
use eserde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::id_of;
use crate::app::App;
use crate::http::{ApiError, Created, Json, List, Listing, NoContent, Owner, Patch, Result, Staff};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    email: EmailAddress,
    role: Role,
}

/// What can be changed of a member; somebody at another address is another member.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberForm {
    role: Role,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OrganizerMember)]
pub struct Member {
    id: MemberId,
    email: EmailAddress,
    role: Role,
    created_at: DateTime<Utc>,
}

impl From<member::Model> for Member {
    fn from(row: member::Model) -> Self {
        Self { id: row.id, email: row.email, role: row.role, created_at: row.created_at }
    }
}

pub async fn list(who: Staff<Owner>, app: web::Data<App>, listing: Listing) -> Result<List<Member>> {
    let page = member::list(&app.db.read(&who), listing.cursor()?).await?;
    Ok(listing.answer(page, |row| row.id, Member::from))
}

pub async fn show(who: Staff<Owner>, app: web::Data<App>, path: web::Path<(String, String)>) -> Result<Json<Member>> {
    let row = member::find_by_id(&app.db.read(&who), id_of(&path.1)?).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(row.into()))
}

/// Adds somebody. They sign in by asking for a link to their address.
pub async fn create(who: Staff<Owner>, app: web::Data<App>, Json(new): Json<NewMember>) -> Result<Created<Member>> {
    let tx = app.db.write(&who).await?;
    let row = member::insert(&tx, new.email, new.role, app.clock.now()).await?.ok_or(ApiError::AlreadyMember)?;
    tx.commit().await?;
    Ok(Created(format!("/api/v1/organizers/{}/members/{}", who.organizer.slug, row.id), row.into()))
}

/// Gives somebody another role, from this moment on and on every token they signed in for.
pub async fn update(
    who: Staff<Owner>,
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    patch: Patch<MemberForm>,
) -> Result<Json<Member>> {
    let id = id_of(&path.1)?;
    let held = Held::begin(&app, &who, id).await?;
    let form = patch.onto(MemberForm { role: held.member.role })?;
    if form.role != Role::Owner {
        held.leave_an_owner()?;
    }
    member::set_role(&held.tx, id, form.role).await?;
    let row = member::find_by_id(&held.tx, id).await?.ok_or(ApiError::NotFound)?;
    held.tx.commit().await?;
    Ok(Json(row.into()))
}

/// Takes somebody away: their tokens, sessions and links to sign in end with it.
pub async fn remove(who: Staff<Owner>, app: web::Data<App>, path: web::Path<(String, String)>) -> Result<NoContent> {
    let id = id_of(&path.1)?;
    let held = Held::begin(&app, &who, id).await?;
    held.leave_an_owner()?;
    member::remove(&held.tx, id).await?;
    held.tx.commit().await?;
    Ok(NoContent)
}

/// A member about to change, and all the owners, who stay as they are until the transaction ends.
struct Held {
    tx: Tx,
    member: member::Model,
    owners: Vec<member::Model>,
}

impl Held {
    async fn begin(app: &App, who: &Staff<Owner>, id: MemberId) -> Result<Self> {
        if app.fault("owner_guard_off") {
            // Decides by what was read before the transaction, as code without the lock would.
            let owners = member::owners(&app.db.read(who)).await?;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let tx = app.db.write(who).await?;
            let member = member::find_by_id(&tx, id).await?.ok_or(ApiError::NotFound)?;
            return Ok(Self { tx, member, owners });
        }
        let tx = app.db.write(who).await?;
        // The owners first, and always in the same order: two who change each other wait for each other once.
        let owners = member::lock_owners(&tx).await?;
        let member = member::lock(&tx, id).await?.ok_or(ApiError::NotFound)?;
        Ok(Self { tx, member, owners })
    }

    /// Somebody must be able to let others in.
    fn leave_an_owner(&self) -> Result<()> {
        match self.owners.iter().any(|owner| owner.id != self.member.id) {
            true => Ok(()),
            false => Err(ApiError::LastOwner),
        }
    }
}

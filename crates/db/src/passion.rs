//! Passions that an organizer adds to the catalogue, and which were merged into which.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_domain::{Localized, OrganizerId, Passion, PassionCode, PassionId, Phrase};
use sea_orm::IntoActiveModel;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, OnConflict};

use crate::scope::{delete, find, owned, update};
use crate::{Result, Scoped, Stored, Tx};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "passions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PassionId,
    pub organizer_id: OrganizerId,
    pub code: PassionCode,
    #[sea_orm(column_type = "JsonBinary")]
    pub labels: Stored<Localized<Phrase>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub synonyms: Stored<Localized<Vec<Phrase>>>,
    pub family: String,
    pub created_at: DateTime<Utc>,
}
owned!();

impl Model {
    /// The same among those of the catalogue.
    pub fn as_passion(&self) -> Passion {
        let words = |phrases: &Vec<Phrase>| phrases.iter().map(ToString::to_string).collect();
        Passion {
            code: self.code.clone(),
            labels: self.labels.map(ToString::to_string),
            synonyms: self.synonyms.map(words),
            family: self.family.clone(),
        }
    }

    /// Everything it is called, in every language.
    pub fn names(&self) -> Vec<&Phrase> {
        self.labels.texts().chain(self.synonyms.texts().flatten()).collect()
    }
}

pub async fn insert(tx: &Tx, passion: Model) -> Result<Model> {
    Ok(passion.into_active_model().insert(&tx.inner).await?)
}

/// The organizer's own, by code.
pub async fn all(scope: &impl Scoped) -> Result<Vec<Model>> {
    Ok(find::<Entity>(scope).order_by_asc(Column::Code).all(scope.connection()).await?)
}

pub async fn by_code(scope: &impl Scoped, code: &PassionCode) -> Result<Option<Model>> {
    Ok(find::<Entity>(scope).filter(Column::Code.eq(code.clone())).one(scope.connection()).await?)
}

pub async fn change(tx: &Tx, id: PassionId, changes: ActiveModel) -> Result<()> {
    update::<Entity>(tx).set(changes).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

pub async fn remove(tx: &Tx, id: PassionId) -> Result<()> {
    delete::<Entity>(tx).filter(Column::Id.eq(id)).exec(&tx.inner).await?;
    Ok(())
}

/// What each merged code stands for now.
pub async fn merges(scope: &impl Scoped) -> Result<HashMap<PassionCode, PassionCode>> {
    let all = find::<merge::Entity>(scope).all(scope.connection()).await?;
    Ok(all.into_iter().map(|merged| (merged.from_code, merged.into_code)).collect())
}

/// From here on `from` stands for `into`, and so does what was merged into it before.
pub async fn merge(tx: &Tx, from: &PassionCode, into: &PassionCode, now: DateTime<Utc>) -> Result<()> {
    update::<merge::Entity>(tx)
        .col_expr(merge::Column::IntoCode, Expr::value(into.clone()))
        .filter(merge::Column::IntoCode.eq(from.clone()))
        .exec(&tx.inner)
        .await?;
    let row = merge::Model {
        id: convivio_domain::PassionMergeId::new(),
        organizer_id: tx.organizer(),
        from_code: from.clone(),
        into_code: into.clone(),
        created_at: now,
    };
    let again =
        OnConflict::columns([merge::Column::OrganizerId, merge::Column::FromCode]).update_column(merge::Column::IntoCode).to_owned();
    merge::Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(&tx.inner).await?;
    Ok(())
}

/// Forgets what was merged from or into these codes.
pub async fn unmerge(tx: &Tx, codes: &[PassionCode]) -> Result<()> {
    let codes = || codes.iter().cloned();
    let concerned = merge::Column::FromCode.is_in(codes()).or(merge::Column::IntoCode.is_in(codes()));
    delete::<merge::Entity>(tx).filter(concerned).exec(&tx.inner).await?;
    Ok(())
}

mod merge {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "passion_merges")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: convivio_domain::PassionMergeId,
        pub organizer_id: OrganizerId,
        pub from_code: PassionCode,
        pub into_code: PassionCode,
        pub created_at: DateTime<Utc>,
    }
    owned!();
}

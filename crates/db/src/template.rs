//! Mails in an organizer's own words: a row a revision, never changed. The last one is in force; where there is none, and where it has no words, the
//! shipped ones are read.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use convivio_domain::words::MailKind;
use convivio_domain::{Line, Locale, MailText, OrganizerId, TemplateId};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, Set};

use crate::lists::one_of;
use crate::scope::{find, owned};
use crate::{Result, Scoped, Tx, organizer};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "templates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TemplateId,
    pub organizer_id: OrganizerId,
    pub kind: MailKind,
    pub locale: Locale,
    /// Counts from 1 for each kind and language.
    pub revision: i32,
    /// Absent, with the text, where the shipped words were taken up again.
    pub subject: Option<Line>,
    pub text: Option<MailText>,
    pub created_at: DateTime<Utc>,
}
owned!();

impl Model {
    /// The words; `None` where the shipped ones are meant.
    pub fn words(&self) -> Option<(&Line, &MailText)> {
        Some((self.subject.as_ref()?, self.text.as_ref()?))
    }
}

/// The revision in force of one mail in one language.
pub async fn current(scope: &impl Scoped, kind: MailKind, locale: Locale) -> Result<Option<Model>> {
    let revisions = find::<Entity>(scope).filter(Column::Kind.eq(kind)).filter(Column::Locale.eq(locale));
    Ok(revisions.order_by_desc(Column::Revision).one(scope.connection()).await?)
}

/// Which revision is in force, of every mail that ever had words of its own.
pub async fn in_force(scope: &impl Scoped) -> Result<HashMap<(MailKind, Locale), TemplateId>> {
    let last = find::<Entity>(scope).filter(Expr::cust(IS_LAST)).select_only().columns([Column::Kind, Column::Locale, Column::Id]);
    let rows: Vec<(MailKind, Locale, TemplateId)> = last.into_tuple().all(scope.connection()).await?;
    Ok(rows.into_iter().map(|(kind, locale, id)| ((kind, locale), id)).collect())
}

/// Each is looked up in the index of revisions: every claim of mails asks, and there may be many that are read no more.
const IS_LAST: &str = "revision = (SELECT MAX(other.revision) FROM templates other WHERE other.organizer_id = templates.organizer_id \
                       AND other.kind = templates.kind AND other.locale = templates.locale)";

pub async fn by_ids(scope: &impl Scoped, ids: impl IntoIterator<Item = TemplateId>) -> Result<HashMap<TemplateId, Model>> {
    let rows = find::<Entity>(scope).filter(one_of(scope.connection(), Column::Id, ids)).all(scope.connection()).await?;
    Ok(rows.into_iter().map(|revision| (revision.id, revision)).collect())
}

/// The same, while nobody else of the organizer writes one.
pub async fn lock_current(tx: &Tx, kind: MailKind, locale: Locale) -> Result<Option<Model>> {
    organizer::lock(tx).await?;
    current(tx, kind, locale).await
}

/// The revision after the one that was locked; without words, the shipped ones are read again.
pub async fn revise(
    tx: &Tx,
    (kind, locale): (MailKind, Locale),
    locked: Option<&Model>,
    words: Option<(Line, MailText)>,
    now: DateTime<Utc>,
) -> Result<Model> {
    let (subject, text) = words.unzip();
    let row = ActiveModel {
        id: Set(TemplateId::new()),
        organizer_id: Set(tx.organizer()),
        kind: Set(kind),
        locale: Set(locale),
        revision: Set(locked.map_or(0, |last| last.revision) + 1),
        subject: Set(subject),
        text: Set(text),
        created_at: Set(now),
    };
    Ok(row.insert(&tx.inner).await?)
}

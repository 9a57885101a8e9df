//! How the tables came to be: one file a change, in the order of the list below, for SQLite and PostgreSQL alike.
//!
//! A migration never uses `db`'s rows: those follow the code of today, a migration stays as it was on the day it was written. Rows of an
//! organizer carry `organizer_id`, and a reference between two of them names it too, so that no row can point into another organizer's.

pub use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait};

mod m20261122_000001_organizers;
mod m20261122_000002_people_and_events;
mod m20261122_000003_seating;
mod m20261122_000004_follow_up;
mod m20261122_000005_outbox_and_jobs;
mod m20261122_000010_members_people_and_calendars;
mod m20261122_000020_offers;
mod m20261122_000030_questions_and_passions;
mod m20261122_000040_keys_and_limits;
mod m20261122_000050_freshness_and_safety;
mod m20261122_000060_asked_by_the_reader;
mod m20261128_000010_suppressions_end;
mod m20261128_000020_prompts_put_off;
mod m20261129_000010_ninety_days;
mod m20261129_000020_introductions;
mod m20261129_000030_leaving;
mod m20261129_000040_bounces;
mod m20261129_000050_anonymous_feedback;
mod m20261129_000060_templates;
mod m20261129_000070_whose_answers;
mod m20261129_000080_series;
mod m20261129_000090_consents;
mod m20261129_000100_guides_of_events;
mod m20261129_000120_feedback_told;
mod m20261129_000140_consents_confirmed;
mod m20261129_000150_thanks_shared;
mod m20261129_000160_documents_as_text;
mod m20261129_000170_open_rows;

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_organizers::Migration),
            Box::new(m20261122_000002_people_and_events::Migration),
            Box::new(m20261122_000003_seating::Migration),
            Box::new(m20261122_000004_follow_up::Migration),
            Box::new(m20261122_000005_outbox_and_jobs::Migration),
            Box::new(m20261122_000010_members_people_and_calendars::Migration),
            Box::new(m20261122_000020_offers::Migration),
            Box::new(m20261122_000030_questions_and_passions::Migration),
            Box::new(m20261122_000040_keys_and_limits::Migration),
            Box::new(m20261122_000050_freshness_and_safety::Migration),
            Box::new(m20261122_000060_asked_by_the_reader::Migration),
            Box::new(m20261128_000010_suppressions_end::Migration),
            Box::new(m20261128_000020_prompts_put_off::Migration),
            Box::new(m20261129_000010_ninety_days::Migration),
            Box::new(m20261129_000020_introductions::Migration),
            Box::new(m20261129_000030_leaving::Migration),
            Box::new(m20261129_000040_bounces::Migration),
            Box::new(m20261129_000050_anonymous_feedback::Migration),
            Box::new(m20261129_000060_templates::Migration),
            Box::new(m20261129_000070_whose_answers::Migration),
            Box::new(m20261129_000080_series::Migration),
            Box::new(m20261129_000090_consents::Migration),
            Box::new(m20261129_000100_guides_of_events::Migration),
            Box::new(m20261129_000120_feedback_told::Migration),
            Box::new(m20261129_000140_consents_confirmed::Migration),
            Box::new(m20261129_000150_thanks_shared::Migration),
            Box::new(m20261129_000160_documents_as_text::Migration),
            Box::new(m20261129_000170_open_rows::Migration),
        ]
    }
}

/// What the files of this folder share: columns and references that every table of an organizer has.
mod table {
    use sea_orm_migration::prelude::*;
    use sea_orm_migration::schema::*;

    /// A table whose rows belong to an organizer, with an id that others of the same organizer may refer to.
    pub(crate) fn of_organizer(name: &'static str) -> TableCreateStatement {
        Table::create()
            .table(name)
            .col(uuid("id").primary_key())
            .col(uuid("organizer_id"))
            .col(instant("created_at"))
            .foreign_key(ForeignKey::create().from(name, "organizer_id").to("organizers", "id"))
            .take()
    }

    /// A reference to another row of the same organizer.
    pub(crate) fn within_organizer(from: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
        ForeignKey::create().from(from, ("organizer_id", column)).to(to, ("organizer_id", "id")).take()
    }

    /// Makes the rows of a table referable together with their organizer.
    pub(crate) fn referable(table: &'static str) -> IndexCreateStatement {
        unique(table, &["organizer_id", "id"])
    }

    pub(crate) fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
        index(table, columns).unique().take()
    }

    pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
        let mut index = Index::create();
        index.table(table).name(format!("{table}_{}", columns.join("_")));
        for column in columns {
            index.col(*column);
        }
        index
    }

    /// A column more.
    pub(crate) fn added(table: &'static str, column: ColumnDef) -> TableAlterStatement {
        Table::alter().table(table).add_column(column).take()
    }

    /// Written by the application's clock, never by the database's: SQLite's own would be another text format.
    pub(crate) fn instant(name: &'static str) -> ColumnDef {
        timestamp_with_time_zone(name)
    }

    pub(crate) fn instant_null(name: &'static str) -> ColumnDef {
        timestamp_with_time_zone_null(name)
    }

    pub(crate) fn document(name: &'static str) -> ColumnDef {
        json_binary(name)
    }

    pub(crate) fn document_null(name: &'static str) -> ColumnDef {
        json_binary_null(name)
    }
}

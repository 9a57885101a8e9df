//! What each request asks the database, in its order.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use serde_json::value::RawValue;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool};
use uuid::Uuid;

use super::{CheckedIn, Listed, New, Scan, Seat};

/// The connections, as many and as Convivio has them.
pub enum Pool {
    Sqlite { writer: SqlitePool, reader: SqlitePool },
    Postgres(PgPool),
}

impl Pool {
    pub async fn open(url: &str, connections: u32) -> anyhow::Result<Self> {
        let Some(file) = url.strip_prefix("sqlite://") else {
            // sqlx tests a connection before it lends it, which costs the round trip that Convivio's own test costs.
            let pool = PgPoolOptions::new().min_connections(connections).max_connections(connections);
            return Ok(Self::Postgres(pool.connect(url).await?));
        };
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", "-8192");
        let pool = |connections| SqlitePoolOptions::new().max_connections(connections).test_before_acquire(false);
        Ok(Self::Sqlite { writer: pool(1).connect_with(options.clone()).await?, reader: pool(4).connect_with(options).await? })
    }

    pub async fn register(&self, organizer: &str, event: &str, new: &New) -> sqlx::Result<()> {
        match self {
            Self::Sqlite { writer, reader } => sqlite::register(reader, writer, organizer, event, new).await,
            Self::Postgres(pool) => postgres::register(pool, pool, organizer, event, new).await,
        }
    }

    /// Gives the code.
    pub async fn confirm(&self, id: Uuid) -> sqlx::Result<String> {
        match self {
            Self::Sqlite { writer, reader } => sqlite::confirm(reader, writer, id).await,
            Self::Postgres(pool) => postgres::confirm(pool, pool, id).await,
        }
    }

    pub async fn check_in(&self, token: &str, event: &str, scan: &Scan) -> sqlx::Result<CheckedIn> {
        match self {
            Self::Sqlite { writer, reader } => sqlite::check_in(reader, writer, token, event, scan).await,
            Self::Postgres(pool) => postgres::check_in(pool, pool, token, event, scan).await,
        }
    }

    pub async fn list(&self, token: &str, event: &str, after: Uuid) -> sqlx::Result<Vec<Listed>> {
        match self {
            Self::Sqlite { reader, .. } => sqlite::list(reader, token, event, after).await,
            Self::Postgres(pool) => postgres::list(pool, token, event, after).await,
        }
    }
}

/// Up to the tenths of microseconds that PostgreSQL does not keep.
#[allow(clippy::disallowed_methods, reason = "there is no other clock here")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn random_code() -> String {
    Uuid::new_v4().simple().to_string()[..8].to_uppercase()
}

macro_rules! statements {
    ($module:ident, $pool:ty, begin $begin:literal, for_share $for_share:literal, for_update $for_update:literal) => {
        mod $module {
            use super::*;

            pub async fn register(reader: &$pool, writer: &$pool, organizer: &str, event: &str, new: &New) -> sqlx::Result<()> {
                let found = sqlx::query("SELECT * FROM organizers WHERE slug = $1").bind(organizer).fetch_one(reader).await?;
                let organizer: Uuid = found.try_get("id")?;
                let at = now();

                let mut tx = writer.begin_with($begin).await?;
                sqlx::query(
                    "INSERT INTO limit_windows (id, count, ends_at) VALUES ($1, 1, $3) ON CONFLICT (id) DO UPDATE SET \
                     count = CASE WHEN limit_windows.ends_at <= $2 THEN 1 ELSE limit_windows.count + 1 END, \
                     ends_at = CASE WHEN limit_windows.ends_at <= $2 THEN $3 ELSE limit_windows.ends_at END RETURNING *",
                )
                .bind(&new.email)
                .bind(at)
                .bind(at + TimeDelta::hours(1))
                .fetch_one(&mut *tx)
                .await?;
                let held = concat!("SELECT * FROM events WHERE organizer_id = $1 AND slug = $2", $for_share);
                let event: Uuid = sqlx::query(held).bind(organizer).bind(event).fetch_one(&mut *tx).await?.try_get("id")?;
                let held = concat!("SELECT id FROM organizers WHERE id = $1", $for_share);
                sqlx::query(held).bind(organizer).fetch_one(&mut *tx).await?;
                for of_organizer in ["SELECT * FROM passions WHERE organizer_id = $1 ORDER BY code", "SELECT * FROM passion_merges WHERE organizer_id = $1"] {
                    sqlx::query(of_organizer).bind(organizer).fetch_all(&mut *tx).await?;
                }
                let questions = "SELECT * FROM questions WHERE organizer_id = $1 AND event_id = $2 ORDER BY position, id";
                sqlx::query(questions).bind(organizer).bind(event).fetch_all(&mut *tx).await?;

                let (person, registration) = (Uuid::now_v7(), Uuid::now_v7());
                sqlx::query(
                    "INSERT INTO people (id, organizer_id, email, email_normal, name, locale, timezone, profile, confirmed_at, updated_at, \
                     follow_up_stopped_at, link_generation, created_at) VALUES ($1, $2, $3, $4, $5, 'en', NULL, $6, NULL, $7, NULL, 0, $7) \
                     ON CONFLICT DO NOTHING RETURNING id",
                )
                .bind(person)
                .bind(organizer)
                .bind(&new.email)
                .bind(new.email.to_lowercase())
                .bind(&new.name)
                .bind(Json(json!({"passions": []})))
                .bind(at)
                .fetch_one(&mut *tx)
                .await?;
                sqlx::query(
                    "INSERT INTO registrations (id, organizer_id, event_id, person_id, code, state, name, profile, intention, wishes, \
                     accessibility, answers, locale, timezone, follow_up, position, pending_until, confirmed_at, checked_in_at, \
                     method_ack_at, mailed_at, resent_at, link_generation, version, created_at) \
                     VALUES ($1, $2, $3, $4, $5, 'pending_email', $6, $7, $8, $9, NULL, $10, 'en', NULL, $11, NULL, $12, NULL, NULL, NULL, \
                     NULL, NULL, 0, 0, $13) ON CONFLICT DO NOTHING RETURNING id",
                )
                .bind(registration)
                .bind(organizer)
                .bind(event)
                .bind(person)
                .bind(random_code())
                .bind(&new.name)
                .bind(Json(json!({"passions": new.passions})))
                .bind(&new.intention)
                .bind(Json(json!({"with": [], "apart": []})))
                .bind(Json(json!({})))
                .bind(true)
                .bind(at + TimeDelta::hours(48))
                .bind(at)
                .fetch_one(&mut *tx)
                .await?;
                sqlx::query(
                    "INSERT INTO consents (id, organizer_id, person_id, registration_id, purpose, granted, text_version, locale, how, \
                     created_at, confirmed_at) VALUES ($1, $2, $3, $4, 'follow_up', $5, '2026-11-29', 'en', 'api', $6, NULL)",
                )
                .bind(Uuid::now_v7())
                .bind(organizer)
                .bind(person)
                .bind(registration)
                .bind(true)
                .bind(at)
                .execute(&mut *tx)
                .await?;
                promise(&mut tx, organizer, event, registration, "confirm", &new.email, &new.name, at).await?;
                tx.commit().await
            }

            #[allow(clippy::too_many_arguments, reason = "a row")]
            async fn promise(
                tx: &mut sqlx::Transaction<'_, <$pool as HasDatabase>::Database>,
                organizer: Uuid,
                event: Uuid,
                registration: Uuid,
                kind: &str,
                email: &str,
                name: &str,
                at: DateTime<Utc>,
            ) -> sqlx::Result<()> {
                let id = Uuid::now_v7();
                sqlx::query(
                    "INSERT INTO messages (id, organizer_id, event_id, registration_id, prompt_id, login_id, kind, asked_for, by_reader, state, reason, \
                     dedup_key, to_email, to_email_normal, to_name, locale, message_id, frozen, due_at, next_try_at, attempt, failures, owner, \
                     lease_until, dated_at, sent_at, last_error, created_at) \
                     VALUES ($1, $2, $3, $4, NULL, NULL, $5, $6, $6, 'pending', NULL, $7, $8, $9, $10, 'en', $11, NULL, $12, $13, 0, 0, NULL, NULL, \
                     NULL, NULL, NULL, $12) ON CONFLICT (dedup_key) DO NOTHING RETURNING id",
                )
                .bind(id)
                .bind(organizer)
                .bind(event)
                .bind(registration)
                .bind(kind)
                .bind(true)
                .bind(format!("{event}:{kind}:{}:{registration}", at.timestamp_micros()))
                .bind(email)
                .bind(email.to_lowercase())
                .bind(name)
                .bind(format!("<{}@convivio.localhost>", id.simple()))
                .bind(at)
                .bind(DateTime::UNIX_EPOCH)
                .fetch_one(&mut **tx)
                .await?;
                Ok(())
            }

            pub async fn confirm(reader: &$pool, writer: &$pool, id: Uuid) -> sqlx::Result<String> {
                let seen = "SELECT organizer_id, event_id, person_id, link_generation FROM registrations WHERE id = $1";
                let seen = sqlx::query(seen).bind(id).fetch_one(reader).await?;
                let (organizer, event, person): (Uuid, Uuid, Uuid) =
                    (seen.try_get("organizer_id")?, seen.try_get("event_id")?, seen.try_get("person_id")?);
                let at = now();

                let mut tx = writer.begin_with($begin).await?;
                let lock = concat!("SELECT * FROM events WHERE organizer_id = $1 AND id = $2", $for_update);
                sqlx::query(lock).bind(organizer).bind(event).fetch_one(&mut *tx).await?;
                let lock = concat!("SELECT * FROM people WHERE organizer_id = $1 AND id = $2", $for_update);
                let of = sqlx::query(lock).bind(organizer).bind(person).fetch_one(&mut *tx).await?;
                let lock = concat!("SELECT * FROM registrations WHERE organizer_id = $1 AND id = $2", $for_update);
                let row = sqlx::query(lock).bind(organizer).bind(id).fetch_one(&mut *tx).await?;
                let (email, name): (String, String) = (of.try_get("email")?, row.try_get("name")?);
                let profile: Json<Box<RawValue>> = row.try_get("profile")?;

                let said = sqlx::query(
                    "UPDATE consents SET confirmed_at = $1 WHERE organizer_id = $2 AND person_id = $3 AND registration_id = $4 \
                     AND confirmed_at IS NULL",
                );
                said.bind(at).bind(organizer).bind(person).bind(id).execute(&mut *tx).await?;
                let taken = sqlx::query(
                    "UPDATE events SET taken = taken + 1 WHERE organizer_id = $1 AND id = $2 AND state IN ('draft', 'published') \
                     AND (capacity IS NULL OR (taken < capacity AND waitlisted = 0))",
                );
                let taken = taken.bind(organizer).bind(event).execute(&mut *tx).await?;
                if taken.rows_affected() == 0 {
                    return Err(sqlx::Error::RowNotFound);
                }
                let moved = sqlx::query(
                    "UPDATE registrations SET state = 'confirmed', pending_until = NULL, confirmed_at = $1, mailed_at = $1, \
                     version = version + 1 WHERE organizer_id = $2 AND id = $3 AND state = 'pending_email' RETURNING *",
                );
                let moved = moved.bind(at).bind(organizer).bind(id).fetch_one(&mut *tx).await?;
                promise(&mut tx, organizer, event, id, "confirmed", &email, &name, at).await?;
                sqlx::query(
                    "UPDATE people SET name = $1, locale = 'en', timezone = NULL, profile = $2, confirmed_at = $3, updated_at = $3 \
                     WHERE organizer_id = $4 AND id = $5",
                )
                .bind(name)
                .bind(profile)
                .bind(at)
                .bind(organizer)
                .bind(person)
                .execute(&mut *tx)
                .await?;
                tx.commit().await?;
                moved.try_get("code")
            }

            /// The organizer of a token.
            async fn organizer_of(reader: &$pool, token: &str) -> sqlx::Result<Uuid> {
                let found = "SELECT t.*, o.slug AS organizer_slug, o.name AS organizer_name FROM tokens t \
                             INNER JOIN organizers o ON o.id = t.organizer_id WHERE t.hash = $1";
                sqlx::query(found).bind(token).fetch_one(reader).await?.try_get("organizer_id")
            }

            pub async fn check_in(reader: &$pool, writer: &$pool, token: &str, event: &str, scan: &Scan) -> sqlx::Result<CheckedIn> {
                let organizer = organizer_of(reader, token).await?;
                let at = now();

                let mut tx = writer.begin_with($begin).await?;
                let held = concat!("SELECT * FROM events WHERE organizer_id = $1 AND slug = $2", $for_share);
                let held = sqlx::query(held).bind(organizer).bind(event).fetch_one(&mut *tx).await?;
                let (event, plan): (Uuid, Uuid) = (held.try_get("id")?, held.try_get("published_plan_id")?);
                let lock = concat!("SELECT * FROM registrations WHERE organizer_id = $1 AND code = $2", $for_update);
                let row = sqlx::query(lock).bind(organizer).bind(&scan.code).fetch_one(&mut *tx).await?;
                let id: Uuid = row.try_get("id")?;
                let earlier = "SELECT * FROM checkins WHERE organizer_id = $1 AND registration_id = $2 ORDER BY id";
                sqlx::query(earlier).bind(organizer).bind(id).fetch_all(&mut *tx).await?;
                let moved = sqlx::query(
                    "UPDATE registrations SET state = 'checked_in', checked_in_at = $1, version = version + 1 \
                     WHERE organizer_id = $2 AND id = $3 AND state = 'confirmed' RETURNING *",
                );
                let row = moved.bind(at).bind(organizer).bind(id).fetch_one(&mut *tx).await?;
                let checkin = Uuid::now_v7();
                sqlx::query(
                    "INSERT INTO checkins (id, organizer_id, event_id, registration_id, nonce, at, undone_at, created_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, NULL, $6) RETURNING *",
                )
                .bind(checkin)
                .bind(organizer)
                .bind(event)
                .bind(id)
                .bind(&scan.nonce)
                .bind(at)
                .fetch_one(&mut *tx)
                .await?;
                let seats = "SELECT plan_id, registration_id, round, \"table\" FROM seats WHERE organizer_id = $1 AND plan_id IN ($2) AND registration_id IN ($3) ORDER BY round";
                let seats = sqlx::query(seats).bind(organizer).bind(plan).bind(id).fetch_all(&mut *tx).await?;
                let themes = "SELECT id, tables FROM plans WHERE organizer_id = $1 AND id IN ($2)";
                sqlx::query(themes).bind(organizer).bind(plan).fetch_all(&mut *tx).await?;
                tx.commit().await?;

                let tables: sqlx::Result<Vec<Seat>> =
                    seats.iter().map(|seat| Ok(Seat { round: seat.try_get("round")?, table: seat.try_get("table")? })).collect();
                let profile: Json<Box<RawValue>> = row.try_get("profile")?;
                Ok(CheckedIn { id: checkin, name: row.try_get("name")?, profile: profile.0, tables: tables? })
            }

            pub async fn list(reader: &$pool, token: &str, event: &str, after: Uuid) -> sqlx::Result<Vec<Listed>> {
                let organizer = organizer_of(reader, token).await?;
                let event = sqlx::query("SELECT * FROM events WHERE organizer_id = $1 AND slug = $2").bind(organizer).bind(event);
                let event = event.fetch_one(reader).await?;
                let (event, plan): (Uuid, Uuid) = (event.try_get("id")?, event.try_get("published_plan_id")?);
                let rows = "SELECT r.*, p.email AS person_email FROM registrations r \
                            LEFT JOIN people p ON p.organizer_id = r.organizer_id AND p.id = r.person_id \
                            WHERE r.organizer_id = $1 AND r.event_id = $2 AND r.id > $3 ORDER BY r.id LIMIT 51";
                let rows = sqlx::query(rows).bind(organizer).bind(event).bind(after).fetch_all(reader).await?;
                let rows = &rows[..rows.len().min(50)];

                let marks: Vec<String> = (0..rows.len()).map(|n| format!("${}", n + 3)).collect();
                let of_these = format!(
                    "SELECT plan_id, registration_id, round, \"table\" FROM seats WHERE organizer_id = $1 AND plan_id IN ($2) AND registration_id IN ({}) ORDER BY round",
                    marks.join(", ")
                );
                let mut of_these = sqlx::query(AssertSqlSafe(of_these)).bind(organizer).bind(plan);
                for row in rows {
                    of_these = of_these.bind(row.try_get::<Uuid, _>("id")?);
                }
                let mut seats: HashMap<Uuid, Vec<Seat>> = HashMap::new();
                for seat in of_these.fetch_all(reader).await? {
                    let here = Seat { round: seat.try_get("round")?, table: seat.try_get("table")? };
                    seats.entry(seat.try_get("registration_id")?).or_default().push(here);
                }
                let themes = "SELECT id, tables FROM plans WHERE organizer_id = $1 AND id IN ($2)";
                sqlx::query(themes).bind(organizer).bind(plan).fetch_all(reader).await?;

                let listed = rows.iter().map(|row| {
                    let document = |column: &str| row.try_get::<Json<Box<RawValue>>, _>(column).map(|document| document.0);
                    Ok(Listed {
                        code: row.try_get("code")?,
                        state: row.try_get("state")?,
                        position: row.try_get("position")?,
                        email: row.try_get("person_email")?,
                        name: row.try_get("name")?,
                        profile: document("profile")?,
                        intention: row.try_get("intention")?,
                        wishes: document("wishes")?,
                        accessibility: row.try_get("accessibility")?,
                        answers: document("answers")?,
                        locale: row.try_get("locale")?,
                        timezone: row.try_get("timezone")?,
                        follow_up: row.try_get("follow_up")?,
                        created_at: row.try_get("created_at")?,
                        confirmed_at: row.try_get("confirmed_at")?,
                        checked_in_at: row.try_get("checked_in_at")?,
                        method_ack_at: row.try_get("method_ack_at")?,
                        tables: seats.remove(&row.try_get("id")?).unwrap_or_default(),
                    })
                });
                listed.collect()
            }
        }
    };
}

/// Which database a pool leads to.
trait HasDatabase {
    type Database: sqlx::Database;
}

impl HasDatabase for SqlitePool {
    type Database = sqlx::Sqlite;
}

impl HasDatabase for PgPool {
    type Database = sqlx::Postgres;
}

// SQLite has one writer, which holds everything from the beginning.
statements!(sqlite, SqlitePool, begin "BEGIN IMMEDIATE", for_share "", for_update "");
statements!(postgres, PgPool, begin "BEGIN", for_share " FOR SHARE", for_update " FOR NO KEY UPDATE");

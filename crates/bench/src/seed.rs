//! Large tables, made by the database itself: rows that the server wrote are copied under other names.

use anyhow::bail;
use sqlx::postgres::{PgPoolOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, PgPool, Row, SqlitePool, Type};
use uuid::Uuid;

mod after;
pub use after::Attendee;

/// A database, for what a benchmark prepares and looks up in it.
pub enum Store {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Which rows a copy is named after. Of each there is one numbering, from 1.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Event = 1,
    Person,
    Registration,
    Plan,
    Enrollment,
    Prompt,
    Message,
    /// A prompt that is not due for long.
    Waiting,
}

/// How large the tables become.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub events: usize,
    pub people_each: usize,
}

/// What is copied: an event with one registration and a published plan in which it sits.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    pub event: Uuid,
    pub person: Uuid,
    pub registration: Uuid,
    pub plan: Uuid,
}

impl Store {
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        match url.strip_prefix("sqlite://") {
            Some(file) => {
                let options =
                    SqliteConnectOptions::new().filename(file).foreign_keys(false).busy_timeout(std::time::Duration::from_secs(60));
                Ok(Self::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?))
            }
            None => Ok(Self::Postgres(PgPoolOptions::new().max_connections(1).connect(url).await?)),
        }
    }

    pub async fn close(self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    pub async fn run(&self, sql: String) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(pool) => sqlx::query(AssertSqlSafe(sql)).execute(pool).await.map(|_| ())?,
            Self::Postgres(pool) => sqlx::query(AssertSqlSafe(sql)).execute(pool).await.map(|_| ())?,
        }
        Ok(())
    }

    /// The first column of what is found.
    pub async fn column<T>(&self, sql: String) -> anyhow::Result<Vec<T>>
    where
        T: for<'r> Decode<'r, sqlx::Sqlite> + Type<sqlx::Sqlite> + for<'r> Decode<'r, sqlx::Postgres> + Type<sqlx::Postgres>,
        usize: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    {
        Ok(match self {
            Self::Sqlite(pool) => {
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(pool).await?;
                rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?
            }
            Self::Postgres(pool) => {
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(pool).await?;
                rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?
            }
        })
    }

    pub async fn count(&self, rows: &str) -> anyhow::Result<i64> {
        let counted: Vec<i64> = self.column(format!("SELECT count(*) FROM {rows}")).await?;
        Ok(counted.first().copied().unwrap_or_default())
    }

    /// Copies the template until there are as many as are wanted; what was copied before goes away.
    pub async fn fill(&self, template: Template, size: Size) -> anyhow::Result<()> {
        let people = size.events * size.people_each;
        let event_of_person = format!("((n.n - 1) / {} + 1)", size.people_each);
        let (event, plan) = (self.id(Kind::Event, "n.n"), self.id(Kind::Plan, "n.n"));
        let address = "('p' || n.n || '@seed.example.org')";
        let code = match self {
            Self::Sqlite(_) => "printf('%08X', n.n)",
            Self::Postgres(_) => "upper(lpad(to_hex(n.n), 8, '0'))",
        };
        let taken = size.people_each.to_string();
        let one = |id: Uuid| format!("t.id = {}", self.literal(id));
        self.copy(
            "events",
            &one(template.event),
            size.events,
            &[("id", &event), ("slug", "('event-' || n.n)"), ("published_plan_id", &plan), ("taken", &taken)],
        )
        .await?;
        self.copy("plans", &one(template.plan), size.events, &[("id", &plan), ("event_id", &event)]).await?;
        let person = self.id(Kind::Person, "n.n");
        self.copy("people", &one(template.person), people, &[("id", &person), ("email", address), ("email_normal", address)]).await?;
        let (registration, of_event) = (self.id(Kind::Registration, "n.n"), self.id(Kind::Event, &event_of_person));
        let named = [("id", registration.as_str()), ("event_id", &of_event), ("person_id", &person), ("code", code)];
        self.copy("registrations", &one(template.registration), people, &named).await?;
        let of_plan = self.id(Kind::Plan, &event_of_person);
        let seats = format!("t.registration_id = {} AND t.plan_id = {}", self.literal(template.registration), self.literal(template.plan));
        self.copy("seats", &seats, people, &[("plan_id", &of_plan), ("registration_id", &registration)]).await?;
        self.analyze().await?;
        self.check(size).await
    }

    /// A copy that is short of rows would flatter everybody.
    async fn check(&self, size: Size) -> anyhow::Result<()> {
        let people = i64::try_from(size.events * size.people_each)?;
        let (registered, seated) = (self.count("registrations").await?, self.count("seats").await?);
        if registered <= people || seated <= people {
            bail!("{registered} registrations and {seated} seats were made of {people} people");
        }
        Ok(())
    }

    /// The id of the copy with this number, as an expression.
    fn id(&self, kind: Kind, number: &str) -> String {
        let kind = kind as u16;
        match self {
            Self::Sqlite(_) => format!("unhex(printf('01900000{kind:04x}70008000%012x', {number}))"),
            Self::Postgres(_) => format!("('01900000{kind:04x}70008000' || lpad(to_hex({number}), 12, '0'))::uuid"),
        }
    }

    fn literal(&self, id: Uuid) -> String {
        match self {
            Self::Sqlite(_) => format!("x'{}'", id.simple()),
            Self::Postgres(_) => format!("'{id}'::uuid"),
        }
    }

    /// Writes the rows `t` that are meant once for each number `n.n`, with some columns set to something else.
    async fn copy(&self, table: &str, meant: &str, times: usize, other: &[(&str, &str)]) -> anyhow::Result<()> {
        let columns: Vec<String> = match self {
            Self::Sqlite(_) => self.column(format!("SELECT name FROM pragma_table_info('{table}')")).await?,
            Self::Postgres(_) => {
                // Those that are derived are not written, and SQLite does not name them here.
                let written = "information_schema.columns WHERE is_generated = 'NEVER'";
                self.column(format!("SELECT column_name::text FROM {written} AND table_name = '{table}'")).await?
            }
        };
        let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let values = columns.iter().map(|column| match other.iter().find(|(name, _)| name == column) {
            Some((_, value)) => (*value).to_owned(),
            None => format!("t.\"{column}\""),
        });
        let values: Vec<String> = values.collect();
        let numbers = match self {
            Self::Sqlite(_) => format!("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {times}) "),
            Self::Postgres(_) => format!("WITH n(n) AS (SELECT generate_series(1, {times})) "),
        };
        let (quoted, values) = (quoted.join(", "), values.join(", "));
        self.run(format!("{numbers}INSERT INTO {table} ({quoted}) SELECT {values} FROM {table} t CROSS JOIN n WHERE {meant}")).await
    }
}

/// The id of the copy with this number.
pub fn id(kind: Kind, number: usize) -> Uuid {
    let kind = kind as u128;
    Uuid::from_u128((0x0190_0000 << 96) | (kind << 80) | (0x7000_8000 << 48) | number as u128)
}

/// The code of the registration with this number.
pub fn code(number: usize) -> String {
    format!("{number:08X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_one_that_the_database_makes() {
        assert_eq!(id(Kind::Registration, 255).to_string(), "01900000-0003-7000-8000-0000000000ff");
        assert_eq!(code(1_000_000), "000F4240");
    }
}

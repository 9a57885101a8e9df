//! What follows an event, in any number: people who were there, their prompts, and the mails of those.

use uuid::Uuid;

use super::{Kind, Store};

/// Whose rows are copied: somebody who was at the event that is over, or is about to be.
#[derive(Clone, Copy, Debug)]
pub struct Attendee {
    pub registration: Uuid,
    pub person: Uuid,
}

impl Store {
    /// As many people as are wanted at the same event, who did the same: registered, came, and agreed to be written to.
    pub async fn copy_attendees(&self, of: Attendee, many: usize) -> anyhow::Result<()> {
        let (person, registration) = (self.id(Kind::Person, "n.n"), self.id(Kind::Registration, "n.n"));
        let address = "('p' || n.n || '@seed.example.org')";
        let code = match self {
            Self::Sqlite(_) => "printf('%08X', n.n)",
            Self::Postgres(_) => "upper(lpad(to_hex(n.n), 8, '0'))",
        };
        let named = [("id", person.as_str()), ("email", address), ("email_normal", address)];
        self.copy("people", &self.one("id", of.person), many, &named).await?;
        let named = [("id", registration.as_str()), ("person_id", &person), ("code", code)];
        self.copy("registrations", &self.one("id", of.registration), many, &named).await?;
        let enrollment = self.id(Kind::Enrollment, "n.n");
        let named = [("id", enrollment.as_str()), ("registration_id", &registration), ("person_id", &person)];
        self.copy("enrollments", &self.one("registration_id", of.registration), many, &named).await
    }

    /// The first prompt of each, as it stands with the one they are copies of.
    pub async fn copy_first_prompts(&self, of: Attendee, many: usize) -> anyhow::Result<()> {
        let (person, registration) = (self.id(Kind::Person, "n.n"), self.id(Kind::Registration, "n.n"));
        let prompt = self.id(Kind::Prompt, "n.n");
        let first = format!("{} AND t.step = 'F1'", self.one("registration_id", of.registration));
        let named = [("id", prompt.as_str()), ("registration_id", &registration), ("person_id", &person)];
        self.copy("prompts", &first, many, &named).await
    }

    /// The mail of each one's first prompt, promised and not sent.
    pub async fn copy_mails(&self, of: Attendee, many: usize) -> anyhow::Result<()> {
        let (message, registration, prompt) =
            (self.id(Kind::Message, "n.n"), self.id(Kind::Registration, "n.n"), self.id(Kind::Prompt, "n.n"));
        let address = "('p' || n.n || '@seed.example.org')";
        let named = [
            ("id", message.as_str()),
            ("registration_id", &registration),
            ("prompt_id", &prompt),
            ("dedup_key", "('seed-' || n.n)"),
            ("message_id", "('<seed-' || n.n || '@example.org>')"),
            ("to_email", address),
            ("to_email_normal", address),
        ];
        let first = format!("{} AND t.kind = 'F1'", self.one("registration_id", of.registration));
        self.copy("messages", &first, many, &named).await
    }

    /// Prompts of the last step, long before they are due, all of one person.
    pub async fn copy_prompts_to_come(&self, of: Attendee, many: usize) -> anyhow::Result<()> {
        let last = format!("{} AND t.step = 'F6' AND t.occurrence = 0", self.one("registration_id", of.registration));
        let id = self.id(Kind::Waiting, "n.n");
        self.copy("prompts", &last, many, &[("id", id.as_str()), ("occurrence", "n.n")]).await
    }

    /// A seat in each round for each of them, at tables of five who meet others each time.
    pub async fn copy_seats(&self, of: Attendee, plan: Uuid, many: usize) -> anyhow::Result<()> {
        let tables = many.div_ceil(5);
        let first = "(n.n - 1) / 5";
        let table = format!(
            "(CASE t.round WHEN 1 THEN {first} WHEN 2 THEN ({first} + 7 * ((n.n - 1) % 5)) % {tables} ELSE ({first} + 61 * ((n.n - 1) % 5)) % {tables} END + 1)"
        );
        let registration = self.id(Kind::Registration, "n.n");
        let seats = format!("{} AND t.plan_id = {}", self.one("registration_id", of.registration), self.literal(plan));
        self.copy("seats", &seats, many, &[("registration_id", registration.as_str()), ("table", table.as_str())]).await
    }

    /// Says how large the tables are, as a server that grew with them would know.
    pub async fn analyze(&self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(_) => self.run("ANALYZE".to_owned()).await,
            Self::Postgres(_) => self.run("VACUUM ANALYZE".to_owned()).await,
        }
    }

    fn one(&self, column: &str, id: Uuid) -> String {
        format!("t.{column} = {}", self.literal(id))
    }
}

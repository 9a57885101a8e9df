//! An evening that was played to where something begins to be measured, and then made as large as is wanted.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use convivio_bench::process;
use convivio_bench::rounds::Turn;
use convivio_bench::seed::{Attendee, Store};
use convivio_db::sending;
use convivio_domain::{EmailAddress, Slug, Title};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{self, Contender, Engine, ORGANIZER, SECRET, TEMPLATE};
use crate::app::App;
use crate::commands::client::Client;
use crate::commands::organizer;
use crate::config::{Config, Given};

/// Of whom copies are made: they sit at one table.
const PEOPLE: usize = 4;

/// A database in sandbox mode, with an event in it. Mail is held back until [`Evening::let_mail_go`].
pub struct Evening {
    pub store: Store,
    pub of: Attendee,
    pub plan: Uuid,
    pub folder: PathBuf,
    engine: Engine,
    url: String,
    token: String,
    starts_at: DateTime<Utc>,
}

/// A server on that database, with its owner's client.
pub struct Server {
    process: Contender,
    client: Client,
}

impl Evening {
    /// An event with its plan, as it is when the doors open.
    pub async fn prepare(engine: &Engine) -> anyhow::Result<Self> {
        let folder = world::folder()?;
        let url = world::prepare(engine, &folder).await?;
        let given = Given {
            data: Some(folder.clone()),
            database_url: (!engine.is_sqlite()).then(|| url.clone().into()),
            secret: Some(SECRET.to_owned().into()),
            sandbox: Some(true),
            ..Given::default()
        };
        let app = App::open(Config::read(given)?, "http://127.0.0.1".to_owned()).await?;
        let owner = EmailAddress::parse("owner@example.org")?;
        let token = organizer::make(&app, Slug::parse(ORGANIZER)?, Title::parse("Bench")?, owner).await?;
        sending::hold(&app.db.central(), app.clock.now()).await?;
        let starts_at = app.clock.now() + TimeDelta::days(30);
        app.db.close().await?;
        let store = Store::open(&url).await?;
        let nobody = Attendee { registration: Uuid::nil(), person: Uuid::nil() };
        let mut evening = Self { store, of: nobody, plan: Uuid::nil(), engine: engine.clone(), url, token, folder, starts_at };
        let server = evening.serve(None, 1).await?;
        world::write_event(&server.client, starts_at, PEOPLE).await?;
        server.client.clock_to(starts_at).await?;
        let guests = server.client.get(&at("/registrations")).await?;
        for guest in guests["results"].as_array().context("there are no guests")? {
            let scan = json!({"code": guest["code"], "nonce": format!("door-{}", guest["code"])});
            server.client.post(&at("/checkins"), &scan).await?;
        }
        server.stop().await?;
        evening.of = Attendee {
            registration: evening.first("SELECT id FROM registrations ORDER BY id").await?,
            person: evening.first("SELECT person_id FROM registrations ORDER BY id").await?,
        };
        evening.plan = evening.first("SELECT published_plan_id FROM events").await?;
        Ok(evening)
    }

    /// The event has ended, and the first prompts are due this moment.
    pub async fn first_prompts_due(&self, server: &Server) -> anyhow::Result<()> {
        server.complete(self).await?;
        let prompts = server.client.get(&at("/prompts")).await?;
        let prompts = prompts["results"].as_array().context("there are no prompts")?;
        let first = prompts.iter().find(|prompt| prompt["step"] == "F1").context("there is no F1")?;
        let due_at: DateTime<Utc> = first["due_at"].as_str().unwrap_or_default().parse()?;
        server.client.clock_to(due_at).await
    }

    /// A server of its own process; `relay` is where its mail goes.
    pub async fn serve(&self, relay: Option<SocketAddr>, concurrency: usize) -> anyhow::Result<Server> {
        let mut settings = vec![("CONVIVIO_SANDBOX", "true".to_owned()), ("CONVIVIO_MAIL_CONCURRENCY", concurrency.to_string())];
        if let Some(relay) = relay {
            settings.push(("CONVIVIO_MAIL", format!("smtp://{relay}")));
        }
        let process = Contender::ours(&self.engine, &self.url, &self.token, &self.folder, &settings).await?;
        let client = process.client();
        Ok(Server { process, client })
    }

    /// From here on what is due is sent.
    pub async fn let_mail_go(&self) -> anyhow::Result<()> {
        self.store.run(format!("DELETE FROM settings WHERE key = '{}'", sending::HELD)).await
    }

    async fn first(&self, sql: &str) -> anyhow::Result<Uuid> {
        let found: Vec<Uuid> = self.store.column(sql.to_owned()).await?;
        found.first().copied().with_context(|| format!("nothing: {sql}"))
    }

    pub async fn end(self) -> anyhow::Result<()> {
        self.store.close().await;
        world::clear(&self.engine, &self.folder).await
    }
}

impl Server {
    /// Works what is due, and tells how that went; `done` is how many things it should have been.
    pub async fn run_due(&self, done: usize) -> anyhow::Result<(Value, Turn)> {
        let processes = self.process.processes().await?;
        let before = process::processor_time(&processes);
        let begun = Instant::now();
        let answer = self.client.run_due().await?;
        let took = begun.elapsed();
        let processor = process::processor_time(&processes).saturating_sub(before);
        Ok((answer, Turn { done, took, processor }))
    }

    /// Ends the event, and tells how long that took.
    pub async fn complete(&self, evening: &Evening) -> anyhow::Result<Duration> {
        self.client.clock_to(evening.starts_at + TimeDelta::hours(3)).await?;
        let begun = Instant::now();
        self.client.post(&at("/complete"), &json!({})).await?;
        Ok(begun.elapsed())
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.process.stop().await
    }
}

/// A path below the event.
fn at(path: &str) -> String {
    format!("/organizers/{ORGANIZER}/events/{TEMPLATE}{path}")
}

//! Two databases of the same content, and a server on each.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use convivio_bench::load::{self, Request, Until, request};
use convivio_bench::process::{self, Running};
use convivio_bench::rounds::Turn;
use convivio_bench::seed::{self, Size, Store, Template};
use convivio_db::sending;
use convivio_domain::{EmailAddress, Slug, Title};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{POOL, path_of};
use crate::app::App;
use crate::commands::client::Client;
use crate::commands::organizer;
use crate::config::{Config, Given};
use crate::keys::{Keys, Purpose};

pub const ORGANIZER: &str = "bench";
pub const TEMPLATE: &str = "template";
pub const SECRET: &str = "the key of a benchmark, which opens nothing else";
/// Clients that wait for an answer at the same time.
const CONNECTIONS: usize = 16;
const PATIENCE: Duration = Duration::from_secs(30);

/// Which database.
#[derive(Clone)]
pub enum Engine {
    Sqlite,
    /// On this server.
    Postgres(String),
}

impl Engine {
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite)
    }
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_sqlite() { "SQLite" } else { "PostgreSQL" })
    }
}

/// One of those who are measured.
pub struct Contender {
    process: Running,
    address: SocketAddr,
    pub store: Store,
    pub token: String,
    /// The bare server checks no link.
    keys: Option<Keys>,
}

impl Contender {
    pub fn is_bare(&self) -> bool {
        self.keys.is_none()
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Of its owner.
    pub fn client(&self) -> Client {
        Client { http: reqwest::Client::new(), base: format!("http://{}/api/v1", self.address), token: self.token.clone() }
    }

    /// What the link of a registration's confirmation ends with.
    pub fn link(&self, id: Uuid) -> String {
        self.keys.as_ref().map_or(id.to_string(), |keys| keys.link(Purpose::Confirm, id, 0))
    }

    /// A turn is void where anything was refused.
    pub async fn put_under(&self, requests: Vec<Request>, until: Until) -> anyhow::Result<Turn> {
        let processes = self.processes().await?;
        let example = requests.first().map(|request| String::from_utf8_lossy(request).into_owned()).unwrap_or_default();
        let before = process::processor_time(&processes);
        let outcome = load::run(self.address, CONNECTIONS, requests, until).await?;
        let processor = process::processor_time(&processes).saturating_sub(before);
        let who = if self.is_bare() { "the bare server" } else { "Convivio" };
        ensure!(outcome.refused.is_empty(), "{who} refused, by status: {:?}, of requests like\n{example}", outcome.refused);
        Ok(Turn { done: outcome.done, took: outcome.took, processor })
    }

    /// The server, and what works for it in PostgreSQL.
    pub async fn processes(&self) -> anyhow::Result<Vec<u32>> {
        let mut processes = vec![self.id()];
        if let Store::Postgres(_) = self.store {
            let backends = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
            let backends: Vec<i32> = self.store.column(backends.to_owned()).await?;
            processes.extend(backends.into_iter().filter_map(|id| u32::try_from(id).ok()));
        }
        Ok(processes)
    }
}

pub struct World {
    pub ours: Contender,
    bare: Option<Contender>,
    engine: Engine,
    folder: PathBuf,
}

impl World {
    /// Databases of this size, with a server on one, or on each of two.
    pub async fn make(engine: &Engine, size: Size, with_bare: bool) -> anyhow::Result<Self> {
        let folder = folder()?;
        let url = prepare(engine, &folder).await?;
        let token = write_template(engine, &folder, &url).await?;
        let store = Store::open(&url).await?;
        store.fill(template(&store).await?, size).await?;
        store.close().await;
        let bare = match with_bare {
            true => Some(Contender::bare(&copy(engine, &folder).await?, &token, &folder).await?),
            false => None,
        };
        let ours = Contender::ours(engine, &url, &token, &folder, &[]).await?;
        Ok(Self { ours, bare, engine: engine.clone(), folder })
    }

    pub fn bare(&self) -> anyhow::Result<&Contender> {
        self.bare.as_ref().context("there is no bare server in this world")
    }

    pub fn check_in(&self, event: usize, person: usize) -> Request {
        let scan = json!({"code": seed::code(person), "nonce": format!("door-{person}")});
        request("POST", &format!("/api/v1/organizers/{}/checkins", path_of(event)), Some(&self.ours.token), Some(&scan))
    }

    pub async fn end(self) -> anyhow::Result<()> {
        for one in [Some(self.ours), self.bare].into_iter().flatten() {
            one.store.close().await;
        }
        clear(&self.engine, &self.folder).await
    }
}

/// An empty folder.
pub fn folder() -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("convivio-bench-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

/// Takes away what a measurement has left.
pub async fn clear(engine: &Engine, folder: &Path) -> anyhow::Result<()> {
    if let Engine::Postgres(server) = engine {
        remove(server).await?;
    }
    std::fs::remove_dir_all(folder).with_context(|| folder.display().to_string())
}

/// An empty database of ours, and its address.
pub async fn prepare(engine: &Engine, folder: &Path) -> anyhow::Result<String> {
    match engine {
        Engine::Sqlite => Ok(format!("sqlite://{}", folder.join("convivio.db").display())),
        Engine::Postgres(server) => {
            remove(server).await?;
            let store = Store::open(server).await?;
            store.run("CREATE DATABASE convivio_bench_ours".to_owned()).await?;
            store.close().await;
            database(server, "convivio_bench_ours")
        }
    }
}

async fn remove(server: &str) -> anyhow::Result<()> {
    let store = Store::open(server).await?;
    for name in ["convivio_bench_ours", "convivio_bench_bare"] {
        store.run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    }
    store.close().await;
    Ok(())
}

/// Another database of the same server.
fn database(server: &str, name: &str) -> anyhow::Result<String> {
    let mut url = url::Url::parse(server)?;
    url.set_path(name);
    Ok(url.to_string())
}

/// The same content for the bare server.
async fn copy(engine: &Engine, folder: &Path) -> anyhow::Result<String> {
    match engine {
        Engine::Sqlite => {
            std::fs::copy(folder.join("convivio.db"), folder.join("bare.db"))?;
            Ok(format!("sqlite://{}", folder.join("bare.db").display()))
        }
        Engine::Postgres(server) => {
            let store = Store::open(server).await?;
            store.run("CREATE DATABASE convivio_bench_bare TEMPLATE convivio_bench_ours".to_owned()).await?;
            store.close().await;
            database(server, "convivio_bench_bare")
        }
    }
}

/// What everything is copied from, written over the API as an organizer would; gives the owner's token. No mail leaves: what it costs to send is
/// measured apart.
async fn write_template(engine: &Engine, folder: &Path, url: &str) -> anyhow::Result<String> {
    let given = Given {
        data: Some(folder.to_path_buf()),
        database_url: (!engine.is_sqlite()).then(|| url.to_owned().into()),
        secret: Some(SECRET.to_owned().into()),
        ..Given::default()
    };
    let app = App::open(Config::read(given)?, "http://127.0.0.1".to_owned()).await?;
    let owner = EmailAddress::parse("owner@example.org")?;
    let token = organizer::make(&app, Slug::parse(ORGANIZER)?, Title::parse("Bench")?, owner).await?;
    sending::hold(&app.db.central(), app.clock.now()).await?;
    let starts_at = app.clock.now() + TimeDelta::days(60);
    app.db.close().await?;

    let server = Contender::ours(engine, url, &token, folder, &[]).await?;
    write_event(&server.client(), starts_at, 4).await?;
    server.stop().await?;
    Ok(token)
}

/// An event with these many people and a plan in force, as an organizer makes it.
pub async fn write_event(client: &Client, starts_at: DateTime<Utc>, people: usize) -> anyhow::Result<()> {
    let at = |path: &str| format!("/organizers/{ORGANIZER}/events/{TEMPLATE}{path}");
    let event = json!({
        "slug": TEMPLATE,
        "title": {"en": "Small tables", "it": "Tavoli piccoli"},
        "summary": {"en": "Three conversations at small tables.", "it": "Tre conversazioni a tavoli piccoli."},
        "method": {"en": "We begin with a passion.", "it": "Si parte da una passione."},
        "purpose": "People who have never met.",
        "place": "Via Irnerio 2, Bologna",
        "timezone": "Europe/Rome",
        "locale": "en",
        "starts_at": starts_at,
        "ends_at": starts_at + TimeDelta::hours(3),
    });
    client.post(&format!("/organizers/{ORGANIZER}/events"), &event).await?;
    client.put(&at("/rounds"), &json!({"rounds": [{"minutes": 30}, {"minutes": 30}, {"minutes": 30}]})).await?;
    client.put(&at("/tables"), &json!({"min": 4, "max": 5})).await?;
    client.post(&at("/publish"), &json!({})).await?;
    for n in 0..people {
        let person = json!({
            "email": format!("template-{n}@example.org"),
            "name": "Ada Conti",
            "passions": [{"passion": "hiking", "level": 3}, {"passion": "ceramics"}, {"passion": "photography", "level": 1}],
            "headline": "Walks far, talks little",
            "offers": ["a spare tent"],
            "needs": [{"text": "somebody who knows about kilns"}],
            "intention": "One good conversation",
            "languages": ["it", "en"],
            "consents": {"follow_up": true},
            "email_confirmed": true,
        });
        client.post(&at("/registrations"), &person).await?;
    }
    let plan = plan(client, &at).await?;
    client.post(&at(&format!("/plans/{plan}/publish")), &json!({})).await?;
    Ok(())
}

async fn plan(client: &Client, at: &impl Fn(&str) -> String) -> anyhow::Result<String> {
    let job = client.post(&at("/plans"), &json!({"seed": 1})).await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let started = Instant::now();
    loop {
        let job = client.get(&format!("/organizers/{ORGANIZER}/jobs/{}", text(&job["id"]))).await?;
        match job["state"].as_str() {
            Some("succeeded") => return Ok(text(&job["result"]["plan"])),
            Some("failed" | "cancelled") => bail!("no plan was found: {}", job["problem"]),
            _ => ensure!(started.elapsed() < PATIENCE, "the plan took too long"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn template(store: &Store) -> anyhow::Result<Template> {
    let one = async |sql: &str| -> anyhow::Result<Uuid> {
        let found: Vec<Uuid> = store.column(sql.to_owned()).await?;
        found.first().copied().with_context(|| format!("nothing: {sql}"))
    };
    Ok(Template {
        event: one("SELECT id FROM events").await?,
        person: one("SELECT person_id FROM registrations ORDER BY id").await?,
        registration: one("SELECT id FROM registrations ORDER BY id").await?,
        plan: one("SELECT published_plan_id FROM events").await?,
    })
}

impl Contender {
    /// A server of ours, with settings besides those that every measurement has.
    pub async fn ours(engine: &Engine, url: &str, token: &str, folder: &Path, settings: &[(&str, String)]) -> anyhow::Result<Self> {
        let mut command = this_program();
        command.envs(settings.iter().map(|(name, value)| (*name, value)));
        command.arg("serve").env("CONVIVIO_DATA", folder).env("CONVIVIO_SECRET", SECRET);
        command.env("CONVIVIO_DATABASE_POOL", POOL.to_string());
        if !engine.is_sqlite() {
            command.env("DATABASE_URL", url);
        }
        // One address plays everybody, and one token every door. What is counted by e-mail address is counted here too.
        command.env("CONVIVIO_PUBLIC_WRITES_PER_MINUTE", "0").env("CONVIVIO_TOKEN_REQUESTS_PER_SECOND", "0");
        let keys = Keys::open(folder, Some(&SECRET.to_owned().into()))?;
        Self::start(command, "ours", url, token, Some(keys), folder).await
    }

    async fn bare(url: &str, token: &str, folder: &Path) -> anyhow::Result<Self> {
        let mut command = this_program();
        command.args(["bench", "bare", url]);
        Self::start(command, "bare", url, token, None, folder).await
    }

    async fn start(mut command: Command, name: &str, url: &str, token: &str, keys: Option<Keys>, folder: &Path) -> anyhow::Result<Self> {
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let log = folder.join(format!("{name}.log"));
        let output = std::fs::OpenOptions::new().create(true).append(true).open(&log)?;
        command.env("CONVIVIO_LISTEN", address.to_string()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(output);
        let mut process = Running::start(&mut command)?;
        let started = Instant::now();
        while load::run(address, 1, vec![request("GET", "/healthz", None, None)], Until::AllAreSent).await.is_err() {
            process.check().with_context(|| std::fs::read_to_string(&log).unwrap_or_default())?;
            ensure!(started.elapsed() < PATIENCE, "the server did not start: {}", log.display());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Self { process, address, store: Store::open(url).await?, token: token.to_owned(), keys })
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.store.close().await;
        self.process.stop(PATIENCE)
    }
}

/// Without the settings that this process was given.
pub fn this_program() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_else(|_| "convivio".into()));
    for (name, _) in std::env::vars_os() {
        if name == "DATABASE_URL" || name.to_string_lossy().starts_with("CONVIVIO_") {
            command.env_remove(name);
        }
    }
    command
}

//! `convivio serve --sandbox`, on a copy of the database that is `ready`, with what a test asks of it.

use std::fmt::Debug;
use std::fs::File;
use std::ops::Deref;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::database::Database;
use super::http::Caller;
use super::mailbox::{Mail, Mails};
use super::process::{Ran, Server, Setup, run};
use super::world::when;

/// Long enough for a busy machine; what is waited for usually comes at once.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub(super) const ORGANIZER: &str = "tavola";
pub(super) const OWNER: &str = "owner@tavola.example";

/// A Monday morning, well ahead of the real date: the sandbox clock goes forward only.
const MONDAY: &str = "2030-05-06T07:00:00Z";

/// The server under test. Used as a `Caller` it is the organizer's owner.
pub struct TestApp {
    owner: Caller,
    server: Server,
}

impl TestApp {
    /// A server whose mail goes to files.
    pub async fn start(database: Database) -> TestApp {
        TestApp::with(Setup::default(), database).await
    }

    pub async fn with(setup: Setup, database: Database) -> TestApp {
        let (server, token) = Server::ready(setup, database);
        TestApp::serving(server, &token).await
    }

    /// The same on a database that was empty, as the first command of all finds it.
    pub async fn from_nothing(database: Database) -> TestApp {
        let server = Server::new(Setup::default(), database);
        let token = server.create_organizer(ORGANIZER, OWNER);
        TestApp::serving(server, &token).await
    }

    async fn serving(mut server: Server, token: &str) -> TestApp {
        server.start().await;
        let base = format!("/api/v1/organizers/{ORGANIZER}");
        let owner = Caller::new(server.address.clone(), &base, Some(token));
        let app = TestApp { owner, server };
        if !app.server.setup.real_time {
            app.clock_to(MONDAY).await;
        }
        app
    }

    /// A server on a database that the first schema was written for: an evening of eight people at the club `circolo`. It has not been started.
    pub fn on_first_schema(setup: Setup, database: Database) -> TestApp {
        const STORED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/first-schema");
        let server = Server::new(setup, database);
        match &server.database {
            Some(database) => database.load(&format!("{STORED}.postgres.sql")),
            None => {
                std::fs::create_dir_all(&server.data).unwrap();
                std::fs::copy(format!("{STORED}.sqlite"), server.data.join("convivio.db")).unwrap();
            }
        }
        let owner = Caller::new(server.address.clone(), "/api/v1/organizers/circolo", None);
        TestApp { owner, server }
    }

    /// Starts it, with a new token of the club's.
    pub async fn start_first_schema(&mut self) {
        self.server.start().await;
        let created = self.run(&["token", "create", "--organizer", "circolo", "--role", "owner"]).await;
        let created: Value = serde_json::from_str(&created.stdout).unwrap_or_else(|_| panic!("{}", created.stderr));
        self.owner = self.owner.with_token(created["token"].as_str().expect("the token is printed"));
    }

    /// A server on the folder that `convivio demo` leaves behind.
    pub async fn after_the_demo() -> TestApp {
        let mut server = Server::new(Setup::default(), Database::Sqlite);
        let mut demo = server.convivio();
        demo.arg("demo").arg("--out").arg(&server.data);
        // It plays for longer than any other command takes.
        let played = tokio::task::spawn_blocking(move || demo.output().expect("the program starts")).await.unwrap();
        assert!(played.status.success(), "convivio demo: {}", String::from_utf8_lossy(&played.stderr));
        server.start().await;
        let owner = Caller::new(server.address.clone(), "/api/v1/organizers/portico", None);
        TestApp { owner, server }
    }

    /// A file in its folder.
    pub fn left_behind(&self, name: &str) -> String {
        std::fs::read_to_string(self.server.data.join(name)).unwrap_or_else(|err| panic!("{name}: {err}"))
    }

    /// The address of its database.
    pub fn database_url(&self) -> String {
        match &self.server.database {
            Some(database) => database.url(),
            None => format!("sqlite://{}", self.server.data.join("convivio.db").display()),
        }
    }

    /// Takes something away that the database protects us with, so that a test can show what it is good for.
    pub async fn change_database(&self, statements: &str) {
        let database = sea_orm::Database::connect(self.database_url()).await.expect("the database is there");
        for statement in statements.split(';') {
            sea_orm::ConnectionTrait::execute_unprepared(&database, statement).await.expect(statement);
        }
        database.close().await.expect("nobody else uses this connection");
    }

    /// Every row of every table as a line of text: what somebody reads who gets hold of the database.
    pub async fn dump(&self) -> String {
        use sea_orm::{ConnectionTrait, DbBackend, Statement};
        let database = sea_orm::Database::connect(self.database_url()).await.expect("the database is there");
        let backend = database.get_database_backend();
        let lines = async |statement: String| -> Vec<String> {
            let rows = database.query_all_raw(Statement::from_string(backend, statement.as_str())).await.expect(&statement);
            rows.iter().map(|row| row.try_get::<String>("", "line").expect("a line is text")).collect()
        };
        let tables = match backend {
            DbBackend::Postgres => "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'",
            _ => "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        };
        let mut dump = String::new();
        for table in lines(tables.to_owned()).await {
            let rows = if backend == DbBackend::Postgres {
                format!("SELECT row_to_json(t)::text AS line FROM \"{table}\" t")
            } else {
                let columns = lines(format!("SELECT 'quote(\"' || name || '\")' AS line FROM pragma_table_info('{table}')")).await;
                format!("SELECT {} AS line FROM \"{table}\"", columns.join(" || ' ' || "))
            };
            for row in lines(rows).await {
                dump.push_str(&format!("{table}: {row}\n"));
            }
        }
        database.close().await.expect("nobody else uses this connection");
        dump
    }

    /// How much memory the process holds, in KiB.
    pub fn resident_kib(&self) -> u64 {
        let process = self.server.process.as_ref().expect("it was started").id();
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the kernel says so");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// A command of it that is killed after this long.
    pub async fn run_and_kill(&self, arguments: &[&str], after: Duration) {
        let mut command = self.server.convivio();
        let mut process = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        tokio::time::sleep(after).await;
        process.kill().ok();
        process.wait().ok();
    }

    /// A second process on the same database, with a folder and a setup of its own, reached by the same owner.
    pub async fn another_instance(&self, setup: Setup) -> TestApp {
        let mut server = Server::on(setup, self.server.database.clone());
        server.start().await;
        let owner = self.owner.at(server.address.clone());
        TestApp { owner, server }
    }

    /// Somebody who works for the organizer, in this role.
    pub async fn as_role(&self, role: &str) -> Caller {
        let created = self.post("/tokens", json!({"role": role})).await.ok(201);
        self.owner.with_token(created["token"].as_str().expect("the token is shown once"))
    }

    /// The owner of another organizer on the same server.
    pub fn other_organizer(&self) -> Caller {
        let token = self.server.create_organizer("altrove", "owner@altrove.example");
        Caller::new(self.server.address.clone(), "/api/v1/organizers/altrove", Some(&token))
    }

    /// Anybody on the internet.
    pub fn public(&self) -> Caller {
        Caller::new(self.server.address.clone(), "/api/v1/public", None)
    }

    /// The attendee whose mail carried this token.
    pub fn me(&self, token: &str) -> Caller {
        Caller::new(self.server.address.clone(), "/api/v1/me", Some(token))
    }

    /// Somebody with a browser.
    pub fn visitor(&self) -> Caller {
        Caller::new(self.server.address.clone(), "", None)
    }

    pub fn organizer(&self) -> &'static str {
        ORGANIZER
    }

    /// `host:port`, for conversations below HTTP.
    pub fn address(&self) -> String {
        self.server.address.read().unwrap().trim_start_matches("http://").to_owned()
    }

    pub async fn now(&self) -> DateTime<Utc> {
        let clock = self.get("/api/v1/sandbox/clock").await.ok(200);
        when(clock["now"].as_str().expect("the clock says what time it is"))
    }

    pub async fn clock_to(&self, now: &str) {
        self.post("/api/v1/sandbox/clock", json!({"now": now})).await.done();
    }

    pub async fn clock_advance(&self, seconds: i64) {
        self.post("/api/v1/sandbox/clock", json!({"advance_seconds": seconds})).await.done();
    }

    /// Works all that is due.
    pub async fn run_due(&self) -> Value {
        self.post("/api/v1/sandbox/run_due", json!({})).await.ok(200)
    }

    /// Works what is due, again and again, until nothing is missing: retries and leases take real time.
    pub async fn run_due_until_none<T: Debug>(&self, missing: impl AsyncFn() -> Vec<T>) {
        let start = Instant::now();
        loop {
            self.run_due().await;
            let missing = missing().await;
            if missing.is_empty() {
                return;
            }
            assert!(start.elapsed() < 4 * PATIENCE, "still missing: {missing:?}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// Moves the clock and works all that is due then.
    pub async fn live_until(&self, now: &str) -> Value {
        self.clock_to(now).await;
        self.run_due().await
    }

    /// All mails written to files up to now.
    pub fn mails(&self) -> Mails {
        Mails::in_folder(&self.mail_folder())
    }

    pub fn mail_folder(&self) -> PathBuf {
        self.server.data.join("mail")
    }

    /// The mail that a person asked for and that comes by itself.
    pub async fn mail(&self, address: &str, kind: &str) -> Mail {
        eventually(&format!("a mail {kind} to {address}"), || self.mails().to(address).kind(kind).0.into_iter().next()).await
    }

    /// Waits for a job that was answered with 202, and gives it as it ended.
    pub async fn finished_job(&self, location: &str) -> Value {
        let start = Instant::now();
        loop {
            let job = self.get(location).await.ok(200);
            match job["state"].as_str() {
                Some("succeeded" | "failed" | "cancelled") => return job,
                Some("queued" | "running") => {}
                other => panic!("a job in the state {other:?}: {job}"),
            }
            assert!(start.elapsed() < 3 * PATIENCE, "the job does not end: {job}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends the process as a power cut would.
    pub fn kill(&mut self) {
        self.server.kill();
    }

    /// Starts the process again on the same data; callers made before follow it.
    pub async fn start_again(&mut self) {
        self.server.start().await;
    }

    /// The same, with another setup.
    pub async fn start_again_with(&mut self, setup: Setup) {
        self.server.kill();
        self.server.setup = setup;
        self.server.start().await;
    }

    /// Asks the process to end, as an orchestrator does, and waits until it has: how it ended.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.ended().await
    }

    /// Takes the process off the processor, as a machine that is put to sleep does.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let process = self.server.process.as_ref().expect("the server runs");
        let sent = Command::new("kill").args([format!("-{name}"), process.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal could not be sent");
    }

    /// Waits until the process has ended: how.
    pub async fn ended(&mut self) -> ExitStatus {
        let process = self.server.process.as_mut().expect("the server runs");
        let ended = eventually_within(2 * PATIENCE, "the end of the process", || process.try_wait().unwrap()).await;
        self.server.process = None;
        ended
    }

    /// Runs another command of the program, with the settings of this server.
    pub async fn run(&self, arguments: &[&str]) -> Ran {
        run(self.server.convivio(), arguments).await
    }

    /// The same, with this on its standard input.
    pub async fn run_fed(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("input");
        std::fs::write(&file, input).unwrap();
        let mut command = self.server.convivio();
        command.stdin(File::open(&file).unwrap());
        run(command, arguments).await
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        self.server.log()
    }
}

impl Deref for TestApp {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.owner
    }
}

/// What the clock on the wall shows, for servers outside the sandbox.
#[allow(clippy::disallowed_methods, reason = "no clock of an application is at hand")]
pub fn real_time() -> DateTime<Utc> {
    Utc::now()
}

/// Asks again until there is something to give.
pub async fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    eventually_within(PATIENCE, what, look).await
}

async fn eventually_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < patience, "{what}: not after {patience:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

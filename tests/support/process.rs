//! The program as a child process: a server with a database and a folder of its own, and commands that come to their end.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::database::{Database, PostgresDatabase};
use super::ready;
use super::server::PATIENCE;
use super::smtp::Sink;

/// What a server can be started with.
#[derive(Clone, Default)]
pub struct Setup {
    environment: Vec<(String, String)>,
    mail: Option<String>,
    pub(super) real_time: bool,
}

impl Setup {
    pub fn env(mut self, name: &str, value: &str) -> Setup {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without the sandbox, as everybody but tests and integrators runs it.
    pub fn in_real_time(mut self) -> Setup {
        self.real_time = true;
        self
    }

    pub fn relay(mut self, relay: &Sink) -> Setup {
        self.mail = Some(relay.url());
        self
    }
}

/// A command that came to its end.
pub struct Ran {
    pub succeeded: bool,
    /// What it told the system it ended with.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command in an empty folder, with nothing set but what is said here.
pub async fn run_with(environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    command.envs(environment.iter().copied());
    run(command, arguments).await
}

/// Reads the first bytes of what a command says, and then no more, as `head` does.
pub fn read_the_beginning_of(arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    let mut process = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut beginning = [0; 100];
    process.stdout.take().expect("it is piped").read_exact(&mut beginning).unwrap();
    let ended = process.wait_with_output().unwrap();
    Ran {
        succeeded: ended.status.success(),
        code: ended.status.code(),
        stdout: String::from_utf8_lossy(&beginning).into_owned(),
        stderr: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}

/// A command that does not end is ended, and fails the test. What it says is short and fits into a pipe.
pub(super) async fn run(mut command: Command, arguments: &[&str]) -> Ran {
    let mut process = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let start = Instant::now();
    while process.try_wait().unwrap().is_none() {
        if start.elapsed() > PATIENCE {
            process.kill().ok();
            panic!("convivio {arguments:?} does not end: {:?}", process.wait_with_output());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let output = process.wait_with_output().unwrap();
    Ran {
        succeeded: output.status.success(),
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The program with nobody's settings, in a folder where no settings file lies.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_convivio"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CONVIVIO_") {
            command.env_remove(name);
        }
    }
    command.env_remove("DATABASE_URL").current_dir(folder).stdin(Stdio::null());
    command
}

/// The process; when it is dropped the process ends first, then its database and its folder go.
pub(super) struct Server {
    pub(super) address: Arc<RwLock<String>>,
    pub(super) process: Option<Child>,
    pub(super) setup: Setup,
    /// Shared by the instances on it.
    pub(super) database: Option<Arc<PostgresDatabase>>,
    pub(super) data: PathBuf,
    log: Arc<Mutex<File>>,
    folder: TempDir,
}

impl Server {
    /// On a copy of the database that is ready: with the token of its organizer's owner.
    pub(super) fn ready(setup: Setup, database: Database) -> (Server, String) {
        match database {
            Database::Sqlite => {
                let server = Server::on(setup, None);
                let token = ready::on_sqlite(&server.data);
                (server, token)
            }
            Database::Postgres => {
                let (database, token) = ready::on_postgres();
                (Server::on(setup, Some(Arc::new(database))), token)
            }
        }
    }

    /// On an empty database.
    pub(super) fn new(setup: Setup, database: Database) -> Server {
        Server::on(setup, (database == Database::Postgres).then(|| Arc::new(PostgresDatabase::create())))
    }

    /// `None` is SQLite in the server's own folder.
    pub(super) fn on(setup: Setup, database: Option<Arc<PostgresDatabase>>) -> Server {
        let folder = tempfile::Builder::new().prefix("convivio-outside-").tempdir().unwrap();
        Server {
            address: Arc::default(),
            process: None,
            setup,
            database,
            data: folder.path().join("data"),
            log: Arc::new(Mutex::new(File::create(folder.path().join("log")).unwrap())),
            folder,
        }
    }

    /// The program with the settings of this server.
    pub(super) fn convivio(&self) -> Command {
        let mut command = program(self.folder.path());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database.url());
            command.env("CONVIVIO_SECRET", "a secret of the tests, long enough to be taken seriously");
        }
        command.env("CONVIVIO_DATA", &self.data);
        // Links must stay the same when the server comes back on another port.
        command.env("CONVIVIO_PUBLIC_URL", "http://convivio.test");
        // Nobody cuts the power in a test: the PostgreSQL server of the tests does not wait for the disk either.
        command.env("CONVIVIO_SQLITE_SYNCHRONOUS", "normal");
        // Preparing a test may be brisk.
        command.env("CONVIVIO_TOKEN_REQUESTS_PER_SECOND", "0");
        command.envs(self.setup.environment.iter().cloned());
        command
    }

    pub(super) fn create_organizer(&self, slug: &str, owner: &str) -> String {
        let output = self
            .convivio()
            .args(["organizer", "create", "--slug", slug, "--name", "Tavola", "--owner", owner])
            .output()
            .expect("the program starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "convivio organizer create: {complaint}");
        let created: Value = serde_json::from_slice(&output.stdout).expect("only JSON is on stdout");
        assert_eq!(created["organizer"], json!(slug));
        created["token"].as_str().expect("the token is printed").to_owned()
    }

    pub(super) async fn start(&mut self) {
        let mut command = self.convivio();
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        if !self.setup.real_time {
            command.arg("--sandbox");
        }
        if let Some(mail) = &self.setup.mail {
            command.args(["--mail", mail]);
        }
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let (found, mut address) = mpsc::unbounded_channel();
        listen(process.stdout.take().expect("stdout is piped"), self.log.clone(), found.clone());
        listen(process.stderr.take().expect("stderr is piped"), self.log.clone(), found);
        self.process = Some(process);
        // The channel closes when the process ends without having said where it listens.
        match tokio::time::timeout(3 * PATIENCE, address.recv()).await {
            Ok(Some(address)) => *self.address.write().unwrap() = address,
            _ => panic!("the server did not start:\n{}", self.log()),
        }
    }

    pub(super) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().ok();
            process.wait().ok();
        }
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("--- what the server said ---\n{}---", self.log());
        }
    }
}

/// Copies what the server says into its log, and tells where it listens.
fn listen(output: impl Read + Send + 'static, log: Arc<Mutex<File>>, found: mpsc::UnboundedSender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            writeln!(log.lock().unwrap(), "{line}").ok();
            if let Some((_, rest)) = line.split_once("listening on http://") {
                let address = rest.split_whitespace().next().unwrap_or_default();
                found.send(format!("http://{address}")).ok();
            }
        }
    });
}

//! What every handler and job has at hand.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context;
use convivio_db::{Database, Store};
use convivio_mail::{MailTarget, Outlet, SmtpConfig};
use tokio::sync::Notify;
use url::Url;

use crate::clock::Clock;
use crate::config::Config;
use crate::http::limits::Limits;
use crate::keys::{Keys, Purpose};
use crate::outbox::Outbox;

/// Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: Database,
    pub clock: Clock,
    pub keys: Keys,
    pub config: Arc<Config>,
    pub outbox: Arc<Outbox>,
    pub limits: Arc<Limits>,
    /// Rung when a mail or a job has been promised.
    pub work: Arc<Notify>,
    /// Rung once, when the process should end.
    pub stopping: tokio_util::sync::CancellationToken,
    /// The runtime of the background workers, on all processors. A handler's own has one thread, and what it spawns stays on it.
    pub workers: tokio::runtime::Handle,
    /// When the background worker last showed that it lives.
    worker_seen: Arc<Mutex<Instant>>,
    public_url: Arc<Url>,
}

impl App {
    /// Opens what the settings name: the data folder, the database, the key, the way for mail. `public_url` stands in every link. The clock is the
    /// database's where that is a sandbox.
    pub async fn open(config: Config, public_url: String) -> anyhow::Result<Self> {
        let public_url = Url::parse(&public_url).context("the public address")?;
        crate::config::make_data_folder(&config.data)?;
        let db = Database::open(&config.database).await?;
        let central = db.central();
        let clock = if config.sandbox { Clock::sandbox(&central).await? } else { Clock::kept(&central).await?.unwrap_or_else(Clock::real) };
        let keys = Keys::open(&config.data, config.secret.as_ref())?;
        let outlet = match &config.mail {
            MailTarget::File => Outlet::file(config.data.join("mail")),
            // Between two mails a connection is idle, and one for each that may be in flight is worth keeping.
            MailTarget::Smtp(smtp) => Outlet::smtp(SmtpConfig { idle_connections: config.mail_concurrency, ..smtp.clone() }),
        };
        let outbox = Outbox::new(outlet, &config);
        let limits = Limits::new(config.limits.clone());
        Ok(Self {
            db,
            clock,
            keys,
            config: Arc::new(config),
            outbox: Arc::new(outbox),
            limits: Arc::new(limits),
            work: Arc::new(Notify::new()),
            stopping: tokio_util::sync::CancellationToken::new(),
            workers: tokio::runtime::Handle::current(),
            worker_seen: Arc::new(Mutex::new(Instant::now())),
            public_url: Arc::new(public_url),
        })
    }

    /// The address people reach a page at; `path` begins with a slash.
    pub fn url(&self, path: &str) -> Url {
        below(&self.public_url, path)
    }

    pub fn attendee_link(&self, registration: &convivio_db::registration::Model) -> Url {
        self.url(&format!("/in/{}", self.attendee_token(registration)))
    }

    pub fn attendee_token(&self, registration: &convivio_db::registration::Model) -> String {
        self.keys.link(Purpose::Attendee, registration.id.0, registration.link_generation)
    }

    pub fn confirm_token(&self, registration: &convivio_db::registration::Model) -> String {
        self.keys.link(Purpose::Confirm, registration.id.0, registration.link_generation)
    }

    pub fn guide_token(&self, registration: &convivio_db::registration::Model) -> String {
        self.keys.link(Purpose::Guide, registration.id.0, registration.link_generation)
    }

    pub fn prompt_token(&self, prompt: &convivio_db::prompt::Model) -> String {
        self.keys.link(Purpose::Prompt, prompt.id.0, prompt.link_generation)
    }

    pub fn unsubscribe_token(&self, person: &convivio_db::person::Model) -> String {
        self.keys.link(Purpose::Unsubscribe, person.id.0, person.link_generation)
    }

    pub fn feed_link(&self, person: &convivio_db::person::Model) -> Url {
        self.url(&format!("/feeds/{}/prompts.ics", self.keys.link(Purpose::Feed, person.id.0, person.feed_generation)))
    }

    /// SQLite has one process; what an earlier one held when it died can be taken up at once.
    pub fn is_single_process(&self) -> bool {
        matches!(self.config.database.store, Store::Sqlite { .. })
    }

    /// Whether a protection was switched off for a test. Never in a release.
    pub fn fault(&self, name: &str) -> bool {
        cfg!(debug_assertions) && self.config.fault.as_deref() == Some(name)
    }

    /// The background worker says that it is at work.
    pub fn worker_lives(&self) {
        *self.worker_seen.lock().expect("nothing panics while it is held") = Instant::now();
    }

    /// How long ago it last said so.
    pub fn worker_silent_for(&self) -> Duration {
        self.worker_seen.lock().expect("nothing panics while it is held").elapsed()
    }

    pub fn ring(&self) {
        self.work.notify_one();
    }
}

/// What is at `path` of a server that may have a path of its own. Only the path is parsed: a mail has several links, and the rest is always the same.
fn below(server: &Url, path: &str) -> Url {
    let mut url = server.clone();
    url.set_path(&format!("{}{path}", server.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_the_public_address_and_a_path() {
        let servers = ["https://convivio.example", "http://127.0.0.1:8080", "http://[::1]:8080", "https://Example.org:443/è"];
        let paths = ["/", "/in/cva_AZAAAAAACcACAAAAAAAAABQ-_", "/feeds/AZ/prompts.ics", "/e/officina/tavoli-2026"];
        for server in servers {
            let parsed = Url::parse(server).expect("an address");
            for path in paths {
                assert_eq!(below(&parsed, path), Url::parse(&format!("{server}{path}")).expect("an address"));
            }
        }
    }
}

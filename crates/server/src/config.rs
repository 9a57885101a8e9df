//! Every setting, in one place: flag, environment variable, key of the settings file, meaning and default.
//!
//! A flag wins over the environment, the environment over the file, the file over the default. They are read once, in `main`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use convivio_db::{Store, Synchronous};
use convivio_domain::{EmailAddress, Line};
use convivio_mail::MailTarget;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::http::client::Network;
use crate::http::{limits, receiving, signed};

/// What can be said on the command line, in the environment or in the file. Nothing said is `None`.
#[derive(clap::Args, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// Settings file (TOML; the keys are the flags with underscores) (default: `data`/convivio.toml, if it is there)
    #[arg(long, env = "CONVIVIO_CONFIG", global = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Folder of the database file, the mails and the server key (default: ./convivio-data)
    #[arg(long, env = "CONVIVIO_DATA", global = true)]
    pub data: Option<PathBuf>,
    /// postgres://user:password@host/database; without it, a SQLite file in the data folder
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<SecretString>,
    /// Address and port to serve on; port 0 takes a free one (default: 127.0.0.1:8080)
    #[arg(long, env = "CONVIVIO_LISTEN", global = true)]
    pub listen: Option<SocketAddr>,
    /// Where mail goes: `file` (`data`/mail), smtp://host:port, with ?tls=required for STARTTLS, or smtps:// (default: file)
    #[arg(long, env = "CONVIVIO_MAIL", global = true, hide_env_values = true)]
    pub mail: Option<SecretString>,
    /// The address people reach this server at; it stands in every link (default: http:// and `listen`)
    #[arg(long, env = "CONVIVIO_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// A clock that stands still until it is moved over the API; for integrators and tests
    #[arg(long, env = "CONVIVIO_SANDBOX", global = true, num_args = 0..=1, default_missing_value = "true", value_parser = on_or_off)]
    pub sandbox: Option<bool>,
    /// Sender of every mail: `Name <address>` or an address (default: `Convivio <events@convivio.localhost>`)
    #[arg(long, env = "CONVIVIO_FROM", global = true)]
    pub from: Option<String>,
    /// Where answers go (default: the sender)
    #[arg(long, env = "CONVIVIO_REPLY_TO", global = true)]
    pub reply_to: Option<EmailAddress>,
    /// The server's key, 32 characters or more; required with PostgreSQL (default: a generated file in the data folder)
    #[arg(long, env = "CONVIVIO_SECRET", global = true, hide_env_values = true)]
    pub secret: Option<SecretString>,
    /// The secret that relays and mail providers sign bounces with: `whsec_` and Base64, or 24 characters or more (default: none, and none are taken)
    #[arg(long, env = "CONVIVIO_BOUNCE_SECRET", global = true, hide_env_values = true)]
    pub bounce_secret: Option<SecretString>,
    /// Log lines as `text` or `json` (default: text)
    #[arg(long, env = "CONVIVIO_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
    /// What is logged, in the syntax of tracing's EnvFilter (default: info)
    #[arg(long, env = "CONVIVIO_LOG", global = true)]
    pub log: Option<String>,
    /// SQLite: `full` survives a power cut, `normal` is faster and may lose the last commits in one (default: full)
    #[arg(long, env = "CONVIVIO_SQLITE_SYNCHRONOUS", global = true)]
    pub sqlite_synchronous: Option<Durability>,
    /// Connections to PostgreSQL (default: 8)
    #[arg(long, env = "CONVIVIO_DATABASE_POOL", global = true)]
    pub database_pool: Option<u32>,
    /// Mails being sent at the same time (default: 8)
    #[arg(long, env = "CONVIVIO_MAIL_CONCURRENCY", global = true)]
    pub mail_concurrency: Option<usize>,
    /// How long a worker may hold a mail or job without a sign of life, in seconds (default: 60)
    #[arg(long, env = "CONVIVIO_LEASE_SECONDS", global = true)]
    pub lease_seconds: Option<u32>,
    /// `off` lifts every limit; in sandbox mode `on` keeps those by address and e-mail too (default: on; in sandbox mode only those of tokens)
    #[arg(long, env = "CONVIVIO_LIMITS", global = true, num_args = 0..=1, default_missing_value = "true", value_parser = on_or_off)]
    pub limits: Option<bool>,
    /// What one address may write without a token, in a minute; a venue shares one. Here and below, 0 is no limit (default: 300)
    #[arg(long, env = "CONVIVIO_PUBLIC_WRITES_PER_MINUTE", global = true)]
    pub public_writes_per_minute: Option<u32>,
    /// How many tokens that open nothing one address may show in a minute (default: 100)
    #[arg(long, env = "CONVIVIO_WRONG_TOKENS_PER_MINUTE", global = true)]
    pub wrong_tokens_per_minute: Option<u32>,
    /// How often an e-mail address may be registered in an hour, over all instances (default: 5)
    #[arg(long, env = "CONVIVIO_REGISTRATIONS_PER_HOUR", global = true)]
    pub registrations_per_hour: Option<u32>,
    /// How often a sign-in link may be asked for at an e-mail address in an hour, over all instances (default: 10)
    #[arg(long, env = "CONVIVIO_SIGN_INS_PER_HOUR", global = true)]
    pub sign_ins_per_hour: Option<u32>,
    /// What one token may ask in a second (default: 100)
    #[arg(long, env = "CONVIVIO_TOKEN_REQUESTS_PER_SECOND", global = true)]
    pub token_requests_per_second: Option<u32>,
    /// The largest body of a request, in KiB (default: 256)
    #[arg(long, env = "CONVIVIO_LARGEST_BODY_KIB", global = true)]
    pub largest_body_kib: Option<u32>,
    /// The largest table to import, in KiB (default: 5120)
    #[arg(long, env = "CONVIVIO_LARGEST_IMPORT_KIB", global = true)]
    pub largest_import_kib: Option<u32>,
    /// How long a request may take to arrive, in seconds; its head no longer than 5 of them; by then who is too slow has been refused, and let go (default: 15)
    #[arg(long, env = "CONVIVIO_RECEIVE_SECONDS", global = true)]
    pub receive_seconds: Option<u32>,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or networks such as 10.0.0.0/8, with commas (default: none)
    #[arg(long, env = "CONVIVIO_TRUSTED_PROXIES", global = true)]
    pub trusted_proxies: Option<String>,
    /// The Bearer token that `/metrics` asks for, 16 characters or more (default: none, anybody may read them)
    #[arg(long, env = "CONVIVIO_METRICS_TOKEN", global = true, hide_env_values = true)]
    pub metrics_token: Option<SecretString>,
    /// Switches a protection off, so that a test can show what it is good for. Only in debug builds.
    #[cfg(debug_assertions)]
    #[arg(long, env = "CONVIVIO_FAULT", global = true, hide = true)]
    #[serde(skip)]
    pub fault: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    Full,
    Normal,
}

/// The settings in force.
#[derive(Clone)]
pub struct Config {
    pub data: PathBuf,
    pub database: convivio_db::Settings,
    pub listen: SocketAddr,
    pub mail: MailTarget,
    /// Without a slash at its end. `None` until the port is known.
    pub public_url: Option<String>,
    pub sandbox: bool,
    pub from_name: Line,
    pub from: EmailAddress,
    pub reply_to: Option<EmailAddress>,
    pub secret: Option<SecretString>,
    pub bounce_secret: Option<SecretString>,
    pub log_format: LogFormat,
    pub log: String,
    pub mail_concurrency: usize,
    pub lease_seconds: u32,
    pub limits: limits::Settings,
    pub receiving: receiving::Settings,
    pub metrics_token: Option<SecretString>,
    pub fault: Option<String>,
}

impl Config {
    pub fn read(said: Given) -> anyhow::Result<Self> {
        let data = said.data.unwrap_or_else(|| "convivio-data".into());
        let store = match &said.database_url {
            Some(url) => Store::Postgres { url: postgres_url(url)? },
            None => {
                let synchronous = match said.sqlite_synchronous.unwrap_or(Durability::Full) {
                    Durability::Full => Synchronous::Full,
                    Durability::Normal => Synchronous::Normal,
                };
                Store::Sqlite { file: data.join("convivio.db"), synchronous }
            }
        };
        let sandbox = said.sandbox.unwrap_or(false);
        let mail = MailTarget::parse(said.mail.as_ref().map_or("file", |mail| mail.expose_secret())).context("mail")?;
        if sandbox && !mail.is_loopback() {
            bail!("sandbox mode sends mail only to files or to a relay on this machine; see --mail");
        }
        if matches!(store, Store::Postgres { .. }) && said.secret.is_none() {
            bail!("with PostgreSQL every instance needs the same key: set CONVIVIO_SECRET to 32 characters or more");
        }
        if said.secret.as_ref().is_some_and(|secret| secret.expose_secret().len() < 32) {
            bail!("CONVIVIO_SECRET must have at least 32 characters");
        }
        if said.bounce_secret.as_ref().is_some_and(|secret| signed::key(secret.expose_secret()).is_none()) {
            bail!("CONVIVIO_BOUNCE_SECRET must be whsec_ and the Base64 of 24 bytes or more, or 24 characters or more");
        }
        let (from_name, from) = sender(said.from.as_deref().unwrap_or("Convivio <events@convivio.localhost>"))?;
        let lease_seconds = said.lease_seconds.unwrap_or(60);
        if lease_seconds < 2 {
            bail!("lease_seconds must be at least 2");
        }
        if said.metrics_token.as_ref().is_some_and(|token| token.expose_secret().len() < 16) {
            bail!("CONVIVIO_METRICS_TOKEN must have at least 16 characters");
        }
        let limits = limits::Settings {
            public_writes_per_minute: said.public_writes_per_minute.unwrap_or(300),
            wrong_tokens_per_minute: said.wrong_tokens_per_minute.unwrap_or(100),
            registrations_per_hour: said.registrations_per_hour.unwrap_or(5),
            sign_ins_per_hour: said.sign_ins_per_hour.unwrap_or(10),
            token_requests_per_second: said.token_requests_per_second.unwrap_or(100),
            trusted_proxies: Network::parse_all(said.trusted_proxies.as_deref().unwrap_or_default())?,
        };
        let limits = match said.limits {
            Some(false) => limits.none(),
            None if sandbox => limits.of_tokens_only(),
            _ => limits,
        };
        let receiving = receiving::Settings {
            largest_body_kib: said.largest_body_kib.unwrap_or(256),
            largest_import_kib: said.largest_import_kib.unwrap_or(5 * 1024),
            receive_seconds: said.receive_seconds.unwrap_or(15),
        };
        if receiving.largest_body_kib == 0 || receiving.largest_import_kib == 0 || receiving.receive_seconds < 3 {
            bail!("largest_body_kib and largest_import_kib must be at least 1, receive_seconds at least 3");
        }
        let public_url = said.public_url.map(|url| checked_public_url(&url)).transpose()?;
        Ok(Self {
            database: convivio_db::Settings { store, pool: said.database_pool.unwrap_or(8).max(1) },
            listen: said.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url,
            sandbox,
            from_name,
            from,
            reply_to: said.reply_to,
            secret: said.secret,
            bounce_secret: said.bounce_secret,
            log_format: said.log_format.unwrap_or(LogFormat::Text),
            log: said.log.unwrap_or_else(|| "info".to_owned()),
            mail_concurrency: said.mail_concurrency.unwrap_or(8).clamp(1, 256),
            lease_seconds,
            limits,
            receiving,
            metrics_token: said.metrics_token,
            #[cfg(debug_assertions)]
            fault: said.fault,
            #[cfg(not(debug_assertions))]
            fault: None,
            data,
            mail,
        })
    }

    /// What is in force, as JSON, with secrets masked.
    pub fn shown(&self) -> serde_json::Value {
        let database = match &self.database.store {
            Store::Sqlite { file, synchronous } => json!({"sqlite": file, "synchronous": format!("{synchronous:?}").to_lowercase()}),
            Store::Postgres { url } => json!({"postgres": masked(url), "pool": self.database.pool}),
        };
        json!({
            "data": self.data,
            "database": database,
            "listen": self.listen,
            "public_url": self.public_url,
            "mail": self.mail.to_string(),
            "sandbox": self.sandbox,
            "from": format!("{} <{}>", self.from_name, self.from),
            "reply_to": self.reply_to,
            "secret": if self.secret.is_some() { "set" } else { "a file in the data folder" },
            "bounce_secret": if self.bounce_secret.is_some() { "set" } else { "none" },
            "log": self.log,
            "log_format": format!("{:?}", self.log_format).to_lowercase(),
            "mail_concurrency": self.mail_concurrency,
            "lease_seconds": self.lease_seconds,
            "limits": self.limits,
            "receiving": self.receiving,
            "trusted_proxies": self.limits.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "metrics_token": if self.metrics_token.is_some() { "set" } else { "none" },
        })
    }
}

impl Given {
    /// With what the settings file says where neither the command line nor the environment does.
    pub fn with_file(self) -> anyhow::Result<Self> {
        let file = settings_file(&self)?;
        Ok(self.or(file))
    }

    /// What is said here, and where nothing is, what the other says.
    fn or(self, other: Self) -> Self {
        Self {
            config: self.config.or(other.config),
            data: self.data.or(other.data),
            database_url: self.database_url.or(other.database_url),
            listen: self.listen.or(other.listen),
            mail: self.mail.or(other.mail),
            public_url: self.public_url.or(other.public_url),
            sandbox: self.sandbox.or(other.sandbox),
            from: self.from.or(other.from),
            reply_to: self.reply_to.or(other.reply_to),
            secret: self.secret.or(other.secret),
            bounce_secret: self.bounce_secret.or(other.bounce_secret),
            log_format: self.log_format.or(other.log_format),
            log: self.log.or(other.log),
            sqlite_synchronous: self.sqlite_synchronous.or(other.sqlite_synchronous),
            database_pool: self.database_pool.or(other.database_pool),
            mail_concurrency: self.mail_concurrency.or(other.mail_concurrency),
            lease_seconds: self.lease_seconds.or(other.lease_seconds),
            limits: self.limits.or(other.limits),
            public_writes_per_minute: self.public_writes_per_minute.or(other.public_writes_per_minute),
            wrong_tokens_per_minute: self.wrong_tokens_per_minute.or(other.wrong_tokens_per_minute),
            registrations_per_hour: self.registrations_per_hour.or(other.registrations_per_hour),
            sign_ins_per_hour: self.sign_ins_per_hour.or(other.sign_ins_per_hour),
            token_requests_per_second: self.token_requests_per_second.or(other.token_requests_per_second),
            largest_body_kib: self.largest_body_kib.or(other.largest_body_kib),
            largest_import_kib: self.largest_import_kib.or(other.largest_import_kib),
            receive_seconds: self.receive_seconds.or(other.receive_seconds),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            metrics_token: self.metrics_token.or(other.metrics_token),
            #[cfg(debug_assertions)]
            fault: self.fault.or(other.fault),
        }
    }
}

fn settings_file(given: &Given) -> anyhow::Result<Given> {
    let default = || given.data.clone().unwrap_or_else(|| "convivio-data".into()).join("convivio.toml");
    let path = given.config.clone().unwrap_or_else(default);
    match std::fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).with_context(|| format!("{} is not a valid settings file", path.display())),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound && given.config.is_none() => Ok(Given::default()),
        Err(err) => Err(err).with_context(|| format!("{} cannot be read", path.display())),
    }
}

fn on_or_off(word: &str) -> Result<bool, String> {
    match word {
        "on" | "true" | "1" | "yes" => Ok(true),
        "off" | "false" | "0" | "no" | "" => Ok(false),
        _ => Err("must be on or off".to_owned()),
    }
}

fn postgres_url(url: &SecretString) -> anyhow::Result<String> {
    let url = url.expose_secret();
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(url.to_owned())
    } else {
        bail!("database_url must begin with postgres://; without it a SQLite file in the data folder is used")
    }
}

fn sender(text: &str) -> anyhow::Result<(Line, EmailAddress)> {
    let (name, address) = match text.split_once('<') {
        Some((name, rest)) => (name.trim().trim_matches('"'), rest.trim_end().trim_end_matches('>')),
        None => ("Convivio", text),
    };
    Ok((Line::parse(name).context("from: the name")?, EmailAddress::parse(address).context("from: the address")?))
}

fn checked_public_url(text: &str) -> anyhow::Result<String> {
    let url = url::Url::parse(text).context("public_url")?;
    if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
        bail!("public_url must be an http or https address without query");
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn masked(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut url) => {
            if url.password().is_some() && url.set_password(Some("***")).is_err() {
                return "***".to_owned();
            }
            url.to_string()
        }
        Err(_) => "***".to_owned(),
    }
}

/// Makes the data folder, readable for its owner alone.
pub fn make_data_folder(data: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .with_context(|| format!("the folder {} cannot be made", data.display()))
}

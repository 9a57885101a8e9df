//! Where mail goes, as an operator writes it.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use url::Url;

/// The setting: `file`, or the address of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailTarget {
    /// Into the mail folder of the data directory.
    File,
    Smtp(SmtpConfig),
}

/// A relay and how to speak to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub credentials: Option<Credentials>,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long the relay may take to answer one command.
    pub command_timeout: Duration,
    /// How many unused connections are kept.
    pub idle_connections: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// In the clear.
    None,
    /// STARTTLS, and no mail without it: `?tls=required`.
    Required,
    /// From the first byte: `smtps://`.
    Implicit,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub user: String,
    pub(crate) password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// Why a target was refused. It never repeats the address, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mail goes to `file`, `smtp://[user:password@]host:port[?tls=required]` or `smtps://…`, but {0}")]
pub struct InvalidTarget(&'static str);

impl MailTarget {
    pub fn parse(text: &str) -> Result<Self, InvalidTarget> {
        let text = text.trim();
        if text == "file" {
            return Ok(Self::File);
        }
        let url = Url::parse(text).map_err(|_| InvalidTarget("this is no address"))?;
        let mut tls = match url.scheme() {
            "smtp" => Tls::None,
            "smtps" => Tls::Implicit,
            _ => return Err(InvalidTarget("the scheme is neither smtp nor smtps")),
        };
        for (name, value) in url.query_pairs() {
            match (&*name, &*value, tls) {
                ("tls", "required", Tls::None | Tls::Required) => tls = Tls::Required,
                ("tls", "required", Tls::Implicit) => {}
                ("tls", ..) => return Err(InvalidTarget("tls can only be `required`")),
                _ => return Err(InvalidTarget("`tls` is the only option")),
            }
        }
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(InvalidTarget("there is something after the port"));
        }
        let host = match url.host_str() {
            None | Some("") => return Err(InvalidTarget("the host is missing")),
            // An IPv6 address stands in brackets, which are no part of it.
            Some(host) => host.trim_start_matches('[').trim_end_matches(']').to_owned(),
        };
        let credentials = credentials(&url)?;
        let config = SmtpConfig {
            port: url.port().unwrap_or(match (tls, &credentials) {
                (Tls::Implicit, _) => 465,
                (Tls::None, None) => 25,
                (Tls::Required, _) | (Tls::None, Some(_)) => 587,
            }),
            host,
            tls,
            credentials,
            connect_timeout: Duration::from_secs(10),
            command_timeout: Duration::from_secs(30),
            idle_connections: 8,
        };
        if config.credentials.is_some() && tls == Tls::None && !config.is_loopback() {
            return Err(InvalidTarget("a password would travel in the clear: add `?tls=required` or use `smtps`"));
        }
        Ok(Self::Smtp(config))
    }

    /// Whether no mail can leave this machine: into files, or to a relay of its own. What sandbox mode asks.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::File => true,
            Self::Smtp(config) => config.is_loopback(),
        }
    }
}

/// As in the settings, without what lets one in.
impl fmt::Display for MailTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Smtp(config) = self else { return f.write_str("file") };
        let scheme = if config.tls == Tls::Implicit { "smtps" } else { "smtp" };
        let user = config.credentials.as_ref().map(|credentials| format!("{}:***@", credentials.user)).unwrap_or_default();
        let tls = if config.tls == Tls::Required { "?tls=required" } else { "" };
        write!(f, "{scheme}://{user}{}:{}{tls}", config.host, config.port)
    }
}

impl SmtpConfig {
    fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, InvalidTarget> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) => Err(InvalidTarget("the user is missing before the password")),
        (_, None) => Err(InvalidTarget("the password is missing after the user")),
        (user, Some(password)) => Ok(Some(Credentials { user: decoded(user)?, password: decoded(password)? })),
    }
}

/// Undoes `%40` and the like. The `url` crate keeps userinfo encoded, and offers decoding only for the query, where `+` means a space.
fn decoded(text: &str) -> Result<String, InvalidTarget> {
    let whole = format!("v={}", text.replace('+', "%2B").replace('&', "%26"));
    let mut pairs = Url::parse("x:/").map_err(|_| InvalidTarget("this is no address"))?;
    pairs.set_query(Some(&whole));
    let value = pairs.query_pairs().next().map(|(_, value)| value.into_owned());
    value.filter(|value| !value.contains('\u{fffd}')).ok_or(InvalidTarget("user or password is not UTF-8"))
}

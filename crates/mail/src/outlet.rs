//! The way out: a folder or a relay.

use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::message::Envelope;
use crate::smtp::Relay;
use crate::target::SmtpConfig;

/// Where messages leave. One for the whole process; `send` may be called from many tasks at once.
#[derive(Debug)]
pub struct Outlet(Way);

#[derive(Debug)]
enum Way {
    File(PathBuf),
    Smtp(Relay),
}

/// Why a message did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct SendError {
    pub kind: Failure,
    /// The relay's reply code, such as 550.
    pub code: Option<u16>,
    /// Its enhanced code, such as "5.1.1".
    pub enhanced: Option<String>,
    /// In the relay's words or ours. It may name the reader: keep it out of logs.
    pub text: String,
}

/// What a failure means for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The relay wants this message later, or fell silent over it: whether it was taken is then unknown.
    Transient,
    /// The relay does not want this message.
    Permanent,
    /// The relay itself was out of reach, or said goodbye (421). It says nothing about the message and uses up no attempt.
    Connection,
}

impl Outlet {
    /// Each message becomes a file in `folder`, which is made when it is missing.
    pub fn file(folder: impl Into<PathBuf>) -> Self {
        Self(Way::File(folder.into()))
    }

    /// Each message goes to a relay, over connections that are kept.
    pub fn smtp(config: SmtpConfig) -> Self {
        Self(Way::Smtp(Relay::new(config)))
    }

    /// Sends the bytes [`build`](crate::build) made for `envelope`. `id` is the outbox row's.
    pub async fn send(&self, id: Uuid, envelope: &Envelope, message: &[u8]) -> Result<(), SendError> {
        match &self.0 {
            Way::File(folder) => {
                let name = format!("{}-{id}", envelope.date.format("%Y%m%dT%H%M%SZ"));
                write(folder, &name, message).await.map_err(|err| SendError::connection(format!("the mail folder: {err}")))
            }
            Way::Smtp(relay) => relay.send(envelope, message).await,
        }
    }

    /// Says goodbye on the connections kept. Sending afterwards makes new ones.
    pub async fn close(&self) {
        if let Way::Smtp(relay) = &self.0 {
            relay.close().await;
        }
    }
}

impl SendError {
    pub(crate) fn connection(text: impl Into<String>) -> Self {
        Self { kind: Failure::Connection, code: None, enhanced: None, text: text.into() }
    }

    /// Whether the relay says that the address cannot be written to (5.1.x): it should be suppressed.
    pub fn refuses_address(&self) -> bool {
        self.kind == Failure::Permanent && self.enhanced.as_deref().is_some_and(|code| code.starts_with("5.1."))
    }
}

/// Under another name first, so that whoever watches the folder never reads half a mail.
async fn write(folder: &Path, name: &str, message: &[u8]) -> io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let (unfinished, finished) = (folder.join(format!(".{name}.part")), folder.join(format!("{name}.eml")));
    tokio::fs::write(&unfinished, message).await?;
    tokio::fs::rename(&unfinished, &finished).await
}

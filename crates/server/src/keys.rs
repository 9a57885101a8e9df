//! Secrets: the server's key, the links derived from it, and the tokens of programs.
//!
//! A link's token is the id of the row it opens with an HMAC-SHA256 over purpose, id and generation, so that a dump of the database holds
//! nothing usable, and raising the row's generation revokes it. A program's token is random, and only its SHA-256 is kept.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

#[derive(Clone)]
pub struct Keys {
    key: std::sync::Arc<SecretBox<[u8; 32]>>,
}

/// What a link is for. A token of one purpose opens nothing of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A registration's e-mail confirmation.
    Confirm,
    /// An attendee's own pages, by registration; also the Bearer for `/api/v1/me`.
    Attendee,
    /// The sign-in of a member.
    Login,
    /// Stops follow-up; by person, and nothing else.
    Unsubscribe,
    /// One prompt.
    Prompt,
    /// A calendar of one's own, by person; to read, and nothing else.
    Feed,
    /// A guide to read, by registration, and that one has read it; nothing else, for people pass it on.
    Guide,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Attendee => "attendee",
            Self::Login => "login",
            Self::Unsubscribe => "unsubscribe",
            Self::Prompt => "prompt",
            Self::Feed => "feed",
            Self::Guide => "guide",
        }
    }
}

const ATTENDEE: &str = "cva_";
const STAFF: &str = "cvv_";

/// A link's token as it came in. It says which row to look at; only [`Keys::opens`] says whether it is genuine.
pub struct LinkToken {
    pub id: Uuid,
    mac: [u8; 32],
}

impl LinkToken {
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(ATTENDEE).unwrap_or(text)).ok()?;
        let (id, mac) = bytes.split_first_chunk::<16>()?;
        Some(Self { id: Uuid::from_bytes(*id), mac: mac.try_into().ok()? })
    }
}

impl Keys {
    /// The key from the settings, or from the file in the data folder, which is made at the first start.
    pub fn open(data: &Path, secret: Option<&SecretString>) -> anyhow::Result<Self> {
        let text = match secret {
            Some(secret) => secret.clone(),
            None => read_or_make(&data.join("server.key"))?,
        };
        let key: [u8; 32] = Sha256::digest(text.expose_secret().as_bytes()).into();
        Ok(Self { key: std::sync::Arc::new(SecretBox::new(Box::new(key))) })
    }

    pub fn link(&self, purpose: Purpose, id: Uuid, generation: i32) -> String {
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.mac(purpose, id, generation));
        let prefix = if purpose == Purpose::Attendee { ATTENDEE } else { "" };
        format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Whether the token was made for this purpose, row and generation.
    pub fn opens(&self, token: &LinkToken, purpose: Purpose, generation: i32) -> bool {
        self.mac(purpose, token.id, generation).ct_eq(&token.mac).into()
    }

    pub fn message_id(&self, id: Uuid, domain: &str) -> String {
        convivio_mail::message_id(self.key.expose_secret(), id, domain)
    }

    /// A name for something that need not be known again, such as an address that is counted: without the key it cannot be guessed at.
    pub fn digest(&self, what: &str, parts: &[impl AsRef<[u8]>]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose_secret()).expect("HMAC takes a key of any length");
        mac.update(what.as_bytes());
        for part in parts {
            // Said with their lengths, parts that are cut elsewhere are others.
            mac.update(&part.as_ref().len().to_be_bytes());
            mac.update(part.as_ref());
        }
        hex(&mac.finalize().into_bytes())
    }

    fn mac(&self, purpose: Purpose, id: Uuid, generation: i32) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose_secret()).expect("HMAC takes a key of any length");
        mac.update(purpose.word().as_bytes());
        mac.update(&[0]);
        mac.update(id.as_bytes());
        mac.update(&generation.to_be_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// A new token of a program or a signed-in member, and the hash to keep. The token itself is shown once.
pub fn new_staff_token() -> (String, String) {
    let secret: [u8; 32] = rand::random();
    let token = format!("{STAFF}{}", URL_SAFE_NO_PAD.encode(secret));
    let hash = hash_of(&token);
    (token, hash)
}

pub fn is_staff_token(token: &str) -> bool {
    token.starts_with(STAFF)
}

pub fn is_attendee_token(token: &str) -> bool {
    token.starts_with(ATTENDEE)
}

pub fn hash_of(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_or_make(path: &Path) -> anyhow::Result<SecretString> {
    let context = || format!("the server key {}", path.display());
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            let key: [u8; 32] = rand::random();
            let text = URL_SAFE_NO_PAD.encode(key);
            file.write_all(text.as_bytes()).with_context(context)?;
            file.sync_all().with_context(context)?;
            Ok(text.into())
        }
        Err(err) if err.kind() == std::io::ErrorKind::AlreadyExists => {
            let text = std::fs::read_to_string(path).with_context(context)?;
            anyhow::ensure!(text.len() >= 32, "the server key {} is damaged", path.display());
            Ok(text.into())
        }
        Err(err) => Err(err).with_context(context),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_only_what_it_was_made_for() {
        let keys = Keys::open(Path::new("."), Some(&"a secret of at least thirty-two characters".to_owned().into())).expect("a key");
        let id = Uuid::now_v7();
        let token = LinkToken::parse(&keys.link(Purpose::Confirm, id, 0)).expect("a token");
        assert_eq!(token.id, id);
        assert!(keys.opens(&token, Purpose::Confirm, 0));
        assert!(!keys.opens(&token, Purpose::Attendee, 0), "another purpose");
        assert!(!keys.opens(&token, Purpose::Confirm, 1), "revoked");
        let other = LinkToken { id: Uuid::now_v7(), mac: token.mac };
        assert!(!keys.opens(&other, Purpose::Confirm, 0), "another row");
    }

    #[test]
    fn the_key_file_is_kept_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let id = Uuid::now_v7();
        let first = Keys::open(folder.path(), None).expect("made").link(Purpose::Login, id, 0);
        assert_eq!(Keys::open(folder.path(), None).expect("read").link(Purpose::Login, id, 0), first);
        let mode = std::fs::metadata(folder.path().join("server.key")).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

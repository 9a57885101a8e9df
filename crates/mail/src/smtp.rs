//! Sending to a relay over kept connections.
//!
//! lettre speaks the protocol; the streams are ours, because lettre's own leave Nagle's algorithm on, and together with the delayed
//! acknowledgement that costs 40 ms a mail (measured: 23 mails a second on a connection instead of 2,000). So are the commands, because
//! lettre's `send` hangs up after every refusal, and a list with a few dead addresses would then connect anew for each of them.
//!
//! A relay that allows it hears the sender, the reader and that a message comes in one go (RFC 2920): two round trips a mail instead of four. One that
//! takes a message by its length (RFC 3030) hears that in the same go: one round trip.

mod stream;

use std::error::Error as _;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Ehlo, Noop, Quit, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use crate::dots::{dotted, with_whole_line_ends};
use crate::message::Envelope;
use crate::outlet::{Failure, SendError};
use crate::target::{SmtpConfig, Tls};

/// A connection used this recently is taken to be alive; an older one is asked first.
const FRESH: Duration = Duration::from_secs(5);
/// So long after a connection was lost without a word, new ones are not told everything at once.
const WARY: Duration = Duration::from_secs(600);

pub(crate) struct Relay {
    config: SmtpConfig,
    /// Last in, first out: the ones that are needed stay warm and the others grow old.
    idle: Mutex<Vec<Idle>>,
    /// When a connection was last lost without a word while a message was on its way.
    lost_at: Mutex<Option<Instant>>,
}

struct Idle {
    line: Line,
    since: Instant,
}

/// A connection on which the relay knows who we are.
struct Line {
    connection: AsyncSmtpConnection,
    allows: Allows,
    /// An answer is outstanding that nobody will read, and what is said next would get it; or the relay waits for a message there is not.
    out_of_step: bool,
}

/// How much the relay takes before it answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Allows {
    /// A command.
    One,
    /// All commands of a mail ("PIPELINING").
    Several,
    /// And the message with them ("CHUNKING").
    All,
}

/// A mail in words the relay can be told.
struct Told<'a> {
    from: &'a str,
    to: &'a str,
    message: &'a str,
}

/// Why the relay did not take a mail.
struct Untaken {
    error: SendError,
    /// It has nothing of the message, and does not wait for it: the mail may be told anew at once.
    unheard: bool,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Relay {
    pub(crate) fn new(config: SmtpConfig) -> Self {
        Self { config, idle: Mutex::default(), lost_at: Mutex::default() }
    }

    pub(crate) async fn send(&self, envelope: &Envelope, message: &[u8]) -> Result<(), SendError> {
        let (from, to) = (envelope.from.address.as_str(), envelope.to.as_str());
        let text = std::str::from_utf8(message).ok();
        let Some(message) = text.filter(|_| can_be_told(from) && can_be_told(to)) else {
            return Err(SendError {
                kind: Failure::Permanent,
                code: None,
                enhanced: None,
                text: "an address or a message the relay cannot be told".into(),
            });
        };
        let told = Told { from, to, message };
        if let Some(kept) = self.kept().await {
            match self.send_on(kept, &told).await {
                // The relay hung up meanwhile, or takes only so many mails on a connection.
                Err(untaken) if untaken.unheard && untaken.error.kind == Failure::Connection => {}
                answered => return answered.map_err(|untaken| untaken.error),
            }
        }
        let mut new = connect(&self.config).await?;
        // Told who writes to whom first, a relay that hangs up or falls silent at that has none of the message.
        if new.allows == Allows::All && lock(&self.lost_at).is_some_and(|at| at.elapsed() < WARY) {
            new.allows = Allows::Several;
        }
        self.send_on(new, &told).await.map_err(|untaken| untaken.error)
    }

    /// The connection is out of the pool while it is used: when this future is dropped half-way, the connection goes with it.
    async fn send_on(&self, mut line: Line, told: &Told<'_>) -> Result<(), Untaken> {
        let answered = match line.allows {
            Allows::All => self.tell_at_once(&mut line, told).await,
            Allows::One | Allows::Several => self.tell(&mut line, told).await,
        };
        let serves_the_next = match &answered {
            Ok(()) => true,
            Err(untaken) if untaken.error.kind == Failure::Connection || line.out_of_step => false,
            // What it refused is over.
            Err(_) => self.command(&mut line, Rset).await.is_ok(),
        };
        if serves_the_next {
            self.keep(line);
        }
        answered
    }

    /// Who writes to whom, and when the relay has agreed, the message, with its end in one write.
    async fn tell(&self, line: &mut Line, told: &Told<'_>) -> Result<(), Untaken> {
        let announcement = format!("MAIL FROM:<{}>\r\nRCPT TO:<{}>\r\nDATA\r\n", told.from, told.to);
        self.announce(line, &announcement).await.map_err(Untaken::unheard)?;
        let answer = self.command(line, dotted(told.message)).await;
        line.out_of_step = is_lost(&answer);
        answer.map_err(Untaken::heard)
    }

    /// Everything there is to tell. Each of the three is answered, whatever is said to the others, and what counts is the first refusal.
    async fn tell_at_once(&self, line: &mut Line, told: &Told<'_>) -> Result<(), Untaken> {
        let message = with_whole_line_ends(told.message);
        let all = format!("MAIL FROM:<{}>\r\nRCPT TO:<{}>\r\nBDAT {} LAST\r\n{message}", told.from, told.to, message.len());
        line.out_of_step = true;
        // A relay may look through the message before it answers anything.
        let answer = answered_within(3 * self.config.command_timeout, line.connection.command(all)).await;
        let sender = answer.map(|_| ());
        if is_lost(&sender) {
            if sender.as_ref().is_err_and(|err| err.code.is_none()) {
                *lock(&self.lost_at) = Some(Instant::now());
            }
            return sender.map_err(Untaken::perhaps_heard);
        }
        let reader = self.answer(line).await;
        if is_lost(&reader) {
            return sender.map_err(Untaken::unheard).and(reader.map_err(Untaken::perhaps_heard));
        }
        let taken = self.answer(line).await;
        line.out_of_step = is_lost(&taken);
        // Who agrees to the reader and takes the message has it for them, whatever was said to the sender.
        if reader.is_ok() && taken.is_ok() {
            return Ok(());
        }
        sender.and(reader).map_err(Untaken::unheard).and(taken.map_err(Untaken::heard))
    }

    /// Says MAIL, RCPT and DATA. What it fails with is the first refusal; those after it only follow from it.
    async fn announce(&self, line: &mut Line, announcement: &str) -> Result<(), SendError> {
        if line.allows == Allows::One {
            for command in announcement.split_inclusive('\n') {
                self.command(line, command).await?;
            }
            return Ok(());
        }
        // Each of the three is answered, whatever is said to the others.
        line.out_of_step = true;
        let sender = self.command(line, announcement).await;
        if is_lost(&sender) {
            return sender;
        }
        let reader = self.answer(line).await;
        if is_lost(&reader) {
            return sender.and(reader);
        }
        let mut data = self.answer(line).await;
        let has_reader = reader.is_ok();
        let agreed = sender.and(reader);
        if agreed.is_err() && data.is_ok() {
            // A reader who was agreed to all the same would get an empty mail. Hung up on, the relay has none for them.
            if has_reader {
                return agreed;
            }
            // The relay waits for a message to nobody. A lone dot ends it (RFC 2920, 3.1), and whatever is said to that changes nothing.
            data = self.command(line, ".\r\n").await;
        }
        line.out_of_step = is_lost(&data);
        agreed.and(data)
    }

    /// The connection used last, if it still answers.
    async fn kept(&self) -> Option<Line> {
        loop {
            let Idle { mut line, since } = self.idle().pop()?;
            if since.elapsed() < FRESH || self.command(&mut line, Noop).await.is_ok() {
                return Some(line);
            }
        }
    }

    fn keep(&self, line: Line) {
        let mut idle = self.idle();
        if idle.len() < self.config.idle_connections {
            idle.push(Idle { line, since: Instant::now() });
        }
    }

    pub(crate) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for mut one in idle {
            // The answer to a goodbye changes nothing.
            let _ = timeout(Duration::from_secs(1), one.line.connection.command(Quit)).await;
        }
    }

    async fn command(&self, line: &mut Line, command: impl fmt::Display) -> Result<(), SendError> {
        self.within(line.connection.command(command)).await
    }

    /// The answer to something said before.
    async fn answer(&self, line: &mut Line) -> Result<(), SendError> {
        self.within(line.connection.read_response()).await
    }

    async fn within(&self, answer: impl Future<Output = Result<Response, smtp::Error>>) -> Result<(), SendError> {
        answered_within(self.config.command_timeout, answer).await.map(|_| ())
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        lock(&self.idle)
    }
}

/// Nothing that holds one of these locks can leave what is behind it half changed.
fn lock<T>(behind: &Mutex<T>) -> MutexGuard<'_, T> {
    behind.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An address ends where its bracket does, and a command where its line does.
fn can_be_told(address: &str) -> bool {
    address.contains('@') && address.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'))
}

/// Nothing more will be heard on that connection.
fn is_lost(answer: &Result<(), SendError>) -> bool {
    answer.as_ref().is_err_and(|err| err.kind == Failure::Connection)
}

async fn connect(config: &SmtpConfig) -> Result<Line, SendError> {
    let hello = ClientId::default();
    let stream = timeout(config.connect_timeout, stream::open(config)).await;
    let stream = stream.map_err(|_| SendError::connection("the relay did not take the connection in time"))?;
    let stream = stream.map_err(|err| SendError::connection(format!("the relay could not be reached: {err}")))?;
    let greeted = AsyncSmtpConnection::connect_with_transport(stream, &hello);
    let mut connection = answered_within(config.command_timeout, greeted).await.map_err(about_us)?;
    if config.tls == Tls::Required {
        let parameters = TlsParameters::new(config.host.clone()).map_err(|err| SendError::connection(err.to_string()))?;
        answered_within(config.command_timeout, connection.starttls(parameters, &hello)).await.map_err(about_us)?;
    }
    if let Some(credentials) = &config.credentials {
        let credentials = Credentials::new(credentials.user.clone(), credentials.password.clone());
        let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
        answered_within(config.command_timeout, login).await.map_err(about_us)?;
    }
    // lettre has asked already, and keeps of the answer only what it can make use of itself.
    let allows = match answered_within(config.command_timeout, connection.command(Ehlo::new(hello))).await {
        Ok(allowed) => {
            let says = |keyword: &str| allowed.message().any(|line| line.trim().eq_ignore_ascii_case(keyword));
            match (says("PIPELINING"), says("CHUNKING")) {
                (true, true) => Allows::All,
                (true, false) => Allows::Several,
                (false, _) => Allows::One,
            }
        }
        // One that does not like to be asked again is told one thing after the other.
        Err(refusal) if refusal.kind != Failure::Connection => Allows::One,
        Err(err) => return Err(err),
    };
    Ok(Line { connection, allows, out_of_step: false })
}

impl Untaken {
    fn unheard(error: SendError) -> Self {
        Self { error, unheard: true }
    }

    /// Lost or silent after the message: it says nothing about the relay, which may have choked on this very mail.
    fn heard(error: SendError) -> Self {
        let is_silent = error.kind == Failure::Connection && error.code.is_none();
        let kind = if is_silent { Failure::Transient } else { error.kind };
        Self { error: SendError { kind, ..error }, unheard: false }
    }

    /// Lost while the message was on its way: a relay that says goodbye has none of it, of one that says nothing nobody knows.
    fn perhaps_heard(error: SendError) -> Self {
        if error.code.is_some() { Self::unheard(error) } else { Self::heard(error) }
    }
}

/// A refusal before any mail was named is about us or the relay, never about the mail.
fn about_us(refusal: SendError) -> SendError {
    SendError { kind: Failure::Connection, ..refusal }
}

async fn answered_within<T>(limit: Duration, answer: impl Future<Output = Result<T, smtp::Error>>) -> Result<T, SendError> {
    match timeout(limit, answer).await {
        Ok(answer) => answer.map_err(|err| meaning(&err)),
        Err(_) => Err(SendError::connection("the relay did not answer in time")),
    }
}

fn meaning(err: &smtp::Error) -> SendError {
    let text = err.source().map_or_else(|| err.to_string(), ToString::to_string);
    let Some(code) = err.status().map(u16::from) else {
        return SendError::connection(text);
    };
    let kind = match code {
        421 => Failure::Connection,
        400..500 => Failure::Transient,
        _ => Failure::Permanent,
    };
    SendError { kind, code: Some(code), enhanced: enhanced_code(&text), text }
}

/// "5.1.1" of "5.1.1 No such mailbox" (RFC 3463).
fn enhanced_code(text: &str) -> Option<String> {
    let first = text.split_whitespace().next()?;
    let parts: Vec<&str> = first.split('.').collect();
    let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let is_code = parts.len() == 3 && matches!(parts[0], "2" | "4" | "5") && parts.iter().all(number);
    is_code.then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enhanced_code_is_told_from_words() {
        assert_eq!(enhanced_code("5.1.1 No such mailbox").as_deref(), Some("5.1.1"));
        assert_eq!(enhanced_code("4.7.12\nslow down").as_deref(), Some("4.7.12"));
        for text in ["", "No such mailbox", "10.0.0.1 is listed", "5.1", "5.1.1.1 x", "5..1 x"] {
            assert_eq!(enhanced_code(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_that_would_be_a_command_is_told_to_nobody() {
        assert!(can_be_told("ada+supper@example.org"));
        for address in ["", "ada", "a@b.org>\r\nRCPT TO:<c@d.org", "a@b.org\r", "a@b.org\n", "a@b.org> SIZE=1", "a b@c.org", "à@b.org"] {
            assert!(!can_be_told(address), "{address:?}");
        }
    }
}

//! A relay that says what a test wants it to, and what it has heard.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use convivio_mail::{Outlet, SmtpConfig};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::config;

/// A relay whose first connection takes several commands at once, and soon counts as silent.
pub(crate) async fn pipelining(replies: &[(&str, &str)]) -> (Relay, Outlet) {
    allowing("250-relay\r\n250-Pipelining\r\n250 8BITMIME", replies).await
}

/// The same, and it takes messages by their length.
pub(crate) async fn chunking(replies: &[(&str, &str)]) -> (Relay, Outlet) {
    allowing("250-relay\r\n250-Chunking\r\n250 PIPELINING", replies).await
}

async fn allowing(keywords: &str, replies: &[(&str, &str)]) -> (Relay, Outlet) {
    let allows = ("EHLO", keywords);
    let relay = Relay::start(&[[allows, allows].as_slice(), replies].concat()).await;
    let outlet = Outlet::smtp(SmtpConfig { command_timeout: Duration::from_millis(500), ..relay.config() });
    (relay, outlet)
}

/// A relay in a task: it says yes to everything that comes in its order, but for the replies prepared.
pub(crate) struct Relay {
    pub(crate) port: u16,
    pub(crate) seen: Arc<Mutex<Seen>>,
}

#[derive(Clone, Default)]
pub(crate) struct Seen {
    pub(crate) connections: usize,
    pub(crate) commands: Vec<String>,
    /// The verbs of those that were there before the one before was answered.
    pub(crate) ahead: Vec<String>,
    pub(crate) messages: Vec<String>,
    /// How often there was nothing before the dot.
    pub(crate) empty_messages: usize,
    /// What to say instead of yes: at which command (`greeting`, `.` for the end of the message), and the reply, `silence` or `hang up`.
    pub(crate) replies: VecDeque<(String, String)>,
}

impl Relay {
    pub(crate) async fn start(replies: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let replies = replies.iter().map(|(at, reply)| ((*at).to_owned(), (*reply).to_owned())).collect();
        let seen = Arc::new(Mutex::new(Seen { replies, ..Seen::default() }));
        let shared = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { port, seen }
    }

    pub(crate) fn config(&self) -> SmtpConfig {
        config(self.port)
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
}

impl Seen {
    /// The verbs of all commands.
    pub(crate) fn said(&self) -> Vec<&str> {
        self.commands.iter().map(|command| verb(command)).collect()
    }
}

fn verb(command: &str) -> &str {
    command.split([' ', ':', '\r']).next().unwrap_or_default()
}

async fn serve(stream: TcpStream, seen: Arc<Mutex<Seen>>) -> std::io::Result<()> {
    // Answers to what came together are written one by one, and none shall wait for the last to be acknowledged.
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut next = "greeting".to_owned();
    let (mut has_sender, mut has_reader) = (false, false);
    let mut told_by_length = Vec::new();
    loop {
        let usual = match next.as_str() {
            "greeting" => "220 relay",
            "EHLO" => "250-relay\r\n250 AUTH PLAIN LOGIN",
            "AUTH" => "235 in",
            "RCPT" if !has_sender => "503 5.5.1 MAIL first",
            "DATA" | "BDAT" if !has_reader => "503 5.5.1 RCPT first",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let prepared = {
            let mut seen = seen.lock().unwrap();
            let is_next = seen.replies.front().is_some_and(|(at, _)| *at == next);
            if is_next { seen.replies.pop_front().map(|(_, reply)| reply) } else { None }
        };
        let reply = prepared.unwrap_or_else(|| usual.to_owned());
        match reply.as_str() {
            "silence" => std::future::pending().await,
            "hang up" => return Ok(()),
            reply => write.write_all(format!("{reply}\r\n").as_bytes()).await?,
        }
        if next == "QUIT" || reply.starts_with("421") {
            return Ok(());
        }
        if next == "BDAT" && reply.starts_with('2') {
            seen.lock().unwrap().messages.push(String::from_utf8(std::mem::take(&mut told_by_length)).unwrap());
        }
        match next.as_str() {
            "MAIL" => (has_sender, has_reader) = (reply.starts_with('2'), false),
            "RCPT" => has_reader = reply.starts_with('2'),
            "RSET" | "." | "BDAT" => (has_sender, has_reader) = (false, false),
            _ => {}
        }
        if next == "DATA" && reply.starts_with("354") {
            let mut message = String::new();
            loop {
                let mut line = String::new();
                if read.read_line(&mut line).await? == 0 {
                    return Ok(());
                }
                if line == ".\r\n" {
                    break;
                }
                message.push_str(line.strip_prefix('.').unwrap_or(&line));
            }
            next = ".".to_owned();
            let mut seen = seen.lock().unwrap();
            if message.is_empty() {
                seen.empty_messages += 1;
            } else if seen.replies.front().is_none_or(|(at, _)| at != ".") {
                seen.messages.push(message);
            }
            continue;
        }
        let is_ahead = !read.buffer().is_empty();
        let mut command = String::new();
        if read.read_line(&mut command).await? == 0 {
            return Ok(());
        }
        next = verb(&command).to_owned();
        if let Some(length) = command.strip_prefix("BDAT ").and_then(|rest| rest.trim_end().strip_suffix(" LAST")) {
            told_by_length.resize(length.parse().unwrap(), 0);
            // Whatever is said to it, it is not taken for commands.
            read.read_exact(&mut told_by_length).await?;
        }
        let mut seen = seen.lock().unwrap();
        seen.commands.push(command.trim_end().to_owned());
        if is_ahead {
            seen.ahead.push(next.clone());
        }
    }
}

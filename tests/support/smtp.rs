//! An SMTP server that keeps everything it is given, and misbehaves when asked to.
//!
//! It holds a real conversation on a thread of its own, so a test that blocks does not stop it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::mailbox::Mails;

pub struct Sink {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _stop: oneshot::Sender<()>,
}

/// One mail, as it came over the wire.
#[derive(Clone, Debug)]
pub struct Received {
    pub at: Instant,
    pub recipient: String,
    pub data: Vec<u8>,
}

/// What is said to a recipient.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    Accept,
    /// Try again: 450.
    Later,
    /// Never: 550 5.1.1.
    Never,
}

type Judge = Box<dyn Fn(&str, usize) -> Reply + Send>;

#[derive(Default)]
struct State {
    received: Vec<Received>,
    put_off: Vec<Received>,
    mails_to_put_off: usize,
    tries: HashMap<String, usize>,
    tried_at: Vec<(String, Instant)>,
    judge: Option<Judge>,
    down: bool,
    latency: Duration,
    acknowledgements_to_lose: usize,
    answers_to_withhold: usize,
    mails_a_connection: Option<usize>,
    takes_one_command_at_a_time: bool,
}

impl Sink {
    pub async fn start() -> Sink {
        let state = Arc::new(Mutex::new(State::default()));
        let (stop, stopped) = oneshot::channel();
        let (tell_address, address) = oneshot::channel();
        let shared = state.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell_address.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    () = welcome(listener, shared) => {}
                    _ = stopped => {}
                }
            });
        });
        Sink { address: address.await.expect("the sink listens"), state, _stop: stop }
    }

    /// What `convivio serve --mail` takes.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn received(&self) -> Vec<Received> {
        self.state().received.clone()
    }

    /// How many mails were kept, for who must know at once.
    pub fn count(&self) -> usize {
        self.state().received.len()
    }

    /// The mails that were kept, parsed.
    pub fn mails(&self) -> Mails {
        Mails::received(&self.received())
    }

    /// The mails that were read to the end and then put off with a 451.
    pub fn mails_put_off(&self) -> Mails {
        Mails::received(&self.state().put_off)
    }

    /// The next mails are read to the end and answered with 451.
    pub fn put_off(&self, mails: usize) {
        self.state().mails_to_put_off = mails;
    }

    /// How often a recipient was named, accepted or not, and when.
    pub fn tries(&self, recipient: &str) -> Vec<Instant> {
        self.state().tried_at.iter().filter(|(who, _)| who == recipient).map(|(_, when)| *when).collect()
    }

    /// From now on every recipient is judged: by address, and by how often it was named (from 1).
    pub fn judge(&self, judge: impl Fn(&str, usize) -> Reply + Send + 'static) {
        self.state().judge = Some(Box::new(judge));
    }

    /// New connections are closed at once, open ones at their next word.
    pub fn go_down(&self) {
        self.state().down = true;
    }

    pub fn come_back(&self) {
        self.state().down = false;
    }

    /// Every mail is answered this much later.
    pub fn answer_after(&self, latency: Duration) {
        self.state().latency = latency;
    }

    /// The next mails are kept, but the connection closes before the 250.
    pub fn lose_acknowledgements(&self, mails: usize) {
        self.state().acknowledgements_to_lose = mails;
    }

    /// The next mails get no answer at all.
    pub fn hang(&self, mails: usize) {
        self.state().answers_to_withhold = mails;
    }

    /// It no longer says that it takes several commands at once (RFC 2920).
    pub fn take_one_command_at_a_time(&self) {
        self.state().takes_one_command_at_a_time = true;
    }

    /// 421 once a connection has carried this many.
    pub fn limit_mails_a_connection(&self, mails: usize) {
        self.state().mails_a_connection = Some(mails);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

async fn welcome(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        if state.lock().unwrap().down {
            continue;
        }
        let state = state.clone();
        // A client that vanishes in mid sentence is nothing to report.
        tokio::spawn(async move { converse(stream, state).await.ok() });
    }
}

async fn converse(stream: TcpStream, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    // Answers to what came together are written one by one, and none shall wait for the last to be acknowledged.
    stream.set_nodelay(true)?;
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let mut recipients: Vec<String> = Vec::new();
    let mut carried = 0;
    writer.write_all(b"220 sink.test ESMTP\r\n").await?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).await? == 0 || state.lock().unwrap().down {
            return Ok(());
        }
        let words = line.trim_end();
        let verb = words.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => {
                let one_at_a_time = state.lock().unwrap().takes_one_command_at_a_time;
                if one_at_a_time { "250-sink.test\r\n250 8BITMIME" } else { "250-sink.test\r\n250-PIPELINING\r\n250 8BITMIME" }
            }
            "HELO" | "RSET" | "NOOP" => {
                recipients.clear();
                "250 fine"
            }
            "MAIL" => {
                recipients.clear();
                let limit = state.lock().unwrap().mails_a_connection;
                if limit.is_some_and(|limit| carried >= limit) {
                    writer.write_all(b"421 4.7.0 enough for this connection\r\n").await?;
                    return Ok(());
                }
                "250 go on"
            }
            "RCPT" => {
                let recipient = address_in(words);
                match state.lock().unwrap().judged(&recipient) {
                    Reply::Accept => {
                        recipients.push(recipient);
                        "250 known"
                    }
                    Reply::Later => "450 4.2.0 come back later",
                    Reply::Never => "550 5.1.1 nobody of that name",
                }
            }
            "DATA" if recipients.is_empty() => "503 to whom?",
            "DATA" => {
                writer.write_all(b"354 go ahead, end with a dot\r\n").await?;
                let Some(data) = read_mail(&mut reader).await? else {
                    return Ok(());
                };
                let latency = state.lock().unwrap().latency;
                tokio::time::sleep(latency).await;
                carried += 1;
                match state.lock().unwrap().keep(&mut recipients, data) {
                    Fate::Acknowledged => "250 kept",
                    Fate::PutOff => "451 4.3.0 come back later",
                    Fate::AcknowledgementLost => return Ok(()),
                    Fate::NoAnswer => "",
                }
            }
            "QUIT" => {
                writer.write_all(b"221 goodbye\r\n").await?;
                return Ok(());
            }
            _ => "502 not here",
        };
        if answer.is_empty() {
            // The client decides how long it waits.
            reader.read_line(&mut String::new()).await?;
            return Ok(());
        }
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

enum Fate {
    Acknowledged,
    PutOff,
    AcknowledgementLost,
    NoAnswer,
}

impl State {
    fn judged(&mut self, recipient: &str) -> Reply {
        self.tried_at.push((recipient.to_owned(), Instant::now()));
        let tries = self.tries.entry(recipient.to_owned()).or_default();
        *tries += 1;
        self.judge.as_ref().map_or(Reply::Accept, |judge| judge(recipient, *tries))
    }

    fn keep(&mut self, recipients: &mut Vec<String>, data: Vec<u8>) -> Fate {
        if self.down {
            return Fate::AcknowledgementLost;
        }
        if self.answers_to_withhold > 0 {
            self.answers_to_withhold -= 1;
            return Fate::NoAnswer;
        }
        let mails = recipients.drain(..).map(|recipient| Received { at: Instant::now(), recipient, data: data.clone() });
        if self.mails_to_put_off > 0 {
            self.mails_to_put_off -= 1;
            self.put_off.extend(mails);
            return Fate::PutOff;
        }
        self.received.extend(mails);
        if self.acknowledgements_to_lose > 0 {
            self.acknowledgements_to_lose -= 1;
            return Fate::AcknowledgementLost;
        }
        Fate::Acknowledged
    }
}

/// Reads up to the lone dot and takes back the doubled ones. `None` when the client left before.
async fn read_mail(reader: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Option<Vec<u8>>> {
    let mut data = Vec::new();
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if line == b".\r\n" {
            return Ok(Some(data));
        }
        data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn address_in(words: &str) -> String {
    let from = words.find('<').map_or(0, |start| start + 1);
    let to = words.find('>').unwrap_or(words.len());
    words[from..to].to_owned()
}

//! Requests over kept connections, each sent as soon as the answer before it is there: a closed loop.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A request as it goes over the wire.
pub type Request = Vec<u8>;

pub fn request(method: &str, path: &str, token: Option<&str>, body: Option<&serde_json::Value>) -> Request {
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let body = body.map(|body| body.to_string());
    let describes = body.as_ref().map(|body| format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    let (describes, body) = (describes.unwrap_or_default(), body.unwrap_or_default());
    format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n{token}{describes}\r\n{body}").into_bytes()
}

/// How long the requests go on.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// Each is sent once.
    AllAreSent,
    /// They are sent over and over.
    Passed(Duration),
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub done: usize,
    /// Answers by status, where it was not 2xx.
    pub refused: BTreeMap<u16, usize>,
    pub took: Duration,
    /// Of each answer, ascending, in microseconds.
    latencies: Vec<u32>,
}

impl Outcome {
    pub fn per_second(&self) -> f64 {
        self.done as f64 / self.took.as_secs_f64()
    }

    /// In milliseconds; `share` is 0.5 for the median.
    pub fn latency(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get((last as f64 * share) as usize).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    }

    /// Both, one after the other.
    pub fn and(mut self, other: Self) -> Self {
        self.done += other.done;
        self.took += other.took;
        for (status, count) in other.refused {
            *self.refused.entry(status).or_default() += count;
        }
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        self
    }
}

/// Fails where the server cannot be reached or speaks nonsense; what it refuses is counted.
pub async fn run(address: SocketAddr, connections: usize, requests: Vec<Request>, until: Until) -> anyhow::Result<Outcome> {
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let clients: Vec<_> =
        (0..connections).map(|_| tokio::spawn(client(address, Arc::clone(&requests), Arc::clone(&next), started, until))).collect();
    let mut outcome = Outcome::default();
    for client in clients {
        outcome = outcome.and(client.await.context("a client panicked")??);
    }
    outcome.took = started.elapsed();
    Ok(outcome)
}

async fn client(
    address: SocketAddr,
    requests: Arc<Vec<Request>>,
    next: Arc<AtomicUsize>,
    started: Instant,
    until: Until,
) -> anyhow::Result<Outcome> {
    let stream = TcpStream::connect(address).await.with_context(|| format!("cannot reach {address}"))?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut outcome = Outcome::default();
    loop {
        let turn = next.fetch_add(1, Ordering::Relaxed);
        let request = match until {
            Until::AllAreSent => requests.get(turn),
            Until::Passed(time) => requests.get(turn % requests.len()).filter(|_| started.elapsed() < time),
        };
        let Some(request) = request else { return Ok(outcome) };
        let sent = Instant::now();
        stream.get_mut().write_all(request).await?;
        let status = answer(&mut stream).await?;
        outcome.done += 1;
        outcome.latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        if !(200..300).contains(&status) {
            *outcome.refused.entry(status).or_default() += 1;
        }
    }
}

/// Reads one answer to its end and gives its status.
async fn answer(stream: &mut BufReader<TcpStream>) -> anyhow::Result<u16> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).with_context(|| format!("no status in {line:?}"))?;
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            bail!("an answer in chunks is not read here");
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(status)
}

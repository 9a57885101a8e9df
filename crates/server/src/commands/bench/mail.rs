//! `convivio bench mail`: the outbox beside a bare loop that sends the same mails to the same relay (P7 to P9), and what a million mails take (P11, P14).

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use convivio_bench::bare::mail::{self, Way, Words};
use convivio_bench::process::{self, Running};
use convivio_bench::rounds::{Rounds, Turn};
use convivio_bench::sink;
use indicatif::ProgressBar;
use mail_parser::MessageParser;
use serde::{Deserialize, Serialize};

use super::bar;
use super::evening::{Evening, Server};
use super::table::{Goal, Table};
use super::world::{Engine, this_program};

#[derive(clap::Args)]
pub struct Args {
    /// How many mails a turn has
    #[arg(long, default_value_t = 10_000)]
    mails: usize,
    /// How many rounds of two turns
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How many mails go out while memory is looked at; 0 leaves that out
    #[arg(long, default_value_t = 1_000_000)]
    many: usize,
}

/// What the relay takes to answer a mail, where that is not nothing.
const LATENCY: Duration = Duration::from_millis(20);
/// The threads of sqlx in which SQLite works, as Linux knows them.
const SQLITE: &str = "sqlx-sqlite-wor";
/// So many of a great many leave at once.
const MANY_AT_ONCE: usize = 32;
/// The part of a great many that the bare loop sends: it keeps nothing, and the thousandth costs what the first did.
const OF_BARE: usize = 10;
/// lettre's pool sends so few a second that it is given fewer to send.
const OF_POOL: usize = 10;

pub async fn run(engines: &[Engine], args: &Args) -> anyhow::Result<ExitCode> {
    ensure!(args.mails >= OF_POOL && args.rounds > 0, "--mails is {OF_POOL} or more, --rounds 1 or more");
    let mut table = Table::default();
    for engine in engines {
        side_by_side(engine, args, &mut table).await?;
        if args.many > 0 {
            many(engine, args.many, &mut table).await?;
        }
    }
    table.print()
}

async fn side_by_side(engine: &Engine, args: &Args, table: &mut Table) -> anyhow::Result<()> {
    let evening = Evening::prepare(engine).await?;
    with_mails(&evening, args.mails).await?;
    let turns = (args.rounds as u64 + 1) * 7;
    let progress = bar(&format!("{engine}, {} mails a turn", args.mails), turns);
    for (concurrency, latency) in [(8, Duration::ZERO), (32, Duration::ZERO), (32, LATENCY)] {
        let relay = Relay::start(latency, &evening.folder).await?;
        let server = evening.serve(Some(relay.address), concurrency).await?;
        let (mut to_nodelay, mut to_pool) = (Rounds::default(), Rounds::default());
        let with_pool = concurrency == 8 && latency.is_zero();
        for round in 0..=args.rounds {
            let ours = send(&evening, &server, &relay, args.mails, &progress).await?;
            let bare = relay.bare(Way::NoDelay, args.mails, concurrency, &progress).await?;
            let pool = if with_pool { Some(relay.bare(Way::Pool, args.mails / OF_POOL, concurrency, &progress).await?) } else { None };
            if round > 0 {
                to_nodelay.0.push([ours, bare]);
                to_pool.0.extend(pool.map(|pool| [ours, pool]));
            }
        }
        let at = if latency.is_zero() { String::new() } else { format!(", {} ms to answer a mail", latency.as_millis()) };
        let goal = if latency.is_zero() { Goal::at_least("P7", 0.25) } else { Goal::at_least("P8", 0.90) };
        table.compare(goal, &format!("mails, {concurrency} at a time{at}: lettre, TCP_NODELAY"), engine, &to_nodelay);
        if with_pool {
            table.compare(
                Goal::at_least("P9", 7.0),
                &format!("mails, {concurrency} at a time: lettre's pool as it comes"),
                engine,
                &to_pool,
            );
        }
        server.stop().await?;
    }
    progress.finish_and_clear();
    evening.end().await
}

/// What a great many mails take: memory, and how it grows, and processor time.
async fn many(engine: &Engine, mails: usize, table: &mut Table) -> anyhow::Result<()> {
    let evening = Evening::prepare(engine).await?;
    with_mails(&evening, mails).await?;
    let relay = Relay::start(Duration::ZERO, &evening.folder).await?;
    let server = evening.serve(Some(relay.address), MANY_AT_ONCE).await?;
    let progress = bar(&format!("{engine}, {mails} mails"), mails as u64);
    evening.let_mail_go().await?;
    let without_database =
        || process::processor_time(&[server.id()]).saturating_sub(process::processor_time_of_threads(server.id(), SQLITE));
    let before = without_database();
    let (turn, held) = watched(&server, &relay, mails, &progress).await?;
    let ours = without_database().saturating_sub(before);
    ensure!(relay.count().await? >= mails as u64, "not every mail has arrived");
    let bare = relay.bare(Way::NoDelay, mails / OF_BARE, MANY_AT_ONCE, &progress).await?;
    progress.finish_and_clear();
    let most = held.iter().map(|(_, mib)| *mib).fold(0.0, f64::max);
    // Of PostgreSQL it is another process that keeps pages in memory; with SQLite it is ours, as for P10.
    let bound = if engine.is_sqlite() { 120.0 } else { 64.0 };
    table.memory(Goal::at_most("P11", bound), &format!("memory while {mails} mails go out"), engine, most, turn.took.as_secs());
    // What a run needs at all, it needs within the first tenth.
    ensure!(turn.took > Duration::from_secs(10), "so few mails tell nothing of memory: --many is too small");
    let later: Vec<_> = held.iter().copied().filter(|(sent, _)| *sent > mails as f64 / 10.0).collect();
    table.slope(Goal::at_most("P11", 1.0), &format!("its growth in 100,000 of {mails} mails"), engine, slope(&later) * 100_000.0);
    let for_a_million = |time: Duration| time.as_secs_f64() * 1e6 / mails as f64;
    let what = format!("processor time for 1,000,000 mails, {MANY_AT_ONCE} at a time");
    table.time(Goal::at_most("P14", 250.0), &what, engine, for_a_million(ours));
    table.time(Goal::NONE, "the same, with the database's", engine, for_a_million(turn.processor));
    let what = "the same, of the bare loop, after a tenth of the mails";
    table.time(Goal::NONE, what, engine, for_a_million(bare.processor) * OF_BARE as f64);
    server.stop().await?;
    evening.end().await
}

/// Sends all that is due, with a look at the server's memory each second: how much it held when so many mails had arrived.
async fn watched(server: &Server, relay: &Relay, mails: usize, progress: &ProgressBar) -> anyhow::Result<(Turn, Vec<(f64, f64)>)> {
    let mut held = Vec::new();
    let mut sending = std::pin::pin!(server.run_due(mails));
    loop {
        tokio::select! {
            sent = &mut sending => return Ok((sent?.1, held)),
            () = tokio::time::sleep(Duration::from_secs(1)) => {
                let sent = relay.count().await?;
                progress.set_position(sent);
                held.push((sent as f64, process::memory(server.id()).context("the server has ended")?));
            }
        }
    }
}

/// How much `y` grows with each `x`, by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let many = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / many, y + point.1 / many));
    let above: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let below: f64 = points.iter().map(|point| (point.0 - x) * (point.0 - x)).sum();
    if below > 0.0 { above / below } else { 0.0 }
}

/// An evening whose first prompts are due, each with a mail that is promised and held back.
async fn with_mails(evening: &Evening, mails: usize) -> anyhow::Result<()> {
    let server = evening.serve(None, 1).await?;
    evening.first_prompts_due(&server).await?;
    server.run_due(0).await?;
    server.stop().await?;
    evening.store.copy_attendees(evening.of, mails).await?;
    evening.store.copy_first_prompts(evening.of, mails).await?;
    evening.store.copy_mails(evening.of, mails).await?;
    // Only the copies are to be sent.
    evening.store.run("UPDATE messages SET state = 'cancelled' WHERE dedup_key NOT LIKE 'seed-%'".to_owned()).await?;
    evening.store.analyze().await
}

/// All of them go once more.
async fn send(evening: &Evening, server: &Server, relay: &Relay, mails: usize, progress: &ProgressBar) -> anyhow::Result<Turn> {
    progress.inc(1);
    let again =
        "UPDATE messages SET state = 'pending', attempt = 0, frozen = NULL, dated_at = NULL, sent_at = NULL WHERE dedup_key LIKE 'seed-%'";
    evening.store.run(again.to_owned()).await?;
    evening.store.run("UPDATE prompts SET state = 'queued', sent_at = NULL WHERE state = 'sent'".to_owned()).await?;
    evening.store.analyze().await?;
    evening.let_mail_go().await?;
    let before = relay.count().await?;
    let (answer, turn) = server.run_due(mails).await?;
    let arrived = relay.count().await? - before;
    let marked = evening.store.count("messages WHERE state = 'sent' AND dedup_key LIKE 'seed-%'").await?;
    let prompts = evening.store.count("prompts WHERE state = 'sent'").await?;
    let expected = mails as u64;
    ensure!(answer["sent"] == expected && arrived == expected, "{arrived} of {expected} mails arrived: {answer}");
    ensure!(u64::try_from(marked)? == expected && u64::try_from(prompts)? >= expected, "{marked} mails and {prompts} prompts are marked");
    Ok(turn)
}

/// The relay all of them send to, in a process of its own.
struct Relay {
    _process: Running,
    address: SocketAddr,
    /// Where its first mail stands.
    first: PathBuf,
}

impl Relay {
    async fn start(latency: Duration, folder: &Path) -> anyhow::Result<Self> {
        let first = folder.join("first.eml");
        let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let mut command = this_program();
        command.args(["bench", "sink", "--at", &address.to_string(), "--latency-ms", &latency.as_millis().to_string(), "--keep"]);
        command.arg(&first).stdin(Stdio::null());
        let mut process = Running::start(&mut command)?;
        for _ in 0..250 {
            if sink::count(address).await.is_ok() {
                return Ok(Self { _process: process, address, first });
            }
            process.check()?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        anyhow::bail!("the relay did not start")
    }

    async fn count(&self) -> anyhow::Result<u64> {
        sink::count(self.address).await
    }

    /// The same words, sent by a bare loop in a process of its own.
    async fn bare(&self, way: Way, mails: usize, concurrency: usize, progress: &ProgressBar) -> anyhow::Result<Turn> {
        progress.inc(1);
        let before = self.count().await?;
        let mut command = tokio::process::Command::from(this_program());
        command.args(["bench", "mailer", "--relay", &self.address.to_string(), "--mails", &mails.to_string()]);
        command.args(["--concurrency", &concurrency.to_string(), "--like"]).arg(&self.first);
        if way == Way::Pool {
            command.arg("--pool");
        }
        let ended = command.output().await?;
        ensure!(ended.status.success(), "the bare loop ended with {}: {}", ended.status, String::from_utf8_lossy(&ended.stderr));
        let told: Told = serde_json::from_slice(&ended.stdout)?;
        let arrived = self.count().await? - before;
        ensure!(arrived == mails as u64, "{arrived} of {mails} mails of the bare loop arrived");
        Ok(Turn { done: mails, took: Duration::from_secs_f64(told.seconds), processor: Duration::from_secs_f64(told.processor_seconds) })
    }
}

/// `convivio bench sink`: the relay of this benchmark.
#[derive(clap::Args)]
pub struct SinkArgs {
    #[arg(long)]
    at: SocketAddr,
    #[arg(long)]
    latency_ms: u64,
    /// Where the first mail is written
    #[arg(long)]
    keep: PathBuf,
}

pub async fn sink(args: &SinkArgs) -> anyhow::Result<ExitCode> {
    let listener = tokio::net::TcpListener::bind(args.at).await?;
    sink::serve(listener, Duration::from_millis(args.latency_ms), &args.keep).await?;
    Ok(ExitCode::SUCCESS)
}

/// `convivio bench mailer`: the bare loop.
#[derive(clap::Args)]
pub struct MailerArgs {
    #[arg(long)]
    relay: SocketAddr,
    #[arg(long)]
    mails: usize,
    #[arg(long)]
    concurrency: usize,
    /// The mail whose words are sent
    #[arg(long)]
    like: PathBuf,
    #[arg(long)]
    pool: bool,
}

#[derive(Serialize, Deserialize)]
struct Told {
    seconds: f64,
    processor_seconds: f64,
}

pub async fn mailer(args: &MailerArgs) -> anyhow::Result<ExitCode> {
    let (words, me) = (words(&args.like)?, std::process::id());
    let before = process::processor_time(&[me]);
    let way = if args.pool { Way::Pool } else { Way::NoDelay };
    let took = mail::send(way, args.relay, words, args.mails, args.concurrency).await?;
    let processor = process::processor_time(&[me]).saturating_sub(before);
    let told = Told { seconds: took.as_secs_f64(), processor_seconds: processor.as_secs_f64() };
    super::super::print(serde_json::to_string(&told)?)?;
    Ok(ExitCode::SUCCESS)
}

fn words(like: &Path) -> anyhow::Result<Words> {
    let bytes = std::fs::read(like).with_context(|| like.display().to_string())?;
    let mail = MessageParser::default().parse(&bytes).context("the first mail cannot be read")?;
    Ok(Words {
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: mail.body_text(0).context("a mail has a text")?.into_owned(),
        html: mail.body_html(0).context("a mail has a page")?.into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_what_is_added_with_each_step() {
        assert!((slope(&[(0.0, 10.0), (1.0, 12.0), (2.0, 14.0)]) - 2.0).abs() < 1e-9);
        assert_eq!(slope(&[(1.0, 5.0)]), 0.0);
    }
}

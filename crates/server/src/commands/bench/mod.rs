//! `convivio bench`: Convivio beside a bare server with the same statements (see `crates/bench`), in turns, on this machine.
//!
//! [`world`] makes two databases of the same content and starts a server on each; what is asked of them is in this file, and [`table`] tells what
//! came of it. [`mail`] and [`follow_up`] measure what comes after an event, on an [`evening`] that was played to its end.

mod evening;
mod follow_up;
mod mail;
mod table;
mod world;

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::ensure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use convivio_bench::load::{Request, Until, request};
use convivio_bench::rounds::{Rounds, Spread, Turn, growth};
use convivio_bench::seed::{self, Kind, Size};
use convivio_bench::{bare, process};
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::ExposeSecret;
use serde_json::json;
use uuid::Uuid;

use crate::config::Given;
use table::{Goal, Table};
use world::{Contender, Engine, ORGANIZER, World};

#[derive(clap::Args)]
pub struct Args {
    /// How many requests a turn has
    #[arg(long, default_value_t = 3000)]
    requests: usize,
    /// How many rounds of two turns
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Rows of the large table that growth is measured up to
    #[arg(long, default_value_t = 1_000_000)]
    rows: usize,
    /// How long the load goes on before memory is looked at, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(clap::Subcommand)]
enum Part {
    /// The outbox beside a bare loop that sends the same mails to the same relay
    Mail(mail::Args),
    /// Planning the prompts of a large event, and finding those that are due among many that are not
    FollowUp(follow_up::Args),
    /// The relay of `convivio bench mail`, as the benchmark starts it
    #[command(hide = true)]
    Sink(mail::SinkArgs),
    /// The bare loop of `convivio bench mail`, as the benchmark starts it
    #[command(hide = true)]
    Mailer(mail::MailerArgs),
    /// The bare server, as the benchmark starts it
    #[command(hide = true)]
    Bare {
        /// `sqlite://FILE` or `postgres://…`
        url: String,
    },
}

/// Events that requests are spread over.
const EVENTS: usize = 100;
/// The connections of either server to PostgreSQL.
const POOL: u32 = 8;
/// What a large table is compared with to see how costs grow.
const FEW: usize = 1000;

pub async fn run(given: Given, args: Args) -> anyhow::Result<ExitCode> {
    match &args.part {
        Some(Part::Bare { url }) => {
            let listener = TcpListener::bind(given.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0))))?;
            bare::server(listener, url, POOL).await?.await?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Part::Sink(args)) => return mail::sink(args).await,
        Some(Part::Mailer(args)) => return mail::mailer(args).await,
        Some(Part::Mail(args)) => return mail::run(&engines(&given), args).await,
        Some(Part::FollowUp(args)) => return follow_up::run(&engines(&given), args).await,
        None => {}
    }
    ensure!(args.requests > 0 && args.rounds > 0 && args.rows > FEW, "--requests and --rounds are 1 or more, --rows more than {FEW}");
    let engines = engines(&given);
    let mut table = Table::default();
    for engine in &engines {
        side_by_side(engine, &args, &mut table).await?;
        growing(engine, &args, &mut table).await?;
    }
    table.print()
}

fn engines(given: &Given) -> Vec<Engine> {
    let mut engines = vec![Engine::Sqlite];
    match &given.database_url {
        Some(url) => engines.push(Engine::Postgres(url.expose_secret().to_owned())),
        None => eprintln!("On SQLite alone: --database-url names a PostgreSQL server where databases may be made and removed."),
    }
    engines
}

/// P1 to P5: the same requests to both servers, in turns.
async fn side_by_side(engine: &Engine, args: &Args, table: &mut Table) -> anyhow::Result<()> {
    let people_each = (args.requests * (args.rounds + 1)).div_ceil(EVENTS) + 50;
    let world = World::make(engine, Size { events: EVENTS, people_each }, true).await?;
    let bench = Bench { world: &world, people_each, args, bar: bar(&engine.to_string(), (args.rounds as u64 + 1) * 10) };
    let (registering, confirming) = bench.registering_and_confirming(EVENTS).await?;
    let both = if engine.is_sqlite() { Goal::at_least("P2", 0.70) } else { Goal::at_least("P1", 0.70) };
    table.compare(both, "registration and its confirmation", engine, &registering.and(&confirming));
    table.compare(Goal::NONE, "– the registration", engine, &registering);
    table.compare(Goal::NONE, "– its confirmation", engine, &confirming);
    let (_, hot) = bench.registering_and_confirming(1).await?;
    let one_event = if engine.is_sqlite() { Goal::NONE } else { Goal::at_least("P3", 0.70) };
    table.compare(one_event, "confirmation, all of one event", engine, &hot);
    let listing = bench.rounds(async |one, round| bench.list(one, round).await).await?;
    table.compare(Goal::at_least("P4", 0.60), "list of 50 registrations", engine, &listing);
    let checking_in = bench.rounds(async |one, round| bench.check_in(one, round).await).await?;
    table.compare(Goal::at_least("P5", 0.60), "check-in by code", engine, &checking_in);
    if !engine.is_sqlite() {
        let ours = &world.ours;
        let requests = (0..EVENTS).flat_map(|event| [ours.list_of(event, Uuid::nil()), ours.search(event * people_each + 1)]);
        let held = bench.memory_under(requests.collect()).await?;
        table.memory(Goal::at_most("P10", 64.0), "memory after the load above and lists and searches", engine, held, args.seconds);
    }
    bench.bar.finish_and_clear();
    world.end().await
}

/// P12 and memory: ours alone, with a table that grows.
async fn growing(engine: &Engine, args: &Args, table: &mut Table) -> anyhow::Result<()> {
    let mut costs = Vec::new();
    for rows in [FEW, args.rows] {
        let world = World::make(engine, Size { events: 1, people_each: rows }, false).await?;
        let bench = Bench { world: &world, people_each: rows, args, bar: bar(&format!("{engine}, {rows} rows"), 12) };
        costs.push(bench.costs().await?);
        if rows > FEW && engine.is_sqlite() {
            let (ours, step) = (&world.ours, rows / (FEW - 1));
            let requests = (0..FEW - 1).flat_map(|n| {
                let one = n * step + 1;
                [ours.list_of(0, seed::id(Kind::Registration, one)), ours.search(one)]
            });
            let held = bench.memory_under(requests.collect()).await?;
            table.memory(Goal::at_most("P10", 120.0), &format!("memory with {rows} rows, lists and searches"), engine, held, args.seconds);
        }
        bench.bar.finish_and_clear();
        world.end().await?;
    }
    let (few, many) = (FEW as f64, args.rows as f64);
    for (i, what) in ["list of 50", "search by e-mail address", "registration", "check-in"].into_iter().enumerate() {
        let (small, large) = (costs[0][i], costs[1][i]);
        table.growth(Goal::at_most("P12", 0.10), what, engine, [small, large], growth((few, small), (many, large)));
    }
    Ok(())
}

/// What is asked of a world.
struct Bench<'a> {
    world: &'a World,
    people_each: usize,
    args: &'a Args,
    bar: ProgressBar,
}

impl Bench<'_> {
    /// A turn of ours and one of the bare server's, after one of each that does not count.
    async fn rounds(&self, work: impl AsyncFn(&Contender, usize) -> anyhow::Result<Turn>) -> anyhow::Result<Rounds> {
        let mut rounds = Rounds::default();
        for round in 0..=self.args.rounds {
            let (ours, bare) = (work(&self.world.ours, round).await?, work(self.world.bare()?, round).await?);
            if round > 0 {
                rounds.0.push([ours, bare]);
            }
        }
        Ok(rounds)
    }

    /// In each round as many register as confirm afterwards.
    async fn registering_and_confirming(&self, events: usize) -> anyhow::Result<(Rounds, Rounds)> {
        let (mut registering, mut confirming) = (Rounds::default(), Rounds::default());
        for round in 0..=self.args.rounds {
            let mut turns = [[Turn::default(); 2]; 2];
            for (i, one) in [&self.world.ours, self.world.bare()?].into_iter().enumerate() {
                turns[0][i] = self.register(one, &format!("{events}-{round}"), events).await?;
                turns[1][i] = self.confirm(one).await?;
            }
            if round > 0 {
                registering.0.push(turns[0]);
                confirming.0.push(turns[1]);
            }
        }
        Ok((registering, confirming))
    }

    async fn register(&self, one: &Contender, named: &str, events: usize) -> anyhow::Result<Turn> {
        let requests = (0..self.args.requests).map(|n| register(&format!("{named}-{n}"), n % events));
        self.counted(one, requests.collect(), "registrations").await
    }

    async fn confirm(&self, one: &Contender) -> anyhow::Result<Turn> {
        let waiting: Vec<Uuid> = one.store.column("SELECT id FROM registrations WHERE state = 'pending_email'".to_owned()).await?;
        self.counted(one, waiting.into_iter().map(|id| one.confirm(id)).collect(), "registrations WHERE state = 'confirmed'").await
    }

    async fn check_in(&self, one: &Contender, round: usize) -> anyhow::Result<Turn> {
        // Each round's are others, spread over all events alike.
        let each = self.args.requests.div_ceil(EVENTS);
        let people = (0..EVENTS).flat_map(|event| (0..each).map(move |n| (event, event * self.people_each + round * each + n + 1)));
        self.counted(one, people.map(|(event, person)| self.world.check_in(event, person)).collect(), "checkins").await
    }

    async fn list(&self, one: &Contender, round: usize) -> anyhow::Result<Turn> {
        let after = |n: usize| (n * 7 + round) % (self.people_each - 50);
        let requests = (0..self.args.requests).map(|n| {
            let event = n % EVENTS;
            one.list_of(event, seed::id(Kind::Registration, event * self.people_each + after(n)))
        });
        self.turn(one, requests.collect()).await
    }

    /// What a request costs, in microseconds of processor time: list, search, registration, check-in.
    async fn costs(&self) -> anyhow::Result<[f64; 4]> {
        let ours = &self.world.ours;
        let rows = self.people_each;
        let somewhere = |n: usize| n * 7919 % (rows - 50) + 1;
        let lists = || (0..self.args.requests).map(|n| ours.list_of(0, seed::id(Kind::Registration, somewhere(n)))).collect();
        let searches = || (0..self.args.requests).map(|n| ours.search(somewhere(n))).collect();
        let list = self.median(async |_| self.turn(ours, lists()).await).await?;
        let searching = self.median(async |_| self.turn(ours, searches()).await).await?;
        let registering = self.median(async |round| self.register(ours, &format!("growing-{round}"), 1).await).await?;
        let each = FEW / 4;
        let checking_in = self.median(async |round| {
            let people = (0..each).map(|n| self.world.check_in(0, (round * each + n) * (rows / FEW) + 1));
            self.counted(ours, people.collect(), "checkins").await
        });
        Ok([list, searching, registering, checking_in.await?])
    }

    /// Of three, after one that does not count.
    async fn median(&self, work: impl AsyncFn(usize) -> anyhow::Result<Turn>) -> anyhow::Result<f64> {
        work(0).await?;
        let mut costs = Vec::new();
        for round in 1..4 {
            costs.push(work(round).await?.processor_each());
        }
        Ok(Spread::of(costs.into_iter()).median)
    }

    async fn memory_under(&self, requests: Vec<Request>) -> anyhow::Result<f64> {
        let ours = &self.world.ours;
        ours.put_under(requests, Until::Passed(Duration::from_secs(self.args.seconds))).await?;
        process::memory(ours.id()).ok_or_else(|| anyhow::anyhow!("the server has ended"))
    }

    /// A turn that writes a row a request, which is looked at.
    async fn counted(&self, one: &Contender, requests: Vec<Request>, rows: &str) -> anyhow::Result<Turn> {
        let before = one.store.count(rows).await?;
        let turn = self.turn(one, requests).await?;
        let written = one.store.count(rows).await? - before;
        ensure!(usize::try_from(written)? == turn.done, "{} requests wrote {written} rows ({rows})", turn.done);
        Ok(turn)
    }

    async fn turn(&self, one: &Contender, requests: Vec<Request>) -> anyhow::Result<Turn> {
        self.bar.inc(1);
        one.put_under(requests, Until::AllAreSent).await
    }
}

fn bar(what: &str, turns: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} turns, {elapsed}").expect("the template is written here");
    ProgressBar::new(turns).with_style(style).with_message(what.to_owned())
}

/// The path of an event, below what leads to the organizer's.
fn path_of(event: usize) -> String {
    format!("{ORGANIZER}/events/event-{}", event + 1)
}

fn register(name: &str, event: usize) -> Request {
    let body = json!({
        "email": format!("guest-{name}@load.example.org"),
        "name": "Giulia Ferri",
        "passions": [{"passion": "hiking", "level": 3}, {"passion": "beekeeping"}],
        "intention": "One good conversation",
        "consents": {"follow_up": true},
    });
    request("POST", &format!("/api/v1/public/events/{ORGANIZER}/event-{}/registrations", event + 1), None, Some(&body))
}

impl Contender {
    fn confirm(&self, id: Uuid) -> Request {
        request("POST", &format!("/api/v1/public/registrations/{}/confirm", self.link(id)), None, None)
    }

    /// The page after this registration.
    fn list_of(&self, event: usize, after: Uuid) -> Request {
        let place = match self.is_bare() {
            true => format!("after={after}"),
            false => format!("cursor={}", URL_SAFE_NO_PAD.encode(format!("\"{after}\""))),
        };
        let path = format!("/api/v1/organizers/{}/registrations?{place}", path_of(event));
        request("GET", &path, Some(&self.token), None)
    }

    /// The person of this number, by their address.
    fn search(&self, person: usize) -> Request {
        let path = format!("/api/v1/organizers/{ORGANIZER}/people?email=p{person}%40seed.example.org");
        request("GET", &path, Some(&self.token), None)
    }
}

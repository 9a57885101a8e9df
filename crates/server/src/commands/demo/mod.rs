//! `convivio demo`: an evening of 120 people, from the invitation to the end of the ninety days after it.
//!
//! It starts a server of its own on a free port, in sandbox mode, and plays everybody's part over HTTP as a real client would: the organizer's,
//! the guests' with the links out of their mails, and the door's. The clock is moved, nothing else is pretended.

mod ninety_days;

use std::collections::HashMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, Utc, Weekday};
use convivio_domain::{EmailAddress, Slug, Timezone, Title, local_instant};
use indicatif::{ProgressBar, ProgressStyle};
use mail_parser::MessageParser;
use serde_json::{Value, json};

use super::client::Client;
use super::{organizer, print};
use crate::app::App;
use crate::config::{Config, Given};
use crate::{routes, timers};

#[derive(clap::Args)]
pub struct Args {
    /// The folder it leaves behind: every mail, the page that shows who sat where, and the database
    #[arg(long, default_value = "convivio-demo")]
    out: PathBuf,
}

/// People who registered and did not come.
const ABSENT: usize = 8;
const ORGANIZER: &str = "portico";
const EVENT: &str = "aperitivo-delle-passioni";
/// Says that the folder is ours to replace.
const MARK: &str = "made-by-convivio-demo";
const ZONE: &str = "Europe/Rome";
const LINKS: &str = "http://127.0.0.1:8080";

pub async fn run(args: Args) -> anyhow::Result<()> {
    let out = empty_folder(&args.out)?;
    let stage = Stage::open(&out).await?;
    let evening = Evening::plan(stage.app.clock.now())?;

    print("An organizer creates the event over the API, and publishes it once nothing is missing.")?;
    create(&stage.client, &evening).await?;
    let people = invited()?;
    register(&stage, &people).await?;
    confirm(&stage, &people).await?;
    let plan = seat(&stage.client).await?;
    draw(&stage.client, &plan, &out).await?;
    let roster = hold(&stage, &evening, &plan).await?;
    ninety_days::follow_up(&stage, &evening, &out).await?;
    tell(&stage, &roster, &out)?;
    stage.close().await
}

/// The server of the demo, and its owner's client.
struct Stage {
    app: App,
    client: Client,
    mail: PathBuf,
    server: actix_web::dev::ServerHandle,
    workers: tokio::task::JoinHandle<()>,
}

impl Stage {
    async fn open(out: &Path) -> anyhow::Result<Self> {
        let given = Given { data: Some(out.to_path_buf()), sandbox: Some(true), ..Given::default() };
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port on this machine")?;
        let address = format!("http://{}", listener.local_addr()?);
        // Links are made for the address `convivio serve` has, so that they work when it is started on this folder afterwards.
        let app = App::open(Config::read(given)?, LINKS.to_owned()).await?;
        let owner = EmailAddress::parse("organizer@example.org")?;
        let token = organizer::make(&app, Slug::parse(ORGANIZER)?, Title::parse("Portico Aperto")?, owner).await?;
        let server = routes::server(app.clone(), listener)?;
        let handle = server.handle();
        tokio::spawn(server);
        let workers = tokio::spawn(timers::run(app.clone()));
        let client = Client { http: reqwest::Client::new(), base: format!("{address}/api/v1"), token };
        Ok(Self { app, client, mail: out.join("mail"), server: handle, workers })
    }

    async fn close(self) -> anyhow::Result<()> {
        self.app.stopping.cancel();
        self.server.stop(true).await;
        self.workers.await?;
        Ok(self.app.db.close().await?)
    }
}

/// A path below the event.
fn at(path: &str) -> String {
    format!("/organizers/{ORGANIZER}/events/{EVENT}{path}")
}

/// When things happen: a Thursday evening in Bologna, three weeks from the demo's today.
struct Evening {
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    zone: Timezone,
}

impl Evening {
    fn plan(now: DateTime<Utc>) -> anyhow::Result<Self> {
        let zone: Timezone = ZONE.parse()?;
        let mut day = now.with_timezone(&zone.0).date_naive() + Days::new(21);
        while day.weekday() != Weekday::Thu {
            day = day + Days::new(1);
        }
        let at = |hour| local_instant(zone, day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour of the day")));
        Ok(Self { starts_at: at(18), ends_at: at(21), zone })
    }

    /// An hour of a day after the event, in its zone.
    fn days_after(&self, days: u64, hour: u32) -> DateTime<Utc> {
        let day = self.ends_at.with_timezone(&self.zone.0).date_naive() + Days::new(days);
        local_instant(self.zone, day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour of the day")))
    }
}

async fn create(client: &Client, evening: &Evening) -> anyhow::Result<()> {
    let event = json!({
        "slug": EVENT,
        "title": {"en": "An evening of passions", "it": "Aperitivo delle passioni"},
        "summary": {
            "en": "Three conversations at small tables, each with people who care about something you care about.",
            "it": "Tre conversazioni a tavoli piccoli, ogni volta con persone a cui sta a cuore qualcosa che sta a cuore anche a te.",
        },
        "method": {
            "en": "Say what you love before what you do. Everybody answers the same question in turn. Ask one more question before you speak of yourself. Phones stay in pockets.",
            "it": "Si parte da ciò che si ama, il lavoro viene dopo. Si risponde a turno alla stessa domanda. Una domanda in più prima di parlare di sé. Il telefono resta in tasca.",
        },
        "purpose": "People of the neighbourhood who share a passion and have never met.",
        "place": "Sala Borsa, Piazza del Nettuno 3, Bologna",
        "timezone": ZONE,
        "locale": "it",
        "starts_at": evening.starts_at,
        "ends_at": evening.ends_at,
        "capacity": 150,
    });
    client.post(&format!("/organizers/{ORGANIZER}/events"), &event).await?;
    let rounds = json!({"rounds": [{"minutes": 35, "break_minutes": 10}, {"minutes": 35, "break_minutes": 10}, {"minutes": 35}]});
    client.put(&at("/rounds"), &rounds).await?;
    client.put(&at("/tables"), &json!({"min": 4, "max": 5})).await?;
    client.post(&at("/publish"), &json!({})).await?;
    Ok(())
}

/// The people of the shipped list, as they fill in the form.
fn invited() -> anyhow::Result<Vec<Value>> {
    let mut people = Vec::new();
    let mut rows = csv::Reader::from_reader(include_str!("../../../demo/people.csv").as_bytes());
    for row in rows.deserialize::<HashMap<String, String>>() {
        let row = row?;
        let field = |name: &str| row.get(name).map(String::as_str).unwrap_or_default().trim();
        let several =
            |name: &str| field(name).split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let optional = |name: &str| Some(field(name)).filter(|text| !text.is_empty());
        people.push(json!({
            "name": field("name"),
            "email": field("email"),
            "passions": several("passions").iter().map(|text| passion(text)).collect::<Vec<_>>(),
            "headline": optional("headline"),
            "unit": optional("unit"),
            "working_on": optional("working_on"),
            "offers": several("offers"),
            "needs": several("needs").iter().map(|text| json!({"text": text})).collect::<Vec<_>>(),
            "intention": optional("intention"),
            "languages": several("languages"),
            "locale": field("locale"),
            "timezone": field("timezone"),
            "consents": {"follow_up": true},
            "visibility": {"offers": "tablemates", "needs": "tablemates", "headline": "tablemates"},
        }));
    }
    Ok(people)
}

/// `hiking:3`: free words, which the server reads, with a level.
fn passion(text: &str) -> Value {
    match text.rsplit_once(':').and_then(|(words, level)| Some((words, level.parse::<u8>().ok()?))) {
        Some((words, level)) => json!({"text": words, "level": level}),
        None => json!({"text": text}),
    }
}

async fn register(stage: &Stage, people: &[Value]) -> anyhow::Result<()> {
    let bar = bar("registering", people.len());
    for person in people {
        let path = format!("/public/events/{ORGANIZER}/{EVENT}/registrations");
        stage.client.post(&path, person).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    print(format_args!("{} people filled in the form, with their passions.", people.len()))?;
    Ok(())
}

async fn confirm(stage: &Stage, people: &[Value]) -> anyhow::Result<()> {
    stage.client.run_due().await?;
    let mails = Mail::all(&stage.mail, "confirm")?;
    ensure!(mails.len() == people.len(), "{} of {} confirmation mails arrived", mails.len(), people.len());
    let bar = bar("confirming", mails.len());
    for mail in &mails {
        let token = mail.token("/confirm/")?;
        stage.client.post(&format!("/public/registrations/{token}/confirm"), &json!({})).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    print(format_args!("{} of them followed the link in their mail; they are confirmed.", mails.len()))?;
    Ok(())
}

/// Makes a plan and publishes it; its id.
async fn seat(client: &Client) -> anyhow::Result<String> {
    let job = client.post(&at("/plans"), &json!({"seed": 1})).await?;
    let path = format!("/organizers/{ORGANIZER}/jobs/{}", text(&job["id"]));
    let bar = bar("seating", 0);
    let plan = loop {
        let job = client.get(&path).await?;
        bar.set_length(job["progress"]["total"].as_u64().unwrap_or(0));
        bar.set_position(job["progress"]["done"].as_u64().unwrap_or(0));
        bar.set_message(text(&job["progress"]["note"]).to_owned());
        match text(&job["state"]) {
            "succeeded" => break text(&job["result"]["plan"]).to_owned(),
            "failed" | "cancelled" => bail!("no plan was found: {}", job["problem"]),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    bar.finish_and_clear();
    let plan = client.post(&at(&format!("/plans/{plan}/publish")), &json!({})).await?;
    let (score, rounds) = (&plan["score"], plan["rounds"].as_array().map_or(0, Vec::len));
    print(format_args!(
        "Seated in {} ms: {rounds} rounds, shared passions worth {:.0} (at random: {:.0}), {} seats without anything in common, {} pairs twice.",
        plan["took_ms"],
        number(&score["total"]),
        number(&score["random"]),
        score["isolated"],
        score["repeats"]
    ))?;
    Ok(text(&plan["id"]).to_owned())
}

async fn draw(client: &Client, plan: &str, out: &Path) -> anyhow::Result<()> {
    for format in ["html", "svg"] {
        let drawn = client.get(&at(&format!("/plans/{plan}/rosters?format={format}"))).await?;
        std::fs::write(out.join(format!("seating.{format}")), text(&drawn))?;
    }
    Ok(())
}

/// The evening itself; the roster of one table of its first round.
async fn hold(stage: &Stage, evening: &Evening, plan: &str) -> anyhow::Result<Value> {
    let client = &stage.client;
    client.clock_to(evening.starts_at - TimeDelta::hours(30)).await?;
    client.run_due().await?;
    print(format_args!("The day before, {} people are told how we meet.", Mail::all(&stage.mail, "A1")?.len()))?;

    client.clock_to(evening.starts_at).await?;
    let rosters = client.get(&at(&format!("/plans/{plan}/rosters?locale=en"))).await?;
    let first = rosters["rounds"][0]["tables"].as_array().context("a round has tables")?;
    let codes: Vec<&str> =
        first.iter().flat_map(|table| table["members"].as_array()).flatten().map(|member| text(&member["code"])).collect();
    let coming = codes.len() - ABSENT;
    let bar = bar("checking in", coming);
    for (i, code) in codes.iter().take(coming).enumerate() {
        client.post(&at("/checkins"), &json!({"code": code, "nonce": format!("door-{i}")})).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    print(format_args!("{coming} people are there and see their tables at the door; {ABSENT} did not come."))?;
    for round in 1..=3 {
        client.post(&at(&format!("/rounds/{round}/start")), &json!({})).await?;
        client.post("/sandbox/clock", &json!({"advance_seconds": 35 * 60})).await?;
        client.post(&at(&format!("/rounds/{round}/finish")), &json!({})).await?;
        client.post("/sandbox/clock", &json!({"advance_seconds": 10 * 60})).await?;
    }
    client.clock_to(evening.ends_at).await?;
    client.post(&at("/complete"), &json!({})).await?;
    print("Three rounds were held; the event is completed.")?;
    let themed = first.iter().find(|table| table["theme"].is_object());
    Ok(themed.unwrap_or(&first[0]).clone())
}

/// One table's roster and one prompt, and where the rest is.
fn tell(stage: &Stage, table: &Value, out: &Path) -> anyhow::Result<()> {
    let theme = match &table["theme"] {
        Value::String(mixed) => mixed.clone(),
        theme => text(&theme["labels"]["en"]).to_owned(),
    };
    print(format_args!("\nRound 1, table {}: {theme}", table["table"]))?;
    let members = table["members"].as_array().context("a table has members")?;
    for member in members {
        let passions: Vec<&str> = member["passions"].as_array().into_iter().flatten().map(text).collect();
        print(format_args!("  {}: {}", text(&member["name"]), passions.join(", ")))?;
    }
    let mails = Mail::all(&stage.mail, "F1")?;
    let of_table = |mail: &&Mail| members.iter().any(|member| text(&member["name"]) == mail.to_name);
    let mail = mails.iter().find(of_table).context("someone at the table got a follow-up mail")?;
    print(format_args!("\nWhat {} read the day after:\n", mail.to_name))?;
    for line in mail.text.lines() {
        print(format_args!("  {line}"))?;
    }
    print(format_args!("\nEvery mail:          {}", out.join("mail").display()))?;
    print(format_args!("Who sat where:       {}", out.join("seating.html").display()))?;
    print(format_args!("As a picture:        {}", out.join("seating.svg").display()))?;
    print(format_args!("Ninety days of one:  {}", out.join("timeline.html").display()))?;
    print(format_args!("What came of it:     {}", out.join("report.html").display()))?;
    print(format_args!("Go on from here:     convivio serve --sandbox --data {}   (the links in the mails then work)", out.display()))?;
    Ok(())
}

/// A mail of the folder, as its reader has it.
struct Mail {
    kind: String,
    to: String,
    to_name: String,
    at: DateTime<Utc>,
    subject: String,
    text: String,
}

impl Mail {
    /// Those of one kind, in the order of their files.
    fn all(folder: &Path, kind: &str) -> anyhow::Result<Vec<Self>> {
        Ok(Self::every(folder)?.into_iter().filter(|mail| mail.kind == kind).collect())
    }

    fn every(folder: &Path) -> anyhow::Result<Vec<Self>> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        files.sort();
        let mut mails = Vec::new();
        for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "eml")) {
            let bytes = std::fs::read(file)?;
            let mail = MessageParser::default().parse(&bytes).with_context(|| format!("{} is no mail", file.display()))?;
            mails.push(Self::of(&mail));
        }
        Ok(mails)
    }

    fn of(mail: &mail_parser::Message) -> Self {
        let to = mail.to().and_then(|to| to.first());
        let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self {
            kind: mail.header_raw("X-Convivio-Kind").unwrap_or_default().trim().to_owned(),
            to: owned(to.and_then(|to| to.address())),
            to_name: owned(to.and_then(|to| to.name())),
            at: mail.date().and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0)).unwrap_or_default(),
            subject: owned(mail.subject()),
            text: mail.body_text(0).unwrap_or_default().into_owned(),
        }
    }

    /// The last part of the link below this path, which stands alone on its line.
    fn token(&self, path: &str) -> anyhow::Result<&str> {
        let line = self.text.lines().map(str::trim).find(|line| line.starts_with("http") && line.contains(path));
        line.and_then(|line| line.rsplit('/').next()).context("the mail has no such link")
    }
}

/// The folder of the demo, empty. A folder that no demo made is left alone.
fn empty_folder(out: &Path) -> anyhow::Result<PathBuf> {
    if out.exists() {
        let ours = out.join(MARK).exists() || std::fs::read_dir(out)?.next().is_none();
        ensure!(ours, "{} exists and is not a demo's folder; name another with --out", out.display());
        std::fs::remove_dir_all(out)?;
    }
    std::fs::create_dir_all(out)?;
    std::fs::write(out.join(MARK), "This folder was made by `convivio demo`, and the next run replaces it.\n")?;
    Ok(out.canonicalize()?)
}

fn bar(what: &'static str, length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    let style = ProgressStyle::with_template("{prefix:>12} [{bar:30}] {pos}/{len} {msg}").expect("a template of our own");
    bar.set_style(style.progress_chars("=> "));
    bar.set_prefix(what);
    bar
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_default()
}

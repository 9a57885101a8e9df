//! Events, people and evenings, made the way organizers and guests make them.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use uuid::Uuid;

use super::http::{Answer, Caller, Request};
use super::mailbox::Mail;
use super::server::{TestApp, eventually};

/// Codes of the shipped catalogue.
pub const PASSIONS: [&str; 6] = ["climbing", "beekeeping", "calligraphy", "fermentation", "paper-craft", "swing-dance"];

/// Events are on a Thursday, from 18:00 to 21:00 in Rome.
pub const STARTS: &str = "2030-05-09T16:00:00Z";
pub const ENDS: &str = "2030-05-09T19:00:00Z";
/// The day before, at 10:00 in Rome.
pub const DAY_BEFORE: &str = "2030-05-08T08:00:00Z";
/// The Friday after, at 10:00 in Rome.
pub const FIRST_WORKING_DAY: &str = "2030-05-10T08:00:00Z";

/// A second evening three weeks later, at the same hours.
pub const NEXT_STARTS: &str = "2030-05-30T16:00:00Z";
pub const NEXT_ENDS: &str = "2030-05-30T19:00:00Z";
pub const NEXT_FIRST_WORKING_DAY: &str = "2030-05-31T08:00:00Z";

pub struct Event {
    pub slug: String,
}

impl Event {
    /// A path below the event, for its organizer.
    pub fn at(&self, rest: &str) -> String {
        format!("/events/{}{rest}", self.slug)
    }
}

/// Somebody with a registration.
#[derive(Clone, Debug)]
pub struct Guest {
    pub code: String,
    pub name: String,
    pub email: String,
}

/// The least an event is created with.
pub fn least_event(slug: &str) -> Value {
    json!({
        "slug": slug, "title": {"en": "Small tables"}, "timezone": "Europe/Rome", "locale": "en",
        "starts_at": STARTS, "ends_at": ENDS,
    })
}

/// What a person called so writes into the form.
pub fn person(name: &str) -> Value {
    let local_part = name.to_lowercase().replace(' ', ".");
    json!({
        "email": format!("{local_part}@example.org"),
        "name": name,
        "passions": [{"passion": "climbing", "level": 3}],
        "consents": {"follow_up": true},
    })
}

/// The n-th of many people, each with two passions that others have too.
pub fn nth_person(n: usize) -> Value {
    const GIVEN: [&str; 12] = ["Ada", "Bruno", "Chiara", "Dario", "Elena", "Fabio", "Greta", "Hugo", "Irene", "Jacopo", "Karin", "Luca"];
    const FAMILY: [&str; 18] = [
        "Arena",
        "Bassi",
        "Conti",
        "Donati",
        "Esposito",
        "Ferri",
        "Galli",
        "Innocenti",
        "Longo",
        "Marini",
        "Neri",
        "Orsini",
        "Pace",
        "Quadri",
        "Rizzo",
        "Serra",
        "Testa",
        "Villa",
    ];
    // From the 217th on there are only namesakes.
    let generation = ["", " Junior", " Tertius", " Quartus", " Quintus"][n / 216];
    let name = format!("{} {}{generation}", GIVEN[n % 12], FAMILY[n / 12 % 18]);
    let first = n % 6;
    let second = (first + 1 + n / 6 % 5) % 6;
    filled(person(&name), json!({"passions": [{"passion": PASSIONS[first], "level": 3}, {"passion": PASSIONS[second], "level": 2}]}))
}

/// `base` with the fields of `changes` laid over it.
pub fn filled(mut base: Value, changes: Value) -> Value {
    for (field, value) in changes.as_object().expect("changes are an object") {
        base[field] = value.clone();
    }
    base
}

pub fn when(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap_or_else(|err| panic!("{instant:?} is no RFC 3339 time: {err}"))
}

/// The words of a field, in a list of JSON objects.
pub fn each<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array().into_iter().flatten().filter_map(|one| one[field].as_str()).collect()
}

/// HTML as its reader sees the letters.
pub fn unescaped(html: &str) -> String {
    [("&#x27;", "'"), ("&#39;", "'"), ("&quot;", "\""), ("&#x2f;", "/"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(html.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

/// What makes a mail about people one's own, besides one's name.
const PERSONAL: [&str; 5] = ["tablemate_name", "shared_passion", "own_note", "current_need", "where_and_when"];

/// How many kinds of personal facts a prompt rests on, besides the reader's name.
#[track_caller]
pub fn personal_inputs(prompt: &Value) -> usize {
    let inputs: Vec<&str> = prompt["inputs"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(inputs.contains(&"reader_name"), "{prompt}");
    PERSONAL.iter().filter(|input| inputs.contains(input)).count()
}

/// Sends several requests, a few at a time, and keeps their order.
pub async fn a_few_at_a_time<T>(tasks: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    stream::iter(tasks).buffered(8).collect().await
}

/// Sends again when the server asks to slow down: preparing a test may be brisk.
pub async fn patiently(request: impl Fn() -> Request) -> Answer {
    loop {
        let answer = request().await;
        if answer.status != 429 {
            return answer;
        }
        let seconds = answer.header("retry-after").and_then(|seconds| seconds.parse().ok()).unwrap_or(1);
        tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
    }
}

/// Events.
impl TestApp {
    /// A published event for 40 people: two rounds of half an hour, tables of three to five.
    pub async fn event(&self, slug: &str) -> Event {
        self.event_with(slug, json!({})).await
    }

    pub async fn event_with(&self, slug: &str, changes: Value) -> Event {
        let event = self.draft_with(slug, changes).await;
        self.post(&event.at("/publish"), json!({})).await.done();
        event
    }

    /// The same, before it is published.
    pub async fn draft_with(&self, slug: &str, changes: Value) -> Event {
        let event = self.bare_event(slug, changes).await;
        let rounds = json!({"rounds": [{"minutes": 30, "break_minutes": 10}, {"minutes": 30, "break_minutes": 0}]});
        self.put(&event.at("/rounds"), rounds).await.done();
        self.put(&event.at("/tables"), json!({"min": 3, "max": 5})).await.done();
        event
    }

    /// The event as it is created: no rounds, no tables.
    pub async fn bare_event(&self, slug: &str, changes: Value) -> Event {
        let body = json!({
            "slug": slug,
            "title": {"en": "Small tables in May", "it": "Tavoli piccoli a maggio"},
            "summary": {"en": "An evening of conversation.", "it": "Una sera per parlare."},
            "method": {"en": "We start from a passion and speak in turn.", "it": "Si parte da una passione e si parla a turno."},
            "purpose": "to meet three people you would like to see again",
            "timezone": "Europe/Rome",
            "locale": "en",
            "starts_at": STARTS,
            "ends_at": ENDS,
            "capacity": 40,
        });
        self.post("/events", filled(body, changes)).await.ok(201);
        Event { slug: slug.to_owned() }
    }
}

/// Registrations.
impl TestApp {
    /// Sends the public form.
    pub fn register(&self, event: &Event, person: &Value) -> Request {
        self.public().post(&format!("/events/{}/{}/registrations", self.organizer(), event.slug), person.clone())
    }

    /// Sends the public form and follows the link of the mail: what `confirm` answers.
    pub async fn register_and_confirm(&self, event: &Event, person: &Value) -> Value {
        self.register(event, person).await.ok(202);
        let token = self.mail_about(event, email_of(person), "confirm").await.token("confirm");
        self.confirm(&token).await.ok(200)
    }

    pub fn confirm(&self, token: &str) -> Request {
        self.public().post(&format!("/registrations/{token}/confirm"), json!({}))
    }

    pub async fn register_confirmed(&self, event: &Event, person: &Value) -> Guest {
        let confirmed = self.register_and_confirm(event, person).await;
        assert_eq!(confirmed["state"], "confirmed");
        guest(person, &confirmed)
    }

    /// Somebody whom the organizer puts on the list.
    pub async fn add(&self, event: &Event, person: &Value) -> Guest {
        let body = filled(person.clone(), json!({"email_confirmed": true}));
        let created = patiently(|| self.post(&event.at("/registrations"), body.clone())).await.ok(201);
        guest(person, &created)
    }

    /// Somebody who wrote themselves in, never followed the link of the mail, and so is on the list no more. Takes two days.
    pub async fn let_expire(&self, event: &Event, person: &Value) -> Guest {
        self.register(event, person).await.ok(202);
        let pending = self.all(&event.at("/registrations?state=pending_email")).await;
        let registration = pending.iter().find(|one| one["email"] == person["email"]).expect("the registration is pending");
        self.clock_advance(48 * 3600 + 60).await;
        self.run_due().await;
        let guest = guest(person, registration);
        assert_eq!(self.state_of(event, &guest.code).await, "cancelled");
        guest
    }

    /// The first `many` of the people that `nth_person` knows.
    pub async fn add_many(&self, event: &Event, many: usize) -> Vec<Guest> {
        let people: Vec<Value> = (0..many).map(nth_person).collect();
        a_few_at_a_time(people.iter().map(|person| self.add(event, person))).await
    }

    pub async fn registration(&self, event: &Event, code: &str) -> Value {
        self.get(&event.at(&format!("/registrations/{code}"))).await.ok(200)
    }

    pub async fn state_of(&self, event: &Event, code: &str) -> String {
        self.registration(event, code).await["state"].as_str().unwrap_or_default().to_owned()
    }

    /// The latest mail of that kind about the event, once there is one.
    pub async fn mail_about(&self, event: &Event, address: &str, kind: &str) -> Mail {
        eventually(&format!("a mail {kind} about {} to {address}", event.slug), || {
            self.mails().to(address).kind(kind).about(&event.slug).0.pop()
        })
        .await
    }

    /// The guest, signed in with the link of the `confirmed` mail.
    pub async fn signed_in(&self, event: &Event, guest: &Guest) -> Caller {
        let token = self.mail_about(event, &guest.email, "confirmed").await.token("in");
        self.me(&token)
    }
}

/// Plans and check-ins.
impl TestApp {
    /// Asks for a plan and waits for it: the job, as it ended.
    pub async fn plan_job(&self, event: &Event, wishes: Value) -> Value {
        let asked = self.post(&event.at("/plans"), wishes).await;
        asked.ok(202);
        self.finished_job(&asked.location()).await
    }

    pub async fn plan_with(&self, event: &Event, wishes: Value) -> Value {
        let job = self.plan_job(event, wishes).await;
        assert_eq!(job["state"], "succeeded", "{job}");
        let id = job["result"]["plan"].as_str().expect("the job names its plan");
        self.get(&event.at(&format!("/plans/{id}"))).await.ok(200)
    }

    pub async fn plan(&self, event: &Event) -> Value {
        self.plan_with(event, json!({"seed": 7})).await
    }

    pub fn publish_plan(&self, event: &Event, plan: &Value) -> Request {
        let id = plan["id"].as_str().expect("a plan has an id");
        self.post(&event.at(&format!("/plans/{id}/publish")), json!({}))
    }

    pub async fn planned(&self, event: &Event) -> Value {
        let plan = self.plan(event).await;
        self.publish_plan(event, &plan).await.done();
        plan
    }

    pub fn check_in(&self, event: &Event, code: &str) -> Request {
        self.check_in_with_nonce(event, code, &Uuid::now_v7().to_string())
    }

    pub fn check_in_with_nonce(&self, event: &Event, code: &str, nonce: &str) -> Request {
        self.post(&event.at("/checkins"), json!({"code": code, "nonce": nonce}))
    }

    pub async fn check_in_all(&self, event: &Event, guests: &[Guest]) {
        a_few_at_a_time(guests.iter().map(|guest| async {
            patiently(|| self.check_in(event, &guest.code)).await.ok(201);
        }))
        .await;
    }

    /// An evening that took place: everybody seated, checked in, and the event completed when it ended.
    pub async fn held_evening(&self, slug: &str, many: usize) -> (Event, Vec<Guest>, Value) {
        self.held_evening_with(slug, many, json!({})).await
    }

    /// Three weeks later the same people meet again.
    pub async fn held_next_evening(&self, slug: &str, many: usize) -> (Event, Vec<Guest>, Value) {
        self.held_evening_with(slug, many, json!({"starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await
    }

    pub async fn held_evening_with(&self, slug: &str, many: usize, changes: Value) -> (Event, Vec<Guest>, Value) {
        let event = self.event_with(slug, filled(json!({"capacity": null}), changes)).await;
        let guests = self.add_many(&event, many).await;
        let plan = self.hold(&event, &guests).await;
        (event, guests, plan)
    }

    /// Today's event, whose round is live for these four, and tomorrow's, to which they come too and which writes at ten in the morning, while they sit.
    pub async fn seated_while_tomorrow_writes(&self) -> (Event, Event, Vec<Guest>) {
        let today = self.event_with("today", json!({"starts_at": "2030-05-09T07:30:00Z", "ends_at": "2030-05-09T10:30:00Z"})).await;
        let tomorrow = self.event_with("tomorrow", json!({"starts_at": "2030-05-10T16:00:00Z", "ends_at": "2030-05-10T19:00:00Z"})).await;
        let guests = self.add_many(&today, 4).await;
        self.add_many(&tomorrow, 4).await;
        self.planned(&today).await;
        self.live_until("2030-05-09T07:30:00Z").await;
        self.check_in_all(&today, &guests).await;
        self.clock_to("2030-05-09T07:50:00Z").await;
        self.post(&today.at("/rounds/1/start"), json!({})).await.done();
        (today, tomorrow, guests)
    }

    /// Seats and checks in these people, and lets the evening pass.
    pub async fn hold(&self, event: &Event, present: &[Guest]) -> Value {
        let plan = self.planned(event).await;
        let shown = self.get(&event.at("")).await.ok(200);
        let [starts_at, ends_at] = ["starts_at", "ends_at"].map(|time| shown[time].as_str().expect("an event has its times"));
        // An evening of 18:00 in Rome, and 10:00 the day before.
        let day_before = when(starts_at) - TimeDelta::hours(32);
        self.live_until(&day_before.to_rfc3339()).await;
        self.clock_to(starts_at).await;
        self.check_in_all(event, present).await;
        self.clock_to(ends_at).await;
        self.run_due().await;
        self.post(&event.at("/complete"), json!({})).await.done();
        plan
    }
}

/// The codes at each table of each round: `tables_of(&plan)[round][table]`.
pub fn seats(plan: &Value) -> Vec<Vec<Vec<String>>> {
    let members = |table: &Value| each(&table["members"], "code").into_iter().map(str::to_owned).collect();
    let tables = |round: &Value| round["tables"].as_array().expect("a round has tables").iter().map(members).collect();
    plan["rounds"].as_array().expect("a plan has rounds").iter().map(tables).collect()
}

/// Everybody who shares a table with this person in some round.
pub fn tablemates<'a>(plan: &Value, of: &Guest, among: &'a [Guest]) -> Vec<&'a Guest> {
    let tables: Vec<Vec<String>> = seats(plan).into_iter().flatten().filter(|table| table.contains(&of.code)).collect();
    among.iter().filter(|guest| guest.code != of.code && tables.iter().any(|table| table.contains(&guest.code))).collect()
}

/// The attendee's prompt of that step.
pub async fn prompt_of(me: &Caller, step: &str) -> Value {
    let prompts = me.all("/prompts").await;
    let found = prompts.iter().find(|prompt| prompt["step"] == step);
    found.unwrap_or_else(|| panic!("no {step} among {prompts:?}")).clone()
}

/// Answers a prompt.
pub fn act(me: &Caller, prompt: &Value, answer: Value) -> Request {
    let id = prompt["id"].as_str().expect("a prompt has an id");
    me.post(&format!("/prompts/{id}/act"), answer)
}

pub fn email_of(person: &Value) -> &str {
    person["email"].as_str().expect("a person has an address")
}

fn guest(person: &Value, registration: &Value) -> Guest {
    Guest {
        code: registration["code"].as_str().expect("a registration has a code").to_owned(),
        name: person["name"].as_str().expect("a person has a name").to_owned(),
        email: email_of(person).to_owned(),
    }
}

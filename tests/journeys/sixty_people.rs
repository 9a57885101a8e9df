//! Ninety days of sixty people, over a real SMTP conversation and the API, each requirement by its number.
//!
//! Everybody is somebody: most keep two people and answer, some only read, one leaves with one click, one pauses, one reads in New York, one
//! in Italian, one never shows a name, one says without a name how it was. What is checked is what arrived, not what was planned. The checks
//! stand in a file for each theme; those that write something themselves come last.

mod giving;
mod introducing;
mod keeping;
mod meeting;
mod receiving;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use crate::support::mailbox::Mails;
use crate::support::*;

const PEOPLE: usize = 60;
/// They registered and stayed away: the last of all.
const ABSENT: usize = 2;

/// By the place in the list.
const LEAVES: usize = 3;
const PAUSES: usize = 4;
const ITALIAN: usize = 5;
const NEW_YORKER: usize = 6;
const HIDDEN: usize = 7;
const WITHOUT_CONSENT: usize = 8;
const WITHOUT_A_NAME: usize = 9;
/// From here on nobody answers anything.
const SILENT: std::ops::Range<usize> = 50..58;

/// It holds for a week after the evening.
const NEED: &str = "help with bookkeeping";
const LASTING_NEED: &str = "somebody to practise Portuguese with";

/// Of every third nobody sees what they offer, so that it cannot be asked for either.
fn keeps_offers_private(n: usize) -> bool {
    n % 3 == 1 || n == HIDDEN
}

fn needs_something_for_long(n: usize) -> bool {
    n % 4 == 2
}

/// Those who answer everything that comes, to its end.
fn answers(n: usize) -> bool {
    n < PEOPLE - ABSENT && !SILENT.contains(&n) && ![LEAVES, PAUSES, WITHOUT_CONSENT].contains(&n)
}

fn answering() -> impl Iterator<Item = usize> {
    (0..PEOPLE).filter(|n| answers(*n))
}

fn guest_form(n: usize) -> Value {
    let more = match n {
        ITALIAN => json!({"locale": "it"}),
        NEW_YORKER => json!({"timezone": "America/New_York"}),
        HIDDEN => json!({"visibility": {"name": "none"}}),
        WITHOUT_CONSENT => json!({"consents": {"follow_up": false}}),
        _ => json!({}),
    };
    let shown =
        if keeps_offers_private(n) { json!({"needs": "tablemates"}) } else { json!({"offers": "tablemates", "needs": "tablemates"}) };
    let mut needs = vec![json!({"text": NEED, "expires_at": "2030-05-16T22:00:00Z"})];
    if needs_something_for_long(n) {
        needs.push(json!({"text": LASTING_NEED}));
    }
    let every = json!({
        "intention": "one person to walk with",
        "offers": ["an hour of bookkeeping"],
        "needs": needs,
        "visibility": shown,
    });
    filled(filled(nth_person(n), every), more)
}

/// What everybody did, and what everybody got.
struct Season {
    app: TestApp,
    relay: Sink,
    event: Event,
    guests: Vec<Guest>,
    plan: Value,
    clients: HashMap<String, Caller>,
    /// The follow-up everybody received, once the season is over.
    received: HashMap<String, Vec<Mail>>,
}

impl Season {
    async fn of(database: Database) -> Season {
        let relay = Sink::start().await;
        let app = TestApp::with(Setup::default().relay(&relay), database).await;
        let event = app.event_with("may", json!({"capacity": null})).await;
        let people: Vec<Value> = (0..PEOPLE).map(guest_form).collect();
        let guests = a_few_at_a_time(people.iter().map(|person| app.add(&event, person))).await;
        let plan = app.hold(&event, &guests[..PEOPLE - ABSENT]).await;
        let mut season = Season { app, relay, event, guests, plan, clients: HashMap::new(), received: HashMap::new() };
        season.live().await;
        for mail in season.relay.mails().0.into_iter().filter(|mail| mail.header("List-Unsubscribe").is_some()) {
            season.received.entry(mail.to.clone()).or_default().push(mail);
        }
        season
    }

    /// A hundred and ten days, looking at ten in Rome and at ten in New York, and at night and on weekends too: that is when nothing must come.
    async fn live(&mut self) {
        let start = when("2030-05-09T22:00:00Z");
        for day in 0..110 {
            for hour in [3, 10, 17, 22] {
                let at = start + TimeDelta::days(day) + TimeDelta::hours(hour);
                let before = self.relay.count();
                self.app.live_until(&at.to_rfc3339()).await;
                if self.relay.count() > before {
                    self.answer(before).await;
                }
            }
        }
    }

    /// Whoever got something since then deals with it.
    async fn answer(&mut self, since: usize) {
        let mails = Mails::received(&self.relay.received()[since..]);
        for mail in mails.0.iter().filter(|mail| mail.find_link("prompts").is_some()) {
            let n = self.guests.iter().position(|guest| guest.email == mail.to).expect("one of the guests");
            if SILENT.contains(&n) {
                continue;
            }
            let me = self.app.me(&mail.token("in"));
            if n == LEAVES && mail.kind == "F2" {
                self.app.visitor().submit(&mail.one_click_path(), &[("List-Unsubscribe", "One-Click")]).await.ok_page();
                continue;
            }
            let prompt = prompt_of(&me, &mail.kind).await;
            act(&me, &prompt, answer_to(&prompt, n)).await.ok(200);
            self.clients.insert(mail.to.clone(), me);
        }
    }

    fn mails_to(&self, n: usize) -> &[Mail] {
        self.received.get(&self.guests[n].email).map_or(&[], Vec::as_slice)
    }

    fn mail(&self, n: usize, kind: &str) -> &Mail {
        self.mails_to(n).iter().find(|mail| mail.kind == kind).unwrap_or_else(|| panic!("no {kind} to {n}: {:?}", self.kinds(n)))
    }

    fn kinds(&self, n: usize) -> Vec<String> {
        self.mails_to(n).iter().map(|mail| mail.kind.clone()).collect()
    }

    /// Those who came.
    fn present(&self) -> &[Guest] {
        &self.guests[..PEOPLE - ABSENT]
    }

    fn client(&self, n: usize) -> &Caller {
        &self.clients[&self.guests[n].email]
    }

    /// The place of somebody in the list, by code or by name.
    fn place(&self, called: &str) -> usize {
        self.guests.iter().position(|guest| guest.code == called || guest.name == called).expect("one of the guests")
    }
}

fn answer_to(prompt: &Value, n: usize) -> Value {
    let codes = each(&prompt["recall"]["people"], "code");
    let of_two = |value: Value| json!(codes.iter().take(2).map(|code| ((*code).to_owned(), value.clone())).collect::<BTreeMap<_, _>>());
    match prompt["step"].as_str().unwrap() {
        "F1" if n == PAUSES => json!({"choice": "pause", "until": "2030-06-03", "keep": codes.iter().take(2).collect::<Vec<_>>()}),
        "F1" => json!({
            "choice": "done", "keep": codes.iter().take(2).collect::<Vec<_>>(), "notes": {codes[0]: "We spoke of looms and rivers."},
            "feedback": {"heard": "yes", "listened": "partly"}, "anonymous": n == WITHOUT_A_NAME,
        }),
        "F4" => {
            json!({"choice": "done", "checks": of_two(json!({"trust": 4, "goals": 3, "solutions": 2})), "feedback": {"continued": "yes"}})
        }
        "F6" => json!({"choice": "done", "cadence": of_two(json!(1)), "feedback": {"continued": "partly", "need_met": "yes"}}),
        _ => json!({"choice": "done"}),
    }
}

fn sent_at(mail: &Mail) -> DateTime<Utc> {
    DateTime::parse_from_rfc2822(mail.header("Date").expect("a mail has its date")).expect("a date").to_utc()
}

/// What a prompt suggests, each with its `type`.
fn suggested(prompt: &Value) -> Vec<&Value> {
    [&prompt["action"]].into_iter().chain(prompt["alternatives"].as_array().into_iter().flatten()).collect()
}

/// The codes of those whom these actions are for.
fn about(actions: &Value) -> Vec<&str> {
    let each_about = actions.as_array().into_iter().flatten().flat_map(|action| action["about"].as_array().into_iter().flatten());
    each_about.filter_map(Value::as_str).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn ninety_days_of_sixty_people(#[values(Sqlite, Postgres)] database: Database) {
    let season = Season::of(database).await;
    receiving::sr_30_those_who_came_and_agreed_and_about_those_they_met(&season);
    receiving::sr_31_within_one_working_day_and_one_thing_to_do(&season).await;
    receiving::sr_34_not_too_often_not_at_night_and_less_to_who_is_silent(&season);
    receiving::sr_40_sr_48_ninety_days_and_then_a_slow_cadence(&season);
    meeting::sr_35_personal_or_silent(&season).await;
    meeting::sr_36_only_what_both_show(&season).await;
    meeting::sr_47_no_address_but_one_s_own_and_nothing_to_sell(&season).await;
    meeting::sr_50_private_unless_they_show_it(&season).await;
    giving::sr_32_give_before_ask(&season).await;
    giving::sr_33_kinds_of_giving_are_offered_in_both_languages(&season).await;
    giving::sr_37_sr_38_light_touches_and_something_together(&season).await;
    giving::sr_43_needs_only_while_they_hold(&season).await;
    keeping::sr_39_sr_44_private_to_its_owner(&season).await;
    keeping::sr_45_three_at_most_and_nobody_is_counted(&season).await;
    keeping::sr_49_short_feedback_and_apart_from_who_gave_it(&season).await;
    // From here on something is written.
    keeping::sr_39_sr_41_history_and_stages(&season).await;
    keeping::sr_40_contact_sets_the_clock_back(&season).await;
    giving::sr_33_sr_32_each_kind_is_written_down_and_opens_the_ask(&season).await;
    meeting::sr_46_only_people_met(&season).await;
    introducing::sr_42_sr_46_sr_41_brought_together_with_both_consents(&season).await;
}

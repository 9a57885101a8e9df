//! Ninety days of sixty people, over a real SMTP conversation and the API, each requirement by its number.
//!
//! Everybody is somebody: most keep two people and answer, some only read, one leaves with one click, one pauses, one reads in New York, one
//! in Italian, one never shows a name. What is checked is what arrived, not what was planned.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc, Weekday};

use crate::support::mailbox::Mails;
use crate::support::*;

const PEOPLE: usize = 60;
/// They registered and stayed away.
const ABSENT: usize = 2;

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

/// By the place in the list.
const LEAVES: usize = 3;
const PAUSES: usize = 4;
const ITALIAN: usize = 5;
const NEW_YORKER: usize = 6;
const HIDDEN: usize = 7;
const WITHOUT_CONSENT: usize = 8;
/// From here on nobody answers anything.
const SILENT: std::ops::Range<usize> = 50..58;

fn guest_form(n: usize) -> Value {
    let more = match n {
        ITALIAN => json!({"locale": "it"}),
        NEW_YORKER => json!({"timezone": "America/New_York"}),
        HIDDEN => json!({"visibility": {"name": "none"}}),
        WITHOUT_CONSENT => json!({"consents": {"follow_up": false}}),
        _ => json!({}),
    };
    let every = json!({
        "intention": "one person to walk with",
        "offers": ["an hour of bookkeeping"],
        // It holds for a week after the evening.
        "needs": [{"text": "help with bookkeeping", "expires_at": "2030-05-16T22:00:00Z"}],
        "visibility": {"offers": "tablemates", "needs": "tablemates"},
    });
    filled(filled(nth_person(n), every), more)
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

    /// A hundred and ten days, looking at ten in Rome and at ten in New York.
    async fn live(&mut self) {
        let start = when("2030-05-09T22:00:00Z");
        for day in 0..110 {
            for hour in [10, 17] {
                let at = start + TimeDelta::days(day) + TimeDelta::hours(hour);
                if matches!(at.weekday(), Weekday::Sat | Weekday::Sun) {
                    continue;
                }
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

    fn kinds(&self, n: usize) -> Vec<String> {
        self.mails_to(n).iter().map(|mail| mail.kind.clone()).collect()
    }
}

fn answer_to(prompt: &Value, n: usize) -> Value {
    let codes = each(&prompt["recall"]["people"], "code");
    let of_two = |value: Value| json!(codes.iter().take(2).map(|code| ((*code).to_owned(), value.clone())).collect::<BTreeMap<_, _>>());
    match prompt["step"].as_str().unwrap() {
        "F1" if n == PAUSES => json!({"choice": "pause", "until": "2030-06-03", "keep": codes.iter().take(2).collect::<Vec<_>>()}),
        "F1" => json!({
            "choice": "done", "keep": codes.iter().take(2).collect::<Vec<_>>(), "notes": {codes[0]: "We spoke of looms and rivers."},
            "feedback": {"heard": "yes", "listened": "partly"},
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

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn ninety_days_of_sixty_people(#[values(Sqlite, Postgres)] database: Database) {
    let season = Season::of(database).await;
    sr_30_those_who_came_and_agreed_and_about_those_they_met(&season);
    sr_31_within_one_working_day_and_one_thing_to_do(&season);
    sr_32_give_before_ask(&season).await;
    sr_34_not_too_often_not_at_night_and_less_to_who_is_silent(&season);
    sr_35_sr_47_personal_and_no_address_but_one_s_own(&season);
    sr_36_sr_43_needs_only_while_they_hold(&season);
    sr_37_sr_38_something_together_with_a_time(&season);
    sr_39_sr_44_sr_50_private_to_its_owner(&season).await;
    sr_40_sr_48_ninety_days_and_then_a_slow_cadence(&season);
    sr_41_sr_45_sr_49_sums_and_no_counts(&season).await;
    sr_46_only_people_met(&season).await;
}

fn sr_30_those_who_came_and_agreed_and_about_those_they_met(season: &Season) {
    for n in PEOPLE - ABSENT..PEOPLE {
        assert_eq!(season.kinds(n), ["N1"], "who stayed away hears once");
    }
    assert!(season.kinds(WITHOUT_CONSENT).is_empty());
    for n in (0..PEOPLE - ABSENT).filter(|n| *n != WITHOUT_CONSENT) {
        let met = tablemates(&season.plan, &season.guests[n], &season.guests);
        let strangers = season.guests.iter().enumerate().filter(|(i, guest)| *i != n && met.iter().all(|mate| mate.code != guest.code));
        let strangers: Vec<&str> = strangers.map(|(_, guest)| guest.name.as_str()).collect();
        for mail in season.mails_to(n) {
            assert!(met.iter().any(|mate| mail.mentions(&mate.name)), "{} to {n} names nobody they met: {}", mail.kind, mail.text);
            assert!(strangers.iter().all(|name| !mail.text.contains(&format!("{name},")) && !mail.text.contains(&format!("{name}."))));
            assert!(!mail.mentions(&season.guests[HIDDEN].name) || n == HIDDEN, "{} to {n}", mail.kind);
        }
    }
}

fn sr_31_within_one_working_day_and_one_thing_to_do(season: &Season) {
    for n in (0..PEOPLE - ABSENT).filter(|n| *n != WITHOUT_CONSENT) {
        let first = &season.mails_to(n)[0];
        assert_eq!((first.kind.as_str(), sent_at(first).date_naive()), ("F1", NaiveDate::from_ymd_opt(2030, 5, 10).unwrap()));
        assert!(season.mails_to(n).iter().all(|mail| mail.html.matches("class=\"button\"").count() <= 1));
    }
}

async fn sr_32_give_before_ask(season: &Season) {
    let me = &season.clients[&season.guests[0].email];
    for step in ["F1", "F2", "F3"] {
        let prompt = prompt_of(me, step).await;
        assert!(!prompt.to_string().contains("\"ask_"), "{prompt}");
    }
    let f4 = prompt_of(me, "F4").await;
    let given = prompt_of(me, "F2").await["action"]["about"][0].clone();
    let open: Vec<&Value> = f4["alternatives"].as_array().unwrap().iter().map(|ask| &ask["about"][0]).collect();
    // Everybody here offers something openly; whoever was given something is among those who may be asked.
    assert!(open.contains(&&given), "{f4}");
}

fn sr_34_not_too_often_not_at_night_and_less_to_who_is_silent(season: &Season) {
    for n in 0..PEOPLE {
        let hours = if n == NEW_YORKER { -4 } else { 2 };
        let local: Vec<_> = season.mails_to(n).iter().map(|mail| (mail.kind.clone(), sent_at(mail) + TimeDelta::hours(hours))).collect();
        for (kind, at) in &local {
            assert!((9..18).contains(&at.hour()) && !matches!(at.weekday(), Weekday::Sat | Weekday::Sun), "{kind} to {n} at {at}");
        }
        for pair in local.windows(2) {
            assert!((pair[1].1.date_naive() - pair[0].1.date_naive()).num_days() >= 7, "{n}: {pair:?}");
        }
    }
    for n in SILENT {
        assert_eq!(season.kinds(n), ["F1", "F2", "stop"], "{n}");
    }
    assert_eq!(season.kinds(LEAVES), ["F1", "F2"], "one click is enough");
    let after_the_pause = season.mails_to(PAUSES).iter().find(|mail| mail.kind != "F1").unwrap();
    assert!(sent_at(after_the_pause) >= when("2030-06-03T08:00:00Z"));
}

fn sr_35_sr_47_personal_and_no_address_but_one_s_own(season: &Season) {
    for n in 0..PEOPLE - ABSENT {
        for mail in season.mails_to(n) {
            let first_name = season.guests[n].name.split(' ').next().unwrap();
            assert!(mail.text.contains(first_name), "{}", mail.text);
            let others = season.guests.iter().enumerate().filter(|(i, _)| *i != n);
            assert!(others.into_iter().all(|(_, guest)| !mail.mentions(&guest.email)), "{} to {n} gives an address away", mail.kind);
        }
    }
    let italian = season.mails_to(ITALIAN);
    assert!(!italian.is_empty() && italian.iter().all(|mail| mail.text.contains("Ciao ") && mail.html.contains("lang=\"it\"")));
}

fn sr_36_sr_43_needs_only_while_they_hold(season: &Season) {
    let all: Vec<&Mail> = (0..PEOPLE - ABSENT).flat_map(|n| season.mails_to(n)).collect();
    let of = |kind: &str| all.iter().filter(|mail| mail.kind == kind).collect::<Vec<_>>();
    assert!(!of("F2").is_empty());
    for kind in ["F2", "F3", "F5"] {
        assert!(of(kind).iter().all(|mail| !mail.mentions("help with bookkeeping")), "{kind} tells of a need that is over");
    }
}

fn sr_37_sr_38_something_together_with_a_time(season: &Season) {
    let f3: Vec<&Mail> = (0..PEOPLE - ABSENT).flat_map(|n| season.mails_to(n)).filter(|mail| mail.kind == "F3").collect();
    let with_a_time: Vec<&str> = f3.iter().filter_map(|mail| mail.calendar.as_deref()).collect();
    assert!(!with_a_time.is_empty(), "somebody shares a passion with somebody they keep");
    let uid = |file: &&str| file.lines().find(|line| line.starts_with("UID:")).unwrap().to_owned();
    let mut uids: Vec<String> = with_a_time.iter().map(uid).collect();
    uids.sort();
    uids.dedup();
    assert_eq!(uids.len(), with_a_time.len(), "each is an appointment of its own");
}

async fn sr_39_sr_44_sr_50_private_to_its_owner(season: &Season) {
    let me = &season.clients[&season.guests[0].email];
    let kept = me.all("/connections").await;
    assert_eq!(kept[0]["checks"][0]["trust"], 4);
    assert!(kept.iter().any(|one| one["mirror"]["gives"].as_i64() > Some(0)), "{kept:?}");
    for path in ["/registrations", "/prompts", "/messages", "/report", "/feedback", "/stats", ""] {
        let answer = season.app.get(&season.event.at(path)).await.text();
        for secret in ["looms and rivers", "\"trust\"", "mirror", "temperature"] {
            assert!(!answer.contains(secret), "{path} tells {secret}");
        }
    }
    let other = season.guests.iter().find(|guest| kept[0]["code"] == guest.code.as_str()).unwrap();
    if let Some(other) = season.clients.get(&other.email) {
        let told: String = other.all("/connections").await.iter().map(Value::to_string).collect();
        assert!(!told.contains("looms and rivers"));
        other.get(&format!("/connections/{}/log", kept[0]["id"].as_str().unwrap())).await.fails(404, "not_found");
    }
}

fn sr_40_sr_48_ninety_days_and_then_a_slow_cadence(season: &Season) {
    let kinds = season.kinds(0);
    assert_eq!(kinds[..6], ["F1", "F2", "F3", "F4", "F5", "F6"], "{kinds:?}");
    assert_eq!(sent_at(&season.mails_to(0)[5]).date_naive(), NaiveDate::from_ymd_opt(2030, 8, 7).unwrap(), "ninety days");
    let c = season.mails_to(0).iter().find(|mail| mail.kind == "C").expect("the slow cadence goes on");
    assert!(sent_at(c) >= when("2030-08-14T07:00:00Z"));
}

async fn sr_41_sr_45_sr_49_sums_and_no_counts(season: &Season) {
    let feedback = season.app.get(&season.event.at("/feedback")).await.ok(200);
    assert!(feedback["heard"]["yes"].as_i64() > Some(30) && feedback["continued"]["day_90"]["partly"].as_i64() > Some(30), "{feedback}");
    let report = season.app.get(&season.event.at("/report")).await.ok(200);
    assert!(report["needs_met"]["yes"].as_i64() > Some(30), "{report}");
    assert!(report["giving"].as_i64() > Some(30) && report["introducing"].as_i64() > Some(5), "{report}");
    for me in season.clients.values() {
        assert!(me.all("/connections").await.len() <= 3);
    }
}

async fn sr_46_only_people_met(season: &Season) {
    let met = tablemates(&season.plan, &season.guests[0], &season.guests);
    let stranger = season.guests[1..PEOPLE - ABSENT].iter().find(|guest| met.iter().all(|mate| mate.code != guest.code)).unwrap();
    let me = &season.clients[&season.guests[0].email];
    let ask = |code: &str| me.post("/connections", json!({"code": code, "context": "I would like to hear more of it."}));
    ask(&stranger.code).await.fails(403, "forbidden");
    ask("ZZZZZZZZ").await.fails(403, "forbidden");
}

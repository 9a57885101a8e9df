//! What people can do for each other, and that it begins with a gift.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

const GIVES: [&str; 6] = ["resource", "feedback", "support", "introduction", "time", "thanks"];

/// To whom the reader gave something in answer to this prompt.
fn given(prompt: &Value) -> Vec<String> {
    let gives = prompt["action"]["type"].as_str().is_some_and(|kind| kind.starts_with("give_"));
    if prompt["state"] == "acted" && gives {
        about(&json!([prompt["action"]])).into_iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    }
}

pub(super) async fn sr_32_give_before_ask(season: &Season) {
    let (mut locked, mut opened) = (0, 0);
    for n in answering() {
        let me = season.client(n);
        for step in ["F1", "F2", "F3"] {
            let prompt = prompt_of(me, step).await;
            assert!(!prompt.to_string().contains("\"ask_"), "{prompt}");
        }
        let given = given(&prompt_of(me, "F2").await);
        assert_eq!(given.len(), 1, "{n} gave to one person");
        let f4 = prompt_of(me, "F4").await;
        let may_be_asked = about(&f4["alternatives"]);
        let wait_for_a_gift = about(&f4["locked_asks"]);
        for code in each(&f4["recall"]["people"], "code") {
            let (was_given, offers) = (given.iter().any(|one| one == code), !keeps_offers_private(season.place(code)));
            assert_eq!(may_be_asked.contains(&code), was_given || offers, "{code} in {f4}");
            assert_eq!(wait_for_a_gift.contains(&code), !was_given && !offers, "{code} in {f4}");
            locked += usize::from(!was_given && !offers);
            opened += usize::from(was_given && !offers);
        }
    }
    assert!(locked > 0 && opened > 0, "{locked} wait, {opened} were opened by a gift: this shows nothing");
}

pub(super) async fn sr_33_kinds_of_giving_are_offered_in_both_languages(season: &Season) {
    // By language, every sentence that suggested a gift of that kind.
    let mut offered: BTreeMap<(&str, String), BTreeSet<String>> = BTreeMap::new();
    for n in answering() {
        let me = season.client(n);
        for step in ["F2", "F5"] {
            let prompt = prompt_of(me, step).await;
            let gifts = suggested(&prompt);
            assert!(season.mail(n, step).mentions(gifts[0]["text"].as_str().unwrap()), "{step} to {n} does not say it: {prompt}");
            for gift in gifts {
                let kind = gift["type"].as_str().unwrap().trim_start_matches("give_");
                assert!(gift["type"] != kind && GIVES.contains(&kind), "{step} suggests something else: {prompt}");
                let language = if n == ITALIAN { "it" } else { "en" };
                offered.entry((language, kind.to_owned())).or_default().insert(gift["text"].as_str().unwrap().to_owned());
            }
        }
    }
    for kind in ["resource", "time", "thanks", "introduction"] {
        assert!(offered.contains_key(&("en", kind.to_owned())), "nobody was offered {kind}: {:?}", offered.keys());
    }
    let of = |language: &str| -> BTreeSet<&String> {
        offered.iter().filter(|((one, _), _)| *one == language).flat_map(|(_, texts)| texts).collect()
    };
    assert!(of("it").len() > 2 && of("it").is_disjoint(&of("en")), "{:?}", of("it"));
}

pub(super) async fn sr_37_sr_38_light_touches_and_something_together(season: &Season) {
    let mut uids = BTreeSet::new();
    let (mut together, mut lightly) = (0, 0);
    for n in answering() {
        let (prompt, mail) = (prompt_of(season.client(n), "F3").await, season.mail(n, "F3"));
        let kind = prompt["action"]["type"].as_str().unwrap();
        let shares = !prompt["common_ground"]["passions"].as_array().unwrap().is_empty();
        assert!(kind.starts_with(if shares { "step_" } else { "touch_" }), "{prompt}");
        assert_eq!(mail.calendar.is_some(), shares, "a time is for something together: {}", mail.text);
        match &mail.calendar {
            Some(file) => {
                let uid = is_an_appointment(file, prompt["id"].as_str().unwrap());
                assert!(uids.insert(uid), "two have one appointment: {file}");
                together += 1;
            }
            None => lightly += 1,
        }
        // After the heavier steps comes a light one, and with it something heavier for whoever else has grown distant.
        let c = prompt_of(season.client(n), "C").await;
        let kinds: Vec<&str> = suggested(&c).iter().map(|action| action["type"].as_str().unwrap()).collect();
        assert!(kinds[0].starts_with("touch_"), "{c}");
        assert!(kinds.get(1).is_none_or(|kind| kind.starts_with("step_") || kind.starts_with("give_")), "{c}");
    }
    assert!(together > 0, "nobody shares a passion with anybody they keep, and {lightly} do not");
}

/// A calendar file of one appointment, whose identity is that of the prompt: its UID.
fn is_an_appointment(file: &str, prompt: &str) -> String {
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!((lines.first(), lines.last()), (Some(&"BEGIN:VCALENDAR"), Some(&"END:VCALENDAR")), "{file}");
    for once in ["BEGIN:VEVENT", "END:VEVENT", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "UID"] {
        let named = |line: &&&str| line.strip_prefix(once).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ';']));
        assert_eq!(lines.iter().filter(named).count(), 1, "{once} in {file}");
    }
    assert!(lines.iter().all(|line| line.len() <= 75), "a line is too long: {file}");
    let uid = lines.iter().find_map(|line| line.strip_prefix("UID:")).expect("it has one");
    assert!(uid.contains(prompt), "{uid} would be another the next time, and the appointment with it");
    uid.to_owned()
}

pub(super) async fn sr_43_needs_only_while_they_hold(season: &Season) {
    let (mut held, mut lasting) = (0, 0);
    for n in answering() {
        let first = prompt_of(season.client(n), "F1").await;
        held += each(&first["common_ground"]["offers_needs"], "need").into_iter().filter(|need| *need == NEED).count();
        for kind in ["F2", "F3", "F4", "F5", "F6", "C"] {
            assert!(!season.mail(n, kind).mentions(NEED), "{kind} to {n} tells of a need that is over");
        }
        // A need that holds is what the gift is for.
        let f2 = prompt_of(season.client(n), "F2").await;
        let other = season.place(about(&json!([f2["action"]]))[0]);
        assert_eq!(season.mail(n, "F2").mentions(LASTING_NEED), needs_something_for_long(other), "{f2}");
        lasting += usize::from(needs_something_for_long(other));
    }
    assert!(held > 0 && lasting > 0, "{held} needs that held and {lasting} that last: this shows nothing");
}

/// Somebody who was silent for ninety days keeps somebody after all, of whom nothing may be asked before something is given.
pub(super) async fn sr_33_sr_32_each_kind_is_written_down_and_opens_the_ask(season: &Season) {
    let mut found = None;
    for n in SILENT {
        let token = season.mail(n, "F1").token("in");
        let me = season.app.me(&token);
        let prompt = prompt_of(&me, "F1").await;
        let kept = each(&prompt["recall"]["people"], "code").into_iter().find(|code| keeps_offers_private(season.place(code)));
        if let Some(code) = kept {
            act(&me, &prompt, json!({"choice": "done", "keep": [code]})).await.ok(200);
            found = Some((me, token));
            break;
        }
    }
    let (me, token) = found.expect("somebody silent sat with somebody who shows nothing to ask for");
    let kept = me.all("/connections").await;
    assert_eq!((kept.len(), &kept[0]["asks"]), (1, &json!("give_first")));
    let id = kept[0]["id"].as_str().unwrap();
    let page = |language: &str| format!("/in/{token}/people/{id}?lang={language}");
    let [english, italian] = [season.app.visitor().get(&page("en")).await.ok_page(), season.app.visitor().get(&page("it")).await.ok_page()];
    let log = format!("/connections/{id}/log");
    let ask = json!({"kind": "ask", "what": "advice"});
    me.post(&log, ask.clone()).await.fails(409, "give_first");
    me.post(&log, json!({"kind": "give", "what": "money"})).await.fails(422, "validation_failed").error_at("/what");
    for kind in GIVES {
        let (said, detto) = (label(&english, kind), label(&italian, kind));
        assert!(!said.is_empty() && !detto.is_empty() && said != detto, "{kind} is {said:?} and {detto:?}");
        me.post(&log, json!({"kind": "give", "what": kind, "text": "with two lines"})).await.ok(201);
    }
    let entries = json!(me.all(&log).await);
    assert_eq!(each(&entries, "what"), GIVES);
    assert_eq!(me.get(&format!("/connections/{id}")).await.ok(200)["asks"], "open");
    me.post(&log, ask).await.ok(201);
    // What was written down is called the same where it is read.
    let page = season.app.visitor().get(&page("it")).await.ok_page();
    assert!(GIVES.iter().all(|kind| page.matches(label(&italian, kind)).count() >= 2), "{page}");
}

/// What a page that lets one choose calls this kind of giving.
fn label<'a>(page: &'a str, kind: &str) -> &'a str {
    let option = format!("<option value=\"{kind}\">");
    let (_, rest) = page.split_once(&option).unwrap_or_else(|| panic!("{kind} cannot be chosen: {page}"));
    rest.split('<').next().unwrap_or_default()
}

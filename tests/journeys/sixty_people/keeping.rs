//! What each keeps to themselves, and what is told of all as one.

use std::collections::BTreeSet;

use super::*;

pub(super) async fn sr_39_sr_44_private_to_its_owner(season: &Season) {
    let me = season.client(0);
    let kept = me.all("/connections").await;
    assert_eq!(kept[0]["checks"][0]["trust"], 4);
    let mirror = me.get("/mirror").await.ok(200);
    // F2 and F5, and nothing was asked.
    assert!(mirror["gives"].as_i64() >= Some(2), "{mirror}");
    assert_eq!((&mirror["asks"], &mirror["share_of_asks"], mirror.get("notice")), (&json!(0), &json!(0.0), None));
    for path in ["/registrations", "/prompts", "/messages", "/report", "/feedback", "/stats", ""] {
        let answer = season.app.get(&season.event.at(path)).await.text();
        for secret in ["looms and rivers", "\"trust\"", "mirror", "share_of_asks", "temperature"] {
            assert!(!answer.contains(secret), "{path} tells {secret}");
        }
    }
    let other = answering().find(|n| *n != 0 && kept.iter().all(|one| one["code"] != season.guests[*n].code.as_str()));
    let others = answering().filter(|n| kept.iter().any(|one| one["code"] == season.guests[*n].code.as_str()));
    let id = kept[0]["id"].as_str().unwrap();
    for n in others.chain(other) {
        let them = season.client(n);
        for path in [format!("/connections/{id}"), format!("/connections/{id}/log")] {
            them.get(&path).await.fails(404, "not_found");
        }
        // Whom one chose, and whether they chose back, is each one's own to know.
        let told = json!([them.all("/connections").await, them.all("/encounters").await]).to_string();
        assert!(!told.contains(id) && !told.contains("looms and rivers") && !told.contains("\"incoming\":true"), "{told}");
    }
}

pub(super) async fn sr_45_three_at_most_and_nobody_is_counted(season: &Season) {
    for me in season.clients.values() {
        assert!(me.all("/connections").await.len() <= 3);
    }
    let me = season.client(0);
    let prompt = prompt_of(me, "F1").await;
    let code = each(&prompt["recall"]["people"], "code")[0];
    act(me, &prompt, json!({"choice": "done", "keep": [code, code, code, code]})).await.fails(422, "validation_failed").error_at("/keep");
    let mut named = BTreeSet::new();
    for path in ["/registrations?limit=100", "/report", "/feedback", "/stats"] {
        fields(&season.app.get(&season.event.at(path)).await.ok(200), &mut named);
    }
    fields(&season.app.get("/people?limit=100").await.ok(200), &mut named);
    fields(&json!(me.all("/encounters").await), &mut named);
    fields(&json!(me.all("/connections").await), &mut named);
    for ranking in ["connections", "contacts", "rank", "ranking", "score", "points", "popularity"] {
        assert!(!named.contains(ranking), "{ranking} is told: {named:?}");
    }
}

/// The names of all fields in a document.
fn fields(value: &Value, named: &mut BTreeSet<String>) {
    match value {
        Value::Object(all) => {
            for (name, value) in all {
                named.insert(name.clone());
                fields(value, named);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| fields(value, named)),
        _ => {}
    }
}

pub(super) async fn sr_49_short_feedback_and_apart_from_who_gave_it(season: &Season) {
    // Everybody who answered the first mail, but for who paused; with a name or without.
    let asked = (0..PEOPLE - ABSENT).filter(|n| answers(*n) || *n == LEAVES).count();
    let feedback = season.app.get(&season.event.at("/feedback")).await.ok(200);
    assert_eq!(feedback["heard"], json!({"yes": asked, "partly": 0, "no": 0}));
    assert_eq!(feedback["listened"], json!({"yes": 0, "partly": asked, "no": 0}));
    assert!(feedback["continued"]["day_30"]["yes"].as_i64() > Some(30), "{feedback}");
    assert!(feedback["continued"]["day_90"]["partly"].as_i64() > Some(30), "{feedback}");
    // Even who reads the database finds nobody behind what was said without a name.
    let dump = season.app.dump().await;
    for n in [0, WITHOUT_A_NAME] {
        let prompt = prompt_of(season.client(n), "F1").await;
        // One of the databases writes ids as text, the other as bytes.
        let id = prompt["id"].as_str().unwrap();
        let bytes = id.replace('-', "").to_uppercase();
        let of_prompt = |line: &&str| line.contains(id) || line.contains(&bytes);
        let says = dump.lines().filter(of_prompt).any(|line| line.replace(' ', "").contains("\"heard\":\"yes\""));
        assert_eq!(says, n == 0, "{n}");
    }
    let report = season.app.get(&season.event.at("/report")).await.ok(200);
    assert!(report["needs_met"]["yes"].as_i64() > Some(30), "{report}");
    assert!(report["giving"].as_i64() > Some(30) && report["introducing"].as_i64() > Some(5), "{report}");
    assert!(report["connected"].is_null(), "nobody has asked anybody yet: {report}");
}

pub(super) async fn sr_39_sr_41_history_and_stages(season: &Season) {
    let me = season.client(0);
    let kept = me.all("/connections").await;
    // Somebody was brought together with somebody in answer to F5.
    let one = kept.iter().find(|one| one["stage"] == "referral").unwrap_or_else(|| panic!("{kept:?}"));
    assert!(kept.iter().all(|one| one["stage"] != "outcome"), "{kept:?}");
    let path = format!("/connections/{}", one["id"].as_str().unwrap());
    me.post(&format!("{path}/log"), json!({"kind": "check", "trust": 5, "goals": 2, "solutions": 5})).await.ok(201);
    let shown = me.get(&path).await.ok(200);
    assert_eq!(shown["stage"], "outcome");
    let checks = shown["checks"].as_array().unwrap();
    let of = |scale: &str| checks.iter().map(|check| check[scale].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!((of("trust"), of("goals"), of("solutions")), (vec![4, 5], vec![3, 2], vec![2, 5]), "what was said before stays");
    assert!(when(checks[0]["at"].as_str().unwrap()) < when(checks[1]["at"].as_str().unwrap()));
}

pub(super) async fn sr_40_contact_sets_the_clock_back(season: &Season) {
    for n in answering() {
        let (c, mail) = (prompt_of(season.client(n), "C").await, season.mail(n, "C"));
        let names = each(&c["recall"]["people"], "name");
        assert!(!names.is_empty() && names.iter().all(|name| mail.mentions(name)), "{}", mail.text);
    }
    let me = season.client(0);
    let kept = me.all("/connections").await;
    let distant = kept.iter().find(|one| one["temperature"] != "warm").unwrap_or_else(|| panic!("{kept:?}"));
    let path = format!("/connections/{}", distant["id"].as_str().unwrap());
    me.post(&format!("{path}/log"), json!({"kind": "interaction", "what": "coffee"})).await.ok(201);
    let shown = me.get(&path).await.ok(200);
    assert_eq!(shown["temperature"], "warm");
    assert_eq!(when(shown["in_touch_at"].as_str().unwrap()), season.app.now().await);
}

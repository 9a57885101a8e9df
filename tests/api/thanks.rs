//! Thanks stay between the two they are between, and nothing says how good anybody is.

use std::collections::BTreeSet;

use crate::support::*;

const CONTEXT: &str = "We spoke about canoes at table two.";

/// Words that nobody else would write.
const FOR_THEM: &str = "Thankwordzq for the map";
const FOR_ONESELF: &str = "Quietwordzq for the walk";

/// Two who keep in touch: the id of the connection as each has it.
async fn connect(one: &Caller, other: &Caller, code: &str) -> (String, String) {
    let asked = one.post("/connections", json!({"code": code, "context": CONTEXT})).await.ok(201);
    let waits = other.all("/connections").await.into_iter().find(|seen| seen["incoming"] == true).unwrap();
    let accepted = other.post(&format!("/connections/{}/accept", waits["id"].as_str().unwrap()), json!({})).await.ok(200);
    (asked["id"].as_str().unwrap().to_owned(), accepted["id"].as_str().unwrap().to_owned())
}

fn thanks(text: &str, shared: bool) -> Value {
    json!({"kind": "give", "what": "thanks", "text": text, "shared": shared})
}

#[rstest]
#[tokio::test]
async fn sr_52_thanks_are_read_by_the_two_they_are_between(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let (ada, luca) = (app.signed_in(&event, &guests[0]).await, app.signed_in(&event, &guests[1]).await);
    let (mine, theirs) = connect(&ada, &luca, &guests[1].code).await;
    let log = format!("/connections/{mine}/log");
    for wrong in [
        json!({"kind": "give", "what": "thanks", "shared": true}),
        json!({"kind": "give", "what": "resource", "text": "x", "shared": true}),
        json!({"kind": "note", "text": "x", "shared": true}),
    ] {
        ada.post(&log, wrong).await.fails(422, "validation_failed").error_at("/shared");
    }
    // What nobody said anything about stays with who wrote it.
    let quiet = ada.post(&log, json!({"kind": "give", "what": "thanks", "text": FOR_ONESELF})).await.ok(201);
    assert_eq!(quiet["shared"], false);
    ada.post(&log, thanks(FOR_THEM, true)).await.ok(201);
    assert_eq!(each(&json!(ada.all(&log).await), "text"), [FOR_ONESELF, FOR_THEM]);

    let read = luca.get(&format!("/connections/{theirs}")).await.ok(200);
    assert_eq!(each(&read["thanks"], "text"), [FOR_THEM]);
    assert_eq!(luca.get(&format!("/connections/{theirs}/log")).await.ok(200)["results"], json!([]), "their own log is as it was");
    assert_eq!(read["mirror"]["gives"], 0);
    let page = format!("/in/{}/people/{theirs}", app.mail_about(&event, &guests[1].email, "confirmed").await.token("in"));
    let page = app.visitor().get(&page).await.ok_page();
    assert!(page.contains(FOR_THEM) && !page.contains("Quietwordzq"), "{page}");

    let silent = |answer: &str, of: &str| assert!(!answer.contains("wordzq"), "{of}: {answer}");
    for guest in &guests[2..] {
        let other = app.signed_in(&event, guest).await;
        other.get(&log).await.fails(404, "not_found");
        for path in ["/connections", "/encounters", "/prompts", "/registrations", "/mirror", "/introductions", "/profile", "/export"] {
            silent(&other.get(path).await.ok(200).to_string(), path);
        }
    }
    for path in ["", "/prompts", "/messages", "/registrations", "/registrations/export?format=json", "/stats", "/report", "/feedback"] {
        silent(&app.get(&event.at(path)).await.ok(200).to_string(), path);
    }
    let people = app.all("/people").await;
    assert_eq!(people.len(), 4);
    for person in people {
        silent(&app.get(&format!("/people/{}/export", person["id"].as_str().unwrap())).await.ok(200).to_string(), "an export by staff");
    }
    silent(&app.public().get("/events/tavola/may").await.ok(200).to_string(), "the public event");
    silent(&app.visitor().get("/e/tavola/may").await.ok_page(), "the event's page");
    assert!(app.mails().only_those(|mail| mail.mentions("wordzq")).is_empty(), "nobody is written to about it");

    // Each takes along what they may read, and no more.
    let (hers, his) = (ada.get("/export").await.ok(200).to_string(), luca.get("/export").await.ok(200).to_string());
    assert!(hers.contains(FOR_THEM) && hers.contains(FOR_ONESELF), "{hers}");
    assert!(his.contains(FOR_THEM) && !his.contains("Quietwordzq"), "{his}");

    // Who lets go takes them along, and the other is told nothing: writing to who let go answers as it did.
    ada.post(&format!("/connections/{mine}/end"), json!({})).await.done();
    let alone = luca.get(&format!("/connections/{theirs}")).await.ok(200);
    assert_eq!((&alone["state"], &alone["thanks"]), (&json!("connected"), &json!([])));
    luca.post(&format!("/connections/{theirs}/log"), thanks("Latewordzq", true)).await.ok(201);
    for path in ["/connections", "/export"] {
        assert!(!ada.get(path).await.ok(200).to_string().contains("Latewordzq"), "{path}");
    }
}

#[rstest]
#[tokio::test]
async fn sr_52_thanks_are_gone_with_a_block_and_with_who_wrote_them(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let (ada, luca, bo) =
        (app.signed_in(&event, &guests[0]).await, app.signed_in(&event, &guests[1]).await, app.signed_in(&event, &guests[2]).await);
    // Nothing is shown to who was asked and has not answered.
    let waiting = ada.post("/connections", json!({"code": guests[3].code, "context": CONTEXT})).await.ok(201);
    let waiting = format!("/connections/{}/log", waiting["id"].as_str().unwrap());
    ada.post(&waiting, thanks("x", true)).await.fails(409, "wrong_state");
    for (other, guest) in [(&luca, &guests[1]), (&bo, &guests[2])] {
        let (mine, theirs) = connect(&ada, other, &guest.code).await;
        ada.post(&format!("/connections/{mine}/log"), thanks(FOR_THEM, true)).await.ok(201);
        assert_eq!(each(&other.get(&format!("/connections/{theirs}")).await.ok(200)["thanks"], "text"), [FOR_THEM]);
    }
    let told = async |who: &Caller| {
        let mut told = String::new();
        for path in ["/connections", "/export"] {
            told += &who.get(path).await.ok(200).to_string();
        }
        told.contains(FOR_THEM)
    };
    luca.post("/blocks", json!({"code": guests[0].code})).await.ok(201);
    assert!(!told(&luca).await, "they blocked who wrote it");
    assert!(told(&bo).await);

    ada.post("/erase", json!({"confirm": guests[0].email})).await.ok(200);
    assert!(!told(&bo).await, "who wrote it is forgotten");
    assert!(!app.dump().await.contains(FOR_THEM));
}

#[rstest]
#[tokio::test]
async fn sr_52_whoever_reads_thanks_is_said_on_the_page(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let (ada, luca) = (app.signed_in(&event, &guests[0]).await, app.signed_in(&event, &guests[1]).await);
    let (mine, theirs) = connect(&ada, &luca, &guests[1].code).await;
    let people = async |guest: &Guest| format!("/in/{}/people", app.mail_about(&event, &guest.email, "confirmed").await.token("in"));
    let page = format!("{}/{mine}", people(&guests[0]).await);
    assert!(app.visitor().get(&page).await.ok_page().contains("name=\"shared\""));
    let give = |what: &'static str| [("choice", "give"), ("give_what", what), ("give_text", FOR_THEM), ("shared", "on")];
    let refused = app.visitor().submit(&page, &give("resource")).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.text().contains("Only a thank-you in words"), "{}", refused.text());
    let written = app.visitor().submit(&page, &give("thanks")).await;
    assert_eq!(written.status, 303, "{}", written.text());
    let after = app.visitor().get(&written.location()).await.ok_page();
    assert!(after.contains("They read it on their page about you"), "{after}");
    assert!(after.contains(&format!("{} may read it", guests[1].name)), "{after}");
    let read = app.visitor().get(&format!("{}/{theirs}", people(&guests[1]).await)).await.ok_page();
    assert!(read.contains(FOR_THEM) && read.contains("They thank you"), "{read}");
}

/// Parts of a name that would say how good somebody is.
const RATING: &str = "score scores rating ratings rate rated star stars karma point points rank ranks ranking reputation like likes vote votes \
                      badge badges level popularity trust";

/// None of these is about a person, or none is read by anybody else.
const NO_RATING: [(&str, &str, &str); 8] = [
    ("Plan", "score", "how good a seating is"),
    ("Repair", "score", "how good a seating is"),
    ("DeclaredPassion", "level", "how much one says one loves something"),
    ("NewLogEntry", "trust", "of one's private log: one writes it"),
    ("LogEntry", "trust", "of one's private log"),
    ("ExportedEntry", "trust", "of one's private log"),
    ("Check", "trust", "of one's private log, by a prompt"),
    ("Checked", "trust", "of one's private log"),
];

/// What would rate somebody, by the schema or the path it stands in.
fn ratings(document: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for part in [&document["components"]["schemas"], &document["paths"]] {
        for (place, inner) in part.as_object().unwrap() {
            look(inner, place, &mut found);
        }
    }
    found
}

fn look(value: &Value, place: &str, found: &mut BTreeSet<(String, String)>) {
    let rates = |name: &&String| name.split('_').any(|word| RATING.split(' ').any(|rating| rating == word));
    if let Some(properties) = value["properties"].as_object() {
        found.extend(properties.keys().filter(rates).map(|name| (place.to_owned(), name.clone())));
    }
    match value {
        Value::Object(fields) => fields.values().for_each(|inner| look(inner, place, found)),
        Value::Array(items) => items.iter().for_each(|inner| look(inner, place, found)),
        _ => {}
    }
}

#[test]
fn sr_52_nothing_in_the_document_rates_a_person() {
    let document: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let known = NO_RATING.map(|(schema, property, _)| (schema.to_owned(), property.to_owned()));
    assert_eq!(ratings(&document), BTreeSet::from(known));

    // It would be seen, in a schema of its own and within an answer.
    let mut rated = document;
    rated["components"]["schemas"]["Connection"]["allOf"] = json!([{"properties": {"public_reputation": {"type": "integer"}}}]);
    assert!(ratings(&rated).contains(&("Connection".to_owned(), "public_reputation".to_owned())));
}

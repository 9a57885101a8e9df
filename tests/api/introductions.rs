//! Two people are brought together by a third: both must say yes, and a no looks like silence.

use crate::support::*;

const WHY: &str = "You both talk of bees as if they were family.";
const CONTEXT: &str = "We spoke about canoes.";

/// Somebody at an evening, as they are called there and as they ask.
struct Known {
    guest: Guest,
    me: Caller,
}

/// Ada met Bruno in May and Hugo in June, and keeps in touch with both. Bruno and Hugo have never met.
struct Three {
    may: Event,
    june: Event,
    /// The others of May.
    rest: Vec<Guest>,
    ada: Caller,
    ada_name: String,
    ada_in_june: Guest,
    bruno: Known,
    hugo: Known,
}

impl Three {
    async fn of(app: &TestApp) -> Three {
        let (may, guests, _) = app.held_evening("may", 4).await;
        let june = app.event_with("june", json!({"capacity": null, "starts_at": NEXT_STARTS, "ends_at": NEXT_ENDS})).await;
        let mut others = Vec::new();
        for n in [0, 7, 8, 9] {
            others.push(app.add(&june, &nth_person(n)).await);
        }
        app.hold(&june, &others).await;
        let ada = app.signed_in(&may, &guests[0]).await;
        let bruno = Known { me: app.signed_in(&may, &guests[1]).await, guest: guests[1].clone() };
        let hugo = Known { me: app.signed_in(&june, &others[1]).await, guest: others[1].clone() };
        connect(&ada, &guests[0], &bruno).await;
        connect(&ada, &others[0], &hugo).await;
        let ada_name = guests[0].name.clone();
        Three { may, june, rest: guests[2..].to_vec(), ada, ada_name, ada_in_june: others[0].clone(), bruno, hugo }
    }

    fn propose(&self) -> Request {
        self.ada.post("/introductions", json!({"codes": [self.bruno.guest.code, self.hugo.guest.code], "why": WHY}))
    }

    /// Ada proposes, and both say yes.
    async fn agree(&self) {
        let proposed = self.propose().await.ok(201);
        for end in [&self.bruno, &self.hugo] {
            answer(&end.me, &proposed, "accept").await.ok(200);
        }
    }
}

/// Two who ask each other keep in touch.
async fn connect(one: &Caller, called: &Guest, other: &Known) {
    one.post("/connections", json!({"code": other.guest.code, "context": CONTEXT})).await.ok(201);
    let both = other.me.post("/connections", json!({"code": called.code, "context": CONTEXT})).await.ok(201);
    assert_eq!(both["state"], "connected");
}

/// All that somebody is told, but for their own profile.
async fn told(me: &Caller) -> String {
    let mut told = String::new();
    for path in ["/introductions", "/connections", "/encounters", "/prompts"] {
        told.push_str(&json!(me.all(path).await).to_string());
    }
    told
}

async fn answer(me: &Caller, proposed: &Value, verb: &str) -> Answer {
    me.post(&format!("/introductions/{}/{verb}", proposed["id"].as_str().unwrap()), json!({})).await
}

/// Nothing by which Bruno finds Hugo, or Hugo Bruno, or Ada the address of either, was told or mailed.
async fn nothing_moved(app: &TestApp, three: &Three) {
    app.run_due().await;
    let (bruno, hugo) = (&three.bruno, &three.hugo);
    for (me, reader, other) in [(&bruno.me, &bruno.guest, &hugo.guest), (&hugo.me, &hugo.guest, &bruno.guest)] {
        let told = told(me).await;
        assert!(!told.contains(&other.email) && !told.contains(&other.code), "{told}");
        let mails = app.mails().to(&reader.email);
        assert!(mails.0.iter().all(|mail| !mail.mentions(&other.email) && !mail.mentions(&other.code)), "{:?}", mails.outline());
    }
    let told = told(&three.ada).await;
    assert!(!told.contains(&bruno.guest.email) && !told.contains(&hugo.guest.email), "{told}");
    assert!(app.mails().kind("introduction").is_empty());
}

#[rstest]
#[tokio::test]
async fn sr_42_no_address_moves_before_both_have_said_yes(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let three = Three::of(&app).await;
    let (bruno, hugo) = (&three.bruno, &three.hugo);
    let proposed = three.propose().await.ok(201);
    assert_eq!((&proposed["state"], each(&proposed["people"], "name").len()), (&json!("awaiting_both"), 2));
    three.propose().await.fails(409, "wrong_state");
    nothing_moved(&app, &three).await;

    let seen = bruno.me.all("/introductions").await[0].clone();
    assert_eq!((&seen["introducer"], &seen["why"], &seen["agreed"]), (&json!(three.ada_name), &json!(WHY), &json!(false)));
    assert_eq!(each(&seen["people"], "name"), [hugo.guest.name.as_str()]);
    assert_eq!(each(&seen["people"][0]["shared_passions"], "code"), ["beekeeping"]);
    assert_eq!(bruno.me.get(&format!("/introductions/{}", seen["id"].as_str().unwrap())).await.ok(200), seen);
    let stranger = app.signed_in(&three.may, &three.rest[0]).await;
    assert!(stranger.all("/introductions").await.is_empty());
    for who in [&stranger, &three.ada] {
        answer(who, &proposed, "accept").await.fails(404, "not_found");
        answer(who, &proposed, "decline").await.fails(404, "not_found");
    }

    let (to_ada, to_hugo) = (three.ada.all("/introductions").await, hugo.me.all("/introductions").await);
    for _ in 0..2 {
        let accepted = answer(&bruno.me, &proposed, "accept").await.ok(200);
        assert_eq!((&accepted["state"], &accepted["agreed"]), (&json!("awaiting_both"), &json!(true)));
    }
    assert_eq!((three.ada.all("/introductions").await, hugo.me.all("/introductions").await), (to_ada, to_hugo), "one yes is not told");
    nothing_moved(&app, &three).await;

    assert_eq!(answer(&hugo.me, &proposed, "accept").await.ok(200)["state"], "sent");
    app.run_due().await;
    for (reader, other) in [(bruno, hugo), (hugo, bruno)] {
        let mail = app.mails().to(&reader.guest.email).kind("introduction").only().clone();
        for words in [other.guest.email.as_str(), &other.guest.name, &three.ada_name, WHY, "Beekeeping"] {
            assert!(mail.mentions(words), "{words} in {}", mail.text);
        }
        assert_eq!(mail.event, None);
        assert_eq!(mail.header("List-Unsubscribe"), None);
        let kept = reader.me.all("/connections").await;
        let met = kept.iter().find(|one| one["code"] == other.guest.code.as_str()).unwrap();
        assert_eq!(
            (&met["state"], &met["met_through"], &met["email"]),
            (&json!("connected"), &json!(three.ada_name), &json!(other.guest.email))
        );
    }
    assert_eq!(three.ada.all("/introductions").await[0]["state"], "sent");
    assert!(!told(&three.ada).await.contains("@example.org"), "who brought them together learns no address by it");
    answer(&bruno.me, &proposed, "accept").await.fails(409, "wrong_state");
    answer(&bruno.me, &proposed, "decline").await.fails(409, "wrong_state");
    // Once is enough.
    assert_eq!(three.propose().await.fails(409, "wrong_state").0["state"], "sent");
    // Who brings whom together is no business of staff.
    for event in [&three.may, &three.june] {
        assert!(!app.get(&event.at("/messages?limit=100")).await.text().contains("introduction"));
    }

    // Who was introduced may be asked again after one let go; who was neither met nor introduced may not.
    let kept = bruno.me.all("/connections").await;
    let met = kept.iter().find(|one| one["code"] == hugo.guest.code.as_str()).unwrap();
    bruno.me.post(&format!("/connections/{}/end", met["id"].as_str().unwrap()), json!({})).await.done();
    bruno.me.post("/connections", json!({"code": hugo.guest.code, "context": CONTEXT})).await.ok(201);
    stranger.post("/connections", json!({"code": hugo.guest.code, "context": CONTEXT})).await.fails(403, "forbidden");
}

#[rstest]
#[tokio::test]
async fn sr_42_who_was_introduced_is_known_by_the_code_of_that_event_alone(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let three = Three::of(&app).await;
    let (bruno, hugo) = (&three.bruno, &three.hugo);
    let july = json!({"capacity": null, "starts_at": "2030-07-04T16:00:00Z", "ends_at": "2030-07-04T20:00:00Z"});
    let july = app.event_with("july", july).await;
    let mut others = Vec::new();
    for n in [7, 10, 11, 12] {
        others.push(app.add(&july, &nth_person(n)).await);
    }
    app.hold(&july, &others).await;
    three.agree().await;
    // Hugo was there in July as well, which is nothing that Bruno was told.
    let ask = |code: &str| bruno.me.post("/connections", json!({"code": code, "context": CONTEXT}));
    ask(&others[0].code).await.fails(403, "forbidden");
    ask(&hugo.guest.code).await.ok(201);
}

#[rstest]
#[tokio::test]
async fn sr_42_a_no_looks_like_silence(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let three = Three::of(&app).await;
    let (bruno, hugo) = (&three.bruno, &three.hugo);
    let proposed = three.propose().await.ok(201);
    let (to_ada, to_hugo) = (three.ada.all("/introductions").await, hugo.me.all("/introductions").await);
    answer(&bruno.me, &proposed, "decline").await.ok(204);
    assert!(bruno.me.all("/introductions").await.is_empty());
    answer(&bruno.me, &proposed, "accept").await.fails(404, "not_found");
    assert_eq!((three.ada.all("/introductions").await, hugo.me.all("/introductions").await), (to_ada.clone(), to_hugo));

    let accepted = answer(&hugo.me, &proposed, "accept").await.ok(200);
    assert_eq!((&accepted["state"], &accepted["agreed"]), (&json!("awaiting_both"), &json!(true)));
    assert_eq!(three.ada.all("/introductions").await, to_ada);
    nothing_moved(&app, &three).await;

    // It ends when silence would.
    app.clock_advance(60 * 86_400 - 60).await;
    assert_eq!(three.ada.all("/introductions").await, to_ada);
    app.clock_advance(60).await;
    assert_eq!(three.ada.all("/introductions").await[0]["state"], "closed");
    answer(&hugo.me, &proposed, "accept").await.fails(409, "wrong_state");
    nothing_moved(&app, &three).await;

    // Ada may propose it once more, and Bruno is not asked twice.
    three.propose().await.ok(201);
    assert!(bruno.me.all("/introductions").await.is_empty());
    assert_eq!(hugo.me.all("/introductions").await.len(), 2);
}

#[rstest]
#[tokio::test]
async fn sr_42_who_is_no_connection_and_who_does_not_exist_answer_alike(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let three = Three::of(&app).await;
    let (bruno, hugo) = (&three.bruno.guest, &three.hugo.guest);
    let propose = |codes: Value, why: Value| three.ada.post("/introductions", json!({"codes": codes, "why": why}));
    for codes in [json!([]), json!([bruno.code]), json!([bruno.code, bruno.code]), json!([bruno.code, hugo.code, three.rest[0].code])] {
        propose(codes, json!(WHY)).await.fails(422, "validation_failed").error_at("/codes");
    }
    for why in [json!(null), json!("  "), json!("x".repeat(501))] {
        propose(json!([bruno.code, hugo.code]), why).await.fails(422, "validation_failed").error_at("/why");
    }
    // Met and not asked; asked and not answered; blocked; oneself; nobody.
    let [met, asked] = [&three.rest[0], &three.rest[1]];
    three.ada.post("/connections", json!({"code": asked.code, "context": CONTEXT})).await.ok(201);
    three.hugo.me.post("/blocks", json!({"code": three.ada_in_june.code})).await.ok(201);
    let mut refusals = Vec::new();
    for code in [met.code.as_str(), &asked.code, &hugo.code, &three.ada_in_june.code, "ZZZZZZZZ"] {
        let mut refused = propose(json!([bruno.code, code]), json!(WHY)).await.fails(403, "forbidden").0;
        refused["instance"] = Value::Null;
        refusals.push(refused);
    }
    assert!(refusals.iter().all(|one| *one == refusals[0]), "{refusals:?}");
    assert!(three.ada.all("/introductions").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn sr_42_what_stands_between_two_looks_like_silence(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (may, guests, _) = app.held_evening("may", 4).await;
    let ada = app.signed_in(&may, &guests[0]).await;
    let mut others = Vec::new();
    for guest in &guests[1..] {
        let one = Known { me: app.signed_in(&may, guest).await, guest: guest.clone() };
        connect(&ada, &guests[0], &one).await;
        others.push(one);
    }
    let [bruno, chiara, dario] = others.as_slice() else { panic!("three others") };
    let propose = |one: &Known, other: &Known| ada.post("/introductions", json!({"codes": [one.guest.code, other.guest.code], "why": WHY}));

    bruno.me.post("/blocks", json!({"code": chiara.guest.code})).await.ok(201);
    let blocked = propose(bruno, chiara).await.ok(201);
    assert_eq!(blocked["state"], "awaiting_both");
    for one in [bruno, chiara] {
        assert!(one.me.all("/introductions").await.is_empty());
        answer(&one.me, &blocked, "accept").await.fails(404, "not_found");
    }

    // Who wants no mail of this kind is not asked, and what they said yes to before does not come about.
    let proposed = propose(chiara, dario).await.ok(201);
    answer(&dario.me, &proposed, "accept").await.ok(200);
    dario.me.patch("/preferences", json!({"streams": {"follow_up": false}})).await.ok(200);
    assert!(dario.me.all("/introductions").await.is_empty());
    assert_eq!(answer(&chiara.me, &proposed, "accept").await.ok(200)["state"], "awaiting_both");
    app.run_due().await;
    assert!(app.mails().kind("introduction").is_empty());
    let states: Vec<Value> = ada.all("/introductions").await.iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["awaiting_both", "awaiting_both"]);
}

#[rstest]
#[tokio::test]
async fn r20_who_is_erased_is_in_nobody_s_introductions_and_leaves_no_contacts(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let three = Three::of(&app).await;
    let (bruno, hugo) = (&three.bruno, &three.hugo);
    three.agree().await;
    app.run_due().await;
    bruno.me.post("/contacts", json!({"name": "Contactwordzq"})).await.ok(201);
    let taken = bruno.me.get("/export").await.ok(200);
    assert_eq!((&taken["introductions"][0]["why"], &taken["contacts"][0]["name"]), (&json!(WHY), &json!("Contactwordzq")));
    let words = [bruno.guest.email.as_str(), "Contactwordzq", "as if they were family"];
    let before = app.dump().await;
    for word in words {
        assert!(before.contains(word), "{word} was never written down");
    }
    bruno.me.post("/erase", json!({"confirm": bruno.guest.email})).await.ok(200);
    let after = app.dump().await;
    let left: Vec<&str> = after.lines().filter(|line| words.iter().any(|word| line.contains(word))).collect();
    assert!(left.is_empty(), "{left:#?}");
    for other in [&three.ada, &hugo.me] {
        assert!(other.all("/introductions").await.is_empty());
    }
}

#[rstest]
#[tokio::test]
async fn sr_10_who_introduced_is_named_to_nobody_who_is_kept_apart_from_them(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let three = Three::of(&app).await;
    let (bruno, hugo) = (&three.bruno, &three.hugo);
    three.agree().await;
    for (one, other) in [(bruno, hugo), (hugo, bruno)] {
        let kept = one.me.all("/connections").await;
        let met = kept.iter().find(|known| known["code"] == other.guest.code.as_str()).unwrap();
        assert_eq!(met["met_through"], json!(three.ada_name));
        one.me.put(&format!("/connections/{}/cadence", met["id"].as_str().unwrap()), json!({"months": 1})).await.ok(200);
    }
    let kept = bruno.me.all("/connections").await;
    let ada = kept.iter().find(|one| one["name"] == json!(three.ada_name)).expect("they keep in touch");
    bruno.me.post("/blocks", json!({"code": ada["code"]})).await.ok(201);
    for (one, other, is_told) in [(bruno, hugo, false), (hugo, bruno, true)] {
        let kept = one.me.all("/connections").await;
        let met = kept.iter().find(|known| known["code"] == other.guest.code.as_str()).unwrap();
        assert_eq!(met["met_through"] == json!(three.ada_name), is_told, "{met}");
    }

    let digest = |one: &Known| app.mails().to(&one.guest.email).kind("C").0.first().cloned();
    let mut day = when("2030-06-01T08:00:00Z");
    while digest(bruno).is_none() || digest(hugo).is_none() {
        day += chrono::TimeDelta::days(1);
        assert!(day < when("2030-10-01T08:00:00Z"), "no digest came");
        app.live_until(&day.to_rfc3339()).await;
    }
    let (to_bruno, to_hugo) = (digest(bruno).unwrap(), digest(hugo).unwrap());
    assert!(to_bruno.mentions("Somebody brought you and") && to_bruno.mentions(&hugo.guest.name), "{}", to_bruno.text);
    assert!(!to_bruno.mentions(&three.ada_name), "{}", to_bruno.text);
    assert!(to_hugo.mentions(&format!("{} brought you and", three.ada_name)), "{}", to_hugo.text);
}

//! `/in/{token}/introductions`: two are brought together by a third; and those one knows from elsewhere, on the page of one's people.

use crate::support::*;

const WHY: &str = "You both talk of bees as if they were family.";
const CONTEXT: &str = "We spoke about canoes.";

/// Somebody at an evening, with the address of their own page.
struct Known {
    guest: Guest,
    me: Caller,
    page: String,
}

impl Known {
    async fn of(app: &TestApp, event: &Event, guest: &Guest) -> Known {
        let token = app.mail_about(event, &guest.email, "confirmed").await.token("in");
        Known { guest: guest.clone(), me: app.me(&token), page: format!("/in/{token}") }
    }

    fn at(&self, place: &str) -> String {
        format!("{}/{place}", self.page)
    }
}

/// Ada met Bruno in May and Hugo in June, and keeps in touch with both. Bruno and Hugo have never met.
struct Three {
    ada: Known,
    bruno: Known,
    hugo: Known,
    /// Somebody else of May.
    stranger: Known,
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
        let (ada, bruno) = (Known::of(app, &may, &guests[0]).await, Known::of(app, &may, &guests[1]).await);
        let (hugo, stranger) = (Known::of(app, &june, &others[1]).await, Known::of(app, &may, &guests[2]).await);
        connect(&ada, &guests[0], &bruno).await;
        connect(&ada, &others[0], &hugo).await;
        Three { ada, bruno, hugo, stranger }
    }

    /// The fields that propose the two to each other.
    fn two(&self) -> [String; 2] {
        [&self.bruno, &self.hugo].map(|one| format!("with_{}", one.guest.code))
    }

    /// Ada proposes it on her page; answers with the id.
    async fn propose(&self, app: &TestApp, why: &str) -> String {
        let [one, other] = self.two();
        let fields = [("propose", "on"), (one.as_str(), "on"), (other.as_str(), "on"), ("why", why)];
        press(app, &self.ada.at("introductions"), &fields).await;
        self.ada.me.all("/introductions").await[0]["id"].as_str().unwrap().to_owned()
    }
}

/// Two who ask each other keep in touch.
async fn connect(one: &Known, called: &Guest, other: &Known) {
    one.me.post("/connections", json!({"code": other.guest.code, "context": CONTEXT})).await.ok(201);
    other.me.post("/connections", json!({"code": called.code, "context": CONTEXT})).await.ok(201);
}

/// Presses a button and follows where it leads.
async fn press(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = app.visitor().submit(path, fields).await;
    assert_eq!(answer.status, 303, "{path}: {}", answer.text());
    app.visitor().get(&answer.location()).await.ok_page()
}

async fn look(app: &TestApp, path: &str) -> String {
    app.visitor().get(path).await.ok_page()
}

#[rstest]
#[tokio::test]
async fn sr_42_two_are_brought_together_on_the_pages(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let three = Three::of(&app).await;
    let (ada, bruno, hugo) = (&three.ada, &three.bruno, &three.hugo);
    let [one, other] = three.two();
    assert!(look(&app, &ada.at("introductions")).await.contains(&format!("name=\"{one}\"")));

    // Two, and why.
    let again = [("propose", "on"), (one.as_str(), "on"), (other.as_str(), "on"), ("why", WHY)];
    let alone = vec![again[0], again[1], again[3]];
    let without_why = vec![again[0], again[1], again[2], ("why", " ")];
    for (fields, wrong) in [(alone, "#two"), (without_why, "#why")] {
        let refused = app.visitor().submit(&ada.at("introductions"), &fields).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(links_of(&refused.text()).contains(&wrong.to_owned()), "{wrong}: {}", refused.text());
        assert!(refused.text().contains("value=\"on\" checked"), "what was ticked is gone: {}", refused.text());
    }
    assert!(ada.me.all("/introductions").await.is_empty());
    let id = three.propose(&app, WHY).await;
    assert!(look(&app, &ada.at("introductions")).await.contains("Waiting for both of them"));
    assert_eq!(app.visitor().submit(&ada.at("introductions"), &again).await.status, 422);

    // Each of the two reads who, whom and why; nobody else may answer.
    // All of the page is in one language.
    let page = look(&app, &format!("{}?lang=it", bruno.at("introductions"))).await;
    assert!(page.contains("Apicoltura") && !page.contains("Beekeeping"), "{page}");
    for (reader, named) in [(bruno, hugo), (hugo, bruno)] {
        let page = look(&app, &reader.at("introductions")).await;
        for words in [WHY, &named.guest.name, &ada.guest.name, "Beekeeping", "name=\"accept\""] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains(&named.guest.email) && !page.contains(&named.guest.code), "{page}");
    }
    for nobody in [ada, &three.stranger] {
        assert_eq!(app.visitor().submit(&nobody.at("introductions"), &[("accept", id.as_str())]).await.status, 404);
    }

    let before = look(&app, &ada.at("introductions")).await;
    let page = press(&app, &bruno.at("introductions"), &[("accept", id.as_str())]).await;
    assert!(page.contains("Waiting for the other person") && !page.contains("name=\"accept\""), "{page}");
    assert_eq!(look(&app, &ada.at("introductions")).await, before, "one yes is not told");
    let page = press(&app, &hugo.at("introductions"), &[("accept", id.as_str())]).await;
    assert!(page.contains("You both said yes"), "{page}");
    assert!(look(&app, &ada.at("introductions")).await.contains("Both said yes"));
    app.run_due().await;
    for (reader, named) in [(bruno, hugo), (hugo, bruno)] {
        let mail = app.mails().to(&reader.guest.email).kind("introduction").only().clone();
        assert!(mail.mentions(&named.guest.email), "{}", mail.text);
        let people = look(&app, &reader.at("people")).await;
        let through = format!("Met through {}", ada.guest.name);
        assert!(people.contains(&named.guest.name) && people.contains(&through), "{people}");
        let kept = reader.me.all("/connections").await;
        let kept = kept.iter().find(|one| one["code"] == named.guest.code.as_str()).unwrap();
        let page = look(&app, &reader.at(&format!("people/{}", kept["id"].as_str().unwrap()))).await;
        assert!(page.contains(&through) && page.contains(&named.guest.email), "{page}");
    }
    // The two need it no second time.
    let refused = app.visitor().submit(&ada.at("introductions"), &again).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("You have brought these two together already."), "{}", refused.text());
    // Pressed once more, the page tells how it stands.
    assert_eq!(app.visitor().submit(&bruno.at("introductions"), &[("accept", id.as_str())]).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn sr_10_who_was_introduced_can_be_blocked(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let three = Three::of(&app).await;
    let (bruno, hugo) = (&three.bruno, &three.hugo);
    let id = three.propose(&app, WHY).await;
    for one in [bruno, hugo] {
        press(&app, &one.at("introductions"), &[("accept", id.as_str())]).await;
    }
    let kept = bruno.me.all("/connections").await;
    let kept = kept.iter().find(|one| one["code"] == hugo.guest.code.as_str()).unwrap();
    let page = press(&app, &bruno.at(&format!("people/{}", kept["id"].as_str().unwrap())), &[("choice", "block")]).await;
    assert!(!page.contains(&hugo.guest.name), "{page}");
    assert!(!look(&app, &hugo.at("people")).await.contains(&bruno.guest.name));
    // Who was neither met nor introduced is nobody's to block.
    three.stranger.me.post("/blocks", json!({"code": hugo.guest.code})).await.fails(422, "validation_failed");
}

#[rstest]
#[tokio::test]
async fn sr_42_a_no_on_the_page_looks_like_silence(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let three = Three::of(&app).await;
    let (ada, bruno, hugo) = (&three.ada, &three.bruno, &three.hugo);
    let id = three.propose(&app, "</textarea><script>alert(1)</script> bees").await;
    for one in [ada, bruno, hugo] {
        let page = look(&app, &one.at("introductions")).await;
        assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script"), "{page}");
    }

    // Looking changes nothing.
    let stands = async || {
        let mut all = Vec::new();
        for one in [ada, bruno, hugo] {
            all.push((one.me.all("/introductions").await, one.me.all("/contacts").await));
        }
        all
    };
    let before = stands().await;
    for one in [ada, bruno, hugo] {
        for query in ["lang=it".to_owned(), "done=accepted".to_owned(), format!("accept={id}"), format!("decline={id}")] {
            look(&app, &format!("{}?{query}", one.at("introductions"))).await;
            look(&app, &format!("{}?{query}&contact=add&contact_name=Pina", one.at("people"))).await;
        }
    }
    assert_eq!(stands().await, before);

    let (to_ada, to_hugo) = (look(&app, &ada.at("introductions")).await, look(&app, &hugo.at("introductions")).await);
    let page = press(&app, &bruno.at("introductions"), &[("decline", id.as_str())]).await;
    assert!(!page.contains("name=\"accept\"") && !page.contains(&hugo.guest.name), "{page}");
    assert_eq!(look(&app, &ada.at("introductions")).await, to_ada);
    assert_eq!(look(&app, &hugo.at("introductions")).await, to_hugo);
    press(&app, &hugo.at("introductions"), &[("accept", id.as_str())]).await;
    app.run_due().await;
    assert!(app.mails().kind("introduction").is_empty());
    assert_eq!(look(&app, &ada.at("introductions")).await, to_ada);
    // Who keeps in touch with nobody else finds a sentence and no form.
    let page = look(&app, &three.stranger.at("introductions")).await;
    assert!(page.contains("Nothing is waiting for your answer") && !page.contains("name=\"propose\""), "{page}");
}

#[rstest]
#[tokio::test]
async fn sr_40_a_contact_of_one_s_own_is_kept_on_the_page(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let (ada, bruno) = (Known::of(&app, &event, &guests[0]).await, Known::of(&app, &event, &guests[1]).await);
    let people = ada.at("people");
    let nameless = app.visitor().submit(&people, &[("contact", "add"), ("contact_name", " "), ("contact_note", "goats")]).await;
    assert_eq!(nameless.status, 422, "{}", nameless.text());
    assert!(links_of(&nameless.text()).contains(&"#contact_name".to_owned()) && nameless.text().contains("goats"), "{}", nameless.text());

    let pina = [("contact", "add"), ("contact_name", "Pina Sala"), ("contact_note", "She keeps <b>goats</b>."), ("contact_months", "3")];
    let page = press(&app, &people, &pina).await;
    assert!(page.contains("Pina Sala") && page.contains("She keeps &lt;b&gt;goats") && !page.contains("<b>goats"), "{page}");
    let kept = ada.me.all("/contacts").await[0].clone();
    let id = kept["id"].as_str().unwrap().to_owned();
    assert_eq!((&kept["every_months"], &kept["temperature"]), (&json!(3), &json!("warm")));
    ada.me.patch(&format!("/contacts/{id}"), json!({"in_touch_at": "2029-01-01T10:00:00Z"})).await.ok(200);
    assert!(look(&app, &people).await.contains("1 January 2029"));

    // Only its owner tends it.
    for button in ["in_touch", "forget"] {
        assert_eq!(app.visitor().submit(&bruno.at("people"), &[(button, id.as_str())]).await.status, 404, "{button}");
    }
    assert!(!look(&app, &bruno.at("people")).await.contains("Pina"));
    let page = press(&app, &people, &[("in_touch", id.as_str())]).await;
    assert!(!page.contains("1 January 2029"), "{page}");
    assert_eq!(ada.me.get(&format!("/contacts/{id}")).await.ok(200)["temperature"], "warm");
    let page = press(&app, &people, &[("forget", id.as_str())]).await;
    assert!(!page.contains("Pina Sala") && ada.me.all("/contacts").await.is_empty(), "{page}");
}

#[rstest]
#[tokio::test]
async fn sr_44_the_page_of_one_s_people_holds_the_mirror(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (event, guests, _) = app.held_evening("may", 4).await;
    let (ada, bruno) = (Known::of(&app, &event, &guests[0]).await, Known::of(&app, &event, &guests[1]).await);
    assert!(look(&app, &ada.at("people")).await.contains("Nothing yet. What you give and ask"));
    let kept = ada.me.post("/connections", json!({"code": bruno.guest.code, "context": CONTEXT})).await.ok(201);
    let one = ada.at(&format!("people/{}", kept["id"].as_str().unwrap()));
    press(&app, &one, &[("choice", "give"), ("give_what", "thanks")]).await;
    for _ in 0..2 {
        press(&app, &one, &[("choice", "ask"), ("ask_what", "advice")]).await;
    }
    let mirror = ada.me.get("/mirror").await.ok(200);
    let notice = mirror["notice"].as_str().expect("asks outweigh gives");
    let page = look(&app, &ada.at("people")).await;
    assert!(page.contains("<dt>Asked</dt><dd>2</dd>"), "{page}");
    assert!(page.contains(notice), "{notice}: {page}");
    let page = look(&app, &format!("{}?lang=it", ada.at("people"))).await;
    assert!(page.contains("Finora hai chiesto più spesso") && !page.contains(notice), "{page}");
    assert!(!look(&app, &bruno.at("people")).await.contains(notice));
}

/// The eighth day after the evening, at ten in Rome.
const F2: &str = "2030-05-17T08:00:00Z";

#[rstest]
#[tokio::test]
async fn sr_42_a_follow_up_tells_who_is_asked(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let (may, guests, _) = app.held_evening("may", 4).await;
    let mut known = Vec::new();
    for guest in &guests {
        known.push(Known::of(&app, &may, guest).await);
    }
    let [ada, bruno, chiara, dario] = known.as_slice() else { panic!("four guests") };
    app.live_until(FIRST_WORKING_DAY).await;
    for other in [bruno, chiara, dario] {
        connect(ada, &ada.guest, other).await;
    }
    let propose = async |one: &Known, other: &Known| {
        let codes = [&one.guest.code, &other.guest.code];
        ada.me.post("/introductions", json!({"codes": codes, "why": WHY})).await.ok(201)["id"].as_str().unwrap().to_owned()
    };
    // Bruno is asked and has not answered, Chiara said no, and Dario blocked whom he would meet.
    let first = propose(bruno, chiara).await;
    chiara.me.post(&format!("/introductions/{first}/decline"), json!({})).await.done();
    propose(chiara, dario).await;
    for blocked in [chiara, bruno] {
        dario.me.post("/blocks", json!({"code": blocked.guest.code})).await.ok(201);
    }
    app.live_until(F2).await;
    for (one, is_told) in [(ada, false), (bruno, true), (chiara, false), (dario, false)] {
        let mail = app.mails().to(&one.guest.email).kind("F2").only().clone();
        assert_eq!(mail.says("Someone would like to introduce you to somebody"), is_told, "{}", mail.text);
        let link = mail.find_link("introductions");
        assert_eq!(link.is_some(), is_told, "{}", mail.text);
        if let Some(link) = link {
            assert_eq!(one.page, format!("/in/{}", mail.token("introductions")), "the token is the last of its path");
            let leads = app.visitor().get(&link).await;
            assert_eq!((leads.status, leads.location()), (303, one.at("introductions")));
            assert_eq!(app.visitor().get(&format!("{link}x")).await.status, 404);
        }
    }
}

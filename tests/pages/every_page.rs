//! What holds for every page: the reader's language, and nothing that leaks or runs.

use crate::support::*;

/// A page of each kind, open after one evening.
async fn all_pages(app: &TestApp) -> Vec<String> {
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let confirm = app.mail_about(&event, &ada.email, "confirm").await.link("confirm");
    let mut guests = app.add_many(&event, 3).await;
    guests.push(ada.clone());
    app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;
    app.public().post("/login", json!({"email": "owner@tavola.example"})).await.ok(202);
    let mail = app.mails().to(&ada.email).kind("F1").only().clone();
    let profile = mail.link("in").replace("/in/", "/profile/");
    let own = ["people", "introductions", "prompts", "preferences", "erase"];
    let [people, introductions, prompts, preferences, erase] = own.map(|place| format!("{}/{place}", mail.link("in")));
    let context = json!({"code": guests[0].code, "context": "We spoke about canoes."});
    let kept = app.me(&mail.token("in")).post("/connections", context).await.ok(201);
    let person = format!("{people}/{}", kept["id"].as_str().expect("a connection has an id"));
    let login = app.mail("owner@tavola.example", "login").await.link("login");
    vec![
        "/e/tavola/may".to_owned(),
        confirm,
        mail.link("in"),
        mail.link("prompts"),
        mail.link("unsubscribe"),
        login,
        profile,
        people,
        person,
        introductions,
        prompts,
        preferences,
        erase,
        "/guides/tavola/before".to_owned(),
        mail.link("guides"),
    ]
}

#[rstest]
#[tokio::test]
async fn every_page_speaks_the_language_asked_for(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    for path in all_pages(&app).await {
        let mut titles = Vec::new();
        for (language, query) in [("en", "?lang=en"), ("it", "?lang=it")] {
            let page = app.visitor().get(&format!("{path}{query}")).await.ok_page();
            assert!(page.contains(&format!("<html lang=\"{language}\"")), "{path}{query}: {page}");
            let title = page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
            titles.push(title.expect("a page has a title").to_owned());
            let headings = page.matches("<h1").count();
            assert_eq!(headings, 1, "{path}: {headings} main headings");
        }
        // The prompt was written when it was sent, in the language of its reader.
        assert!(titles[0] != titles[1] || path.starts_with("/prompts/"), "{path}: both are called {:?}", titles[0]);
    }
    let browser = app.visitor().get("/e/tavola/may").header("Accept-Language", "it-IT,it;q=0.9,en;q=0.8").await;
    assert!(browser.ok_page().contains("<html lang=\"it\""));
}

#[rstest]
#[tokio::test]
async fn a_mail_s_link_opens_in_the_language_of_the_mail(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &filled(person("Ada Arena"), json!({"locale": "it"}))).await;
    for (kind, place) in [("confirm", "confirm"), ("confirmed", "in")] {
        let link = app.mail_about(&event, &ada.email, kind).await.link(place);
        assert!(app.visitor().get(&link).await.ok_page().contains("<html lang=\"it\""), "{place}");
    }
}

#[rstest]
#[tokio::test]
async fn no_page_leaks_its_address_or_runs_what_is_not_ours(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let mut pages = all_pages(&app).await;
    pages.push("/nothing/here".to_owned());
    pages.push("/in/made-up".to_owned());
    for path in pages {
        let page = app.visitor().get(&path).await;
        let header = |name: &str| page.header(name).unwrap_or_else(|| panic!("{path} has no {name}")).to_owned();
        let policy = header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{path}: no {part} in {policy}");
        }
        assert!(!policy.contains("unsafe-") && !policy.contains('*'), "{path}: {policy}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert!(header("content-type").starts_with("text/html"), "{path}");
        assert!(!page.text().contains("<script") && !page.text().contains(" onclick="), "{path} wants to run something");
        assert!(!page.text().contains(" src=\"http"), "{path} fetches from elsewhere");
    }
}

#[rstest]
#[tokio::test]
async fn what_a_page_needs_is_served_from_here(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    app.event("may").await;
    let page = app.visitor().get("/e/tavola/may").await.ok_page();
    let assets: Vec<_> = links_of(&page).into_iter().filter(|address| address.starts_with("/assets/")).collect();
    assert!(!assets.is_empty(), "no style sheet: {page}");
    for asset in assets {
        let answer = app.visitor().get(&asset).await;
        assert_eq!(answer.status, 200, "{asset}");
        assert!(answer.header("etag").is_some() || answer.header("cache-control").is_some(), "{asset} is fetched every time");
    }
}

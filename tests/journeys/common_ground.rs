//! What two people have in common, as far as both show it.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn sr_36_common_ground_is_only_what_both_show(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let shares = |name: &str, codes: &[&str]| {
        let passions: Vec<_> = codes.iter().map(|code| json!({"passion": code, "level": 3})).collect();
        filled(person(name), json!({"passions": passions}))
    };
    let reader = app.add(&event, &shares("Ada Arena", &["climbing", "swing-dance"])).await;
    let open = app.add(&event, &shares("Bruno Bassi", &["climbing"])).await;
    let hidden = filled(shares("Chiara Conti", &["swing-dance"]), json!({"visibility": {"passions": "none"}}));
    let hidden = app.add(&event, &hidden).await;
    app.hold(&event, &[reader.clone(), open, hidden]).await;
    app.live_until(FIRST_WORKING_DAY).await;

    let prompt = prompt_of(&app.signed_in(&event, &reader).await, "F1").await;
    let common_ground = prompt["common_ground"].to_string().to_lowercase();
    assert!(common_ground.contains("climbing"), "both show it: {common_ground}");
    assert!(!common_ground.contains("swing-dance"), "one of them hides it: {common_ground}");
}

#[rstest]
#[tokio::test]
async fn sr_36_a_hidden_name_stays_hidden(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let mut guests = app.add_many(&event, 3).await;
    let hidden = filled(person("Zoe Hidden"), json!({"visibility": {"name": "none"}}));
    guests.push(app.add(&event, &hidden).await);
    app.hold(&event, &guests).await;
    app.live_until(FIRST_WORKING_DAY).await;
    assert!(!app.mails().kind("F1").is_empty());
    let named = app.mails().only_those(|mail| mail.to != "zoe.hidden@example.org" && mail.mentions("Zoe Hidden"));
    assert_eq!(named.outline(), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn sr_08_a_need_is_shown_while_it_is_one(#[values(true, false)] still_valid: bool, #[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let offering = json!({"offers": ["a bench for a workshop"], "visibility": {"offers": "tablemates"}});
    let reader = app.register_confirmed(&event, &filled(person("Ada Arena"), offering)).await;
    let expires_at = if still_valid { "2030-07-01T00:00:00Z" } else { "2030-05-09T12:00:00Z" };
    let seeking = json!({
        "needs": [{"text": "a bench for my workshop", "expires_at": expires_at}],
        "visibility": {"needs": "tablemates"},
    });
    let seeking = app.add(&event, &filled(person("Bruno Bassi"), seeking)).await;
    let third = app.add(&event, &person("Chiara Conti")).await;
    app.hold(&event, &[reader.clone(), seeking.clone(), third]).await;

    // At the table, and in the mail of the morning after.
    let me = app.signed_in(&event, &reader).await;
    let table = me.get(&format!("/registrations/{}/table", reader.code)).await;
    table.ok(200);
    assert_eq!(table.text().contains("a bench for my workshop"), still_valid, "{}", table.text());
    app.live_until(FIRST_WORKING_DAY).await;
    let exchanges = prompt_of(&me, "F1").await["common_ground"]["offers_needs"].to_string();
    assert_eq!(exchanges.contains("a bench for my workshop"), still_valid, "{exchanges}");
}

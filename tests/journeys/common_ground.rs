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

/// An evening of three at which one could give what another needs, if that is still so and is shown: the reader.
async fn offer_and_need(app: &TestApp, expires_at: &str, shown_to: &str) -> (Event, Guest) {
    let event = app.event("may").await;
    let offering = json!({"offers": ["a bench for a workshop"], "visibility": {"offers": "tablemates"}});
    let reader = app.register_confirmed(&event, &filled(person("Ada Arena"), offering)).await;
    let seeking = json!({"needs": [{"text": "a bench for my workshop", "expires_at": expires_at}], "visibility": {"needs": shown_to}});
    let seeking = app.add(&event, &filled(person("Bruno Bassi"), seeking)).await;
    let third = app.add(&event, &person("Chiara Conti")).await;
    app.hold(&event, &[reader.clone(), seeking, third]).await;
    (event, reader)
}

const IN_JULY: &str = "2030-07-01T00:00:00Z";
const BEFORE_THE_EVENING: &str = "2030-05-09T12:00:00Z";

#[rstest]
#[case::valid(IN_JULY, "tablemates", true)]
#[case::expired(BEFORE_THE_EVENING, "tablemates", false)]
#[case::kept(IN_JULY, "none", false)]
#[tokio::test]
async fn sr_08_a_need_is_shown_at_the_table_while_it_is_one(
    #[case] expires_at: &str,
    #[case] shown_to: &str,
    #[case] shown: bool,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let (event, reader) = offer_and_need(&app, expires_at, shown_to).await;
    let table = app.signed_in(&event, &reader).await.get(&format!("/registrations/{}/table", reader.code)).await;
    table.ok(200);
    assert_eq!(table.text().contains("a bench for my workshop"), shown, "{}", table.text());
}

#[rstest]
#[case::valid(IN_JULY, "tablemates", true)]
#[case::expired(BEFORE_THE_EVENING, "tablemates", false)]
#[case::kept(IN_JULY, "none", false)]
#[tokio::test]
async fn sr_08_a_need_is_recalled_while_it_is_one(
    #[case] expires_at: &str,
    #[case] shown_to: &str,
    #[case] recalled: bool,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let (event, reader) = offer_and_need(&app, expires_at, shown_to).await;
    app.live_until(FIRST_WORKING_DAY).await;
    let prompt = prompt_of(&app.signed_in(&event, &reader).await, "F1").await;
    let exchanges = prompt["common_ground"]["offers_needs"].to_string();
    assert_eq!(exchanges.contains("a bench for my workshop"), recalled, "{exchanges}");
    let said = app.mails().to(&reader.email).kind("F1").only().mentions("a bench for my workshop");
    assert!(recalled || !said, "the mail says it");
}

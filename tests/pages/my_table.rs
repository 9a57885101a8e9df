//! `/in/{token}`: one's own page.

use crate::support::*;

#[rstest]
#[tokio::test]
async fn the_page_shows_the_code_and_takes_the_reading_of_the_method(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    let link = app.mail_about(&event, &ada.email, "confirmed").await.link("in");
    let acknowledged = async || app.registration(&event, &ada.code).await["method_ack_at"].clone();

    for _ in 0..20 {
        let page = app.visitor().get(&link).await.ok_page();
        assert!(page.contains("Ada Arena") && page.contains("We start from a passion and speak in turn."), "{page}");
        assert!(page.contains(&ada.code[..4]) && page.contains(&ada.code[4..]), "{page}");
        assert!(page.contains("value=\"method_ack\""), "{page}");
    }
    assert_eq!(acknowledged().await, Value::Null);
    let page = app.visitor().submit(&link, &[("choice", "method_ack")]).await.ok_page();
    assert!(!page.contains("value=\"method_ack\""), "it is asked again: {page}");
    assert!(acknowledged().await.is_string());
}

#[rstest]
#[tokio::test]
async fn sr_23_the_page_shows_the_table_without_addresses(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Zoe Reader")).await;
    let link = app.mail_about(&event, &ada.email, "confirmed").await.link("in");
    let mut guests = app.add_many(&event, 8).await;
    guests.push(ada.clone());
    let plan = app.planned(&event).await;

    let page = app.visitor().get(&link).await.ok_page();
    let mates = tablemates(&plan, &ada, &guests);
    for guest in guests.iter().filter(|guest| guest.code != ada.code) {
        let is_mate = mates.iter().any(|mate| mate.code == guest.code);
        assert_eq!(page.contains(&guest.name), is_mate, "{}: {page}", guest.name);
        assert!(!page.contains(&guest.email));
    }
}

#[rstest]
#[tokio::test]
async fn a_made_up_link_leads_nowhere(
    #[values("/in/", "/confirm/", "/prompts/", "/unsubscribe/")] place: &str,
    #[values(Sqlite, Postgres)] database: Database,
) {
    let app = TestApp::start(database).await;
    let event = app.event("may").await;
    let ada = app.register_confirmed(&event, &person("Ada Arena")).await;
    // The token of one page opens no other.
    let mine = app.mail_about(&event, &ada.email, "confirm").await.token("confirm");
    let tokens = ["made-up", "", "../../etc/passwd", "%00", if place == "/confirm/" { "cva_made-up" } else { &mine }];
    for token in tokens {
        for answer in [app.visitor().get(&format!("{place}{token}")).await, app.visitor().submit(&format!("{place}{token}"), &[]).await] {
            assert_eq!(answer.status, 404, "{place}{token}: {}", answer.text());
        }
    }
}

//! R6: of many who change one version, one wins and the others learn of it.

use futures_util::future::join_all;

use crate::support::*;

/// Twenty changes of the plan's seats at once, all against the version seen at first: how many were done, how many came too late.
async fn twenty_at_once(app: &TestApp) -> (usize, usize) {
    let event = app.event("may").await;
    app.add_many(&event, 12).await;
    let plan = app.plan(&event).await;
    let path = event.at(&format!("/plans/{}", plan["id"].as_str().unwrap()));
    let tag = app.get(&path).await.header("etag").expect("a plan has an ETag").to_owned();
    let first = seats(&plan)[0].clone();
    let swap = |n: usize| {
        let codes = json!([first[0][n % first[0].len()], first[1][n % first[1].len()]]);
        json!({"operations": [{"op": "swap", "round": 1, "codes": codes}]})
    };
    let to = format!("{path}/seats");
    app.patch(&to, swap(0)).await.fails(428, "precondition_required");
    let answers = join_all((0..20).map(|n| app.patch(&to, swap(n)).header("If-Match", &tag).attempt())).await;
    let (mut done, mut late) = (0, 0);
    for answer in answers {
        let answer = answer.expect("everybody gets an answer");
        match answer.status {
            412 => {
                answer.fails(412, "precondition_failed");
                late += 1;
            }
            _ => {
                answer.ok(200);
                done += 1;
            }
        }
    }
    (done, late)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r6_of_twenty_changes_of_one_version_one_is_done(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::start(database).await;
    assert_eq!(twenty_at_once(&app).await, (1, 19));
}

/// The control of the test above.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r6_control_without_the_guard_changes_are_lost(#[values(Sqlite, Postgres)] database: Database) {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "etag_guard_off"), database).await;
    let (done, _) = twenty_at_once(&app).await;
    assert!(done > 1, "the crowd was no crowd");
}

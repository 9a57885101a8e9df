//! Two processes on one database: they share the work, and each takes over from the other.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::sending::{IN_FLIGHT, run_due_meanwhile, second_copies_among, setup};
use crate::support::mailbox::Mails;
use crate::support::server::PATIENCE;
use crate::support::*;

/// Each has a relay of its own.
struct Two {
    relays: [Sink; 2],
    first: TestApp,
    second: TestApp,
}

impl Two {
    async fn start(change: impl Fn(Setup) -> Setup) -> Two {
        let relays = [Sink::start().await, Sink::start().await];
        let first = TestApp::with(change(setup(&relays[0])), Postgres).await;
        let second = first.another_instance(change(setup(&relays[1]))).await;
        Two { relays, first, second }
    }

    /// What both sent, as one.
    fn mails(&self, kind: &str) -> Mails {
        Mails(self.relays.iter().flat_map(|relay| relay.mails().kind(kind).0).collect())
    }

    fn answer_after(&self, latency: Duration) {
        for relay in &self.relays {
            relay.answer_after(latency);
        }
    }

    /// Both work a run of this many mails from its beginning: how many each sent.
    async fn share(&self, people: usize) -> [usize; 2] {
        let event = self.first.event_with("may", json!({"capacity": null})).await;
        self.first.add_many(&event, people).await;
        eventually("the confirmations", || (self.mails("confirmed").len() >= people).then_some(())).await;
        // Long enough that neither can do it all before the other looks.
        self.answer_after(Duration::from_millis(20));
        self.first.clock_to(DAY_BEFORE).await;
        futures_util::future::join(self.first.run_due(), self.second.run_due()).await;
        self.relays.each_ref().map(|relay| relay.mails().kind("A1").len())
    }

    async fn held_evening(&self, many: usize) -> Vec<Guest> {
        let (_, guests, _) = self.first.held_evening("may", many).await;
        self.first.clock_to(FIRST_WORKING_DAY).await;
        guests
    }

    /// The second works until everybody has the mail from one of the two: how long that took.
    async fn second_ends_it(&self, guests: &[Guest]) -> Duration {
        let start = Instant::now();
        loop {
            drop(self.second.post("/api/v1/sandbox/run_due", json!({})).attempt().await);
            let sent = self.mails("F1");
            let missing: Vec<_> = guests.iter().filter(|guest| sent.to(&guest.email).is_empty()).collect();
            if missing.is_empty() {
                return start.elapsed();
            }
            assert!(start.elapsed() < 4 * PATIENCE, "still without their mail: {missing:?}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r9_two_processes_on_one_postgres_share_the_work() {
    const PEOPLE: usize = 500;
    let two = Two::start(|setup| setup).await;
    let shares = two.share(PEOPLE).await;
    assert!(shares.iter().all(|share| *share > 0), "one of them did nothing: {shares:?}");
    for kind in ["confirmed", "A1"] {
        let sent = two.mails(kind);
        assert_eq!(sent.len(), PEOPLE, "{kind}: {shares:?}");
        let readers: BTreeSet<_> = sent.0.iter().map(|mail| mail.to.clone()).collect();
        assert_eq!(readers.len(), PEOPLE, "{kind}: somebody got two and somebody none");
    }
}

/// The control of the test above: when both may take the same row, both send it.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r9_control_without_the_claim_mails_are_sent_twice() {
    const PEOPLE: usize = 200;
    let two = Two::start(|setup| setup.env("CONVIVIO_FAULT", "claim_guard_off")).await;
    let shares = two.share(PEOPLE).await;
    assert!(shares.iter().sum::<usize>() > PEOPLE, "the two never met: {shares:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r9_when_one_process_dies_the_other_takes_over() {
    let mut two = Two::start(|setup| setup).await;
    let guests = two.held_evening(100).await;
    two.answer_after(Duration::from_millis(100));
    let run = run_due_meanwhile(&two.first);
    eventually("mails on their way", || (two.mails("F1").len() >= 10).then_some(())).await;
    two.first.kill();
    run.await.unwrap();
    let took = two.second_ends_it(&guests).await;
    assert!(took < Duration::from_secs(3 + 20), "it took {took:?}");
    let copies = second_copies_among(&two.mails("F1"));
    assert!(copies <= IN_FLIGHT, "{copies} second copies after one death");
}

/// A worker that sleeps longer than its lease, in the middle of its work: how many second copies there are in the end.
async fn copies_after_a_freeze(change: impl Fn(Setup) -> Setup) -> usize {
    let two = Two::start(change).await;
    let guests = two.held_evening(60).await;
    two.answer_after(Duration::from_millis(100));
    let run = run_due_meanwhile(&two.first);
    eventually("mails on their way", || (!two.mails("F1").is_empty()).then_some(())).await;
    two.first.freeze();
    two.second_ends_it(&guests).await;
    assert!(!two.relays[1].mails().kind("F1").is_empty(), "it was over before the first froze");
    two.first.thaw();
    run.await.unwrap();
    let messages = two.second.all("/events/may/messages?limit=100").await;
    let told: Vec<_> = messages.iter().filter(|message| message["kind"] == "F1").collect();
    assert_eq!(told.len(), guests.len());
    assert!(told.iter().all(|message| message["state"] == "sent"), "{told:?}");
    second_copies_among(&two.mails("F1"))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r10_a_worker_that_slept_leaves_the_rows_alone() {
    let copies = copies_after_a_freeze(|setup| setup.env("CONVIVIO_MAIL_CONCURRENCY", "4")).await;
    assert!(copies <= 4, "{copies} second copies, and 4 mails in flight");
}

/// The control of the test above: a worker that does not ask sends what it still has in hand.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r10_control_without_the_fence_it_sends_what_it_had_in_hand() {
    let careless = |setup: Setup| setup.env("CONVIVIO_MAIL_CONCURRENCY", "4").env("CONVIVIO_FAULT", "fence_off");
    let copies = copies_after_a_freeze(careless).await;
    assert!(copies > 4, "{copies} second copies: nothing was in hand");
}

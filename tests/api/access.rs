//! S1: every operation of the document, for every role, for nobody, for attendees, and for another organizer. A new route joins by itself.

use std::collections::BTreeMap;

use crate::support::*;

const ROLES: [&str; 4] = ["viewer", "checkin", "manager", "owner"];
const NO_SUCH_ID: &str = "00000000-0000-7000-8000-000000000000";

/// An operation as the document has it.
struct Operation {
    method: String,
    path: String,
    access: Access,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Access {
    Anybody,
    AnyToken,
    Attendee,
    Staff(Vec<String>),
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(|(method, operation)| Operation {
            method: method.to_uppercase(),
            path: path.clone(),
            access: Access::of(operation),
        })
    });
    operations.collect()
}

impl Access {
    fn of(operation: &Value) -> Access {
        let ways = operation["security"].as_array().unwrap();
        let way = |name: &str| ways.iter().find_map(|way| way.get(name));
        match (way("staff"), way("attendee")) {
            (None, None) => Access::Anybody,
            (None, Some(_)) => Access::Attendee,
            (Some(_), Some(_)) => Access::AnyToken,
            (Some(roles), None) => Access::Staff(serde_json::from_value(roles.clone()).unwrap()),
        }
    }
}

const EVERYBODY: &[&str] = &ROLES;
const READERS: &[&str] = &["viewer", "manager", "owner"];
const DOOR: &[&str] = &["checkin", "manager", "owner"];
const MANAGERS: &[&str] = &["manager", "owner"];
const OWNERS: &[&str] = &["owner"];

/// The contract: for each resource who reads it, and who does anything else with it. What lies below one is as the longest line says.
///
/// `owner` all; `manager` all but members, tokens, erasure; `checkin` check-ins and rosters, and what it takes to find one's way there; `viewer`
/// reads, and nothing that is made of addresses, nor what people said against each other.
const CONTRACT: &[(&str, &[&str], &[&str])] = &[
    ("/api/v1/session", EVERYBODY, EVERYBODY),
    ("/api/v1/sandbox", OWNERS, OWNERS),
    ("/api/v1/organizers", EVERYBODY, MANAGERS),
    ("…/members", OWNERS, OWNERS),
    ("…/tokens", OWNERS, OWNERS),
    ("…/people", READERS, MANAGERS),
    ("…/people/{id}/erase", OWNERS, OWNERS),
    ("…/people/{id}/export", MANAGERS, MANAGERS),
    ("…/jobs", READERS, MANAGERS),
    ("…/passions", EVERYBODY, MANAGERS),
    ("…/guides", EVERYBODY, MANAGERS),
    ("…/templates", READERS, MANAGERS),
    ("…/reports", MANAGERS, MANAGERS),
    ("…/suppressions", MANAGERS, MANAGERS),
    ("…/series", READERS, MANAGERS),
    ("…/events", EVERYBODY, MANAGERS),
    ("…/events/{event}/readiness", READERS, MANAGERS),
    ("…/events/{event}/stats", READERS, MANAGERS),
    ("…/events/{event}/questions", READERS, MANAGERS),
    ("…/events/{event}/registrations", EVERYBODY, MANAGERS),
    ("…/events/{event}/registrations/export", READERS, MANAGERS),
    ("…/events/{event}/rounds", EVERYBODY, MANAGERS),
    ("…/events/{event}/tables", EVERYBODY, MANAGERS),
    ("…/events/{event}/host_brief", EVERYBODY, MANAGERS),
    ("…/events/{event}/rules", READERS, MANAGERS),
    ("…/events/{event}/plans", EVERYBODY, MANAGERS),
    ("…/events/{event}/plans/{id}", READERS, MANAGERS),
    ("…/events/{event}/plans/{id}/rosters", EVERYBODY, MANAGERS),
    ("…/events/{event}/checkins", EVERYBODY, DOOR),
    ("…/events/{event}/follow_up", READERS, MANAGERS),
    ("…/events/{event}/messages", READERS, MANAGERS),
    ("…/events/{event}/prompts", READERS, MANAGERS),
    ("…/events/{event}/feedback", READERS, MANAGERS),
    ("…/events/{event}/report", READERS, MANAGERS),
];

/// Who may, as the contract has it. A resource that is in no line of its own but the organizer's is one that nobody thought about.
fn roles_by_contract(method: &str, path: &str) -> Option<&'static [&'static str]> {
    const ORGANIZER: &str = "/api/v1/organizers/{organizer}";
    let below = |line: &str| path.strip_prefix(line).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let lines = CONTRACT.iter().map(|(line, reads, does)| (line.replace('…', ORGANIZER), reads, does));
    let (line, reads, does) = lines.filter(|(line, ..)| below(line)).max_by_key(|(line, ..)| line.len())?;
    let thought_of = line != "/api/v1/organizers" || path == line || path == ORGANIZER;
    thought_of.then_some(if method == "GET" { *reads } else { *does })
}

#[test]
fn s1_every_operation_asks_for_the_roles_of_the_contract() {
    let wrong: Vec<String> = operations()
        .iter()
        .filter_map(|operation| match &operation.access {
            Access::Staff(roles) => match roles_by_contract(&operation.method, &operation.path) {
                None => Some(format!("{} {} is not in the table", operation.method, operation.path)),
                Some(right) if roles != right => {
                    Some(format!("{} {} asks for {roles:?}, and should for {right:?}", operation.method, operation.path))
                }
                Some(_) => None,
            },
            // Relays show a signature in place of a token.
            Access::Anybody if operation.path.starts_with("/api/v1/bounces/") => None,
            Access::Anybody if !operation.path.starts_with("/api/v1/public/") => Some(format!("{} is open to anybody", operation.path)),
            _ => None,
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn s1_nobody_reaches_what_is_not_theirs(#[values(Sqlite, Postgres)] database: Database) {
    let violations = violations(&TestApp::start(database).await).await;
    assert!(violations.is_empty(), "{violations:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_control_when_roles_are_not_looked_at_it_is_noticed() {
    let app = TestApp::with(Setup::default().env("CONVIVIO_FAULT", "roles_ignored"), Sqlite).await;
    let violations = violations(&app).await;
    assert!(violations.iter().any(|one| one.starts_with("POST") && one.contains("viewer")), "{violations:#?}");
}

/// Everybody who might ask.
struct Callers {
    nobody: Caller,
    staff: BTreeMap<&'static str, Caller>,
    attendee: Caller,
    other_owner: Caller,
    other_attendee: Caller,
}

/// An evening at this organizer, an event of the same name at another, and every operation tried by everybody. What went wrong, in words.
async fn violations(app: &TestApp) -> Vec<String> {
    let (event, guests, _) = app.held_evening("may", 9).await;
    let other_owner = app.other_organizer();
    other_owner.post("/events", least_event("may")).await.ok(201);
    let mut staff = BTreeMap::new();
    for role in ROLES {
        staff.insert(role, app.as_role(role).await);
    }
    let attendee = app.signed_in(&event, &guests[0]).await;
    let other_attendee = app.signed_in(&event, &guests[1]).await;
    let callers = Callers { nobody: app.anonymous(), staff, attendee, other_owner, other_attendee };
    let mut violations = Vec::new();
    for operation in operations() {
        let mine = Filled::of(app, &callers, &operation, &guests[0]).await;
        check(app, &callers, &operation, &mine, &mut violations).await;
    }
    violations
}

/// A path with names of things that are there, and the same with names of nothing.
struct Filled {
    real: String,
    of_nothing: String,
    names_a_thing: bool,
}

impl Filled {
    async fn of(app: &TestApp, callers: &Callers, operation: &Operation, guest: &Guest) -> Filled {
        let (mut real, mut of_nothing, mut names_a_thing) = (String::new(), String::new(), false);
        for part in operation.path.split('/').skip(1) {
            let (there, nothing) = match part {
                "{organizer}" => (app.organizer().to_owned(), app.organizer().to_owned()),
                "{event}" => ("may".to_owned(), "may".to_owned()),
                "{token}" => ("made-up".to_owned(), "made-up".to_owned()),
                "{locale}" => ("en".to_owned(), "en".to_owned()),
                "{phase}" => ("before".to_owned(), "before".to_owned()),
                "{kind}" => ("confirmed".to_owned(), "confirmed".to_owned()),
                "{code}" | "{id}" | "{other}" => {
                    names_a_thing = true;
                    (first_of(app, callers, &real, guest).await, NO_SUCH_ID.to_owned())
                }
                plain => (plain.to_owned(), plain.to_owned()),
            };
            real.push_str(&format!("/{there}"));
            of_nothing.push_str(&format!("/{nothing}"));
        }
        Filled { real, of_nothing, names_a_thing }
    }
}

/// The name of the first thing in a list, or of none.
async fn first_of(app: &TestApp, callers: &Callers, list: &str, guest: &Guest) -> String {
    if list.ends_with("/registrations") {
        return guest.code.clone();
    }
    let caller = if list.starts_with("/api/v1/me") { &callers.attendee } else { &callers.staff["owner"] };
    let _ = app;
    let answer = caller.get(list).await;
    let first = if answer.status == 200 { answer.json()["results"][0].clone() } else { Value::Null };
    let name = ["id", "code", "number", "slug"].iter().find_map(|name| first[name].as_str().map(str::to_owned));
    name.unwrap_or_else(|| if list.ends_with("/rounds") { "1".to_owned() } else { NO_SUCH_ID.to_owned() })
}

async fn check(app: &TestApp, callers: &Callers, operation: &Operation, path: &Filled, violations: &mut Vec<String>) {
    let reads = operation.method == "GET";
    // What may be done is tried on nothing, so that the evening stays as it is.
    let tried = if reads { &path.real } else { &path.of_nothing };
    let expect = |who: &str, right: bool, answer: &Answer, violations: &mut Vec<String>| {
        if !right {
            violations.push(format!("{} {} by {who}: {}", operation.method, operation.path, answer.status));
        }
    };
    let nobody = send(&callers.nobody, operation, tried).await;
    match &operation.access {
        Access::Anybody => expect("nobody", !matches!(nobody.status, 401 | 403), &nobody, violations),
        _ => expect("nobody", nobody.status == 401, &nobody, violations),
    }
    match &operation.access {
        Access::Anybody => no_address("nobody", operation, &nobody, violations),
        Access::AnyToken => {}
        Access::Attendee => {
            let staff = send(&callers.staff["owner"], operation, tried).await;
            expect("an owner", staff.status == 401, &staff, violations);
            let allowed = send(&callers.attendee, operation, tried).await;
            expect("the attendee", !matches!(allowed.status, 401 | 403), &allowed, violations);
            if path.names_a_thing {
                let other = send(&callers.other_attendee, operation, &path.real).await;
                let kept = if reads { other.status == 404 } else { !(200..300).contains(&other.status) };
                expect("another attendee", kept, &other, violations);
            }
        }
        Access::Staff(needed) => {
            let attendee = send(&callers.attendee, operation, tried).await;
            expect("an attendee", attendee.status == 401, &attendee, violations);
            for role in ROLES {
                // Signing out takes the token along.
                let fresh = if operation.path.ends_with("/session") { Some(app.as_role(role).await) } else { None };
                let answer = send(fresh.as_ref().unwrap_or(&callers.staff[role]), operation, tried).await;
                let right = if needed.iter().any(|one| one == role) { !matches!(answer.status, 401 | 403) } else { answer.status == 403 };
                expect(role, right, &answer, violations);
                if matches!(role, "viewer" | "checkin") {
                    no_address(role, operation, &answer, violations);
                }
            }
            if operation.path.contains("{organizer}") {
                let other = send(&callers.other_owner, operation, &path.real).await;
                expect("another organizer's owner", other.status == 404, &other, violations);
            }
            if path.names_a_thing {
                let theirs = path.real.replace(app.organizer(), "altrove");
                let other = send(&callers.other_owner, operation, &theirs).await;
                let kept = if reads { other.status == 404 } else { !(200..300).contains(&other.status) };
                expect("another organizer's owner, under their own name,", kept, &other, violations);
            }
        }
    }
}

async fn send(caller: &Caller, operation: &Operation, path: &str) -> Answer {
    let request = caller.request(operation.method.parse().unwrap(), path);
    if operation.method == "GET" || operation.method == "DELETE" { request.await } else { request.json(&json!({})).await }
}

fn no_address(who: &str, operation: &Operation, answer: &Answer, violations: &mut Vec<String>) {
    if answer.status < 300 && answer.text().contains("@example.org") {
        violations.push(format!("{} {} tells {who} an address", operation.method, operation.path));
    }
}

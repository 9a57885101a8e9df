//! What each page shows, as plain data: one struct a page, filled by its handler and drawn by [`super::render`].
//!
//! A view holds the reader's words already chosen (titles in their language, needs that still hold, fields that may be shown); what it holds
//! is shown. Start with [`Page`], the list of all pages. The names of form fields stand beside the views that ask for them.

use chrono::{DateTime, Utc};
use convivio_domain::words::{Choice, EventMode, RoundState};
use convivio_domain::{Prompt, RegistrationCode, Timezone};
use serde::Serialize;

/// Every page there is.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Page {
    Home(Home),
    Event(Box<EventPage>),
    Sent(Sent),
    Confirm(Confirm),
    Confirmed(Confirmed),
    MyTable(Box<MyTable>),
    Prompt(Box<PromptPage>),
    Answered(Answered),
    Unsubscribe(Unsubscribe),
    Unsubscribed(Unsubscribed),
    Login(Login),
    LoggedIn(LoggedIn),
    Problem(Problem),
    Seating(Box<Seating>),
}

/// When something happens, told by the clock of the place where it happens.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct When {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub timezone: Timezone,
}

/// The few lines that say which event this is about.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EventHead {
    pub title: String,
    pub organizer: String,
    /// The event's page: `/e/{organizer}/{event}`.
    pub path: String,
    pub when: When,
    /// `None` where it is online or not said yet.
    pub place: Option<String>,
    pub mode: EventMode,
}

/// `/`: what this server is, and what is coming up on it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Home {
    pub events: Vec<EventHead>,
    /// The code of this release, shown small.
    pub version: String,
}

/// `GET /e/{organizer}/{event}`: the event and the form to register. The same view answers a `POST` with something wrong in it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EventPage {
    pub event: EventHead,
    pub summary: Option<String>,
    pub purpose: Option<String>,
    /// How we meet, in the organizer's words.
    pub method: Option<String>,
    /// The evening in one line; `None` for an event without tables.
    pub shape: Option<Shape>,
    pub door: Door,
    /// Free seats; `None` where there is no limit.
    pub seats_left: Option<u32>,
    /// The organizer looks at every registration before it counts.
    pub approval: bool,
    /// Address of the calendar file, if there is one.
    pub calendar: Option<String>,
    /// Labels of the catalogue, offered while a passion is typed.
    pub suggestions: Vec<String>,
    /// The languages that can be ticked, with the names they call themselves.
    pub languages: Vec<LanguageChoice>,
    pub form: RegisterForm,
    pub errors: Vec<FieldError>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shape {
    /// The length of each round, in minutes.
    pub rounds: Vec<u16>,
    pub table_min: u16,
    pub table_max: u16,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LanguageChoice {
    pub code: String,
    pub label: String,
}

/// Whether one can register now, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Door {
    NotYet {
        opens_at: Option<DateTime<Utc>>,
    },
    Open,
    /// One can register, and waits in line.
    Full,
    Closed,
    Live,
    Over,
    Cancelled,
}

/// The form as it was filled in, wrong or right. Fields are posted by these names; those in brackets are there only when ticked.
///
/// `passion_1` … `passion_5` with `level_1` … `level_5` (`1`, `2`, `3`), `name`, `email`, `headline`, `working_on`, `offers` and `needs` (one a
/// line), `intention`, `[language_xx]` = `on` for each language, `accessibility`, `[show_name]`, `[show_passions]`, `[show_headline]`,
/// `[show_offers]`, `[show_needs]`, `[follow_up]` = `on`, and `locale`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RegisterForm {
    /// As many rows as [`RegisterForm::PASSIONS`]; short ones are filled up when drawn.
    pub passions: Vec<PassionRow>,
    pub name: String,
    pub email: String,
    pub headline: String,
    pub working_on: String,
    pub offers: String,
    pub needs: String,
    pub intention: String,
    /// Codes of the ticked languages.
    pub languages: Vec<String>,
    pub accessibility: String,
    pub show_name: bool,
    pub show_passions: bool,
    pub show_headline: bool,
    pub show_offers: bool,
    pub show_needs: bool,
    pub follow_up: bool,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct PassionRow {
    pub text: String,
    /// As it was posted; empty means the middle one.
    pub level: String,
}

impl RegisterForm {
    pub(crate) const PASSIONS: usize = 5;
}

/// The empty form: name and passions are shown to tablemates unless switched off, everything else is kept, nothing is agreed to.
impl Default for RegisterForm {
    fn default() -> Self {
        Self {
            passions: Vec::new(),
            name: String::new(),
            email: String::new(),
            headline: String::new(),
            working_on: String::new(),
            offers: String::new(),
            needs: String::new(),
            intention: String::new(),
            languages: Vec::new(),
            accessibility: String::new(),
            show_name: true,
            show_passions: true,
            show_headline: false,
            show_offers: false,
            show_needs: false,
            follow_up: false,
        }
    }
}

/// A field that was refused. The words for `code` are the page's: see `errors` in the locales; an unknown code has a general sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    /// The form's name of the field, which is also its id on the page.
    pub field: String,
    pub code: String,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, code: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into() }
    }

    /// From an error of the API, which points into the JSON body, to the field of the form that was read into that place.
    pub(crate) fn from_pointer(pointer: &str, code: impl Into<String>) -> Self {
        let mut parts = pointer.trim_start_matches('/').split('/');
        let first = parts.next().unwrap_or_default();
        let index: usize = parts.next().and_then(|index| index.parse().ok()).unwrap_or(0);
        let field = match (first, parts.next()) {
            ("passions", Some("level")) => format!("level_{}", index + 1),
            ("passions", _) => format!("passion_{}", index + 1),
            ("consents", _) => "follow_up".to_owned(),
            ("languages", _) => "languages".to_owned(),
            ("visibility", _) => "show_name".to_owned(),
            _ => first.to_owned(),
        };
        Self::new(field, code)
    }
}

/// After the form: a mail is on its way. The same for an address that is known and one that is not.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sent {
    pub event: EventHead,
    /// The address as it was typed, so that a slip can be seen.
    pub email: Option<String>,
}

/// `GET /confirm/{token}`: what is about to be confirmed, as the form said it last: anybody could have typed it. Posts `choice` = `confirm` and
/// `shown`, the version that was shown.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Confirm {
    pub event: EventHead,
    pub name: String,
    /// Labels of the passions.
    pub passions: Vec<String>,
    pub follow_up: bool,
    pub asked: Asked,
    pub shown: i32,
    /// Another form came after the page was drawn, and this is what it said.
    pub changed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Asked {
    /// A new registration.
    Registration,
    /// A new registration for an event that is full by now: confirming takes a place in line.
    Waiting,
    /// A new registration that the organizer will look at.
    Approval,
}

/// `POST /confirm/{token}`, or a `GET` when there is nothing left to confirm.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Confirmed {
    pub event: EventHead,
    pub outcome: Outcome,
    /// The way to the attendee's own page, where one may be given.
    pub my_table: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Outcome {
    Confirmed,
    /// The address is confirmed and the organizer decides.
    PendingApproval,
    Waitlisted {
        position: u32,
    },
    AlreadyConfirmed,
    /// The link or the offer is too old.
    Expired,
}

/// `/in/{token}`: the attendee's own page. `POST` with `choice` = `method_ack`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MyTable {
    pub event: EventHead,
    pub name: String,
    pub code: RegistrationCode,
    pub place: MyPlace,
    /// Empty until a plan is published.
    pub rounds: Vec<MyRound>,
    /// For the round that is running or comes next.
    pub guide: Option<TableGuide>,
    pub method: Option<Method>,
    pub prompts: Vec<OpenPrompt>,
    pub intention: Option<String>,
    pub profile: MyProfile,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum MyPlace {
    Confirmed,
    PendingApproval,
    Waitlisted {
        position: u32,
    },
    CheckedIn,
    /// The event is over and this person was there.
    Attended,
    /// The event is over and this person was not there.
    Missed,
    Cancelled,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Method {
    pub text: String,
    pub acknowledged: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct MyRound {
    pub number: u16,
    pub state: RoundState,
    pub starts_at: Option<DateTime<Utc>>,
    pub minutes: u16,
    pub table: u16,
    pub label: Option<String>,
    /// `None` where the table is mixed.
    pub theme: Option<String>,
    /// Where an online table meets; for its members alone.
    pub link: Option<String>,
    /// The reader among them.
    pub seats: Vec<Seat>,
}

/// A person at a table: passions first, the headline last, and only what they chose to show.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Seat {
    /// `None` where the person keeps it.
    pub name: Option<String>,
    pub passions: Vec<ShownPassion>,
    pub headline: Option<String>,
    pub offers: Vec<String>,
    pub needs: Vec<String>,
    pub why: Why,
    pub you: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ShownPassion {
    pub label: String,
    /// Someone else at the table has it too.
    pub shared: bool,
}

/// Why someone sits here; drawn as "hiking with Ada and Luca; offers bookkeeping, which Bo needs".
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Why {
    pub shared: Vec<SharedWith>,
    pub gives: Vec<Gives>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SharedWith {
    pub passion: String,
    /// Names; people who keep theirs are counted in `unnamed`.
    pub with: Vec<String>,
    pub unnamed: u32,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Gives {
    pub offer: String,
    pub to: String,
}

/// Everybody answers the same question in turn, from light to deeper.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TableGuide {
    pub round: u16,
    pub questions: Vec<GuideQuestion>,
    /// The cue before speaking of oneself: ask one more question.
    pub cue: String,
    /// The small shared task.
    pub task: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct GuideQuestion {
    pub text: String,
    /// The same for every person at the table.
    pub seconds_each: u32,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct OpenPrompt {
    pub subject: String,
    /// `/prompts/{token}`.
    pub path: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct MyProfile {
    pub passions: Vec<String>,
    pub headline: Option<String>,
    pub working_on: Option<String>,
    pub offers: Vec<String>,
    pub needs: Vec<String>,
}

/// `/prompts/{token}`: the note form of a follow-up prompt.
///
/// Posts `note_{CODE}` for each person, `[keep_{CODE}]` = `on` (at most three), `heard`, `listened`, `continued` (`yes`, `partly`, `no`, or empty
/// for no answer) and `choice` = `done`, `not_now`, `pause` or `stop`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PromptPage {
    pub event: EventHead,
    pub subject: String,
    pub opening: String,
    pub people: Vec<PromptPerson>,
    pub reflection: Option<String>,
    pub feedback: Feedback,
    /// The buttons, in this order; `done` and `not_now` look alike.
    pub choices: Vec<Choice>,
    /// `keep` when more than three were ticked, or a `note_{CODE}`.
    pub errors: Vec<FieldError>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PromptPerson {
    pub code: RegistrationCode,
    pub name: String,
    pub shared: Vec<String>,
    /// Where they sat together: number of round and table, and the theme.
    pub met: Vec<Met>,
    pub note: String,
    pub keep: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Met {
    pub round: u16,
    pub table: u16,
    pub theme: Option<String>,
}

/// Answers as posted; empty is no answer.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Feedback {
    pub heard: String,
    pub listened: String,
    pub continued: String,
}

impl PromptPage {
    /// The page for a prompt nobody has answered yet.
    pub(crate) fn of(prompt: &Prompt, event: EventHead) -> Self {
        let shared_with = |name: &str| {
            let with = prompt.common_ground.passions.iter().filter(|passion| passion.with.iter().any(|other| other == name));
            with.map(|passion| passion.label.clone()).collect()
        };
        let people = prompt.recall.people.iter().map(|person| PromptPerson {
            code: person.code.clone(),
            name: person.name.clone(),
            shared: shared_with(&person.name),
            met: person.sittings.iter().map(|at| Met { round: at.round, table: at.table, theme: at.theme.clone() }).collect(),
            note: String::new(),
            keep: false,
        });
        Self {
            event,
            subject: prompt.subject.clone(),
            opening: prompt.opening.clone(),
            people: people.collect(),
            reflection: prompt.reflection.clone(),
            feedback: Feedback::default(),
            choices: prompt.choices.clone(),
            errors: Vec::new(),
        }
    }
}

/// After a prompt was answered, now or before.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Answered {
    pub event: EventHead,
    pub choice: Choice,
    /// Names of those the reader keeps in touch with.
    pub kept: Vec<String>,
}

/// `GET /unsubscribe/{token}`; the button posts `List-Unsubscribe` = `One-Click`, like a mail program does.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Unsubscribe {
    pub organizer: String,
}

/// All follow-up of this organizer has stopped.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Unsubscribed {
    pub organizer: String,
}

/// `GET /login/{token}`: the button posts nothing but itself.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Login {
    pub email: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LoggedIn {
    pub organizers: Vec<String>,
}

/// Something did not work, said kindly.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    pub kind: ProblemKind,
    pub status: u16,
    /// For the operator to find it in the log.
    pub request_id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProblemKind {
    NotFound,
    Expired,
    Used,
    TooMany,
    /// Anything else that was wrong with the request.
    Request,
    /// Anything that was wrong with us.
    Server,
}

impl ProblemKind {
    /// From a status and a code of the API.
    pub(crate) fn of(status: u16, code: &str) -> Self {
        match (status, code) {
            (_, "token_used") => Self::Used,
            (_, "token_expired") | (410, _) => Self::Expired,
            (404, _) => Self::NotFound,
            (429, _) => Self::TooMany,
            (500.., _) => Self::Server,
            _ => Self::Request,
        }
    }
}

/// Who sits where in every round: a page that stands alone, to look at, to keep and to print.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Seating {
    pub title: String,
    pub organizer: String,
    pub when: Option<When>,
    pub place: Option<String>,
    pub rounds: Vec<SeatingRound>,
    /// How many people are seated, over all rounds.
    pub people: u32,
    /// Pairs that sit together more than once.
    pub repeats: u32,
    pub seed: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SeatingRound {
    pub number: u16,
    pub starts_at: Option<DateTime<Utc>>,
    pub minutes: u16,
    pub tables: Vec<SeatingTable>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SeatingTable {
    pub number: u16,
    pub label: Option<String>,
    /// `None` where the table is mixed.
    pub theme: Option<String>,
    pub seats: Vec<Seat>,
}

/// A filled-in view of every page, in the reader's language: what the tests draw.
#[cfg(test)]
pub(super) fn samples(locale: convivio_domain::Locale) -> Vec<(&'static str, Page)> {
    use convivio_domain::Locale;

    let pick = |en: &str, it: &str| if locale == Locale::It { it.to_owned() } else { en.to_owned() };
    let at = |text: &str| -> DateTime<Utc> { text.parse().expect("an instant") };
    let code = |text: &str| RegistrationCode::parse(text).expect("a code");
    let texts = |texts: &[(&str, &str)]| -> Vec<String> { texts.iter().map(|(en, it)| pick(en, it)).collect() };

    let event = EventHead {
        title: pick("A winter table", "Una tavola d’inverno"),
        organizer: "Portico Aperto".into(),
        path: "/e/portico/winter-table".into(),
        when: When {
            starts_at: at("2026-03-12T18:00:00Z"),
            ends_at: at("2026-03-12T21:00:00Z"),
            timezone: "Europe/Rome".parse().expect("a zone"),
        },
        place: Some("Sala Borsa, Piazza del Nettuno 3, Bologna".into()),
        mode: EventMode::InPerson,
    };
    let online =
        EventHead { mode: EventMode::Online, place: None, title: pick("Coffee at a distance", "Caffè a distanza"), ..event.clone() };

    let hiking = pick("Hiking", "Escursionismo");
    let cooking = pick("Cooking", "Cucina");
    let jazz = "Jazz".to_owned();
    let bread = pick("Sourdough", "Pane fatto in casa");
    let theatre = pick("Theatre", "Teatro");
    let shown = |labels: &[(&String, bool)]| -> Vec<ShownPassion> {
        labels.iter().map(|(label, shared)| ShownPassion { label: (*label).clone(), shared: *shared }).collect()
    };
    let why = |passion: &String, with: &[&str], unnamed| Why {
        shared: vec![SharedWith { passion: passion.clone(), with: with.iter().map(|name| (*name).to_owned()).collect(), unnamed }],
        gives: Vec::new(),
    };
    let ada = Seat {
        name: Some("Ada Bianchi".into()),
        passions: shown(&[(&hiking, true), (&bread, false)]),
        headline: Some(pick("runs a small bookshop", "ha una piccola libreria")),
        offers: texts(&[("bookkeeping for small shops", "contabilità per piccoli negozi")]),
        why: Why {
            gives: vec![Gives { offer: pick("bookkeeping for small shops", "contabilità per piccoli negozi"), to: "Luca Ferri".into() }],
            ..why(&hiking, &["Luca Ferri", "Zoë D’Amico"], 1)
        },
        ..Seat::default()
    };
    let luca = Seat {
        name: Some("Luca Ferri".into()),
        passions: shown(&[(&hiking, true), (&jazz, false), (&cooking, false)]),
        headline: Some(pick("physiotherapist", "fisioterapista")),
        needs: texts(&[("someone to read my balance sheet", "qualcuno che legga il mio bilancio")]),
        why: why(&hiking, &["Ada Bianchi", "Zoë D’Amico"], 1),
        ..Seat::default()
    };
    let zoe = Seat {
        name: Some("Zoë D’Amico".into()),
        passions: shown(&[(&hiking, true), (&theatre, false)]),
        why: why(&hiking, &["Ada Bianchi", "Luca Ferri"], 1),
        ..Seat::default()
    };
    let unnamed = Seat {
        passions: shown(&[(&hiking, true)]),
        headline: Some(pick("between two jobs", "fra un lavoro e l’altro")),
        why: why(&hiking, &["Ada Bianchi", "Luca Ferri", "Zoë D’Amico"], 0),
        ..Seat::default()
    };
    let you = |seat: &Seat| Seat { you: true, ..seat.clone() };
    let mei = Seat {
        name: Some("Mei 李".into()),
        passions: shown(&[(&jazz, true), (&bread, false)]),
        headline: Some(pick("engineer", "si occupa di ponti")),
        why: why(&jazz, &["Luca Ferri"], 0),
        ..Seat::default()
    };
    // The same person at another table: what is shared there, and with whom.
    let at_table = |seat: &Seat, passion: &String, with: &[&str]| Seat {
        passions: seat.passions.iter().map(|one| ShownPassion { label: one.label.clone(), shared: one.label == *passion }).collect(),
        why: if with.is_empty() { Why::default() } else { why(passion, with, 0) },
        ..seat.clone()
    };
    let omar = Seat { name: Some("عمر".into()), passions: shown(&[(&theatre, false)]), ..Seat::default() };

    let guide = TableGuide {
        round: 1,
        questions: [
            (("Which walk do you remember, and who was with you?", "Quale camminata ricordi, e con chi?"), 120),
            (("What does walking give you that nothing else does?", "Che cosa ti dà camminare, che altro non ti dà?"), 150),
            (("What would you dare if somebody came along?", "Che cosa oseresti, se qualcuno venisse con te?"), 180),
        ]
        .map(|((en, it), seconds_each)| GuideQuestion { text: pick(en, it), seconds_each })
        .into(),
        cue: pick("Before you speak of yourself, ask the other person one thing more.", "Prima di parlare di te, chiedi ancora una cosa."),
        task: Some(pick(
            "Agree on one walk an hour from here, and write it on the card.",
            "Scegliete insieme una camminata a un’ora da qui e scrivetela sul cartoncino.",
        )),
    };
    let my_table = MyTable {
        event: event.clone(),
        name: "Luca".into(),
        code: code("7K01109Z"),
        place: MyPlace::Confirmed,
        rounds: vec![
            MyRound {
                number: 1,
                state: RoundState::Live,
                starts_at: Some(at("2026-03-12T18:30:00Z")),
                minutes: 35,
                table: 3,
                label: Some(pick("by the window", "vicino alla finestra")),
                theme: Some(hiking.clone()),
                link: None,
                seats: vec![you(&luca), ada.clone(), zoe.clone(), unnamed.clone()],
            },
            MyRound {
                number: 2,
                state: RoundState::Planned,
                starts_at: None,
                minutes: 35,
                table: 1,
                label: None,
                theme: None,
                link: Some("https://meet.example.org/table-1".into()),
                seats: vec![you(&at_table(&luca, &jazz, &["Mei 李"])), mei.clone(), omar.clone()],
            },
        ],
        guide: Some(guide),
        method: Some(Method {
            text: pick(
                "We start from a passion; work comes later.\nEveryone answers in turn. Phones stay in the bag for 35 minutes.",
                "Si parte da una passione; il lavoro viene dopo.\nSi risponde a turno. I telefoni restano in borsa per 35 minuti.",
            ),
            acknowledged: false,
        }),
        prompts: vec![OpenPrompt {
            subject: pick("Who stayed in your mind?", "Chi ti è rimasto in mente?"),
            path: "/prompts/t0ken".into(),
        }],
        intention: Some(pick("One conversation I still think about in May.", "Una conversazione a cui penserò ancora a maggio.")),
        profile: MyProfile {
            passions: vec![hiking.clone(), jazz.clone(), cooking.clone()],
            headline: Some(pick("physiotherapist", "fisioterapista")),
            working_on: Some(pick("a walking group for people with bad knees", "un gruppo di cammino per chi ha male alle ginocchia")),
            offers: texts(&[("exercises for the back", "esercizi per la schiena")]),
            needs: texts(&[("someone to read my balance sheet", "qualcuno che legga il mio bilancio")]),
        },
    };

    let event_page = EventPage {
        event: event.clone(),
        summary: Some(pick(
            "Three hours, two conversations, four people at a time. Come with something you love.",
            "Tre ore, due conversazioni, quattro persone alla volta. Porta qualcosa che ami.",
        )),
        purpose: Some(pick("To leave with one person you would call again.", "Per tornare a casa con una persona da richiamare.")),
        method: my_table.method.as_ref().map(|method| method.text.clone()),
        shape: Some(Shape { rounds: vec![35, 35], table_min: 4, table_max: 5 }),
        door: Door::Open,
        seats_left: Some(12),
        approval: false,
        calendar: Some("/api/v1/public/events/portico/winter-table/event.ics".into()),
        suggestions: vec![hiking.clone(), cooking.clone(), jazz.clone()],
        languages: [("it", "Italiano"), ("en", "English"), ("fr", "Français")]
            .map(|(code, label)| LanguageChoice { code: code.into(), label: label.into() })
            .into(),
        form: RegisterForm::default(),
        errors: Vec::new(),
    };
    let wrong = EventPage {
        door: Door::Full,
        seats_left: Some(0),
        approval: true,
        form: RegisterForm {
            passions: vec![PassionRow::default(), PassionRow { text: "Jazz".into(), level: "3".into() }],
            name: "Zoë".into(),
            email: "zoe(at)example.org".into(),
            headline: pick("engineer", "progetto ponti"),
            offers: pick("bridges\nlistening", "ponti\nascolto"),
            languages: vec!["it".into()],
            show_passions: false,
            show_offers: true,
            follow_up: true,
            ..RegisterForm::default()
        },
        errors: vec![FieldError::new("passion_1", "required"), FieldError::new("email", "email_invalid"), FieldError::new("offers", "odd")],
        ..event_page.clone()
    };
    let shut = |door| Page::Event(Box::new(EventPage { door, seats_left: None, ..event_page.clone() }));

    let prompt = PromptPage {
        event: event.clone(),
        subject: pick("Who stayed in your mind?", "Chi ti è rimasto in mente?"),
        opening: pick(
            "Luca, on Thursday you sat with Ada, Zoë and Mei. Five quiet minutes now are worth more than fifty cards.",
            "Luca, giovedì al tavolo con te c’erano Ada, Zoë e Mei. Cinque minuti adesso valgono più di cinquanta biglietti da visita.",
        ),
        people: vec![
            PromptPerson {
                code: code("A1B2C3D4"),
                name: "Ada Bianchi".into(),
                shared: vec![hiking.clone(), bread.clone()],
                met: vec![Met { round: 1, table: 3, theme: Some(hiking.clone()) }],
                note: pick("She walked the Via degli Dei with her father.", "Ha fatto la Via degli Dei con suo padre."),
                keep: true,
            },
            PromptPerson {
                code: code("B1B2C3D4"),
                name: "Zoë D’Amico".into(),
                shared: vec![hiking.clone()],
                met: vec![Met { round: 1, table: 3, theme: Some(hiking.clone()) }],
                note: String::new(),
                keep: false,
            },
            PromptPerson {
                code: code("C1B2C3D4"),
                name: "Mei 李".into(),
                shared: Vec::new(),
                met: vec![Met { round: 2, table: 1, theme: None }],
                note: String::new(),
                keep: false,
            },
        ],
        reflection: Some(pick("What did you learn about listening?", "Che cosa hai capito dell’ascolto?")),
        feedback: Feedback { heard: "yes".into(), ..Feedback::default() },
        choices: Choice::ALL.to_vec(),
        errors: Vec::new(),
    };
    let answered = |choice, kept: &[&str]| {
        Page::Answered(Answered { event: event.clone(), choice, kept: kept.iter().map(|name| (*name).to_owned()).collect() })
    };
    let confirm = |event, asked| {
        let passions = vec![pick("Sourdough", "Pane a lievitazione naturale"), pick("Walking at night", "Camminare di notte")];
        Confirm { event, name: "Luca".into(), passions, follow_up: true, asked, shown: 1, changed: false }
    };
    let confirmed = |outcome, my_table: Option<&str>| {
        Page::Confirmed(Confirmed { event: event.clone(), outcome, my_table: my_table.map(str::to_owned) })
    };
    let problem = |kind, status| Page::Problem(Problem { kind, status, request_id: Some("0197a1c2-7f00-7000-8000-00000000abcd".into()) });
    let table = |number, theme: Option<&String>, seats: &[&Seat]| SeatingTable {
        number,
        label: None,
        theme: theme.cloned(),
        seats: seats.iter().map(|seat| (*seat).clone()).collect(),
    };
    let seating = Seating {
        title: event.title.clone(),
        organizer: event.organizer.clone(),
        when: Some(event.when),
        place: event.place.clone(),
        rounds: vec![
            SeatingRound {
                number: 1,
                starts_at: Some(at("2026-03-12T18:30:00Z")),
                minutes: 35,
                tables: vec![
                    table(1, Some(&hiking), &[&ada, &luca, &zoe, &unnamed]),
                    table(2, Some(&jazz), &[&mei, &at_table(&luca, &jazz, &["Mei 李"])]),
                    table(3, Some(&theatre), &[&omar, &at_table(&zoe, &theatre, &["عمر"]), &at_table(&ada, &theatre, &[])]),
                    table(4, None, &[&omar, &at_table(&ada, &jazz, &[]), &at_table(&mei, &theatre, &[])]),
                ],
            },
            SeatingRound {
                number: 2,
                starts_at: None,
                minutes: 35,
                tables: vec![
                    table(1, Some(&bread), &[&at_table(&mei, &bread, &["Ada Bianchi"]), &at_table(&ada, &bread, &["Mei 李"])]),
                    table(2, Some(&hiking), &[&zoe, &unnamed, &luca]),
                    table(3, Some(&theatre), &[&at_table(&zoe, &theatre, &["عمر"]), &omar]),
                ],
            },
        ],
        people: 6,
        repeats: 1,
        seed: Some(42),
    };

    vec![
        ("home", Page::Home(Home { events: vec![event.clone(), online.clone()], version: "0.1.0".into() })),
        ("home_empty", Page::Home(Home { events: Vec::new(), version: "0.1.0".into() })),
        ("event", Page::Event(Box::new(event_page.clone()))),
        ("event_wrong", Page::Event(Box::new(wrong))),
        ("event_not_yet", shut(Door::NotYet { opens_at: Some(at("2026-02-01T09:00:00Z")) })),
        ("event_closed", shut(Door::Closed)),
        ("event_live", shut(Door::Live)),
        ("event_over", shut(Door::Over)),
        ("event_cancelled", shut(Door::Cancelled)),
        (
            "event_bare",
            Page::Event(Box::new(EventPage {
                event: online.clone(),
                summary: None,
                purpose: None,
                method: None,
                shape: None,
                door: Door::NotYet { opens_at: None },
                calendar: None,
                ..event_page
            })),
        ),
        ("sent", Page::Sent(Sent { event: event.clone(), email: Some("luca@example.org".into()) })),
        ("sent_without_address", Page::Sent(Sent { event: event.clone(), email: None })),
        ("confirm", Page::Confirm(confirm(event.clone(), Asked::Registration))),
        ("confirm_waiting", Page::Confirm(confirm(online, Asked::Waiting))),
        ("confirm_approval", Page::Confirm(Confirm { follow_up: false, ..confirm(event.clone(), Asked::Approval) })),
        ("confirm_changed", Page::Confirm(Confirm { changed: true, ..confirm(event.clone(), Asked::Registration) })),
        ("confirmed", confirmed(Outcome::Confirmed, Some("/in/t0ken"))),
        ("confirmed_pending_approval", confirmed(Outcome::PendingApproval, None)),
        ("confirmed_waitlisted", confirmed(Outcome::Waitlisted { position: 3 }, None)),
        ("confirmed_already", confirmed(Outcome::AlreadyConfirmed, None)),
        ("confirmed_expired", confirmed(Outcome::Expired, None)),
        ("my_table", Page::MyTable(Box::new(my_table.clone()))),
        (
            "my_table_later",
            Page::MyTable(Box::new(MyTable {
                place: MyPlace::Waitlisted { position: 2 },
                rounds: Vec::new(),
                guide: None,
                method: None,
                prompts: Vec::new(),
                intention: None,
                ..my_table.clone()
            })),
        ),
        (
            "my_table_cancelled",
            Page::MyTable(Box::new(MyTable {
                place: MyPlace::Cancelled,
                rounds: Vec::new(),
                guide: None,
                method: my_table.method.clone().map(|method| Method { acknowledged: true, ..method }),
                prompts: Vec::new(),
                ..my_table
            })),
        ),
        (
            "prompt_wrong",
            Page::Prompt(Box::new(PromptPage { errors: vec![FieldError::new("keep", "too_many")], reflection: None, ..prompt.clone() })),
        ),
        ("prompt", Page::Prompt(Box::new(prompt))),
        ("answered_done", answered(Choice::Done, &["Ada Bianchi", "Elena Neri"])),
        ("answered_not_now", answered(Choice::NotNow, &[])),
        ("answered_pause", answered(Choice::Pause, &[])),
        ("answered_stop", answered(Choice::Stop, &[])),
        ("unsubscribe", Page::Unsubscribe(Unsubscribe { organizer: event.organizer.clone() })),
        ("unsubscribed", Page::Unsubscribed(Unsubscribed { organizer: event.organizer.clone() })),
        ("login", Page::Login(Login { email: Some("ada@example.org".into()) })),
        ("logged_in", Page::LoggedIn(LoggedIn { organizers: vec!["Portico Aperto".into(), "Rete Lavoro".into()] })),
        ("problem_not_found", problem(ProblemKind::NotFound, 404)),
        ("problem_expired", problem(ProblemKind::Expired, 410)),
        ("problem_used", problem(ProblemKind::Used, 410)),
        ("problem_too_many", problem(ProblemKind::TooMany, 429)),
        ("problem_request", problem(ProblemKind::Request, 400)),
        ("problem_server", problem(ProblemKind::Server, 500)),
        ("seating", Page::Seating(Box::new(seating))),
    ]
}

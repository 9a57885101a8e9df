//! From the first look at an event to a confirmed registration.

use convivio_domain::words::QuestionKind;

use super::world::{World, at};
use crate::pages::views::*;

pub(super) fn samples(world: &World) -> Vec<(&'static str, Page)> {
    let World { event, online, hiking, cooking, jazz, .. } = world.clone();
    let pick = |en: &str, it: &str| world.pick(en, it);
    let event_page = EventPage {
        event: event.clone(),
        summary: Some(pick(
            "Three hours, two conversations, four people at a time. Come with something you love.",
            "Tre ore, due conversazioni, quattro persone alla volta. Porta qualcosa che ami.",
        )),
        purpose: Some(pick("To leave with one person you would call again.", "Per tornare a casa con una persona da richiamare.")),
        method: Some(world.how_we_meet()),
        shape: Some(Shape { rounds: vec![35, 35], table_min: 4, table_max: 5 }),
        door: Door::Open,
        seats_left: Some(12),
        approval: false,
        calendar: Some("/api/v1/public/events/portico/winter-table/event.ics".into()),
        suggestions: vec![hiking.clone(), cooking.clone(), jazz.clone()],
        languages: [("it", "Italiano"), ("en", "English"), ("fr", "Français")]
            .map(|(code, label)| LanguageChoice { code: code.into(), label: label.into() })
            .into(),
        questions: Vec::new(),
        form: RegisterForm::default(),
        errors: Vec::new(),
    };
    let choice = |field: &str, value: &str, label: String, chosen| AskedOption { field: field.into(), value: value.into(), label, chosen };
    let question = |field: &str, kind, label: String, required| AskedQuestion {
        field: field.into(),
        kind,
        label,
        help: None,
        required,
        options: Vec::new(),
        text: String::new(),
    };
    let asks = EventPage {
        questions: vec![
            AskedQuestion {
                help: Some(pick("For the name tag.", "Per la targhetta.")),
                text: "Portico".into(),
                ..question("answer.club", QuestionKind::Text, pick("Your club", "Il tuo circolo"), false)
            },
            AskedQuestion {
                options: vec![
                    choice("answer.dinner", "meat", pick("Ragù", "Ragù"), false),
                    choice("answer.dinner", "vegan", pick("Pumpkin", "Zucca"), false),
                ],
                ..question("answer.dinner", QuestionKind::Choice, pick("What would you like to eat?", "Cosa vuoi mangiare?"), true)
            },
            AskedQuestion {
                options: vec![
                    choice("answer.help.before", "before", pick("Before", "Prima"), true),
                    choice("answer.help.after", "after", pick("After", "Dopo"), false),
                ],
                ..question("answer.help", QuestionKind::Multiple, pick("When could you lend a hand?", "Quando puoi dare una mano?"), false)
            },
            AskedQuestion {
                options: ["yes", "no"].map(|word| choice("answer.first_time", word, word.into(), word == "no")).into(),
                ..question("answer.first_time", QuestionKind::YesNo, pick("Is it your first time?", "È la prima volta?"), false)
            },
            question("answer.story", QuestionKind::LongText, pick("Tell us more", "Racconta"), false),
        ],
        errors: vec![FieldError::new("answer.dinner", "required")],
        ..event_page.clone()
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
    let confirm = |event, asked| {
        let passions = vec![pick("Sourdough", "Pane a lievitazione naturale"), pick("Walking at night", "Camminare di notte")];
        Confirm { event, name: "Luca".into(), passions, follow_up: true, asked, shown: 1, changed: false }
    };
    let confirmed = |outcome, my_table: Option<&str>| {
        Page::Confirmed(Confirmed { event: event.clone(), outcome, my_table: my_table.map(str::to_owned) })
    };

    vec![
        ("home", Page::Home(Home { events: vec![event.clone(), online.clone()], version: "0.1.0".into() })),
        ("home_empty", Page::Home(Home { events: Vec::new(), version: "0.1.0".into() })),
        ("event", Page::Event(Box::new(event_page.clone()))),
        ("event_wrong", Page::Event(Box::new(wrong))),
        ("event_asks", Page::Event(Box::new(asks))),
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
        ("offer", Page::Offer(Offer { event: event.clone(), name: "Luca".into(), until: at("2026-03-08T09:00:00Z") })),
        ("confirmed", confirmed(Outcome::Confirmed, Some("/in/t0ken"))),
        ("confirmed_pending_approval", confirmed(Outcome::PendingApproval, None)),
        ("confirmed_waitlisted", confirmed(Outcome::Waitlisted { position: 3 }, None)),
        ("confirmed_already", confirmed(Outcome::AlreadyConfirmed, None)),
        ("confirmed_expired", confirmed(Outcome::Expired, None)),
        ("confirmed_declined", confirmed(Outcome::Declined, None)),
        ("confirmed_rejected", confirmed(Outcome::Rejected, None)),
        ("confirmed_event_off", confirmed(Outcome::EventOff, None)),
    ]
}

//! A filled-in view of every page: what the tests draw.

use chrono::{DateTime, Utc};
use convivio_domain::words::{Choice, ConnectionState, EventMode, IntroductionState, LogKind, QuestionKind, RoundState, Step};
use convivio_domain::{ConsentPurpose, Field, Locale, RegistrationCode, VisibleTo};
use convivio_followup::asks::Gate;
use convivio_followup::example;
use convivio_followup::garden::{Stage, Temperature};
use convivio_followup::{guide, host};

use super::*;

/// Each by a name, in the reader's language.
pub(crate) fn samples(locale: Locale) -> Vec<(&'static str, Page)> {
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
        working_on: Some(pick("a reading group for night owls", "un gruppo di lettura per chi fa tardi")),
        intention: Some(pick("one idea I can use on Monday", "un’idea da usare lunedì")),
        languages: vec!["English".into(), "Italiano".into()],
        unit: Some(pick("the shop on the square", "la bottega in piazza")),
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

    let table_guide = TableGuide {
        round: 1,
        in_groups: None,
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
        ways: ways("t0ken", "table"),
        event: event.clone(),
        name: "Luca".into(),
        code: code("7K01109Z"),
        place: MyPlace::Confirmed,
        may_leave: true,
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
        guide: Some(table_guide),
        reading: [("before", ("Before you come", "Prima di venire"), true), ("during", ("At the table", "Al tavolo"), false)]
            .map(|(phase, (en, it), acknowledged)| ToRead {
                title: pick(en, it),
                path: format!("/guides/portico/{phase}/t0ken"),
                acknowledged,
            })
            .into(),
        method: Some(Method {
            text: pick(
                "We start from a passion; work comes later.\nEveryone answers in turn. Phones stay in the bag for 35 minutes.",
                "Si parte da una passione; il lavoro viene dopo.\nSi risponde a turno. I telefoni restano in borsa per 35 minuti.",
            ),
            acknowledged: false,
        }),
        prompts: vec![OpenPrompt { subject: pick("Who stayed in your mind?", "Chi ti torna in mente?"), path: "/prompts/t0ken".into() }],
        intention: Some(pick("One conversation I still think about in May.", "Una conversazione a cui penserò ancora a maggio.")),
        profile: MyProfile {
            passions: vec![hiking.clone(), jazz.clone(), cooking.clone()],
            headline: Some(pick("physiotherapist", "fisioterapista")),
            working_on: Some(pick("a walking group for people with bad knees", "un gruppo di cammino per chi ha male alle ginocchia")),
            offers: texts(&[("exercises for the back", "esercizi per la schiena")]),
            needs: texts(&[("someone to read my balance sheet", "qualcuno che legga il mio bilancio")]),
        },
    };

    let bare = my_table.clone();
    let without_tables = |place, may_leave| {
        let nothing = MyTable {
            rounds: Vec::new(),
            guide: None,
            reading: Vec::new(),
            method: None,
            prompts: Vec::new(),
            intention: None,
            ..bare.clone()
        };
        Page::MyTable(Box::new(MyTable { place, may_leave, ..nothing }))
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

    let profile = ProfilePage {
        ways: ways("t0ken", "profile"),
        event: event.clone(),
        name: "Luca".into(),
        said: None,
        suggestions: vec![hiking.clone(), cooking.clone(), jazz.clone()],
        form: RegisterForm {
            passions: vec![PassionRow { text: hiking.clone(), level: "3".into() }, PassionRow::default()],
            headline: pick("physiotherapist", "fisioterapista"),
            offers: pick("exercises for the back\nlistening", "esercizi per la schiena\nascolto"),
            needs: pick("someone to read my balance sheet", "qualcuno che legga il mio bilancio"),
            show_needs: true,
            ..RegisterForm::default()
        },
        errors: Vec::new(),
    };
    let prompted = |step: Step, said: &[(&str, &str)]| {
        let said: std::collections::HashMap<String, String> =
            said.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        PromptPage::of(&example::prompt(step, locale), event.clone(), |field| said.get(field).cloned().unwrap_or_default())
    };
    let walked = pick("She walked the Via degli Dei with her father.", "Ha fatto la Via degli Dei con suo padre.");
    let prompt = prompted(Step::F1, &[("note_7K3M9Q2A", &walked), ("keep_7K3M9Q2A", "on"), ("heard", "yes")]);
    let met = |round, table, theme: Option<&String>| MetAt {
        event: event.title.clone(),
        starts_at: event.when.starts_at,
        timezone: event.when.timezone,
        sittings: vec![Sat { round, table, theme: theme.cloned() }],
        introduced: false,
        through: None,
    };
    let met_through =
        |name: Option<&str>| MetAt { sittings: Vec::new(), introduced: true, through: name.map(str::to_owned), ..met(1, 1, None) };
    let companion = |name: Option<&str>, state, stage, temperature, shared: &[&String]| KeptPerson {
        path: "/in/t0ken/people/0197a1c2-7f00-7000-8000-00000000abcd".into(),
        name: name.map(str::to_owned),
        met: met(1, 3, Some(&hiking)),
        shared: shared.iter().map(|label| (*label).clone()).collect(),
        state,
        stage,
        temperature,
    };
    let may_be_chosen = |name: &str, code_of: &str, ticked| MetPerson {
        code: code(code_of),
        name: name.to_owned(),
        sittings: met(2, 1, None).sittings,
        shared: vec![jazz.clone()],
        ticked,
    };
    let evening = Evening {
        slug: "winter-table".into(),
        title: event.title.clone(),
        starts_at: event.when.starts_at,
        timezone: event.when.timezone,
        people: vec![may_be_chosen("Mei 李", "7K3M9Q2A", true), may_be_chosen("عمر", "7K3M9Q2B", false)],
        open: true,
    };
    let people = PeoplePage {
        ways: ways("t0ken", "people"),
        done: None,
        asked: vec![WhoAsked {
            id: "0197a1c2-7f00-7000-8000-00000000abcd".into(),
            name: Some("Zoë D’Amico".into()),
            met: met(1, 3, Some(&hiking)),
            shared: vec![hiking.clone()],
            context: Some(pick("We spoke about the path along the river.", "Abbiamo parlato del sentiero lungo il fiume.")),
        }],
        kept: vec![
            companion(Some("Ada Bianchi"), ConnectionState::Connected, Stage::Exchanging, Temperature::Warm, &[&hiking, &bread]),
            companion(Some("Elena Neri"), ConnectionState::Requested, Stage::Met, Temperature::Cooling, &[&jazz]),
            companion(None, ConnectionState::Suggested, Stage::Outcome, Temperature::Cold, &[]),
            KeptPerson {
                met: met_through(Some("Ada Bianchi")),
                ..companion(Some("Yusuf Demir"), ConnectionState::Connected, Stage::Connected, Temperature::Warm, &[&hiking])
            },
        ],
        evenings: vec![evening.clone()],
        contacts: Contacts {
            all: vec![
                KnownPerson {
                    id: "0197a1c2-7f00-7000-8000-00000000abce".into(),
                    name: "Pina Sala".into(),
                    note: Some(pick("She keeps goats.", "Alleva capre.")),
                    every_months: Some(3),
                    in_touch_at: event.when.ends_at,
                    temperature: Temperature::Cooling,
                },
                KnownPerson {
                    id: "0197a1c2-7f00-7000-8000-00000000abcf".into(),
                    name: "Zeno Riva".into(),
                    note: None,
                    every_months: None,
                    in_touch_at: event.when.ends_at,
                    temperature: Temperature::Warm,
                },
            ],
            cadences: [1, 3, 6],
            timezone: event.when.timezone,
            form: ContactForm::default(),
        },
        balance: Balance { gives: 2, asks: 1, notice: None },
        errors: Vec::new(),
    };
    let no_contacts = Contacts { all: Vec::new(), ..people.contacts.clone() };
    let contact_wrong = PeoplePage {
        contacts: Contacts {
            form: ContactForm { name: String::new(), note: pick("She keeps goats.", "Alleva capre."), months: "3".into() },
            ..no_contacts.clone()
        },
        balance: Balance { gives: 1, asks: 2, notice: convivio_followup::mirror::notice(1, 2, locale) },
        asked: Vec::new(),
        evenings: Vec::new(),
        errors: vec![FieldError::new("contact_name", "too_short")],
        ..people.clone()
    };
    let proposal = |introducer: Option<&str>, with: &[Option<&str>], state| Proposal {
        id: "0197a1c2-7f00-7000-8000-00000000abd0".into(),
        introducer: introducer.map(str::to_owned),
        people: with.iter().map(|name| name.map(str::to_owned)).collect(),
        shared: if introducer.is_some() { vec![hiking.clone()] } else { Vec::new() },
        why: pick("You both talk of bees as if they were family.", "Parlate delle api, in due, come di famiglia."),
        state,
        closes_at: event.when.ends_at + chrono::TimeDelta::days(60),
    };
    let may_meet =
        |name: Option<&str>, code_of: &str, met, ticked| MayMeet { code: code(code_of), name: name.map(str::to_owned), met, ticked };
    let introductions = IntroductionsPage {
        ways: ways("t0ken", "introductions"),
        done: None,
        waiting: vec![
            proposal(Some("Ada Bianchi"), &[Some("Yusuf Demir")], IntroductionState::AwaitingBoth),
            proposal(Some("Elena Neri"), &[None], IntroductionState::AwaitingBoth),
        ],
        answered: vec![
            proposal(Some("Ada Bianchi"), &[Some("Mei 李")], IntroductionState::AwaitingBoth),
            proposal(Some("Ada Bianchi"), &[Some("عمر")], IntroductionState::Sent),
        ],
        proposed: vec![
            proposal(None, &[Some("Ada Bianchi"), None], IntroductionState::AwaitingBoth),
            proposal(None, &[Some("Ada Bianchi"), Some("Elena Neri")], IntroductionState::Sent),
            proposal(None, &[Some("Elena Neri"), Some("Zoë D’Amico")], IntroductionState::Closed),
        ],
        may_meet: vec![
            may_meet(Some("Ada Bianchi"), "7K3M9Q2A", met(1, 3, Some(&hiking)), true),
            may_meet(Some("Yusuf Demir"), "7K3M9Q2B", met_through(None), false),
            may_meet(None, "7K3M9Q2C", met(2, 1, None), false),
        ],
        why: String::new(),
        timezone: event.when.timezone,
        errors: Vec::new(),
    };
    let introductions_wrong = IntroductionsPage {
        waiting: Vec::new(),
        answered: Vec::new(),
        proposed: Vec::new(),
        why: pick("Bees", "Api"),
        errors: vec![FieldError::new("two", "out_of_range"), FieldError::new("why", "too_short")],
        ..introductions.clone()
    };
    let introductions_none =
        IntroductionsPage { may_meet: Vec::new(), why: String::new(), errors: Vec::new(), ..introductions_wrong.clone() };
    let choosable = |word: &'static str, en: &str, it: &str| Choosable { word, label: pick(en, it) };
    let entry = |days: i64, kind, what: Option<String>, text: Option<String>, check| Entry {
        kind,
        what,
        text,
        check,
        shared: false,
        at: event.when.ends_at + chrono::TimeDelta::days(days),
    };
    let person = PersonPage {
        ways: ways("t0ken", "person"),
        done: None,
        back: "/in/t0ken/people".into(),
        name: Some("Ada Bianchi".into()),
        met: met(1, 3, Some(&hiking)),
        state: ConnectionState::Connected,
        stage: Stage::Exchanging,
        temperature: Temperature::Warm,
        in_touch_at: event.when.ends_at + chrono::TimeDelta::days(9),
        context: Some(pick("I would love to see that bakery.", "Mi piacerebbe vedere quel forno.")),
        email: Some("ada@example.org".into()),
        thanks: texts(&[("For the hour about my shop.", "Per quell’ora sulla mia bottega.")]),
        shared: vec![hiking.clone(), bread.clone()],
        working_on: ada.working_on.clone(),
        offers: ada.offers.clone(),
        needs: texts(&[("somebody to walk with on Sundays", "qualcuno con cui camminare la domenica")]),
        ideas: texts(&[
            ("Send Ada one thing that could help.", "Manda ad Ada una cosa che possa servire."),
            ("Offer Ada twenty minutes.", "Offri ad Ada venti minuti."),
        ]),
        gives: vec![
            choosable("resource", "A useful resource", "Una risorsa utile"),
            choosable("thanks", "A thank-you", "Un grazie sincero"),
        ],
        contacts: vec![choosable("coffee", "A coffee together", "Un caffè insieme")],
        asks: vec![choosable("advice", "A piece of advice", "Un consiglio")],
        gate: Gate::Open,
        trends: [("trust", &[2, 3, 4][..]), ("goals", &[3][..])].into_iter().filter_map(|(name, all)| Trend::of(name, all)).collect(),
        cadences: [1, 3, 6],
        every_months: Some(3),
        entries: vec![
            entry(30, LogKind::Check, None, None, vec![Checked { name: "trust", value: 4 }, Checked { name: "goals", value: 3 }]),
            Entry {
                shared: true,
                ..entry(20, LogKind::Give, Some(pick("A thank-you", "Un grazie sincero")), Some(pick("For the map.", "Per la mappa.")), Vec::new())
            },
            entry(9, LogKind::Give, Some(pick("A useful resource", "Una risorsa utile")), None, Vec::new()),
            entry(1, LogKind::Note, None, Some(walked.clone()), Vec::new()),
        ],
        form: PersonForm::default(),
        errors: Vec::new(),
    };
    let alone = PersonPage {
        name: None,
        state: ConnectionState::Suggested,
        stage: Stage::Met,
        context: None,
        email: None,
        thanks: Vec::new(),
        shared: Vec::new(),
        working_on: None,
        offers: Vec::new(),
        needs: Vec::new(),
        ideas: Vec::new(),
        gate: Gate::GiveFirst,
        trends: Vec::new(),
        every_months: None,
        entries: Vec::new(),
        form: PersonForm { choice: "ask_them".into(), text: pick("Hello", "Ciao"), exchange: true, ..PersonForm::default() },
        errors: vec![FieldError::new("context", "required")],
        ..person.clone()
    };
    let agreed_at = event.when.starts_at;
    let agreed = move |by: &'static str| -> Vec<Agreed> {
        let since = |purpose: ConsentPurpose| (purpose == ConsentPurpose::FollowUp).then_some(agreed_at);
        ConsentPurpose::ALL.iter().map(|purpose| Agreed { purpose: *purpose, since: since(*purpose), by }).collect()
    };
    let preferences = PreferencesPage {
        ways: ways("t0ken", "preferences"),
        done: None,
        form: PreferencesForm {
            follow_up: true,
            consent: true,
            chat_delivery: false,
            every_days: "7".into(),
            per_event: "6".into(),
            from: "9".into(),
            to: "18".into(),
            pause: String::new(),
            visibility: Field::ALL.iter().map(|field| Shown { field: *field, to: VisibleTo::Tablemates }).collect(),
        },
        agreed: agreed("these_words"),
        timezone: event.when.timezone,
        from_hours: (9..18).collect(),
        to_hours: (10..=18).collect(),
        blocked: Vec::new(),
        feed: Feed { made: false, address: None },
        export: "/in/t0ken/export".into(),
        erase: "/in/t0ken/erase".into(),
        errors: Vec::new(),
    };
    let feed = |done, made, address: Option<&str>| {
        let feed = Feed { made, address: address.map(str::to_owned) };
        Page::Preferences(Box::new(PreferencesPage { done, feed, ..preferences.clone() }))
    };
    let blocked = |name: Option<&str>, number: &str| BlockedPerson {
        code: code(number),
        name: name.map(str::to_owned),
        event: pick("A winter table", "Una tavola d’inverno"),
    };
    let preferences_blocked =
        PreferencesPage { blocked: vec![blocked(Some("Ada Bianchi"), "7K3M9Q2A"), blocked(None, "7K3M9Q2C")], ..preferences.clone() };
    let erase = ErasePage {
        ways: ways("t0ken", "erase"),
        organizer: event.organizer.clone(),
        export: "/in/t0ken/export".into(),
        back: "/in/t0ken/preferences".into(),
        confirm: String::new(),
        errors: Vec::new(),
    };
    let prompts = PromptsPage {
        ways: ways("t0ken", "prompts"),
        coming: Step::SEQUENCE
            .iter()
            .chain(&[Step::C, Step::N1, Step::Stop])
            .map(|step| Coming {
                event: event.title.clone(),
                due_at: event.when.ends_at,
                timezone: event.when.timezone,
                about: step.as_str(),
            })
            .collect(),
        past: ["none", "done", "not_now", "pause", "stop"]
            .map(|answer| Past {
                event: event.title.clone(),
                subject: pick("Who stayed in your mind?", "Chi ti torna in mente?"),
                path: "/prompts/t0ken".into(),
                at: event.when.ends_at,
                timezone: event.when.timezone,
                answer,
            })
            .into(),
    };
    let letter = |days: i64, kind: &str, subject: String, answer: Option<&str>| Letter {
        at: at("2026-03-12T09:00:00Z") + chrono::TimeDelta::days(days),
        days,
        kind: kind.to_owned(),
        subject,
        text: pick("Hello Ada,\n\nA letter.", "Ciao Ada!\n\nUna lettera."),
        small_print: pick("You get this because …", "Ricevi questa mail perché …"),
        answer: answer.map(str::to_owned),
    };
    let timeline = Timeline {
        reader: "Ada Rossi".into(),
        event: event.title.clone(),
        timezone: event.when.timezone,
        letters: vec![
            letter(-1, "A1", pick("Tomorrow, small tables", "Domani, tavoli piccoli"), None),
            letter(1, "F1", example::prompt(Step::F1, locale).subject, Some("acted")),
            letter(8, "F2", example::prompt(Step::F2, locale).subject, Some("sent")),
        ],
    };
    let reached = |what, people| Reached::new(what, people, Some(112));
    let report = Report {
        title: event.title.clone(),
        organizer: event.organizer.clone(),
        when: event.when,
        people: vec![reached("followed_up", Some(112)), reached("keeping", Some(64)), reached("introducing", None)],
        continued: vec![SaidOn::new("first", Some([31, 12, 7])), SaidOn::new("day_30", Some([0, 4, 1])), SaidOn::new("day_90", None)],
        needs_met: vec![SaidOn::new("day_90", Some([9, 5, 6]))],
    };
    let guide_page = |acknowledged| GuidePage {
        organizer: event.organizer.clone(),
        title: pick("Before you come", "Prima di venire"),
        paragraphs: vec![pick("Come with one thing you love.", "Porta una cosa che ami."), pick("Leave time.", "Lascia tempo.")],
        acknowledged,
    };
    let answered = |choice: Choice, kept: &[&str]| {
        let kept = kept.iter().map(|name| (*name).to_owned()).collect();
        Page::Answered(Answered { event: event.clone(), said: choice.as_str(), due_at: None, kept })
    };
    let due_at = Some(event.when.starts_at + chrono::TimeDelta::days(15));
    let put_off = Page::Answered(Answered { event: event.clone(), said: "snoozed", due_at, kept: vec!["Ada Bianchi".to_owned()] });
    let confirm = |event, asked| {
        let passions = vec![pick("Sourdough", "Pane a lievitazione naturale"), pick("Walking at night", "Camminare di notte")];
        Confirm { event, name: "Luca".into(), passions, follow_up: true, asked, shown: 1, changed: false }
    };
    let confirmed = |outcome, my_table: Option<&str>| {
        Page::Confirmed(Confirmed { event: event.clone(), outcome, my_table: my_table.map(str::to_owned) })
    };
    let problem = |kind, status| Page::Problem(Problem { kind, status, request_id: Some("0197a1c2-7f00-7000-8000-00000000abcd".into()) });
    // Staff read everybody's name; this one is on no card.
    let kept = Seat { name: Some("Nora Kept".into()), ..unnamed.clone() };
    let seat = |seat: &&Seat| SeatingSeat {
        shown: seat.name.clone().filter(|name| name != "Nora Kept"),
        code: format!("{:08}", seat.name.as_ref().map_or(0, String::len)),
        seat: (*seat).clone(),
    };
    let table = |number, theme: Option<&String>, seats: &[&Seat]| SeatingTable {
        number,
        label: (number == 2).then(|| pick("By the window", "Alla finestra")),
        theme: theme.cloned(),
        family: theme.filter(|theme| **theme != bread).map(|theme| match theme.as_str() {
            "Jazz" => ThemeFamily { code: "music".into(), label: pick("Music", "Musica") },
            "Theatre" | "Teatro" => ThemeFamily { code: "stage".into(), label: pick("Theatre and performance", "Teatro e spettacolo") },
            _ => ThemeFamily { code: "nature".into(), label: pick("Nature and outdoors", "Natura e aria aperta") },
        }),
        seats: seats.iter().map(seat).collect(),
    };
    let rounds = vec![
        SeatingRound {
            number: 1,
            starts_at: Some(at("2026-03-12T18:30:00Z")),
            minutes: 35,
            tables: vec![
                table(1, Some(&hiking), &[&ada, &luca, &zoe, &kept]),
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
                table(2, Some(&hiking), &[&zoe, &kept, &luca]),
                table(3, Some(&theatre), &[&at_table(&zoe, &theatre, &["عمر"]), &omar]),
            ],
        },
    ];
    let seating = Seating {
        title: event.title.clone(),
        organizer: event.organizer.clone(),
        when: Some(event.when),
        place: event.place.clone(),
        cards: Seating::cards_of(&rounds),
        rounds,
        briefs: Vec::new(),
        people: 6,
        repeats: 1,
        seed: Some(42),
    };
    let table_for = |members| guide::Table { theme: None, members, minutes: 30, locale, seed: 3 };
    let brief = |members| host::brief(&table_for(members)).expect("a brief");
    let large = TableBrief { round: 1, number: 3, label: Some(pick("By the window", "Alla finestra")), brief: brief(8) };
    let hosted = Seating { rounds: Vec::new(), cards: Vec::new(), briefs: vec![large], ..seating.clone() };
    let host_page = HostPage { event: event.title.clone(), organizer: event.organizer.clone(), brief: brief(5) };

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
        ("giving_up", Page::GivingUp(GivingUp { event: event.clone(), has_seat: true })),
        ("giving_up_line", Page::GivingUp(GivingUp { event: event.clone(), has_seat: false })),
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
        ("my_table_offered", without_tables(MyPlace::Offered { until: at("2026-03-08T09:00:00Z"), path: "/confirm/t0ken".into() }, true)),
        ("my_table_rejected", without_tables(MyPlace::Rejected, false)),
        ("my_table_offer_expired", without_tables(MyPlace::OfferExpired, false)),
        ("my_table_event_off", without_tables(MyPlace::EventOff, false)),
        (
            "my_table_cancelled",
            Page::MyTable(Box::new(MyTable {
                place: MyPlace::Cancelled,
                may_leave: false,
                rounds: Vec::new(),
                guide: None,
                method: my_table.method.clone().map(|method| Method { acknowledged: true, ..method }),
                prompts: Vec::new(),
                ..my_table
            })),
        ),
        ("people", Page::People(Box::new(people.clone()))),
        ("people_done", Page::People(Box::new(PeoplePage { done: Some("chosen"), asked: Vec::new(), ..people.clone() }))),
        (
            "people_wrong",
            Page::People(Box::new(PeoplePage { errors: vec![FieldError::new("keep", "too_many")], asked: Vec::new(), ..people.clone() })),
        ),
        (
            "people_enough",
            Page::People(Box::new(PeoplePage {
                kept: Vec::new(),
                evenings: vec![Evening { open: false, ..evening }],
                contacts: no_contacts,
                balance: Balance { gives: 0, asks: 0, notice: None },
                ..people
            })),
        ),
        ("people_contact_wrong", Page::People(Box::new(contact_wrong))),
        ("introductions", Page::Introductions(Box::new(introductions.clone()))),
        (
            "introductions_done",
            Page::Introductions(Box::new(IntroductionsPage { done: Some("introduced"), may_meet: Vec::new(), ..introductions })),
        ),
        ("introductions_wrong", Page::Introductions(Box::new(introductions_wrong))),
        ("introductions_none", Page::Introductions(Box::new(introductions_none))),
        (
            "person_introduced",
            Page::Person(Box::new(PersonPage {
                name: Some("Yusuf Demir".into()),
                met: met_through(Some("Ada Bianchi")),
                ..person.clone()
            })),
        ),
        ("person", Page::Person(Box::new(person.clone()))),
        (
            "person_rests",
            Page::Person(Box::new(PersonPage {
                done: Some("give"),
                state: ConnectionState::Requested,
                temperature: Temperature::Cold,
                thanks: Vec::new(),
                gate: Gate::AskedLately,
                ..person
            })),
        ),
        ("person_alone", Page::Person(Box::new(alone))),
        ("preferences", Page::Preferences(Box::new(preferences.clone()))),
        (
            "preferences_saved",
            Page::Preferences(Box::new(PreferencesPage { done: Some("saved"), agreed: agreed("other_words"), ..preferences.clone() })),
        ),
        ("preferences_feed_made", feed(None, true, Some("https://convivio.example/feeds/f33d/prompts.ics"))),
        ("preferences_feed", feed(None, true, None)),
        ("preferences_feed_gone", feed(Some("feed_gone"), false, None)),
        ("preferences_blocked", Page::Preferences(Box::new(preferences_blocked))),
        ("preferences_unblocked", Page::Preferences(Box::new(PreferencesPage { done: Some("unblocked"), ..preferences.clone() }))),
        (
            "preferences_wrong",
            Page::Preferences(Box::new(PreferencesPage {
                agreed: agreed("staff"),
                errors: vec![FieldError::new("pause", "out_of_range")],
                ..preferences
            })),
        ),
        ("erase", Page::Erase(erase.clone())),
        (
            "erase_wrong",
            Page::Erase(ErasePage {
                confirm: "luca@example.com".into(),
                errors: vec![FieldError::new("confirm", "not_the_address")],
                ..erase
            }),
        ),
        ("forgotten", Page::Forgotten(Forgotten { organizer: event.organizer.clone() })),
        ("prompts", Page::Prompts(prompts)),
        ("prompts_none", Page::Prompts(PromptsPage { ways: ways("t0ken", "prompts"), coming: Vec::new(), past: Vec::new() })),
        ("profile", Page::Profile(Box::new(profile.clone()))),
        ("profile_said", Page::Profile(Box::new(ProfilePage { said: Some(SaidOfProfile::Current), ..profile.clone() }))),
        ("profile_wrong", Page::Profile(Box::new(ProfilePage { errors: vec![FieldError::new("passion_1", "required")], ..profile }))),
        ("guide", Page::Guide(guide_page(None))),
        ("guide_to_read", Page::Guide(guide_page(Some(false)))),
        ("guide_read", Page::Guide(guide_page(Some(true)))),
        (
            "prompt_wrong",
            Page::Prompt(Box::new(PromptPage { errors: vec![FieldError::new("keep", "too_many")], reflection: None, ..prompt.clone() })),
        ),
        ("prompt", Page::Prompt(Box::new(prompt))),
        ("prompt_f2", Page::Prompt(Box::new(prompted(Step::F2, &[("did_7K3M9Q2A", "give_resource")])))),
        ("prompt_f3", Page::Prompt(Box::new(prompted(Step::F3, &[])))),
        ("prompt_f4", Page::Prompt(Box::new(prompted(Step::F4, &[("trust_7K3M9Q2A", "4")])))),
        ("prompt_f5", Page::Prompt(Box::new(prompted(Step::F5, &[])))),
        ("prompt_f6", Page::Prompt(Box::new(prompted(Step::F6, &[("cadence_7K3M9Q2A", "3")])))),
        ("prompt_c", Page::Prompt(Box::new(prompted(Step::C, &[])))),
        ("answered_done", answered(Choice::Done, &["Ada Bianchi", "Elena Neri"])),
        ("answered_not_now", answered(Choice::NotNow, &[])),
        ("answered_pause", answered(Choice::Pause, &[])),
        ("answered_stop", answered(Choice::Stop, &[])),
        ("answered_later", put_off),
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
        ("seating", Page::Seating(Box::new(seating.clone()))),
        ("seating_hosted", Page::Seating(Box::new(hosted))),
        ("host_brief", Page::HostBrief(Box::new(host_page))),
        ("picture", Page::Picture(Box::new(seating))),
        ("timeline", Page::Timeline(Box::new(timeline))),
        ("report", Page::Report(Box::new(report))),
    ]
}

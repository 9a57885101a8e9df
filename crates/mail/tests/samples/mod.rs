//! One mail of each kind, with facts as they may be: what the snapshots and `docs/letters.md` show.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::words::Step;
use convivio_domain::{EmailAddress, FreeText, Line, Locale, PersonName, Sentence, Timezone, Title};
use convivio_followup::{copy, example};
use url::Url;

use convivio_mail::{
    Appointment, CalendarMethod, Cancelled, Confirm, Confirmed, EventFacts, FollowUp, Freshness, Introduction, Login, Mail, Method, Note,
    Offered, Rejected, Slot, Waitlisted,
};

pub fn all(locale: Locale) -> Vec<Mail> {
    let (reader, event) = (reader(), event());
    let mut mails = vec![
        Mail::Confirm(Confirm { reader: reader.clone(), event: event.clone(), confirm_link: link("confirm"), hours: 48 }),
        Mail::Confirmed(Confirmed {
            reader: reader.clone(),
            event: event.clone(),
            passions: passions(locale),
            in_link: link("in"),
            appointment: appointment(),
        }),
        Mail::Waitlisted(Waitlisted { reader: reader.clone(), event: event.clone(), position: 3, in_link: link("in") }),
        Mail::Offered(Offered {
            reader: reader.clone(),
            event: event.clone(),
            until: "2026-03-08T09:00:00Z".parse().expect("an instant"),
            confirm_link: link("confirm"),
            in_link: link("in"),
        }),
        Mail::Rejected(Rejected { reader: reader.clone(), event: event.clone() }),
        Mail::Cancelled(Cancelled {
            reader: reader.clone(),
            event: event.clone(),
            event_off: false,
            again_link: Some(Url::parse("https://convivio.example/e/pilastro/tavoli").expect("an address")),
            appointment: Some(Appointment { method: CalendarMethod::Cancel, sequence: 1, ..appointment() }),
        }),
        Mail::Login(Login { login_link: link("login"), minutes: Some(30) }),
        Mail::Freshness(Freshness {
            reader: reader.clone(),
            event: event.clone(),
            passions: passions(locale),
            needs: vec![match locale {
                Locale::En => "someone who reads balance sheets".to_owned(),
                Locale::It => "qualcuno che legga i bilanci".to_owned(),
            }],
            intention: Some(intention(locale)),
            profile_link: link("profile"),
            in_link: link("in"),
        }),
        Mail::Method(Method {
            reader: reader.clone(),
            event: event.clone(),
            tomorrow: true,
            how_we_meet: Some(how_we_meet(locale)),
            tips: copy::listening_tips(locale).try_into().expect("three tips"),
            minutes: Some(30),
            guide_link: guide_link("before"),
            in_link: link("in"),
            appointment: appointment(),
        }),
        Mail::Introduction(Introduction {
            reader: reader.clone(),
            organizer: event.organizer.clone(),
            introducer: PersonName::parse("Marta Bianchi").expect("a name"),
            other: PersonName::parse("Yusuf Demir").expect("a name"),
            address: EmailAddress::parse("yusuf.demir@example.org").expect("an address"),
            why: why(locale),
            passions: passions(locale)[..2].to_vec(),
            in_link: link("in"),
        }),
    ];
    mails.extend(Step::ALL.iter().map(|&step| prompted(step, locale)));
    mails.sort_by_key(Mail::kind);
    mails
}

/// The mail of a prompt.
fn prompted(step: Step, locale: Locale) -> Mail {
    let (reader, event, prompt) = (reader(), event(), example::prompt(step, locale));
    let (in_link, stop_link) = (link("in"), link("unsubscribe"));
    match step {
        Step::N1 | Step::Stop => Mail::Note(Box::new(Note { reader, event, prompt, in_link, stop_link })),
        _ => {
            let (prompt_link, guide_link) = (link("prompts"), guide_link("after"));
            let slot = (step == Step::F3).then(|| slot(&prompt.subject));
            let introductions_link = None;
            Mail::FollowUp(Box::new(FollowUp {
                reader,
                event,
                prompt,
                slot,
                introductions_link,
                prompt_link,
                guide_link,
                in_link,
                stop_link,
            }))
        }
    }
}

fn slot(title: &str) -> Slot {
    let starts_at: DateTime<Utc> = "2026-04-06T16:00:00Z".parse().expect("an instant");
    let appointment = Appointment { method: CalendarMethod::Suggest, ..appointment() };
    Slot { title: Title::parse(title).expect("a title"), starts_at, ends_at: starts_at + TimeDelta::minutes(20), appointment }
}

fn reader() -> PersonName {
    PersonName::parse("Ada Rossi").expect("a name")
}

fn event() -> EventFacts {
    let starts_at: DateTime<Utc> = "2026-03-12T18:00:00Z".parse().expect("an instant");
    EventFacts {
        title: Title::parse("Tavoli d'inverno").expect("a title"),
        organizer: Title::parse("Officina del Pilastro").expect("a name"),
        place: Some(Line::parse("Via del Pratello 53, Bologna").expect("a place")),
        starts_at,
        ends_at: starts_at + TimeDelta::hours(3),
        timezone: Timezone(chrono_tz::Europe::Rome),
    }
}

fn appointment() -> Appointment {
    Appointment {
        uid: "01953f5e-7c00-7000-8000-000000000001".to_owned(),
        sequence: 0,
        written_at: "2026-02-20T09:00:00Z".parse().expect("an instant"),
        method: CalendarMethod::Publish,
    }
}

fn link(place: &str) -> Url {
    let token = "q8cUuJx1mZ0vY7kRr3nTtE5sWw2aBb4dFfGgHhJjKkM";
    Url::parse(&format!("https://convivio.example/{place}/{token}")).expect("an address")
}

fn passions(locale: Locale) -> Vec<String> {
    let labels = match locale {
        Locale::En => ["Baking bread", "Walking in the hills", "Old maps"],
        Locale::It => ["Fare il pane", "Camminare in collina", "Mappe antiche"],
    };
    labels.map(str::to_owned).to_vec()
}

fn why(locale: Locale) -> Sentence {
    let text = match locale {
        Locale::En => "Yusuf needs somebody to tell him about sourdough, and you cannot stop talking about it.",
        Locale::It => "Yusuf cerca chi gli racconti del lievito madre, e tu ne parleresti per ore.",
    };
    Sentence::parse(text).expect("a sentence")
}

fn guide_link(phase: &str) -> Url {
    Url::parse(&format!("https://convivio.example/guides/officina/{phase}")).expect("an address")
}

fn intention(locale: Locale) -> FreeText {
    let text = match locale {
        Locale::En => "one good conversation",
        Locale::It => "una bella conversazione",
    };
    FreeText::parse(text).expect("a text")
}

fn how_we_meet(locale: Locale) -> FreeText {
    let text = match locale {
        Locale::En => {
            "Two rounds at small tables, four or five people each.\nAt every table there is a card with one question. \
             Whoever sits closest to the window starts.\n\nSoup and bread between the rounds, on us."
        }
        Locale::It => {
            "Due giri a tavoli piccoli, quattro o cinque persone ciascuno.\nSu ogni tavolo c’è un biglietto con una domanda. \
             Comincia chi siede più vicino alla finestra.\n\nTra un giro e l’altro, zuppa e pane: offriamo noi."
        }
    };
    FreeText::parse(text).expect("a text")
}

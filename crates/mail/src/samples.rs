//! One mail of each kind, with facts as they may be: what the snapshots and `docs/letters.md` show, and what an organizer's own words are tried on.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::prompt::CommonGround;
use convivio_domain::words::{MailKind, Step};
use convivio_domain::{EmailAddress, FreeText, Line, Locale, PersonName, Prompt, Sentence, Timezone, Title};
use url::Url;

use crate::{
    Appointment, CalendarMethod, Cancelled, Confirm, Confirmed, EventFacts, FollowUp, Freshness, Introduction, Login, Mail, Method, Note,
    Offered, Rejected, Slot, Waitlisted,
};

/// The words that mails have from elsewhere: tips on listening, and the prompts of the follow-up.
#[derive(Clone, Copy)]
pub struct Elsewhere {
    pub tips: fn(Locale) -> [String; 3],
    pub prompt: fn(Step, Locale) -> Prompt,
}

/// One of each kind, in the order of [`MailKind`].
pub fn samples(locale: Locale, elsewhere: Elsewhere) -> Vec<Mail> {
    MailKind::ALL.iter().filter(|kind| **kind != MailKind::Test).map(|kind| sample(*kind, locale, elsewhere)).collect()
}

/// The one of this kind.
pub fn sample(kind: MailKind, locale: Locale, elsewhere: Elsewhere) -> Mail {
    let (reader, event) = (reader(), event());
    match kind {
        MailKind::Confirm => Mail::Confirm(Confirm { reader, event, confirm_link: link("confirm"), hours: 48 }),
        MailKind::Confirmed => {
            Mail::Confirmed(Confirmed { reader, event, passions: passions(locale), in_link: link("in"), appointment: appointment() })
        }
        MailKind::Waitlisted => Mail::Waitlisted(Waitlisted { reader, event, position: 3, in_link: link("in") }),
        MailKind::Offered => Mail::Offered(Offered {
            reader,
            event,
            until: "2026-03-08T09:00:00Z".parse().expect("an instant"),
            confirm_link: link("confirm"),
            in_link: link("in"),
        }),
        MailKind::Rejected => Mail::Rejected(Rejected { reader, event }),
        MailKind::Cancelled => Mail::Cancelled(Cancelled {
            reader,
            event,
            event_off: false,
            again_link: Some(Url::parse("https://convivio.example/e/pilastro/tavoli").expect("an address")),
            appointment: Some(Appointment { method: CalendarMethod::Cancel, sequence: 1, ..appointment() }),
        }),
        MailKind::Login => Mail::Login(Login { login_link: link("login"), minutes: Some(30) }),
        MailKind::A0 => Mail::Freshness(Freshness {
            reader,
            event,
            passions: passions(locale),
            needs: vec![match locale {
                Locale::En => "someone who reads balance sheets".to_owned(),
                Locale::It => "qualcuno che legga i bilanci".to_owned(),
            }],
            intention: Some(intention(locale)),
            profile_link: link("profile"),
            in_link: link("in"),
        }),
        MailKind::A1 => Mail::Method(Method {
            reader,
            event,
            tomorrow: true,
            how_we_meet: Some(how_we_meet(locale)),
            tips: (elsewhere.tips)(locale),
            minutes: Some(30),
            guide_link: Some(guide_link("before")),
            in_link: link("in"),
            appointment: appointment(),
        }),
        MailKind::F1 => prompted((elsewhere.prompt)(Step::F1, locale)),
        MailKind::F2 => prompted((elsewhere.prompt)(Step::F2, locale)),
        MailKind::F3 => prompted((elsewhere.prompt)(Step::F3, locale)),
        MailKind::F4 => prompted((elsewhere.prompt)(Step::F4, locale)),
        MailKind::F5 => prompted((elsewhere.prompt)(Step::F5, locale)),
        MailKind::F6 => prompted((elsewhere.prompt)(Step::F6, locale)),
        MailKind::C => prompted((elsewhere.prompt)(Step::C, locale)),
        MailKind::N1 => prompted((elsewhere.prompt)(Step::N1, locale)),
        MailKind::Stop => prompted((elsewhere.prompt)(Step::Stop, locale)),
        MailKind::Introduction => Mail::Introduction(Introduction {
            reader,
            organizer: event.organizer,
            introducer: PersonName::parse("Marta Bianchi").expect("a name"),
            other: PersonName::parse("Yusuf Demir").expect("a name"),
            address: EmailAddress::parse("yusuf.demir@example.org").expect("an address"),
            why: why(locale),
            passions: passions(locale)[..2].to_vec(),
            in_link: link("in"),
        }),
        // It has the words of the step it tries out.
        MailKind::Test => sample(MailKind::F1, locale, elsewhere),
    }
}

/// The same mail with what comes seldom: somebody would introduce its reader to somebody.
pub(crate) fn full(mail: &Mail) -> Mail {
    let mut full = mail.clone();
    if let Mail::FollowUp(mail) = &mut full {
        mail.introductions_link = Some(link("introductions"));
    }
    full
}

/// The same mail with everything left out that may be missing: words must get by without it.
pub(crate) fn bare(mail: &Mail) -> Mail {
    let mut bare = mail.clone();
    match &mut bare {
        Mail::Confirm(mail) => mail.hours = 1,
        Mail::Cancelled(mail) => {
            mail.event_off = true;
            mail.again_link = None;
            mail.appointment = None;
        }
        Mail::Login(mail) => mail.minutes = None,
        Mail::Freshness(mail) => {
            mail.needs.clear();
            mail.intention = None;
        }
        Mail::Method(mail) => {
            mail.tomorrow = false;
            mail.how_we_meet = None;
            mail.minutes = None;
            mail.guide_link = None;
        }
        Mail::FollowUp(mail) => {
            mail.slot = None;
            mail.guide_link = None;
            mail.introductions_link = None;
            without_extras(&mut mail.prompt);
        }
        Mail::Note(mail) => without_extras(&mut mail.prompt),
        Mail::Introduction(mail) => mail.passions.clear(),
        Mail::Confirmed(_) | Mail::Waitlisted(_) | Mail::Offered(_) | Mail::Rejected(_) => {}
    }
    if let Some(event) = bare.event_mut() {
        event.place = None;
    }
    bare
}

fn without_extras(prompt: &mut Prompt) {
    prompt.common_ground = CommonGround::default();
    prompt.action.link = None;
    prompt.alternatives.clear();
    prompt.draft = None;
    prompt.reflection = None;
}

/// The mail of a prompt.
fn prompted(prompt: Prompt) -> Mail {
    let (reader, event, step) = (reader(), event(), prompt.step);
    let (in_link, stop_link) = (link("in"), link("unsubscribe"));
    match step {
        Step::N1 | Step::Stop => Mail::Note(Box::new(Note { reader, event, prompt, in_link, stop_link })),
        _ => {
            let (prompt_link, guide_link) = (link("prompts"), Some(guide_link("after")));
            let slot = (step == Step::F3).then(|| slot(&prompt.subject));
            // One of them shows what comes seldom; the shortest.
            let introductions_link = (step == Step::F6).then(|| link("introductions"));
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
    link(&format!("guides/officina/{phase}"))
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

//! One mail of each kind, with facts as they may be: what the snapshots show, and what a preview can show.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::prompt::{Action, CommonGround, Input, Recall, Recalled, SharedPassion, Sitting};
use convivio_domain::words::{Choice, Step};
use convivio_domain::{FreeText, Line, Locale, Localized, PersonName, Prompt, RegistrationCode, Theme, Timezone, Title};
use url::Url;

use crate::{
    Appointment, CalendarMethod, Cancelled, Confirm, Confirmed, EventFacts, FollowUp, Freshness, Login, Mail, Method, Missed, Offered,
    Rejected, Waitlisted,
};

pub(crate) fn all(locale: Locale) -> Vec<Mail> {
    let (reader, event) = (reader(), event());
    vec![
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
            tips: Method::tips(locale),
            minutes: Some(30),
            guide_link: guide_link("before"),
            in_link: link("in"),
            appointment: appointment(),
        }),
        Mail::FollowUp(Box::new(FollowUp {
            reader: reader.clone(),
            event: event.clone(),
            prompt: prompt(locale),
            prompt_link: link("prompts"),
            guide_link: guide_link("after"),
            in_link: link("in"),
            stop_link: link("unsubscribe"),
        })),
        Mail::Missed(Box::new(Missed { reader, event, prompt: missed(locale), in_link: link("in"), stop_link: link("unsubscribe") })),
    ]
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

fn missed(locale: Locale) -> Prompt {
    let (subject, opening, text) = match locale {
        Locale::En => (
            "We did not get to meet",
            "On Thursday 12 March, at Tavoli d'inverno, a place was set for you. It was not to be, and that is fine: there is nothing to \
             explain and nothing to do.",
            "If you would like to try again: Tavoli di primavera is on Thursday 9 April.",
        ),
        Locale::It => (
            "Non ci si è incontrati, peccato",
            "Giovedì 12 marzo, all’evento «Tavoli d'inverno», c’era un posto per te. Non è andata, e va bene così: non c’è nulla da \
             spiegare e nulla da fare.",
            "Se ti va di riprovare, c’è «Tavoli di primavera», giovedì 9 aprile.",
        ),
    };
    let link = Some("https://convivio.example/e/pilastro/tavoli-di-primavera".to_owned());
    Prompt {
        step: Step::N1,
        subject: subject.to_owned(),
        opening: opening.to_owned(),
        recall: Recall::default(),
        common_ground: CommonGround::default(),
        action: Action { kind: "step_event".to_owned(), text: text.to_owned(), link },
        reflection: None,
        choices: Vec::new(),
        inputs: vec![Input::ReaderName, Input::WhereAndWhen],
        ..prompt(locale)
    }
}

fn prompt(locale: Locale) -> Prompt {
    let said = |en: &str, it: &str| match locale {
        Locale::En => en.to_owned(),
        Locale::It => it.to_owned(),
    };
    let person = |code: &str, name: &str, theme: Theme| Recalled {
        code: RegistrationCode::parse(code).expect("a code"),
        name: name.to_owned(),
        sittings: vec![Sitting { round: 1, table: 4, theme }],
    };
    let bread = said("Baking bread", "Fare il pane");
    let theme = Theme::Shared {
        code: "bread".into(),
        labels: Localized::new([(Locale::En, "Baking bread".into()), (Locale::It, "Fare il pane".into())]),
    };
    Prompt {
        step: Step::F1,
        locale,
        subject: said("Who stayed in your mind?", "Chi ti è rimasto in mente?"),
        opening: said(
            "On Thursday 12 March, at Tavoli d'inverno, you shared a table with Marta Bianchi, Yusuf Demir and Zoë D'Amico. \
             You have a passion in common with Marta Bianchi and Yusuf Demir: baking bread. You hoped for: “one good conversation”.",
            "Giovedì 12 marzo, all’evento «Tavoli d'inverno», hai condiviso il tavolo con Marta Bianchi, Yusuf Demir e Zoë D'Amico. \
             Con Marta Bianchi e Yusuf Demir condividi una passione: fare il pane. Speravi in questo: «una bella conversazione».",
        ),
        recall: Recall {
            people: vec![
                person("7K3M9Q2A", "Marta Bianchi", theme.clone()),
                person("2B8N4T6C", "Yusuf Demir", theme.clone()),
                person("9D5P1V7E", "Zoë D'Amico", theme.clone()),
            ],
        },
        common_ground: CommonGround {
            passions: vec![
                SharedPassion { code: "bread".into(), label: bread, with: vec!["Marta Bianchi".into(), "Yusuf Demir".into()] },
                SharedPassion { code: "old_maps".into(), label: said("Old maps", "Mappe antiche"), with: vec!["Marta Bianchi".into()] },
            ],
            offers_needs: vec![],
        },
        action: Action {
            kind: "touch_note".into(),
            text: said(
                "Write one thing you heard, and choose up to three people you would like to keep in touch with.",
                "Scrivi una cosa che hai ascoltato e scegli fino a tre persone con cui restare in contatto.",
            ),
            link: None,
        },
        alternatives: vec![],
        draft: None,
        guide: None,
        reflection: Some(said("Was there room to listen?", "C’è stato spazio per ascoltare?")),
        choices: vec![Choice::Done, Choice::NotNow, Choice::Pause, Choice::Stop],
        locked_asks: vec![],
        inputs: vec![Input::ReaderName, Input::TablemateName, Input::SharedPassion, Input::WhereAndWhen, Input::Intention],
    }
}

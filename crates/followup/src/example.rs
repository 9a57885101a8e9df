//! A prompt of each step as it may be: for snapshots, previews and `docs/letters.md`. The words are the real ones, made from the facts of an
//! evening that never was.

use chrono::{DateTime, TimeDelta, Utc};
use convivio_domain::prompt::{Prompt, Sitting};
use convivio_domain::words::Step;
use convivio_domain::{
    DeclaredPassion, Field, FreeText, Level, Line, Locale, Need, PersonName, Phrase, RegistrationCode, Theme, Timezone, Visibility,
    VisibleTo, local_instant,
};

use crate::garden::Cadence;
use crate::{EventFacts, Kept, Next, Plan, ProfileView, Reader, Story, Tablemate, due, steps};

/// What Ada Rossi reads after "Tavoli d'inverno", on Thursday 12 March 2026 in Bologna.
pub fn prompt(step: Step, locale: Locale) -> Prompt {
    let days = match step {
        Step::C => 140,
        Step::Stop => 60,
        _ => Plan::default().days(step).expect("a test makes a prompt of every step").into(),
    };
    let evening = evening();
    let now = due::at_ten(evening.starts_at.date_naive(), evening.zone) + TimeDelta::days(days);
    steps::compose(now, step, &story(locale)).unwrap_or_else(|reason| panic!("a test makes a prompt of every step, and {step} is {reason}"))
}

fn story(locale: Locale) -> Story {
    let said = |en: &'static str, it: &'static str| match locale {
        Locale::En => en,
        Locale::It => it,
    };
    let marta = Person::named("Marta Bianchi", "7K3M9Q2A")
        .loves(&["bread making", "maps"])
        .needs(said("someone to try a recipe with", "qualcuno con cui provare una ricetta"));
    let yusuf = Person::named("Yusuf Demir", "2B8N4T6C")
        .loves(&["bread making", "choir"])
        .working_on(said("a sound map of the river", "una mappa sonora del fiume"));
    let zoe = Person::named("Zoë D'Amico", "9D5P1V7E")
        .loves(&["choir"])
        .offers(said("recipes from three generations", "ricette di tre generazioni"));
    let ada = Person::named("Ada Rossi", "4H6J8R2W")
        .loves(&["bread making", "maps"])
        .offers(said("an old bread oven", "un vecchio forno per il pane"));
    let met: Vec<Tablemate> = [(marta, 1, 4), (yusuf, 1, 4), (zoe, 2, 7)].map(|(person, round, table)| person.at(round, table)).into();
    let notes =
        [Some(said("a sourdough that has come down three generations", "un lievito che passa di mano da tre generazioni")), None, None];
    let kept = met.iter().zip(notes).map(|(mate, note)| kept(mate, note)).collect();
    let intention = text(said("one good conversation", "una bella conversazione"));
    Story {
        reader: Reader { profile: ada.profile, locale, intention: Some(intention) },
        event: evening(),
        met,
        kept,
        contacts: Vec::new(),
        apart: Vec::new(),
        spoken_of: Vec::new(),
        before: 0,
        next: Some(Next {
            title: "Tavoli di primavera".to_owned(),
            starts_at: local_instant(evening().zone, "2026-04-09T19:00:00".parse().expect("an instant")),
            zone: evening().zone,
            link: "https://convivio.example/e/pilastro/tavoli-di-primavera".to_owned(),
        }),
    }
}

fn evening() -> EventFacts {
    let starts_at: DateTime<Utc> = "2026-03-12T18:00:00Z".parse().expect("an instant");
    EventFacts { title: "Tavoli d'inverno".to_owned(), starts_at, zone: "Europe/Rome".parse::<Timezone>().expect("a zone") }
}

struct Person {
    code: &'static str,
    profile: ProfileView,
}

impl Person {
    fn named(name: &str, code: &'static str) -> Self {
        let name = PersonName::parse(name).expect("a name");
        let mut visibility = Visibility::default();
        for field in [Field::Offers, Field::Needs, Field::WorkingOn] {
            visibility.set(field, VisibleTo::Tablemates);
        }
        let profile = ProfileView { name, passions: Vec::new(), working_on: None, offers: Vec::new(), needs: Vec::new(), visibility };
        Self { code, profile }
    }

    fn loves(mut self, passions: &[&str]) -> Self {
        let declared = |words: &&str| DeclaredPassion::from_words(phrase(words), Level::default()).expect("words");
        self.profile.passions = passions.iter().map(declared).collect();
        self
    }

    fn offers(mut self, what: &str) -> Self {
        self.profile.offers = vec![phrase(what)];
        self
    }

    fn needs(mut self, what: &str) -> Self {
        self.profile.needs = vec![Need { text: phrase(what), expires_at: None }];
        self
    }

    fn working_on(mut self, what: &str) -> Self {
        self.profile.working_on = Some(Line::parse(what).expect("a line"));
        self
    }

    fn at(self, round: u16, table: u16) -> Tablemate {
        Tablemate {
            code: RegistrationCode::parse(self.code).expect("a code"),
            profile: self.profile,
            both_present: true,
            is_blocked: false,
            sittings: vec![Sitting { round, table, theme: Theme::Mixed }],
        }
    }
}

fn kept(mate: &Tablemate, note: Option<&str>) -> Kept {
    Kept {
        mate: mate.clone(),
        event: evening(),
        introduced_by: None,
        note: note.map(text),
        // Something was given to the first of them.
        gave_at: note.map(|_| evening().starts_at + TimeDelta::days(9)),
        asked_at: None,
        in_touch_at: evening().starts_at + TimeDelta::days(if note.is_some() { 80 } else { 9 }),
        needs_no_nudge: false,
        every: Cadence::of_months(3),
    }
}

fn phrase(text: &str) -> Phrase {
    Phrase::parse(text).expect("a few words")
}

fn text(text: &str) -> FreeText {
    FreeText::parse(text).expect("a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_prompt_of_every_step_in_every_language() {
        for &step in Step::ALL {
            for &locale in Locale::ALL {
                let prompt = prompt(step, locale);
                assert_eq!((prompt.step, prompt.locale), (step, locale));
            }
        }
    }
}

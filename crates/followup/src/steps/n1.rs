//! N1, two days after, to those who had a place and did not come: we did not get to meet.
//!
//! It asks for nothing, names nobody, and says where the next table is, if there is one.

use convivio_domain::Locale;
use convivio_domain::prompt::{Action, CommonGround, Input, Prompt, Recall};
use convivio_domain::words::{Reason, Step};

use crate::copy::{Missing, say, words_of};
use crate::people::{EventFacts, Next};
use crate::phrases::{capitalised, date, isolated};

/// What is said to somebody who missed `event`.
pub(super) fn compose(locale: Locale, event: &EventFacts, next: Option<&Next>) -> Result<Prompt, Reason> {
    worded(locale, event, next).map_err(|_: Missing| Reason::CouldNotBuild)
}

fn worded(locale: Locale, event: &EventFacts, next: Option<&Next>) -> Result<Prompt, Missing> {
    let words = words_of(Step::N1, locale);
    let missed = date(event.starts_at, event.zone, locale)?;
    let text = match next {
        Some(next) => {
            let on = date(next.starts_at, next.zone, locale)?;
            say(words, "next", &[("event", &isolated(&next.title)), ("date", &on)])?
        }
        None => say(words, "welcome", &[])?,
    };
    Ok(Prompt {
        step: Step::N1,
        locale,
        subject: say(words, "subject", &[])?,
        opening: capitalised(&say(words, "opening", &[("date", &missed), ("event", &isolated(&event.title))])?),
        recall: Recall::default(),
        common_ground: CommonGround::default(),
        action: Action { kind: "step_event".to_owned(), text, link: next.map(|next| next.link.clone()), about: Vec::new(), contact: None },
        alternatives: Vec::new(),
        draft: None,
        reflection: None,
        // Nothing to do, so nothing to answer.
        choices: Vec::new(),
        locked_asks: Vec::new(),
        inputs: vec![Input::ReaderName, Input::WhereAndWhen],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, supper, zone};

    fn next() -> Next {
        Next {
            title: "Tables in April".to_owned(),
            starts_at: at("2026-04-09T17:00:00Z"),
            zone: zone("Europe/Rome"),
            link: "https://convivio.example/e/pilastro/april".to_owned(),
        }
    }

    #[test]
    fn who_could_not_come_has_nothing_to_do() {
        let prompt = compose(Locale::En, &supper(), Some(&next())).expect("a prompt");
        assert_eq!(
            prompt.opening,
            "On Thursday 12 March, at “Supper of passions”, there was a seat for you. Things went another way, and that is fine: there is nothing to \
             explain and nothing to do."
        );
        assert_eq!(prompt.action.text, "If you feel like coming another time, “Tables in April” is on Thursday 9 April.");
        assert_eq!(prompt.action.link, Some(next().link));
        assert!(prompt.choices.is_empty() && prompt.recall.people.is_empty());
    }

    #[test]
    fn without_another_event_they_are_welcome_all_the_same() {
        for &locale in Locale::ALL {
            let prompt = compose(locale, &supper(), None).expect("a prompt");
            assert_eq!(prompt.action.link, None);
            assert!(!prompt.action.text.is_empty());
        }
        let prompt = compose(Locale::It, &supper(), Some(&next())).expect("a prompt");
        assert!(
            prompt.opening.starts_with("Giovedì 12 marzo, all’evento «Supper of passions», c’era un posto per te."),
            "{}",
            prompt.opening
        );
    }
}

//! F1, one working day after: who stayed in your mind?
//!
//! It recalls the people the reader sat with, what they share and what the reader hoped for, and asks for one thing: a note to oneself. It
//! holds no request to anybody else. The greeting, with the reader's name, is put before the opening by whoever renders the prompt, and so
//! are the links, which hold secrets and are never stored.

use chrono::{DateTime, Utc};
use convivio_domain::Locale;
use convivio_domain::prompt::{CommonGround, Input, Prompt, Recall, SharedPassion};
use convivio_domain::words::{Choice, Reason, Step};

use super::{MOST_NAMES, at_no_table, own_action, recalled};
use crate::common_ground;
use crate::copy::{Missing, language, say, words_of};
use crate::people::{EventFacts, Reader, Tablemate};
use crate::phrases::{capitalised, date, in_sentence, isolated, joined, quotation};
use crate::rules;

/// A mail is about 150 words: these many shared passions and exchanges, the nearest first.
const MOST_SHARED: usize = 3;

/// The prompt for one reader, or why there is none.
///
/// Only people who were present and show their name are in it. Where the reader shares no passion with them, it says nothing about passions
/// (they may be hidden) and invites a note instead.
pub(super) fn compose(now: DateTime<Utc>, reader: &Reader, tablemates: &[Tablemate], event: &EventFacts) -> Result<Prompt, Reason> {
    let met = in_order_of_meeting(tablemates);
    let common_ground = shared_with(now, reader, &met);
    let inputs = inputs(reader, &met, &common_ground);
    if !rules::is_personal(&inputs) {
        return Err(Reason::InsufficientContext);
    }
    // The shipped words are filled by tests, so this is a text that was changed and asks for something nobody has.
    worded(reader, &met, event, common_ground, inputs).map_err(|_: Missing| Reason::CouldNotBuild)
}

/// The two short questions of F1's form, by the code under which they are answered (`feedback` in the API).
pub fn feedback_questions(locale: Locale) -> [(&'static str, String); 2] {
    let words = words_of(Step::F1, locale);
    ["listened", "heard"].map(|code| (code, say(words, code, &[]).expect("a test reads both questions in every language")))
}

fn worded(
    reader: &Reader,
    met: &[&Tablemate],
    event: &EventFacts,
    common_ground: CommonGround,
    inputs: Vec<Input>,
) -> Result<Prompt, Missing> {
    let words = words_of(Step::F1, reader.locale);
    let names: Vec<&str> = met.iter().map(|mate| mate.profile.name.as_str()).collect();
    let names = joined(&names, MOST_NAMES, reader.locale);
    Ok(Prompt {
        step: Step::F1,
        locale: reader.locale,
        subject: say(words, "subject", &[])?,
        opening: opening(reader, met, &names, event, common_ground.passions.first())?,
        recall: Recall { people: met.iter().map(|mate| recalled(mate)).collect() },
        common_ground,
        action: own_action("touch_note", action(met.len(), &names, reader.locale)?),
        alternatives: Vec::new(),
        draft: None,
        reflection: Some(say(words, "reflection", &[])?),
        choices: vec![Choice::Done, Choice::NotNow, Choice::Pause, Choice::Stop],
        locked_asks: Vec::new(),
        inputs,
    })
}

fn opening(
    reader: &Reader,
    met: &[&Tablemate],
    names: &str,
    event: &EventFacts,
    shared: Option<&SharedPassion>,
) -> Result<String, Missing> {
    let words = words_of(Step::F1, reader.locale);
    let date = date(event.starts_at, event.zone, reader.locale)?;
    let key = if at_no_table(met) { "met_there" } else { "met" };
    let met = say(words, key, &[("date", &date), ("event", &isolated(&event.title)), ("names", names)])?;
    let about = match shared {
        Some(shared) => {
            let who: Vec<&str> = shared.with.iter().map(String::as_str).collect();
            let who = joined(&who, MOST_NAMES, reader.locale);
            say(words, "shared", &[("who", &who), ("passion", &in_sentence(&shared.label))])?
        }
        None => say(words, "invites_a_note", &[])?,
    };
    let mut sentences = vec![capitalised(&met), about];
    if let Some(intention) = &reader.intention {
        let about = &language(reader.locale).about;
        sentences.push(say(about, "intention", &[("intention", &quotation(intention.as_str()))])?);
    }
    Ok(sentences.join(" "))
}

fn action(people: usize, names: &str, locale: Locale) -> Result<String, Missing> {
    let words = words_of(Step::F1, locale);
    match people {
        1 => say(words, "action_one", &[("names", names)]),
        2 => say(words, "action_two", &[]),
        _ => say(words, "action_many", &[]),
    }
}

/// Those who may be named, in the order in which the reader met them. Any order by what people share would be a ranking.
fn in_order_of_meeting(tablemates: &[Tablemate]) -> Vec<&Tablemate> {
    let mut met: Vec<&Tablemate> = tablemates.iter().filter(|mate| mate.may_be_named()).collect();
    met.sort_by_key(|mate| mate.sittings.iter().map(|sitting| sitting.round).min());
    met
}

fn shared_with(now: DateTime<Utc>, reader: &Reader, met: &[&Tablemate]) -> CommonGround {
    let others: Vec<_> = met.iter().map(|mate| &mate.profile).collect();
    let mut common = common_ground::with_all(now, &reader.profile, &others, reader.locale);
    common.passions.truncate(MOST_SHARED);
    common.offers_needs.truncate(MOST_SHARED);
    common
}

fn inputs(reader: &Reader, met: &[&Tablemate], common: &CommonGround) -> Vec<Input> {
    let uses_need = common.offers_needs.iter().any(|exchange| exchange.to != reader.profile.name.as_str());
    let used = [
        (Input::ReaderName, true),
        (Input::TablemateName, !met.is_empty()),
        (Input::SharedPassion, !common.passions.is_empty()),
        (Input::CurrentNeed, uses_need),
        // The opening always says at which event and on which day.
        (Input::WhereAndWhen, !met.is_empty()),
        (Input::Intention, reader.intention.is_some()),
    ];
    used.into_iter().filter_map(|(input, used)| used.then_some(input)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, person, supper};
    use convivio_domain::Field;

    const NOW: &str = "2026-03-13T09:00:00Z";

    fn f1(reader: &Reader, tablemates: &[Tablemate]) -> Prompt {
        compose(at(NOW), reader, tablemates, &supper()).expect("a prompt")
    }

    #[test]
    fn two_people_with_one_shared_passion() {
        let ada = person("Ada").loves(&["Hiking", "Jazz"]).reads(Locale::En);
        let prompt = f1(&ada, &[person("Luca").loves(&["escursionismo"]).met_in(1)]);
        assert_eq!(prompt.subject, "Who stayed in your mind?");
        assert_eq!(
            prompt.opening,
            "On Thursday 12 March, at “Supper of passions”, you shared a table with Luca. You have a passion in common with Luca: hiking."
        );
        assert_eq!(prompt.action.text, "Write one thing you heard from Luca, and say whether you would like to keep in touch.");
        assert_eq!(prompt.recall.people[0].sittings[0].table, 3);
        assert_eq!(prompt.inputs, [Input::ReaderName, Input::TablemateName, Input::SharedPassion, Input::WhereAndWhen]);
    }

    #[test]
    fn three_with_nothing_in_common_are_invited_to_write_a_note() {
        let ada = person("Ada").loves(&["Hiking"]).reads(Locale::En);
        let prompt = f1(&ada, &[person("Luca").met_in(1), person("Noor").met_in(1), person("Zoë D'Amico").met_in(2)]);
        assert_eq!(
            prompt.opening,
            "On Thursday 12 March, at “Supper of passions”, you shared a table with Luca, Noor and Zoë D'Amico. \
             Perhaps something you heard is still with you: one line is enough to keep it."
        );
        assert_eq!(prompt.action.text, "Write one thing you heard, and choose up to three people you would like to keep in touch with.");
    }

    #[test]
    fn an_italian_reader_with_an_english_tablemate() {
        let ada = person("Ada").loves(&["Escursionismo"]).reads(Locale::It).hoping_for("Trovare con chi camminare.");
        let prompt = f1(&ada, &[person("Alan O'Neil").loves(&["hiking"]).met_in(1), person("Elena").met_in(1)]);
        assert_eq!(prompt.subject, "Chi ti torna in mente?");
        assert_eq!(
            prompt.opening,
            "Giovedì 12 marzo, all’evento «Supper of passions», hai condiviso il tavolo con Alan O'Neil ed Elena. \
             Con Alan O'Neil condividi una passione: escursionismo. Avevi scritto che cosa avrebbe reso prezioso l’incontro: «Trovare con chi camminare»."
        );
        assert_eq!(prompt.reflection.as_deref(), Some("C’è stato spazio per ascoltare?"));
    }

    #[test]
    fn sr_14_who_met_at_no_table_reads_of_none() {
        for &locale in Locale::ALL {
            let ada = person("Ada").loves(&["Jazz"]).reads(locale);
            let there = |name: &str| Tablemate { sittings: Vec::new(), ..person(name).loves(&["Jazz"]).met_in(1) };
            for many in 1..=3 {
                let names = &["Luca", "Noor", "Elena"][..many];
                let mates: Vec<Tablemate> = names.iter().map(|name| there(name)).collect();
                let prompt = f1(&ada, &mates);
                let said = format!("{} {}", prompt.opening, prompt.action.text);
                assert!(names.iter().all(|name| prompt.opening.contains(name)), "{said}");
                assert!(prompt.opening.contains("Supper of passions"), "{said}");
                assert!(!said.contains("table") && !said.contains("tavol"), "{said}");
            }
            // One table is enough to speak of it.
            let sat = f1(&ada, &[there("Luca"), person("Noor").met_in(1)]);
            assert!(sat.opening.contains("shared a table") || sat.opening.contains("condiviso il tavolo"), "{}", sat.opening);
        }
    }

    #[test]
    fn sr_07_the_intention_is_shown_back() {
        let ada = person("Ada").reads(Locale::En).hoping_for("One person to walk with.");
        let prompt = f1(&ada, &[person("Luca").met_in(1)]);
        assert!(prompt.opening.ends_with("worth coming: “One person to walk with”."), "{}", prompt.opening);
        assert!(prompt.inputs.contains(&Input::Intention));
    }

    #[test]
    fn sr_30_prompt_names_real_tablemates_only() {
        let ada = person("Ada").loves(&["Jazz"]).reads(Locale::En);
        let no_show = Tablemate { both_present: false, ..person("Noor").loves(&["Jazz"]).met_in(1) };
        let shy = person("Tomás").loves(&["Jazz"]).hiding(Field::Name).met_in(1);
        let prompt = f1(&ada, &[person("Luca").met_in(1), no_show, shy]);
        let said = format!("{prompt:?}");
        assert!(said.contains("Luca") && !said.contains("Noor") && !said.contains("Tomás"), "{said}");
        assert!(prompt.common_ground.passions.is_empty(), "what they love would tell who they are");
    }

    #[test]
    fn sr_35_too_few_inputs_mean_silence() {
        let ada = person("Ada").loves(&["Jazz"]).reads(Locale::En).hoping_for("Good company");
        let refused = |tablemates: &[Tablemate]| compose(at(NOW), &ada, tablemates, &supper()).expect_err("too little to say");
        assert_eq!(refused(&[]), Reason::InsufficientContext);
        assert_eq!(refused(&[person("Luca").loves(&["Jazz"]).hiding(Field::Name).met_in(1)]), Reason::InsufficientContext);
        let no_show = Tablemate { both_present: false, ..person("Luca").loves(&["Jazz"]).met_in(1) };
        assert_eq!(refused(&[no_show]), Reason::InsufficientContext);
    }

    #[test]
    fn sr_32_nothing_is_asked_of_anybody() {
        for &locale in Locale::ALL {
            let ada = person("Ada").needs("A photographer", None).showing(Field::Needs).reads(locale);
            let prompt = f1(&ada, &[person("Luca").offers("Photographer").showing(Field::Offers).met_in(1)]);
            assert!(!prompt.action.kind.starts_with("ask_"));
            assert!(prompt.alternatives.is_empty() && prompt.locked_asks.is_empty() && prompt.draft.is_none());
            assert!(prompt.choices.contains(&Choice::NotNow));
        }
    }

    #[test]
    fn sr_08_expired_need_is_not_in_the_prompt() {
        let ada = person("Ada").offers("Bookkeeping").showing(Field::Offers).reads(Locale::En);
        let luca = |until| person("Luca").needs("Bookkeeping", Some(at(until))).showing(Field::Needs).met_in(1);
        let current = f1(&ada, &[luca("2026-03-13T09:00:01Z")]);
        assert!(current.inputs.contains(&Input::CurrentNeed) && current.common_ground.offers_needs.len() == 1);
        let expired = f1(&ada, &[luca(NOW)]);
        assert!(!expired.inputs.contains(&Input::CurrentNeed) && expired.common_ground.offers_needs.is_empty());
    }

    #[test]
    fn people_are_recalled_in_the_order_in_which_they_were_met() {
        let ada = person("Ada").loves(&["Jazz"]).reads(Locale::En);
        let mates = [person("Zoë").loves(&["Jazz"]).met_in(2), person("Luca").met_in(1), person("Noor").met_in(1)];
        let names: Vec<String> = f1(&ada, &mates).recall.people.into_iter().map(|person| person.name).collect();
        assert_eq!(names, ["Luca", "Noor", "Zoë"]);
    }

    #[test]
    fn a_long_evening_names_five_and_recalls_all() {
        let ada = person("Ada").reads(Locale::It);
        let mates: Vec<Tablemate> = ["Bo", "Cleo", "Dan", "Eva", "Finn", "Gil", "Hana"].map(|name| person(name).met_in(1)).into();
        let prompt = f1(&ada, &mates);
        assert!(prompt.opening.contains("con Bo, Cleo, Dan, Eva, Finn e altre persone."), "{}", prompt.opening);
        assert_eq!(prompt.recall.people.len(), 7);
    }

    #[test]
    fn names_keep_accents_apostrophes_and_direction() {
        let prompt =
            f1(&person("Ada").reads(Locale::En), &[person("محمد").met_in(1), person("Zoë D'Amico").met_in(1), person("{event}").met_in(2)]);
        assert!(prompt.opening.contains("with \u{2068}محمد\u{2069}, Zoë D'Amico and {event}."), "{}", prompt.opening);
        assert_eq!(prompt.recall.people[0].name, "محمد", "data is the name as it is");
    }

    #[test]
    fn a_prompt_is_short() {
        let ada = person("Ada").loves(&["Jazz", "Hiking", "Chess", "Bread"]).reads(Locale::It).hoping_for(&"parole ".repeat(300));
        let mates: Vec<Tablemate> = (1..=12).map(|i| person(&format!("Nome{i} Cognome{i}")).loves(&["Jazz", "Bread"]).met_in(1)).collect();
        let prompt = f1(&ada, &mates);
        let words = [&prompt.subject, &prompt.opening, &prompt.action.text].map(|text| text.split_whitespace().count());
        assert!(words.iter().sum::<usize>() <= 120, "{words:?}");
    }

    #[test]
    fn two_feedback_questions_in_every_language() {
        for &locale in Locale::ALL {
            let [(listened, one), (heard, other)] = feedback_questions(locale);
            assert_eq!((listened, heard), ("listened", "heard"));
            assert!(one.ends_with('?') && other.ends_with('?'));
        }
    }
}

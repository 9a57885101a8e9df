use convivio_domain::FreeText;
use proptest::prelude::*;

use super::*;
use crate::asks::{Gate, gate};
use crate::garden::Cadence;
use crate::people::{Contact, Reader};
use crate::samples::{at, person, story};

/// The second Friday after.
const WEEK: &str = "2026-03-20T09:00:00Z";
const MONTH: &str = "2026-04-13T08:00:00Z";
const TWO_MONTHS: &str = "2026-05-11T08:00:00Z";
const THREE_MONTHS: &str = "2026-06-10T08:00:00Z";

fn told(now: &str, step: Step, story: &Story) -> Prompt {
    compose(at(now), step, story).unwrap_or_else(|reason| panic!("{step}: {reason}"))
}

fn ada(locale: Locale) -> Reader {
    person("Ada Neri").loves(&["Hiking"]).offers("Photography").showing(Field::Offers).reads(locale)
}

fn luca() -> Kept {
    person("Luca Bianchi").loves(&["Hiking"]).needs("photography for a small film", None).showing(Field::Needs).met_in(1).kept()
}

fn noor() -> Kept {
    person("Noor").loves(&["Chess"]).met_in(1).kept()
}

#[test]
fn f2_is_a_small_gift_to_the_one_for_whom_something_can_be_done() {
    let prompt = told(WEEK, Step::F2, &story(ada(Locale::En), vec![noor(), luca().noted("Films in the woods")]));
    assert_eq!(prompt.subject, "Something small for Luca");
    assert_eq!(
        prompt.opening,
        "You met Luca Bianchi on Thursday 12 March, at “Supper of passions”. From your notes: “Films in the woods”. Luca is looking for: “photography \
         for a small film”. You offer “Photography”, which may be just that. Nothing to ask for, and nothing big to do."
    );
    assert_eq!(prompt.action.kind, "give_resource");
    assert_eq!(prompt.recall.people.len(), 1);
    assert_eq!(prompt.inputs, [Input::ReaderName, Input::TablemateName, Input::WhereAndWhen, Input::OwnNote, Input::CurrentNeed]);
    assert!(prompt.draft.expect("a draft").starts_with("Hello Luca, it was good to share a table at Supper of passions."));
}

#[test]
fn f2_asks_once_more_where_nobody_was_chosen() {
    let met = vec![luca().mate, noor().mate];
    let prompt = told(WEEK, Step::F2, &Story { met, ..story(ada(Locale::It), Vec::new()) });
    assert_eq!(prompt.subject, "C’è qualcuno che vorresti rivedere?");
    assert!(prompt.opening.contains("Luca Bianchi e Noor") && prompt.recall.people.len() == 2, "{}", prompt.opening);
    assert_eq!(prompt.action.kind, "touch_note");
}

#[test]
fn sr_14_who_met_at_no_table_reads_of_none() {
    let there = |kept: Kept| Kept { mate: crate::people::Tablemate { sittings: Vec::new(), ..kept.mate.clone() }, ..kept };
    for &locale in Locale::ALL {
        let (luca, noor) = (there(luca()), there(noor()));
        let gift = told(WEEK, Step::F2, &story(ada(locale), vec![luca.clone()]));
        let draft = gift.draft.clone().expect("a draft");
        assert!(draft.contains("Supper of passions") && draft.contains("photography"), "{draft}");
        let met = vec![luca.mate.clone(), noor.mate.clone()];
        let once_more = told(WEEK, Step::F2, &Story { met, ..story(ada(locale), Vec::new()) });
        let last = told(MONTH, Step::Stop, &story(ada(locale), vec![luca, noor]));
        for prompt in [&gift, &once_more, &last] {
            let said = format!("{} {} {}", prompt.opening, prompt.action.text, prompt.draft.clone().unwrap_or_default());
            assert!(said.contains("Luca") && said.contains("Supper of passions"), "{said}");
            assert!(!said.contains("table") && !said.contains("tavol"), "{said}");
        }
    }
}

#[test]
fn sr_38_f3_is_something_small_together_from_what_both_love() {
    let prompt = told(WEEK, Step::F3, &story(ada(Locale::En), vec![luca(), noor()]));
    assert_eq!(prompt.subject, "A little time for hiking?");
    assert!(prompt.action.kind.starts_with("step_") && prompt.action.text.contains("Luca"), "{:?}", prompt.action);
    assert!(prompt.draft.expect("a draft").contains("hiking"));
    // Somebody else, where the last prompt was about them.
    let spoken_of = vec![luca().mate.code];
    let other = told(WEEK, Step::F3, &Story { spoken_of, ..story(ada(Locale::En), vec![luca(), noor()]) });
    assert_eq!(other.recall.people[0].name, "Noor");
}

#[test]
fn sr_37_f3_is_a_light_touch_where_nothing_is_shared() {
    let prompt = told(WEEK, Step::F3, &story(ada(Locale::En), vec![noor()]));
    assert_eq!((prompt.subject.as_str(), prompt.action.kind.as_str()), ("A line to Noor?", "touch_question"));
    assert_eq!(prompt.alternatives.len(), 2);
}

#[test]
fn sr_32_f4_opens_an_ask_where_something_was_given() {
    let given = Kept { gave_at: Some(at(WEEK)), ..noor() };
    let prompt = told(MONTH, Step::F4, &story(ada(Locale::En).hoping_for("Someone to walk with"), vec![luca(), given]));
    assert!(prompt.opening.contains("worth coming: “Someone to walk with”."), "{}", prompt.opening);
    let people = |asks: &[Action]| asks.iter().map(|ask| ask.text.contains("Noor")).collect::<Vec<_>>();
    assert_eq!((people(&prompt.alternatives), people(&prompt.locked_asks)), (vec![true], vec![false]));
    assert!(prompt.alternatives.iter().chain(&prompt.locked_asks).all(|ask| ask.kind == "ask_advice"));
    assert_eq!(prompt.subject, "How is it going with Luca Bianchi and Noor?");
}

#[test]
fn sr_43_f5_brings_together_what_one_offers_and_the_other_needs() {
    let photographer = person("Zoë").offers("Photography").showing(Field::Offers).met_in(2).kept();
    let prompt = told(TWO_MONTHS, Step::F5, &story(ada(Locale::En), vec![noor(), luca(), photographer.clone()]));
    assert_eq!(
        prompt.opening,
        "On Thursday 12 March, at “Supper of passions”, you met Luca Bianchi and Zoë. Zoë offers “Photography”, and Luca Bianchi is looking for \
         “photography for a small film”."
    );
    assert_eq!(prompt.action.kind, "give_introduction");
    // Two who sat together have met already.
    let together =
        Kept { mate: crate::people::Tablemate { sittings: luca().mate.sittings, ..photographer.mate.clone() }, ..photographer.clone() };
    let prompt = told(TWO_MONTHS, Step::F5, &story(ada(Locale::En), vec![luca(), together]));
    assert_eq!(prompt.recall.people.len(), 1, "{}", prompt.opening);
    // Two who know each other from elsewhere, whichever is named first.
    let codes = (luca().mate.code, photographer.mate.code.clone());
    for pair in [codes.clone(), (codes.1, codes.0)] {
        let story = Story { apart: vec![pair], ..story(ada(Locale::En), vec![luca(), photographer.clone()]) };
        let prompt = told(TWO_MONTHS, Step::F5, &story);
        assert_eq!(prompt.recall.people.len(), 1, "{}", prompt.opening);
    }
    // The need is over.
    let mut over = luca();
    over.mate.profile.needs[0].expires_at = Some(at(TWO_MONTHS));
    let prompt = told(TWO_MONTHS, Step::F5, &story(ada(Locale::En), vec![noor(), over, photographer]));
    assert!(!prompt.inputs.contains(&Input::CurrentNeed), "{}", prompt.opening);
}

#[test]
fn f5_with_one_person_kept_looks_further() {
    let prompt = told(TWO_MONTHS, Step::F5, &story(ada(Locale::It), vec![noor()]));
    assert_eq!(prompt.subject, "Chi andrebbe d’accordo con Noor?");
    assert_eq!(prompt.recall.people.len(), 1);
}

#[test]
fn sr_40_f6_says_with_whom_it_has_been_quiet() {
    let near = Kept { in_touch_at: at("2026-06-01T08:00:00Z"), ..noor() };
    let prompt = told(THREE_MONTHS, Step::F6, &story(ada(Locale::En), vec![luca(), near]));
    assert!(prompt.opening.contains("nothing new about Luca Bianchi in your notes"), "{}", prompt.opening);
    assert_eq!((prompt.subject.as_str(), prompt.recall.people.len()), ("Three months on", 2));
}

#[test]
fn sr_40_f6_lists_five_at_most_of_those_it_has_been_quiet_with() {
    let names = ["Abel", "Berta", "Cosmo", "Delia", "Egon", "Frida", "Gino"];
    let quiet = names.map(|name| person(name).loves(&["Hiking"]).met_in(1).kept()).to_vec();
    for &locale in Locale::ALL {
        let prompt = told(THREE_MONTHS, Step::F6, &story(ada(locale), quiet.clone()));
        let (_, list) = prompt.opening.split_once(if locale == Locale::En { "nothing new about" } else { "nulla di nuovo su" }).unwrap();
        assert_eq!(names.map(|name| list.contains(name)), [true, true, true, true, true, false, false], "{list}");
        // Each of them is asked about all the same.
        assert_eq!(prompt.recall.people.len(), 7);
    }
}

#[test]
fn c_has_one_idea_for_each_of_three_and_takes_turns() {
    let every = Cadence::of_months(1);
    let kept: Vec<Kept> =
        ["Bo", "Cleo", "Dan", "Eva"].map(|name| Kept { every, ..person(name).loves(&["Hiking"]).met_in(1).kept() }).into();
    let first = told(THREE_MONTHS, Step::C, &story(ada(Locale::En), kept.clone()));
    assert_eq!((first.recall.people.len(), first.alternatives.len()), (3, 2));
    assert_eq!(first.subject, "A thought for Bo, Cleo and Dan");
    assert!(first.action.kind.starts_with("touch_") && first.alternatives[0].kind.starts_with("step_"), "{first:?}");
    let second = told(THREE_MONTHS, Step::C, &Story { before: 1, ..story(ada(Locale::En), kept.clone()) });
    assert!(second.action.kind.starts_with("step_"), "{second:?}");
    // Who never said how often, and who is in touch, are in no mail.
    let warm = vec![Kept { in_touch_at: at("2026-06-01T08:00:00Z"), ..kept[0].clone() }, Kept { every: None, ..kept[1].clone() }];
    assert_eq!(compose(at(THREE_MONTHS), Step::C, &story(ada(Locale::En), warm)), Err(Reason::InTouch));
}

#[test]
fn c_thinks_back_to_the_evening_where_they_met() {
    for &locale in Locale::ALL {
        let event = crate::people::EventFacts { title: "Winter walk".to_owned(), ..crate::samples::supper() };
        let elsewhere = Kept { every: Cadence::of_months(1), event, ..luca() };
        let prompt = told(THREE_MONTHS, Step::C, &story(ada(locale), vec![elsewhere]));
        let draft = prompt.draft.expect("a draft");
        assert!(draft.contains("Winter walk") && !draft.contains("Supper"), "{draft}");
        assert!(prompt.recall.people[0].sittings.is_empty(), "tables of another evening");
    }
}

#[test]
fn sr_40_contacts_of_one_s_own_are_tended_with_the_others() {
    let of = |name: &str, last: &str, months| Contact {
        id: convivio_domain::ContactId::new(),
        name: convivio_domain::PersonName::parse(name).expect("a name"),
        note: None,
        in_touch_at: at(last),
        every: months,
    };
    let every = Cadence::of_months(1);
    let noted = Contact { note: FreeText::parse("She keeps goats.").ok(), ..of("Pina Sala", "2026-01-10T10:00:00Z", every) };
    let warm = of("Rosa", "2026-06-05T10:00:00Z", every);
    for &locale in Locale::ALL {
        let contacts = vec![of("Zeno", "2025-01-10T10:00:00Z", None), warm.clone(), noted.clone()];
        let alone = told(THREE_MONTHS, Step::C, &Story { contacts: contacts.clone(), ..story(ada(locale), Vec::new()) });
        assert!(alone.opening.contains("Pina Sala") && alone.opening.contains("She keeps goats"), "{}", alone.opening);
        assert_eq!((alone.action.contact, alone.recall.people.len(), alone.alternatives.len()), (Some(noted.id), 0, 0));
        assert!(alone.draft.is_some_and(|draft| draft.contains("Pina") && !draft.contains('{')));
        // Together with who was met: the one who was out of touch longest leads.
        let kept = vec![Kept { every, ..luca() }];
        let both = told(THREE_MONTHS, Step::C, &Story { contacts: contacts.clone(), ..story(ada(locale), kept.clone()) });
        assert_eq!((both.action.contact, both.recall.people.len(), both.alternatives.len()), (Some(noted.id), 1, 1));
        let last = told(THREE_MONTHS, Step::F6, &Story { contacts, ..story(ada(locale), kept) });
        assert!(last.opening.contains("Pina Sala") && !last.opening.contains("Rosa") && !last.opening.contains("Zeno"), "{}", last.opening);
    }
}

#[test]
fn sr_42_who_was_introduced_is_told_of_by_who_brought_them_together() {
    for &locale in Locale::ALL {
        let by = convivio_domain::PersonName::parse("Marta Bruni").ok();
        let kept = Kept { every: Cadence::of_months(1), introduced_by: by, ..luca() };
        let prompt = told(THREE_MONTHS, Step::C, &story(ada(locale), vec![kept]));
        assert!(prompt.opening.starts_with("Marta Bruni") && prompt.opening.contains("Luca Bianchi"), "{}", prompt.opening);
        assert!(!prompt.opening.contains("Supper of passions") && prompt.draft.is_some_and(|draft| !draft.contains("Supper")));
    }
}

#[test]
fn a_logged_contact_cancels_the_nudge_for_that_person() {
    let in_touch = Kept { needs_no_nudge: true, ..luca() };
    let other = told(WEEK, Step::F2, &story(ada(Locale::En), vec![in_touch.clone(), noor()]));
    assert_eq!(other.recall.people[0].name, "Noor");
    for step in [Step::F2, Step::F3, Step::C] {
        assert_eq!(compose(at(WEEK), step, &story(ada(Locale::En), vec![in_touch.clone()])), Err(Reason::InTouch), "{step}");
    }
}

#[test]
fn the_closing_note_asks_for_nothing() {
    for &locale in Locale::ALL {
        let prompt = told(MONTH, Step::Stop, &story(ada(locale), vec![luca()]));
        assert!(prompt.choices.is_empty() && prompt.alternatives.is_empty());
        assert!(prompt.opening.contains("Luca Bianchi"), "{}", prompt.opening);
        let named: Vec<&str> = prompt.recall.people.iter().map(|person| person.code.as_str()).collect();
        assert_eq!(named, [luca().mate.code.as_str()], "whom it names stands with it, so that it is found when they are forgotten");
    }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z][a-z]{2,8}( [A-Z][a-z]{2,8})?",
        Just("محمد".to_owned()),
        Just("Zoë D'Amico".to_owned()),
        Just("{name}".to_owned()),
        Just("<b>Bo</b>".to_owned())
    ]
}

fn kept() -> impl Strategy<Value = Kept> {
    let shown = prop::collection::vec(any::<bool>(), 4);
    let loves = prop::sample::subsequence(vec!["Hiking", "Jazz", "Chess", "Star Wars"], 0..3);
    (name(), shown, loves, any::<bool>(), prop::option::of(0..120_i64), any::<bool>(), any::<bool>()).prop_map(
        |(name, shown, loves, present, gave, noted, nudged)| {
            let mut profile = person(&name).loves(&loves).offers("Photography").needs("A photographer", None);
            for (field, shown) in [Field::Name, Field::Passions, Field::Offers, Field::Needs].into_iter().zip(&shown) {
                profile = if *shown { profile.showing(field) } else { profile.hiding(field) };
            }
            let mut one = profile.met_in(1).kept();
            one.mate.both_present = present;
            one.gave_at = gave.map(|days| at(WEEK) - chrono::TimeDelta::days(days));
            one.note = noted.then(|| FreeText::parse("We spoke of maps and rivers").expect("a note"));
            one.needs_no_nudge = nudged;
            one.every = Cadence::of_months(1);
            one
        },
    )
}

proptest! {
    /// Whatever people show, whoever was there and whatever was given: no prompt names somebody who was absent or hides their name, holds an ask
    /// before a give, says more than fits a mail, or is general.
    #[test]
    fn sr_30_sr_32_sr_35_what_every_prompt_keeps_to(kept in prop::collection::vec(kept(), 0..4), before in 0..5_usize, italian in any::<bool>()) {
        // Nobody is kept twice.
        let mut seen = std::collections::BTreeSet::new();
        let kept: Vec<Kept> = kept.into_iter().filter(|one| seen.insert(one.mate.code.clone())).collect();
        let reader = ada(if italian { Locale::It } else { Locale::En }).hoping_for("Someone to walk with");
        let told = Story { before, ..story(reader, kept.clone()) };
        let now = at(MONTH);
        for step in Step::SEQUENCE.into_iter().chain([Step::C, Step::Stop]) {
            let Ok(prompt) = compose(now, step, &told) else { continue };
            for recalled in &prompt.recall.people {
                let one = kept.iter().find(|one| one.mate.code == recalled.code && one.mate.may_be_named());
                prop_assert!(one.is_some(), "{step}: {recalled:?}");
            }
            prop_assert!(rules::is_personal(&prompt.inputs));
            prop_assert!(prompt.alternatives.len() <= 2);
            // What was done is told apart by its kind and whom it was for.
            let offered: Vec<(&str, &[_])> =
                [&prompt.action].into_iter().chain(&prompt.alternatives).map(|one| (one.kind.as_str(), one.about.as_slice())).collect();
            prop_assert!((1..offered.len()).all(|i| !offered[..i].contains(&offered[i])), "{step}: {offered:?}");
            let asks: Vec<&Action> =
                prompt.alternatives.iter().chain([&prompt.action]).filter(|action| action.kind.starts_with("ask_")).collect();
            if !asks.is_empty() {
                prop_assert_eq!(step, Step::F4);
                prop_assert!(kept.iter().filter(|one| one.mate.may_be_named() && gate(now, one) == Gate::Open).count() >= asks.len());
            }
            let words = [&prompt.subject, &prompt.opening, &prompt.action.text].map(|text| text.split_whitespace().count());
            prop_assert!(words.iter().sum::<usize>() <= 130, "{step}: {words:?}");
            let said = format!("{} {} {}", prompt.opening, prompt.action.text, prompt.draft.clone().unwrap_or_default());
            prop_assert!(!said.contains("{event}") && !said.contains("{date}") && !said.contains("  "), "{}", said);
        }
    }
}

//! F5, two months after: two people among those the reader keeps, from whatever event, who could do something for each other. The reader proposes, both
//! decide.

use chrono::{DateTime, Utc};
use convivio_domain::prompt::{Action, CommonGround, Input, Prompt};
use convivio_domain::words::{Give, Reason, Step};

use super::{Silent, Teller, about, action, first, how_met};
use crate::common_ground;
use crate::gifts::{self, Kind};
use crate::people::{Kept, Story};
use crate::phrases::{in_sentence, isolated, quotation};

pub(super) fn compose(now: DateTime<Utc>, story: &Story) -> Result<Prompt, Reason> {
    let teller = Teller::of(Step::F5, story);
    let kept = story.nameable();
    let told = match bridge(now, &teller, &kept) {
        Some((one, other, between)) => of_two(&teller, one, other, between),
        None => of_one(now, &teller, &kept),
    };
    told.map_err(Reason::from)
}

/// The two who have most to say to each other and have not met yet, before the reader's eyes or as far as is known otherwise: what one offers and the
/// other needs, else what both love.
fn bridge<'a>(now: DateTime<Utc>, teller: &Teller, kept: &[&'a Kept]) -> Option<(&'a Kept, &'a Kept, CommonGround)> {
    let pairs = kept.iter().enumerate().flat_map(|(i, one)| kept[i + 1..].iter().map(move |other| (*one, *other)));
    let grounds = pairs.map(|(one, other)| (one, other, common_ground::of(now, &one.mate.profile, &other.mate.profile, teller.locale)));
    let met = |one: &Kept, other: &Kept| match (&one.mate.sittings[..], &other.mate.sittings[..]) {
        _ if one.event != other.event || one.introduced_by.is_some() || other.introduced_by.is_some() => false,
        // All in one room.
        ([], []) => true,
        (one, other) => one.iter().any(|sitting| other.contains(sitting)),
    };
    let strangers = grounds.filter(|(one, other, _)| !met(one, other));
    let apart = |one: &Kept, other: &Kept| {
        let codes = (&one.mate.code, &other.mate.code);
        teller.story.apart.iter().any(|(a, b)| (a, b) == codes || (b, a) == codes)
    };
    let found = strangers
        .filter(|(one, other, _)| !apart(one, other))
        .filter(|(_, _, between)| !between.offers_needs.is_empty() || !between.passions.is_empty());
    // The first of the best, so that the same facts give the same words.
    found.min_by_key(|(_, _, between)| (between.offers_needs.is_empty(), between.passions.is_empty()))
}

fn of_two(teller: &Teller, one: &Kept, other: &Kept, between: CommonGround) -> Result<Prompt, Silent> {
    let of_one_evening = [one, other].iter().all(|kept| kept.event == teller.story.event && kept.introduced_by.is_none());
    let mut opening = match of_one_evening {
        true => vec![teller.recalling("met", &teller.names(&[one, other]))?],
        false => vec![how_met(one, teller.locale)?, how_met(other, teller.locale)?],
    };
    let mut inputs = vec![Input::ReaderName, Input::TablemateName, Input::WhereAndWhen];
    match (between.offers_needs.first(), between.passions.first()) {
        (Some(exchange), _) => {
            let (offer, need) = (quotation(&exchange.offer), quotation(&exchange.need));
            let (from, to) = (isolated(&exchange.from), isolated(&exchange.to));
            opening.push(teller.say("exchange", &[("from", &from), ("offer", &offer), ("to", &to), ("need", &need)])?);
            inputs.push(Input::CurrentNeed);
        }
        (None, Some(shared)) => {
            let names = teller.names(&[one, other]);
            opening.push(teller.say("both_love", &[("names", &names), ("passion", &in_sentence(&shared.label))])?);
            inputs.push(Input::SharedPassion);
        }
        (None, None) => {}
    }
    let codes = [one, other].map(|kept| kept.mate.code.clone());
    let kind = format!("give_{}", Give::Introduction);
    let introduce = Action { kind, text: teller.say("action", &[])?, link: None, about: codes.into(), contact: None };
    let (name, whom) = (first(one.name()), isolated(other.name().as_str()));
    let draft = match of_one_evening {
        true => teller.say("draft", &[("name", &name), ("other", &whom), ("event", &teller.event())])?,
        false => teller.say("draft_elsewhere", &[("name", &name), ("other", &whom)])?,
    };
    let prompt = teller.prompt(&[one, other], teller.say("subject", &[])?, opening.join(" "), introduce, inputs);
    Ok(Prompt { draft: Some(draft), common_ground: between, ..prompt })
}

/// Where no two of them meet: whom else would one of them like to know?
fn of_one(now: DateTime<Utc>, teller: &Teller, kept: &[&Kept]) -> Result<Prompt, Silent> {
    let order = |kept: &&&Kept| teller.story.has_spoken_of(kept);
    let Some(one) = kept.iter().min_by_key(order) else { return Err(Silent::Because(Reason::InsufficientContext)) };
    let about = about(now, teller.story, one, None)?;
    let name = first(one.name());
    let idea = gifts::one(Kind::Give, Give::Introduction.as_str(), &name, teller.locale);
    let subject = teller.say("subject_one", &[("name", &name)])?;
    let prompt = teller.prompt(&[one], subject, about.opening.join(" "), action(idea, &[*one]), about.inputs);
    Ok(Prompt { common_ground: about.common_ground, ..prompt })
}

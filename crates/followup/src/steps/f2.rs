//! F2, about a week after: a first small gift to one of those the reader keeps, and nothing asked. Who keeps nobody yet is asked once more.

use chrono::{DateTime, Utc};
use convivio_domain::prompt::{Input, Prompt, Recall};
use convivio_domain::words::{Reason, Step};

use super::{MOST_NAMES, Silent, Teller, action, at_no_table, first, own_action, recalled};
use crate::ideas;
use crate::people::{Story, Tablemate};
use crate::phrases::{isolated, joined, quotation};

pub(super) fn compose(now: DateTime<Utc>, story: &Story) -> Result<Prompt, Reason> {
    let teller = Teller::of(Step::F2, story);
    let has_chosen = story.kept.iter().any(|kept| !kept.mate.is_blocked);
    let composed = if has_chosen { gift(now, &teller) } else { once_more(&teller) };
    composed.map_err(Reason::from)
}

fn gift(now: DateTime<Utc>, teller: &Teller) -> Result<Prompt, Silent> {
    let story = teller.story;
    // The one for whom something can be done: whose need the reader's offer meets, else who has a need, else whom the reader wrote about.
    let (kept, about) = story.most_fitting(now, None, |kept, about| {
        let meets = about.common_ground.offers_needs.iter().any(|exchange| exchange.to == kept.name().as_str());
        (!meets, about.need.is_none(), kept.note.is_none())
    })?;
    let name = first(kept.name());
    let mut opening = about.opening.clone();
    opening.push(teller.say("no_ask", &[])?);
    let ideas = ideas::gifts(about.need.is_some(), about.passion(), &name, teller.locale);
    let mut ideas = ideas.into_iter().map(|idea| action(idea, &[kept]));
    let Some(idea) = ideas.next() else { return Err(Silent::Unsaid) };
    let draft = match &about.need {
        Some(need) => {
            let key = if at_no_table(&[&kept.mate]) { "draft_need_there" } else { "draft_need" };
            teller.say(key, &[("name", &name), ("event", &teller.event()), ("need", &quotation(need))])?
        }
        None => teller.say("draft", &[("name", &name), ("event", &teller.event())])?,
    };
    let subject = teller.say("subject", &[("name", &name)])?;
    Ok(Prompt {
        alternatives: ideas.collect(),
        draft: Some(draft),
        reflection: Some(teller.say("reflection", &[("name", &name)])?),
        common_ground: about.common_ground,
        ..teller.prompt(&[kept], subject, opening.join(" "), idea, about.inputs)
    })
}

/// The question of F1, once more and shorter.
fn once_more(teller: &Teller) -> Result<Prompt, Silent> {
    let met: Vec<&Tablemate> = teller.story.met.iter().filter(|mate| mate.may_be_named()).collect();
    if met.is_empty() {
        return Err(Silent::Because(Reason::InsufficientContext));
    }
    let names: Vec<&str> = met.iter().map(|mate| mate.profile.name.as_str()).collect();
    let key = if at_no_table(&met) { "choose_there" } else { "choose" };
    let opening = teller.recalling(key, &joined(&names, MOST_NAMES, teller.locale))?;
    let only = isolated(names[0]);
    let text = if met.len() == 1 { teller.say("choose_one", &[("name", &only)])? } else { teller.say("choose_some", &[])? };
    let inputs = vec![Input::ReaderName, Input::TablemateName, Input::WhereAndWhen];
    let prompt = teller.prompt(&[], teller.say("choose_subject", &[])?, opening, own_action("touch_note", text), inputs);
    Ok(Prompt { recall: Recall { people: met.into_iter().map(recalled).collect() }, ..prompt })
}

//! For whoever hosts a table: its guide, moment by moment, with who starts and what helps when it falters.
//!
//! Conversation by itself holds about four people. Up to six a table does without anybody; above, its host also knows how to part it. Of more than
//! twenty nobody hears everybody, and every question is answered in groups.

use std::sync::LazyLock;

use convivio_domain::{Invalid, Locale, Localized};
use serde::{Deserialize, Serialize};

use crate::copy::{fill, read};
use crate::guide::{self, Depth, Table};

/// A larger table falls into two conversations.
pub const BY_ITSELF: usize = 6;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HostBrief {
    pub title: String,
    pub people: usize,
    pub minutes: u16,
    /// Before anybody sits down.
    pub prepare: Vec<String>,
    /// Who starts, and how it goes round.
    pub start: Vec<String>,
    /// One after the other; together they are the round, to the second.
    pub moments: Vec<HostMoment>,
    /// How to part a table of more than six.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<HostSplit>,
    /// What helps when it falters.
    pub keep: Vec<String>,
    /// What helps to listen, to be said between turns.
    pub cues: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HostMoment {
    pub part: HostPart,
    /// Seconds since the round began.
    pub from: u32,
    pub seconds: u32,
    /// Of a question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<Depth>,
    /// Of a question: the same for everybody. At a table of more than twenty, in the group they answer in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_each: Option<u32>,
    /// What the host says, line by line.
    pub say: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HostPart {
    Opening,
    Question,
    Task,
    Closing,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HostSplit {
    /// How many sit in each.
    pub groups: Vec<usize>,
    /// For one question, in the time the whole table has for it.
    pub seconds_each: u32,
    pub say: Vec<String>,
}

/// The brief of this table for one round.
pub fn brief(table: &Table) -> Result<HostBrief, Invalid> {
    let guide = guide::of(table)?;
    let people = table.members;
    let lines = |texts: &[Localized<String>]| -> Vec<String> { texts.iter().map(|text| read(text, table.locale).to_owned()).collect() };
    // The host's words at the beginning and the end are within the time of the task.
    let words = (guide.task.seconds / 4).min(LONGEST_WORDS);
    let mut moments = vec![moment(HostPart::Opening, words, guide.opening)];
    let questions = u32::try_from(guide.turns.len()).expect("one of each depth");
    // Every question has the same time, and the task has what they leave.
    let of_question = (u32::from(table.minutes) * 60 - guide.task.seconds) / questions.max(1);
    let split = (people > BY_ITSELF).then(|| split(people, of_question, guide.turns.len(), table.locale));
    moments.extend(guide.turns.into_iter().map(|turn| HostMoment {
        depth: Some(turn.depth),
        seconds_each: Some(turn.seconds_each),
        ..moment(HostPart::Question, of_question, vec![turn.question])
    }));
    moments.push(moment(HostPart::Task, guide.task.seconds - 2 * words, vec![guide.task.text]));
    moments.push(moment(HostPart::Closing, words, guide.closing));
    let mut from = 0;
    for moment in &mut moments {
        moment.from = from;
        from += moment.seconds;
    }
    Ok(HostBrief {
        title: guide.title,
        people,
        minutes: table.minutes,
        prepare: lines(&WORDS.prepare),
        start: lines(&WORDS.start),
        moments,
        split,
        keep: lines(&WORDS.keep),
        cues: guide.cues,
    })
}

/// Two minutes of words are many.
const LONGEST_WORDS: u32 = 120;

fn moment(part: HostPart, seconds: u32, say: Vec<String>) -> HostMoment {
    HostMoment { part, from: 0, seconds, depth: None, seconds_each: None, say }
}

/// Groups of about four, and what each has of the time of one question.
fn split(people: usize, seconds: u32, questions: usize, locale: Locale) -> HostSplit {
    let groups = guide::groups(people);
    let largest = u32::try_from(groups[0]).expect("a group is small");
    let seconds_each = guide::readable(seconds / largest);
    let is_large = guide::is_large(people);
    let mut sizes = groups.clone();
    if is_large {
        // "4 and 3" rather than a list of nine.
        sizes.dedup();
    }
    let (sizes, people, time) = (guide::listed(&sizes, locale), people.to_string(), clock(seconds_each));
    let values = [("people", people.as_str()), ("groups", sizes.as_str()), ("time", time.as_str())];
    let texts = match questions {
        0 | 1 => &WORDS.split.at_once,
        _ if is_large => &WORDS.split.every,
        _ => &WORDS.split.later,
    };
    let say = texts.iter().map(|text| fill(read(text, locale), &values).expect("a test fills every line in every language"));
    HostSplit { groups, seconds_each, say: say.collect() }
}

/// "45 s", "3 min", "2½ min".
fn clock(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0..15) => format!("{minutes} min"),
        (minutes, 15..45) => format!("{minutes}½ min"),
        (minutes, _) => format!("{} min", minutes + 1),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    prepare: Vec<Localized<String>>,
    start: Vec<Localized<String>>,
    keep: Vec<Localized<String>>,
    split: SplitWords,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SplitWords {
    later: Vec<Localized<String>>,
    at_once: Vec<Localized<String>>,
    every: Vec<Localized<String>>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../data/hosting.toml")).expect("a test reads the shipped words for hosts"));

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(members: usize, minutes: u16) -> Table<'static> {
        Table { theme: None, members, minutes, locale: Locale::En, seed: 0 }
    }

    #[test]
    fn sr_22_a_host_knows_every_moment_of_thirty_minutes_for_eight() {
        // 1800 seconds; four fifths are 1440, 180 for each of eight: two questions of 90, twelve minutes each. Six minutes are left: a
        // minute and a half to open, as much to close, three for the task.
        let brief = brief(&table(8, 30)).expect("a brief");
        let moments: Vec<(HostPart, u32, u32)> = brief.moments.iter().map(|one| (one.part, one.from, one.seconds)).collect();
        let questions = [(HostPart::Question, 90, 720), (HostPart::Question, 810, 720)];
        assert_eq!(
            moments,
            [(HostPart::Opening, 0, 90), questions[0], questions[1], (HostPart::Task, 1530, 180), (HostPart::Closing, 1710, 90)]
        );
        let split = brief.split.expect("eight are more than a conversation holds");
        assert_eq!((split.groups, split.seconds_each), (vec![4, 4], 180));
        assert!(split.say[0].contains("8 people") && split.say[0].contains("4 and 4") && split.say[1].contains("3 min"), "{:?}", split.say);
    }

    #[test]
    fn sr_22_a_table_of_six_is_not_parted_and_one_of_seven_is() {
        assert_eq!(brief(&table(6, 30)).expect("a brief").split, None);
        let seven = brief(&table(7, 30)).expect("a brief").split.expect("it is parted");
        assert_eq!(seven.groups, [4, 3]);
        // Five minutes for ten: one question, and so it is asked in groups.
        let ten = brief(&table(10, 5)).expect("a brief").split.expect("it is parted");
        assert!(ten.say[0].contains("one question"), "{:?}", ten.say);
    }

    proptest! {
        #[test]
        fn sr_22_the_moments_of_a_host_are_the_round(members in guide::MEMBERS, minutes in guide::FEWEST_MINUTES..=480, seed: u64, italian: bool) {
            let locale = if italian { Locale::It } else { Locale::En };
            let table = Table { seed, locale, ..table(members, minutes) };
            let (brief, guide) = (brief(&table).expect("a brief"), guide::of(&table).expect("a guide"));
            let mut from = 0;
            for moment in &brief.moments {
                prop_assert_eq!(moment.from, from);
                prop_assert!(moment.seconds > 0 && !moment.say.is_empty());
                from += moment.seconds;
            }
            prop_assert_eq!(from, u32::from(minutes) * 60);
            // What the host reads is what everybody at the table reads.
            let asked: Vec<&String> = brief.moments.iter().filter(|one| one.part == HostPart::Question).flat_map(|one| &one.say).collect();
            prop_assert_eq!(asked, guide.turns.iter().map(|turn| &turn.question).collect::<Vec<_>>());
            if let Some(split) = &brief.split {
                prop_assert_eq!(split.groups.iter().sum::<usize>(), members);
                prop_assert!(split.groups.iter().all(|group| (3..=guide::GROUP).contains(group)));
                prop_assert!(split.seconds_each >= guide.turns[0].seconds_each);
            }
        }
    }

    #[test]
    fn every_line_for_a_host_is_there_in_every_language() {
        let plain = WORDS.prepare.iter().chain(&WORDS.start).chain(&WORDS.keep);
        for text in plain.chain(&WORDS.split.later).chain(&WORDS.split.at_once).chain(&WORDS.split.every) {
            assert_eq!(text.missing().count(), 0, "{text:?}");
            for &locale in Locale::ALL {
                fill(read(text, locale), &[("people", "8"), ("groups", "4"), ("time", "1 min")]).expect("nothing else is asked for");
            }
        }
        assert!(WORDS.prepare.iter().chain(&WORDS.start).chain(&WORDS.keep).all(|text| !read(text, Locale::It).contains('{')));
    }

    #[test]
    fn sr_22_of_more_than_twenty_every_question_is_for_groups() {
        // Two hours are 7200 seconds, of which 5760 are for turns: 288 for each of twenty, three questions of 90, half an hour each. Of that half
        // an hour each of a group of four has seven and a half minutes.
        for (locale, people, sizes) in [(Locale::En, "34 people", "groups of 4 and 3."), (Locale::It, "In 34, ", "gruppi di 4 e 3.")] {
            let brief = brief(&Table { locale, ..table(34, 120) }).expect("a brief");
            let asked: Vec<&HostMoment> = brief.moments.iter().filter(|one| one.part == HostPart::Question).collect();
            assert_eq!(asked.iter().map(|one| (one.seconds, one.seconds_each)).collect::<Vec<_>>(), [(1800, Some(450)); 3]);
            let split = brief.split.expect("it is parted");
            assert_eq!((split.groups.iter().sum::<usize>(), split.groups[0], split.seconds_each), (34, 4, 450));
            assert!(split.say[0].starts_with(people) && split.say[0].ends_with(sizes), "{:?}", split.say);
            assert!(split.say[1].contains("7½ min"), "{:?}", split.say);
        }
        // In forty minutes there is one.
        let brief = brief(&table(34, 40)).expect("a brief");
        assert_eq!(brief.moments[1].seconds_each, Some(450));
        assert!(brief.split.is_some_and(|split| split.say[0].contains("time for one question") && split.say[0].ends_with("4 and 3.")));
    }

    #[test]
    fn sr_22_whoever_answers_in_a_group_has_a_turn_within_its_question() {
        for (people, minutes) in (21..=100).flat_map(|people| [5, 30, 90, 480].map(|minutes| (people, minutes))) {
            let brief = brief(&table(people, minutes)).expect("a brief");
            let split = brief.split.expect("it is parted");
            let largest = u32::try_from(split.groups[0]).expect("a group is small");
            for moment in brief.moments.iter().filter(|one| one.part == HostPart::Question) {
                assert_eq!(moment.seconds_each, Some(split.seconds_each), "{people} for {minutes} minutes");
                let left = moment.seconds.checked_sub(split.seconds_each * largest);
                assert!(left.is_some_and(|left| left < 10 * largest), "{people} for {minutes} minutes: {left:?}");
            }
        }
    }
}

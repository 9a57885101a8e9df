//! What came of an event, as its organizer may know it.

use serde::Serialize;

use super::When;

/// Sums over five people or more, drawn. What is of fewer is not told.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub title: String,
    pub organizer: String,
    pub when: When,
    pub people: Vec<Reached>,
    pub continued: Vec<SaidOn>,
    pub needs_met: Vec<SaidOn>,
}

/// How many got this far.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Reached {
    /// Names the line: see `report` in the locales.
    pub what: &'static str,
    pub people: Option<usize>,
    /// Of those who were followed up, in hundredths.
    pub share: f64,
}

/// What was answered to a question on one day.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SaidOn {
    /// Names the line.
    pub day: &'static str,
    pub parts: Option<Vec<Part>>,
}

/// One of the answers: where its piece of the bar begins and how long it is, in hundredths.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Part {
    pub answer: &'static str,
    pub people: usize,
    pub from: f64,
    pub share: f64,
}

impl Reached {
    pub(crate) fn new(what: &'static str, people: Option<usize>, of: Option<usize>) -> Self {
        let share = match (people, of) {
            (Some(people), Some(of)) if of > 0 => (people as f64 / of as f64 * 100.0).min(100.0),
            _ => 0.0,
        };
        Self { what, people, share }
    }
}

impl SaidOn {
    /// `counts` are of yes, partly and no.
    pub(crate) fn new(day: &'static str, counts: Option<[usize; 3]>) -> Self {
        let parts = counts.map(|counts| {
            let all = counts.iter().sum::<usize>().max(1) as f64;
            let mut from = 0.0;
            let part = |(answer, people): (&'static str, usize)| {
                let share = people as f64 / all * 100.0;
                let part = Part { answer, people, from, share };
                from += share;
                part
            };
            ["yes", "partly", "no"].into_iter().zip(counts).map(part).collect()
        });
        Self { day, parts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_of_a_bar_follow_each_other_and_fill_it() {
        let parts = SaidOn::new("day_30", Some([3, 1, 1])).parts.expect("five have answered");
        let pieces: Vec<(f64, f64)> = parts.iter().map(|part| (part.from, part.share)).collect();
        assert_eq!(pieces, [(0.0, 60.0), (60.0, 20.0), (80.0, 20.0)]);
        assert_eq!(Reached::new("keeping", Some(6), Some(12)).share, 50.0);
        assert_eq!(Reached::new("keeping", None, Some(12)).share, 0.0);
    }
}

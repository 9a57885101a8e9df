//! Who met on earlier evenings of the organizer, and how much of that counts still.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use convivio_db::{Scoped, encounter, event, registration, series};
use convivio_domain::{EventId, PersonId, RegistrationCode};

/// Two people who met before, and how often that counts for.
#[derive(serde::Serialize)]
pub(super) struct Known {
    pub(super) members: [RegistrationCode; 2],
    pub(super) times: f64,
}

/// Of these people, the pairs who met before this event.
pub(super) async fn among(
    scope: &impl Scoped,
    event: &event::Model,
    people: &[registration::Model],
    now: DateTime<Utc>,
) -> convivio_db::Result<Vec<Known>> {
    let codes: BTreeMap<PersonId, &RegistrationCode> = people.iter().map(|one| (one.person_id, &one.code)).collect();
    let in_series: HashMap<EventId, usize> = match &event.series {
        Some(series) => series::evenings(scope, series).await?.into_iter().zip(1..).collect(),
        None => HashMap::new(),
    };
    let mut met: BTreeMap<(PersonId, PersonId), Vec<Met>> = BTreeMap::new();
    for evening in encounter::among(scope, &codes.keys().copied().collect()).await? {
        let one = match in_series.get(&evening.event) {
            Some(evenings_ago) => Met::InSeries { evenings_ago: *evenings_ago },
            None => Met::Elsewhere { days_ago: (now - evening.at).num_days() },
        };
        met.entry((evening.one, evening.other)).or_default().push(one);
    }
    let known = |((one, other), met): ((PersonId, PersonId), Vec<Met>)| Known {
        members: [codes[&one].clone(), codes[&other].clone()],
        times: times(&met),
    };
    Ok(met.into_iter().map(known).collect())
}

/// When two people met, as the event sees it that is to be seated.
#[derive(Clone, Copy)]
enum Met {
    /// On an evening of the same series, counted back from its last one, which is 1.
    InSeries {
        evenings_ago: usize,
    },
    Elsewhere {
        days_ago: i64,
    },
}

/// In a series the last evening counts as one and each before it half as much, however long ago that was: its people come back, and whom they
/// met the last time is no new face after a long summer either. Elsewhere an evening counts as one, half as much after a year, a third after
/// two. Each sum is made for itself, and the larger one is taken.
fn times(met: &[Met]) -> f64 {
    const YEAR: i64 = 365;
    let (mut in_series, mut elsewhere) = (0.0, 0.0);
    for one in met {
        match *one {
            Met::InSeries { evenings_ago } => in_series += 0.5_f64.powi(i32::try_from(evenings_ago).unwrap_or(i32::MAX) - 1),
            Met::Elsewhere { days_ago } => elsewhere += YEAR as f64 / (YEAR + days_ago.max(0)) as f64,
        }
    }
    f64::max(in_series, elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_series_each_evening_before_the_last_counts_half() {
        let ago = |evenings_ago: usize| Met::InSeries { evenings_ago };
        assert_eq!([1, 2, 3, 4].map(|evenings| times(&[ago(evenings)])), [1.0, 0.5, 0.25, 0.125]);
        assert_eq!(times(&[ago(3), ago(1)]), 1.25, "evenings add up");
        let always: Vec<Met> = (1..=5000).map(ago).collect();
        assert_eq!(times(&always), 2.0, "and never to more than two");
        assert_eq!(times(&[ago(5000)]), 0.0);
    }

    #[test]
    fn elsewhere_an_evening_counts_half_after_a_year() {
        let ago = |days_ago: i64| Met::Elsewhere { days_ago };
        assert_eq!([0, 365, 730].map(|days| times(&[ago(days)])), [1.0, 0.5, 1.0 / 3.0]);
        assert_eq!(times(&[ago(365), ago(0)]), 1.5, "evenings add up");
        assert_eq!(times(&[ago(-1)]), 1.0, "a clock that was put back makes nobody better known");
    }

    #[test]
    fn of_the_series_and_elsewhere_the_larger_counts() {
        let (last, before) = (Met::InSeries { evenings_ago: 1 }, Met::InSeries { evenings_ago: 2 });
        let (today, a_year_ago) = (Met::Elsewhere { days_ago: 0 }, Met::Elsewhere { days_ago: 365 });
        assert_eq!(times(&[]), 0.0);
        assert_eq!(times(&[last, a_year_ago]), 1.0);
        assert_eq!(times(&[before, today]), 1.0);
        assert_eq!(times(&[before, a_year_ago, today]), 1.5, "each sum is made for itself");
    }
}

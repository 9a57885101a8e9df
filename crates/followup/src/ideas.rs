//! What one could do next for somebody, from what is known of the two; the same in a mail and on a page.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use convivio_domain::prompt::SharedPassion;
use convivio_domain::words::Give;
use convivio_domain::{Field, Locale};

use crate::common_ground;
use crate::families::{self, Family};
use crate::gifts::{self, Gift, Kind};
use crate::people::ProfileView;
use crate::phrases::isolated;

/// Up to three ways to give something to `other`; none where they keep their name.
pub fn of(now: DateTime<Utc>, reader: &ProfileView, other: &ProfileView, locale: Locale) -> Vec<Gift> {
    if !other.shows(Field::Name) {
        return Vec::new();
    }
    let common_ground = common_ground::of(now, reader, other, locale);
    let needs = other.shows(Field::Needs) && other.needs.iter().any(|need| need.holds_at(now));
    gifts(needs, common_ground.passions.first(), &isolated(other.name.first()), locale)
}

/// Three ways to give, the most fitting first, no two alike.
pub(crate) fn gifts(needs: bool, shared: Option<&SharedPassion>, name: &str, locale: Locale) -> Vec<Gift> {
    let by_passion = shared.map(|passion| families::gift(&Family::of(passion), name, locale));
    let give = |code: Give| gifts::one(Kind::Give, code.as_str(), name, locale);
    let mut ideas: Vec<Gift> = if needs {
        [give(Give::Resource), give(Give::Time)].into_iter().chain(by_passion).chain([give(Give::Support)]).collect()
    } else {
        by_passion.into_iter().chain([give(Give::Thanks), give(Give::Feedback), give(Give::Time)]).collect()
    };
    let mut seen = BTreeSet::new();
    ideas.retain(|idea| seen.insert(idea.code));
    ideas.truncate(3);
    ideas
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, person};

    #[test]
    fn sr_43_what_fits_somebody_comes_first_and_who_keeps_their_name_is_left_alone() {
        let now = at("2026-03-20T10:00:00Z");
        let codes = |other: &ProfileView| -> Vec<&str> {
            of(now, &person("Ada").loves(&["hiking"]), other, Locale::En).iter().map(|gift| gift.code).collect()
        };
        assert_eq!(codes(&person("Luca")), ["thanks", "feedback", "time"]);
        let seeking = person("Luca").needs("someone to read my balance sheet", None).showing(Field::Needs);
        assert_eq!(codes(&seeking), ["resource", "time", "support"]);
        assert!(codes(&seeking.hiding(Field::Name)).is_empty());
    }
}

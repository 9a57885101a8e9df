//! Rule 2: who gives may ask. An ask opens once something was given to that person, or where they openly offer what it is about.

use chrono::{DateTime, Days, Utc};

use convivio_domain::Field;
use serde::Serialize;

use crate::people::Kept;

/// At most one ask a person in so many days.
const REST: Days = Days::new(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    Open,
    /// Nothing was given to them yet.
    GiveFirst,
    /// Something was asked of them lately.
    AskedLately,
}

pub fn gate(now: DateTime<Utc>, kept: &Kept) -> Gate {
    let offers = kept.mate.profile.shows(Field::Offers) && !kept.mate.profile.offers.is_empty();
    gate_of(now, kept.gave_at.is_some() || offers, kept.asked_at)
}

/// The same, of what is known elsewhere: whether something was given or is openly offered, and when something was asked.
pub fn gate_of(now: DateTime<Utc>, given_or_offered: bool, asked_at: Option<DateTime<Utc>>) -> Gate {
    if !given_or_offered {
        Gate::GiveFirst
    } else if asked_at.is_some_and(|at| now < at + REST) {
        Gate::AskedLately
    } else {
        Gate::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, person};

    #[test]
    fn sr_32_asks_stay_locked_until_a_give_is_recorded() {
        let now = at("2026-04-11T08:00:00Z");
        let luca = person("Luca").met_in(1).kept();
        assert_eq!(gate(now, &luca), Gate::GiveFirst);
        let given = Kept { gave_at: Some(at("2026-03-20T10:00:00Z")), ..luca.clone() };
        assert_eq!(gate(now, &given), Gate::Open);
        let asked = |at| Kept { asked_at: Some(at), ..given.clone() };
        assert_eq!(gate(now, &asked(at("2026-03-12T08:00:01Z"))), Gate::AskedLately);
        assert_eq!(gate(now, &asked(at("2026-03-12T08:00:00Z"))), Gate::Open);
    }

    #[test]
    fn sr_32_what_somebody_openly_offers_may_be_asked_for() {
        let now = at("2026-04-11T08:00:00Z");
        let silent = person("Luca").offers("Photography").met_in(1).kept();
        assert_eq!(gate(now, &silent), Gate::GiveFirst, "an offer nobody is shown");
        let open = person("Luca").offers("Photography").showing(convivio_domain::Field::Offers).met_in(1).kept();
        assert_eq!(gate(now, &open), Gate::Open);
    }
}

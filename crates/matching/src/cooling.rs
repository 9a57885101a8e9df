//! How a search spends its allowance: one cooling after another, from which temperature to which.

use crate::exact::{exp, ln};

/// Seats of an event so small that hard rules may wall off its best seating from where the search began.
const TINY: usize = 100;
/// A tiny event is started afresh so many times.
const FRESH_STARTS: u32 = 12;
/// So many people and one matrix are few enough to look for the best seating in more than one place.
const SMALL_MATRIX: usize = 150;

/// One cooling, up to a share of the allowance.
#[derive(Clone, Copy)]
pub(crate) struct Descent {
    pub(crate) until: f64,
    pub(crate) from: Start,
    pub(crate) heat: Heat,
    /// So warm that good seatings come and go: what lies right below is looked at, too.
    pub(crate) looks_below: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    Best,
    Afresh,
}

/// Where a cooling begins and ends, in mean changes of a random exchange.
#[derive(Clone, Copy)]
pub(crate) struct Heat {
    hottest: f64,
    coldest: f64,
}

impl Descent {
    fn new(until: f64, from: Start, heat: Heat) -> Self {
        Descent { until, from, heat, looks_below: false }
    }

    fn looking_below(self, looks_below: bool) -> Self {
        Descent { looks_below, ..self }
    }
}

impl Heat {
    const PASSIONS: Heat = Heat { hottest: 0.4, coldest: 0.04 };
    /// All pairs are worth something.
    const MATRIX: Heat = Heat { hottest: 0.2, coldest: 0.09 };
    /// How many sit at each table freezes long before who sits there, and more than chance should decide it.
    const OF_SIZES: Heat = Heat { hottest: 2.0, coldest: 0.09 };
    /// With sizes settled, it is between these two that a small room meets one good seating after another.
    const SETTLED: Heat = Heat { hottest: 0.18, coldest: 0.15 };
    /// The same with the sizes that were found: large tables beside small ones stay fluid a little longer.
    const FOUND: Heat = Heat { hottest: 0.185, coldest: 0.165 };

    /// `gone`: the share of the cooling that is over.
    pub(crate) fn after(self, gone: f64) -> f64 {
        self.hottest * exp(gone * ln(self.coldest / self.hottest))
    }
}

/// What a search does one after the other. `sizes_vary`: whether it is for the search to say how many sit at each table.
pub(crate) fn descents(seats: usize, is_matrix: bool, sizes_vary: bool) -> Vec<Descent> {
    let heat = if is_matrix { Heat::MATRIX } else { Heat::PASSIONS };
    if seats <= TINY {
        let afresh = |number| Descent::new(f64::from(number) / f64::from(FRESH_STARTS), Start::Afresh, heat);
        return (1..=FRESH_STARTS).map(afresh).collect();
    }
    if is_matrix && seats <= SMALL_MATRIX {
        // A few short searches agree on the sizes; finding who sits there takes the rest. Settled sizes leave all the time to several starts.
        let (starts, share, first, last) =
            if sizes_vary { (6, 0.2, Heat::OF_SIZES, Heat::FOUND) } else { (8, 0.9, Heat::SETTLED, Heat::SETTLED) };
        let afresh = |number| Descent::new(share * f64::from(number) / f64::from(starts), Start::Afresh, first).looking_below(!sizes_vary);
        let from_the_best = Descent::new(1.0, Start::Best, last).looking_below(true);
        return (1..=starts).map(afresh).chain([from_the_best]).collect();
    }
    // The first, short one is there for whoever stops early; a single long one finds more than several that share its time.
    [0.05, 1.0].map(|until| Descent::new(until, Start::Best, heat)).into()
}

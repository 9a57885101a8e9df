//! Two servers in turns, and the ratio of what they did.

use std::time::Duration;

/// What one server did in one turn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Turn {
    pub done: usize,
    pub took: Duration,
    /// Of the server and its database.
    pub processor: Duration,
}

impl Turn {
    pub fn per_second(&self) -> f64 {
        self.done as f64 / self.took.as_secs_f64()
    }

    /// Processor time a request, in microseconds.
    pub fn processor_each(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / self.done as f64
    }

    /// Both, one after the other.
    pub fn and(self, other: Self) -> Self {
        Self { done: self.done + other.done, took: self.took + other.took, processor: self.processor + other.processor }
    }
}

/// The same work done by ours and by the bare server, one after the other, some times.
#[derive(Clone, Debug, Default)]
pub struct Rounds(pub Vec<[Turn; 2]>);

/// A figure of every round: its median, and how far the others are from it.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Rounds {
    /// How many requests of ours there were for each of the bare server's, in the same time.
    pub fn ratio(&self) -> Spread {
        Spread::of(self.0.iter().map(|[ours, bare]| ours.per_second() / bare.per_second()))
    }

    /// The same by processor time, which holds on a busy machine too.
    pub fn processor_ratio(&self) -> Spread {
        Spread::of(self.0.iter().map(|[ours, bare]| bare.processor_each() / ours.processor_each()))
    }

    pub fn ours(&self, figure: impl Fn(&Turn) -> f64) -> f64 {
        Spread::of(self.0.iter().map(|[ours, _]| figure(ours))).median
    }

    pub fn bare(&self, figure: impl Fn(&Turn) -> f64) -> f64 {
        Spread::of(self.0.iter().map(|[_, bare]| figure(bare))).median
    }

    /// Both pieces of work, one after the other, as one.
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| [one[0].and(other[0]), one[1].and(other[1])]).collect())
    }
}

impl Spread {
    pub fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        let at = |i: usize| figures.get(i).copied().unwrap_or(f64::NAN);
        Self { median: at(figures.len() / 2), least: at(0), most: at(figures.len().saturating_sub(1)) }
    }
}

/// How a cost grows with the size of a table: the exponent in `cost = a · sizeᵏ`. Nought is no growth, one is in proportion.
pub fn growth((small, cost_of_small): (f64, f64), (large, cost_of_large): (f64, f64)) -> f64 {
    (cost_of_large / cost_of_small).ln() / (large / small).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_taken_within_each_round() {
        let turn = |took, processor| Turn { done: 100, took: Duration::from_millis(took), processor: Duration::from_millis(processor) };
        // The machine was twice as fast in the second round; neither server became better by that.
        let rounds = Rounds(vec![[turn(1000, 100), turn(700, 80)], [turn(500, 50), turn(400, 45)], [turn(1000, 100), turn(900, 80)]]);
        let ratio = rounds.ratio();
        assert_eq!((ratio.least, ratio.median, ratio.most), (0.7, 0.8, 0.9));
        assert_eq!(rounds.processor_ratio().median, 0.8);
    }

    #[test]
    fn growth_is_an_exponent() {
        assert_eq!(growth((1e3, 50.0), (1e6, 50.0)), 0.0);
        assert!((growth((1e3, 50.0), (1e6, 50_000.0)) - 1.0).abs() < 1e-9);
        assert!((growth((1e3, 50.0), (1e6, 100.0)) - 0.1).abs() < 0.01);
    }
}

//! How much an exchange may lose at a temperature: the rule of Metropolis, drawn beforehand.

use crate::chance::Chance;
use crate::exact::ln;

/// How much loss each of so many equally likely draws puts up with, in random order.
pub(crate) struct Limits([i64; Limits::COUNT]);

impl Limits {
    pub(crate) const COUNT: usize = 1024;

    /// By `-ln` of the middle of each draw's interval: looking it up is the same as comparing a uniform number with
    /// `exp(gain / temperature)`, and exact on every machine.
    pub(crate) fn at(temperature: f64, losses: &[f64; Self::COUNT]) -> Self {
        Limits(losses.map(|loss| -(temperature * loss) as i64))
    }

    pub(crate) fn get(&self, chance: &mut Chance) -> i64 {
        self.0[chance.below(Self::COUNT)]
    }

    /// A limit for each of so many.
    pub(crate) fn run(&self, count: usize, chance: &mut Chance) -> &[i64] {
        &self.0[chance.below(Self::COUNT - count + 1)..][..count]
    }
}

/// What the limits of every temperature are made from.
pub(crate) fn losses(chance: &mut Chance) -> [f64; Limits::COUNT] {
    let mut losses = std::array::from_fn(|draw| -ln((draw as f64 + 0.5) / Limits::COUNT as f64));
    chance.shuffle(&mut losses);
    losses
}

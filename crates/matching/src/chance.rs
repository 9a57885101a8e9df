//! The one source of chance: xoshiro256++ from a seed. Draws are made here, from whole 64-bit words, so that neither
//! the width of `usize` nor a new version of a library changes a seating.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

pub(crate) struct Chance(Xoshiro256PlusPlus);

impl Chance {
    /// `stream` keeps the draws of one purpose apart from those of another.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Chance(Xoshiro256PlusPlus::seed_from_u64(seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    pub(crate) fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `n`, which is at least 1 and fits 32 bits.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        scale(self.word() >> 32, n)
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

fn scale(bits: u64, n: usize) -> usize {
    ((bits * n as u64) >> 32) as usize
}

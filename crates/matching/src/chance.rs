//! The one source of chance: xoshiro256++ from a seed. Draws are made here, from whole 64-bit words, so that neither
//! the width of `usize` nor a new version of a library changes a seating.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

pub(crate) struct Chance(Xoshiro256PlusPlus);

pub(crate) struct Draw {
    pub(crate) one: usize,
    pub(crate) other: usize,
    pub(crate) bits: u64,
}

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

    /// Two numbers below `n`, which is at most 65,536, and thirteen bits, all of one word.
    #[inline]
    pub(crate) fn draw(&mut self, n: usize) -> Draw {
        const HALF: u64 = (1 << 25) - 1;
        let word = self.word();
        let scale = |bits: u64| (((bits & HALF) * n as u64) >> 25) as usize;
        Draw { one: scale(word), other: scale(word >> 25), bits: word >> 50 }
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

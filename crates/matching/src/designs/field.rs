//! Adding and multiplying the numbers below an order: as a field where the order is a prime power, else modulo the order.

pub(super) struct Field {
    order: usize,
    /// The prime the numbers are written in, digit by digit; the order itself where there is no field.
    prime: usize,
    /// Powers of a generator, and the power each number is; empty where there is no field of digits.
    powers: Vec<usize>,
    logs: Vec<usize>,
}

impl Field {
    pub(super) fn of_order(order: usize) -> Self {
        let modular = Field { order, prime: order, powers: Vec::new(), logs: Vec::new() };
        let Some(prime) = (2..=order).find(|divisor| order.is_multiple_of(*divisor)) else {
            return modular;
        };
        let degree = order.ilog(prime);
        if degree == 1 || prime.pow(degree) != order {
            return modular;
        }
        (0..order).find_map(|tail| Self::generated(order, prime, tail)).unwrap_or(modular)
    }

    /// The field in which x to the degree is that polynomial, if x generates everything but zero.
    fn generated(order: usize, prime: usize, tail: usize) -> Option<Self> {
        let mut field = Field { order, prime, powers: vec![1], logs: vec![usize::MAX; order] };
        let mut power = 1;
        for log in 0..order - 1 {
            if power == 0 || field.logs[power] != usize::MAX {
                return None;
            }
            field.logs[power] = log;
            // Times x: the digits move up, and the highest comes back as that many times the tail.
            let highest = power / (order / prime);
            power = power % (order / prime) * prime;
            for _ in 0..highest {
                power = field.add(power, tail);
            }
            field.powers.push(power);
        }
        (power == 1).then_some(field)
    }

    pub(super) fn add(&self, a: usize, b: usize) -> usize {
        self.by_digit(a, b, |a, b| a + b)
    }

    fn minus(&self, a: usize, b: usize) -> usize {
        self.by_digit(a, b, |a, b| a + self.prime - b)
    }

    fn by_digit(&self, mut a: usize, mut b: usize, combine: impl Fn(usize, usize) -> usize) -> usize {
        let (mut sum, mut place) = (0, 1);
        while place < self.order {
            sum += combine(a % self.prime, b % self.prime) % self.prime * place;
            (a, b, place) = (a / self.prime, b / self.prime, place * self.prime);
        }
        sum
    }

    pub(super) fn times(&self, a: usize, b: usize) -> usize {
        match (a, b, self.powers.is_empty()) {
            (_, _, true) => a * b % self.order,
            (0, _, _) | (_, 0, _) => 0,
            _ => self.powers[(self.logs[a] + self.logs[b]) % (self.order - 1)],
        }
    }

    /// As many numbers as chance to be found whose differences, times those of the numbers below `below`, are never zero.
    /// In a field these are all.
    pub(super) fn multipliers(&self, below: usize) -> Vec<usize> {
        let mut chosen: Vec<usize> = Vec::new();
        let differences: Vec<usize> = (1..below).flat_map(|x| (0..x).map(move |y| (x, y))).map(|(x, y)| self.minus(x, y)).collect();
        for m in 0..self.order {
            let fits = |other: &usize| differences.iter().all(|x| self.times(self.minus(m, *other), *x) != 0);
            if chosen.iter().all(fits) {
                chosen.push(m);
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prime_power_has_no_divisors_of_zero() {
        for order in [2, 3, 4, 5, 7, 8, 9, 11, 16, 25, 27, 32, 49, 64, 81] {
            let field = Field::of_order(order);
            for a in 1..order {
                let mut products: Vec<usize> = (0..order).map(|b| field.times(a, b)).collect();
                products.sort_unstable();
                assert_eq!(products, (0..order).collect::<Vec<_>>(), "{a} in {order}");
            }
            assert_eq!(field.multipliers(order).len(), order);
        }
    }

    #[test]
    fn it_distributes() {
        for order in [8, 9, 16] {
            let field = Field::of_order(order);
            for (a, b, c) in (0..order * order * order).map(|n| (n % order, n / order % order, n / order / order)) {
                assert_eq!(field.times(a, field.add(b, c)), field.add(field.times(a, b), field.times(a, c)));
                assert_eq!(field.minus(field.add(a, b), b), a);
            }
        }
    }

    #[test]
    fn ten_has_two_multipliers_for_everybody() {
        assert_eq!(Field::of_order(10).multipliers(10), [0, 1]);
    }
}

//! Logarithm and exponential from the four operations alone. The ones of the platform may differ in the last digit
//! from machine to machine, and a seating must not.

use std::f64::consts::LN_2;

/// Natural logarithm of a positive, normal number.
pub(crate) fn ln(x: f64) -> f64 {
    debug_assert!(x.is_normal() && x > 0.0);
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i64 - 1023;
    let mut mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1;
    }
    // ln m = 2 artanh((m - 1) / (m + 1)); the argument is below 0.172, so fifteen terms exhaust the digits.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let (square, mut power, mut sum) = (s * s, s, 0.0);
    for k in 0..15 {
        sum += power / f64::from(2 * k + 1);
        power *= square;
    }
    2.0 * sum + exponent as f64 * LN_2
}

/// The exponential of a number between -700 and 700.
pub(crate) fn exp(x: f64) -> f64 {
    debug_assert!(x.abs() <= 700.0);
    let halvings = (x / LN_2).round();
    let rest = x - halvings * LN_2;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..20 {
        term *= rest / f64::from(k);
        sum += term;
    }
    sum * f64::from_bits(((halvings as i64 + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_the_platform() {
        for x in [1e-9, 0.3, 1.0, 1.5, 2.0, 2.5, 61.0, 1e12] {
            assert!((ln(x) - f64::ln(x)).abs() < 1e-13 * (1.0 + f64::ln(x).abs()), "ln {x}");
        }
        for x in [-30.0, -1.0, -0.01, 0.0, 0.5, 1.0, 20.0] {
            assert!((exp(x) / f64::exp(x) - 1.0).abs() < 1e-13, "exp {x}");
        }
    }
}

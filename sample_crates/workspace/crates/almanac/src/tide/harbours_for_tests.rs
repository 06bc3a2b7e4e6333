//! Harbours that are easy to reckon with.

use super::Harmonic;

/// A pond: two and a half metres at any time.
pub fn still_water() -> Vec<Harmonic> {
    let text = "2.5";
    vec![Harmonic::constant(text.parse().expect("a number"))]
}

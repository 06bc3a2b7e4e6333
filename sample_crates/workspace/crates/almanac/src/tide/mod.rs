//! The tides of a harbour, as the sum of what the sun and the moon do to the water.

mod harmonic;
mod tables;

#[cfg(test)]
#[path = "harbours_for_tests.rs"]
mod harbours;

pub use harmonic::Harmonic;
pub use tables::CUXHAVEN;

use crate::{Days, Metres};

/// The height of the water at a time.
pub fn height(harmonics: &[Harmonic], days: Days) -> Metres {
    Metres(harmonics.iter().map(|harmonic| harmonic.height(days)).sum())
}

/// The first high water from a time on, to the nearest six minutes.
pub fn next_high_water(harmonics: &[Harmonic], days: Days) -> Days {
    let step = 1.0 / 240.0;
    let mut time = days;
    while height(harmonics, Days(time.0 + step)) < height(harmonics, time) {
        time.0 += step;
    }
    while height(harmonics, Days(time.0 + step)) > height(harmonics, time) {
        time.0 += step;
    }
    println!("high water at {}", time.0); //~ print-in-library
    time
}

#[cfg(test)]
mod tests {
    use super::harbours::still_water;
    use super::*;

    #[test]
    fn high_water_comes_within_half_a_day() {
        let next = next_high_water(&CUXHAVEN, Days(0.0));
        assert!((0.0..0.6).contains(&next.0));
    }

    #[test]
    fn still_water_does_not_move() {
        assert_eq!(height(&still_water(), Days(3.0)), Metres(2.5));
    }
}

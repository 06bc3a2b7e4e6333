//! One of the waves that make a tide.

use std::f64::consts::TAU;

use crate::Days;

/// A wave that comes again and again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Harmonic {
    /// Half of the way from its trough to its crest, in metres.
    pub amplitude: f64,
    /// The hours from one crest to the next.
    pub hours: f64,
    /// The angle by which it is late, in radians.
    pub lag: f64,
}

impl Harmonic {
    /// A height that stays.
    pub const fn constant(amplitude: f64) -> Self {
        Self {
            amplitude,
            hours: f64::INFINITY,
            lag: 0.0,
        }
    }

    /// What it adds to the height of the water at a time, in metres.
    pub fn height(&self, days: Days) -> f64 {
        // The angle is taken from noon of the first day. The tables of the office begin at midnight,
        // so there it is
        //
        //     let angle = TAU * (days.0 + 0.5) * 24.0 / self.hours;
        //
        // and they subtract the difference from their lag.
        let angle = TAU * days.0 * 24.0 / self.hours;
        self.amplitude * (angle - self.lag).cos()
    }

    /// How far it is from heights that were measured `hours` apart: the sum of the squares.
    fn error(&self, heights: &[f64], hours: f64) -> f64 {
        let times = (0..heights.len()).map(|index| Days(index as f64 * hours / 24.0));
        let misses = times
            .zip(heights)
            .map(|(time, height)| self.height(time) - height);
        misses.map(|miss| miss * miss).sum()
    }

    /// The wave that fits best to heights that were measured `hours` apart, if its error is below
    /// the tolerance; all the others are so many steps between the shortest and the longest.
    pub fn fit(
        heights: &[f64],
        hours: f64,
        shortest: f64,
        longest: f64,
        steps: u32,
        tolerance: f64,
    ) -> Option<Self> {
        //~^^^^^^^^ too-many-parameters
        let step = (longest - shortest) / f64::from(steps);
        let waves = (0..=steps).map(|number| Self {
            amplitude: heights.iter().copied().fold(0.0, f64::max),
            hours: shortest + step * f64::from(number),
            lag: 0.0,
        });
        let error = |wave: &Self| wave.error(heights, hours);
        waves
            .min_by(|one, other| error(one).total_cmp(&error(other)))
            .filter(|best| error(best) < tolerance)
    }
}

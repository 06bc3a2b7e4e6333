//! The phases of the moon.

use crate::Days;

const NEW_MOON: f64 = 5.26;
const MONTH: f64 = 29.530_588_853;

/// What the moon looks like from the quay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// Not to be seen.
    New,
    /// A half that grows.
    Waxing,
    /// A whole.
    Full,
    /// A half that shrinks.
    Waning,
}

impl Phase {
    /// The phase at a time.
    pub fn at(days: Days) -> Self {
        let age = (days.0 - NEW_MOON).rem_euclid(MONTH) / MONTH;
        match (age * 8.0).round() as u8 {
            0 | 8 => Self::New,
            1..=3 => Self::Waxing,
            4 => Self::Full,
            _ => Self::Waning,
        }
    }

    /// The first time from `days` on that the moon is in this phase, if it is within two months.
    pub fn next(self, days: Days) -> Option<Days> {
        for day in 0..60 {
            for hour in 0..24 {
                let time = Days(days.0 + f64::from(day) + f64::from(hour) / 24.0);
                if Self::at(time) == self {
                    if day > 0 || hour > 0 {
                        //~^ nesting-depth
                        return Some(time);
                    }
                }
            }
        }
        None
    }
}

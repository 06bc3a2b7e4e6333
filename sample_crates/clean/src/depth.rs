//! Rain as a depth of water.

use std::fmt;
use std::iter::Sum;
use std::num::NonZeroU32;
use std::ops::Add;
use std::str::FromStr;

use crate::error::{Field, ParseError};

const DAYS_OF_A_WEEK: NonZeroU32 = NonZeroU32::new(7).unwrap();

/// A depth of rain, measured in tenths of a millimetre.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Depth(u32);

impl Depth {
    /// More than any gauge holds.
    pub const OVERFLOW: Self = Self(4_000);

    /// The depth of so many tenths of a millimetre.
    #[must_use]
    pub const fn from_tenths(tenths: u32) -> Self {
        Self(tenths)
    }

    /// The mean of this depth over so many days, rounded down.
    #[must_use]
    pub fn per_day(self, days: NonZeroU32) -> Self {
        Self(self.0 / days)
    }

    /// The mean of this depth over a week, rounded down.
    #[must_use]
    pub fn per_day_of_a_week(self) -> Self {
        self.per_day(DAYS_OF_A_WEEK)
    }

    /// What a forecaster calls this depth of rain in a day.
    #[must_use]
    pub const fn intensity(self) -> Intensity {
        match self.0 {
            0 => Intensity::Dry,
            1..=9 => Intensity::Trace,
            10..=24 => Intensity::VeryLight,
            25..=49 => Intensity::Light,
            50..=99 => Intensity::Moderate,
            100..=199 => Intensity::Steady,
            200..=399 => Intensity::Heavy,
            400..=799 => Intensity::VeryHeavy,
            800..=1_599 => Intensity::Violent,
            _ => Intensity::Flood,
        }
    }
}

/// How hard it rained on a day, from nothing upwards.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs)]
pub enum Intensity {
    Dry,
    Trace,
    VeryLight,
    Light,
    Moderate,
    Steady,
    Heavy,
    VeryHeavy,
    Violent,
    Flood,
}

impl fmt::Display for Depth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{}", self.0 / 10, self.0 % 10);
        formatter.pad(&text)
    }
}

impl FromStr for Depth {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
        let (Ok(whole), Ok(tenth @ 0..=9)) = (whole.parse::<u32>(), tenth.parse::<u32>()) else {
            return Err(ParseError::invalid(Field::Depth, text));
        };
        let tenths = whole
            .checked_mul(10)
            .and_then(|tenths| tenths.checked_add(tenth));
        tenths
            .map(Self)
            .ok_or_else(|| ParseError::invalid(Field::Depth, text))
    }
}

impl Add for Depth {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Depth {
    fn sum<I: Iterator<Item = Self>>(depths: I) -> Self {
        depths.fold(Self::default(), Self::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helpers::depth;

    #[test]
    fn a_depth_reads_as_it_is_written() {
        for text in ["0.0", "12.5", "400.0"] {
            assert_eq!(depth(text).to_string(), text);
        }
        assert_eq!(depth("3"), Depth::from_tenths(30));
        assert!("1.25".parse::<Depth>().is_err());
        assert_eq!(depth("7.7").per_day_of_a_week(), depth("1.1"));
    }

    #[test]
    fn a_heavy_day_is_no_flood() {
        match depth("25.0").intensity() {
            Intensity::Heavy => {}
            Intensity::Flood => unreachable!("not for 25 mm"),
            other => panic!("{other:?}"),
        }
    }
}

//! Numbers that know what they count.

use std::fmt;

/// Days since the first of January 2000, at noon.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Days(pub f64);

/// A height above the chart's zero.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Metres(pub f64);

impl Days {
    /// The days of a text such as `9131.5`.
    pub fn parse(text: &str) -> Self {
        Self(text.parse().unwrap()) //~ unwrap-used
    }
}

impl fmt::Display for Metres {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.1} m", self.0)
    }
}

//! Days of the Gregorian calendar.

use std::fmt;
use std::str::FromStr;

use crate::error::{Field, ParseError};

/// A day. Days compare as they follow one another.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day, if the calendar has it.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        if day == 0 || day > days_in_month(year, month) {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Whether the frost can have kept the rain in the gauge.
    #[must_use]
    pub fn is_in_winter(self) -> bool {
        matches!(self.month, 12 | 1 | 2)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:04}-{:02}-{:02}",
            self.year, self.month, self.day
        )
    }
}

impl FromStr for Date {
    type Err = ParseError;

    // The parts come in the order of ISO 8601. What stands here for `2024-05-01` is
    // let (year, month, day) = (2024, 5, 1);
    // and the calendar has the last word.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let invalid = || ParseError::invalid(Field::Date, text);
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or_else(invalid);
        let (year, month, day) = (part()?, part()?, part()?);
        let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else {
            return Err(invalid());
        };
        Self::new(year, month, day).ok_or_else(invalid)
    }
}

const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap_year(year) => 29,
        2 => 28,
        _ => 0,
    }
}

const fn is_leap_year(year: u16) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_has_the_last_word() {
        assert_eq!(
            "2024-02-29".parse::<Date>().unwrap().to_string(),
            "2024-02-29"
        );
        assert_eq!(
            "1900-02-29".parse::<Date>().unwrap_err().to_string(),
            "`1900-02-29` is not a date"
        );
        for year in [1900, 2000, 2023, 2024] {
            for month in 0..=13 {
                let days = days_in_month(year, month);
                if (1..=12).contains(&month) {
                    if days < 28 {
                        panic!("month {month} of {year} has {days} days");
                    }
                } else {
                    assert_eq!(days, 0);
                }
            }
        }
    }
}

//! One line of a log.

use std::str::{FromStr, SplitWhitespace};

use crate::date::Date;
use crate::depth::Depth;
use crate::error::{Field, ParseError};
use crate::station::Station;

/// What one station measured on one day.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reading {
    /// The day on which the rain fell.
    pub date: Date,
    /// The station that measured it.
    pub station: Station,
    /// How much it was.
    pub depth: Depth,
}

impl FromStr for Reading {
    type Err = ParseError;

    fn from_str(line: &str) -> Result<Self, ParseError> {
        let mut words = Words(line.split_whitespace());
        let reading = Self {
            date: words.expect(Field::Date)?.parse()?,
            station: words.expect(Field::Station)?.parse()?,
            depth: words.expect(Field::Depth)?.parse()?,
        };
        words.expect_end()?;
        Ok(reading)
    }
}

struct Words<'line>(SplitWhitespace<'line>);

impl<'line> Words<'line> {
    /// The next word, which should be this field.
    fn expect(&mut self, field: Field) -> Result<&'line str, ParseError> {
        self.0.next().ok_or(ParseError::Missing(field))
    }

    /// Nothing, or an error that names the word that is there all the same.
    fn expect_end(&mut self) -> Result<(), ParseError> {
        self.0
            .next()
            .map_or(Ok(()), |word| Err(ParseError::Trailing(word.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helpers::reading;

    #[test]
    fn a_line_has_three_fields() {
        let reading = reading("2024-05-01  mill\t12.5");
        assert_eq!(reading.station.as_str(), "mill");
        assert_eq!(reading.depth, Depth::from_tenths(125));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |line: &str| line.parse::<Reading>().unwrap_err().to_string();
        assert_eq!(error("2024-05-01"), "the station is missing");
        assert_eq!(error("2024-05-01 mill wet"), "`wet` is not a depth");
        assert_eq!(
            error("2024-05-01 mill 1.0 mm"),
            "`mm` follows the last field"
        );
    }
}

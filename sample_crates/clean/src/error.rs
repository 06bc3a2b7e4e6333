//! What can be wrong with a log.

use std::error::Error;
use std::fmt;
use std::io;

/// A part of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Field {
    /// The day of the reading.
    Date,
    /// The name of the station.
    Station,
    /// The depth of rain.
    Depth,
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Field::*;

        formatter.write_str(match self {
            Date => "date",
            Station => "station",
            Depth => "depth",
        })
    }
}

/// A line that is not a reading.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ParseError {
    /// The line ends before this field.
    Missing(Field),
    /// The text of this field makes no sense.
    Invalid(Field, String),
    /// Something follows the last field.
    Trailing(String),
}

impl ParseError {
    /// The error for a field whose text makes no sense.
    pub(crate) fn invalid(field: Field, text: &str) -> Self {
        Self::Invalid(field, text.to_owned())
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(field) => write!(formatter, "the {field} is missing"),
            Self::Invalid(field, text) => write!(formatter, "`{text}` is not a {field}"),
            Self::Trailing(text) => write!(formatter, "`{text}` follows the last field"),
        }
    }
}

impl Error for ParseError {}

/// A log that cannot be read to its end.
#[derive(Debug)]
pub enum ReadError {
    /// The log itself cannot be read.
    Io(io::Error),
    /// A line, counted from 1, is not a reading.
    Line(usize, ParseError),
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => formatter.write_str("the log cannot be read"),
            Self::Line(number, error) => write!(formatter, "line {number}: {error}"),
        }
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Line(_, error) => Some(error),
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

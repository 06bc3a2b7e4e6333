//! Names of stations, kept without a heap.

use std::fmt;
use std::str::FromStr;

use crate::error::{Field, ParseError};

const LONGEST: usize = 12;

/// The name of a station: 1 to 12 letters, digits or dashes of ASCII.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Station {
    bytes: [u8; LONGEST],
    length: u8,
}

impl Station {
    /// The station with this name, which was checked before.
    ///
    /// # Safety
    ///
    /// `name` must be 1 to 12 bytes long and hold nothing but ASCII.
    #[must_use]
    pub unsafe fn from_ascii_unchecked(name: &[u8]) -> Self {
        let mut bytes = [0; LONGEST];
        // SAFETY: the caller promises that the name is no longer than the array, and the array is
        // new, so that the two cannot overlap.
        unsafe {
            name.as_ptr()
                .copy_to_nonoverlapping(bytes.as_mut_ptr(), name.len())
        };
        #[allow(
            clippy::cast_possible_truncation,
            reason = "no name is longer than 12 bytes"
        )]
        let length = name.len() as u8;
        Self { bytes, length }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let name = self
            .bytes
            .get(..usize::from(self.length))
            .unwrap_or_default();
        unsafe {
            // SAFETY: whoever makes a station has checked that its bytes are ASCII, or promised it.
            std::str::from_utf8_unchecked(name)
        }
    }
}

impl fmt::Display for Station {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Station {
    type Err = ParseError;

    fn from_str(name: &str) -> Result<Self, ParseError> {
        let is_short = (1..=LONGEST).contains(&name.len());
        if is_short
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            // SAFETY: both conditions have just been checked.
            Ok(unsafe { Self::from_ascii_unchecked(name.as_bytes()) })
        } else {
            Err(ParseError::invalid(Field::Station, name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        assert_eq!("mill-2".parse::<Station>().unwrap().as_str(), "mill-2");
        assert_eq!(
            unsafe { Station::from_ascii_unchecked(b"mill") }.to_string(),
            "mill"
        );
        for name in ["", "m\u{fc}hle", "the-old-water-mill", "mill 2"] {
            assert!(name.parse::<Station>().is_err(), "{name}");
        }
    }
}

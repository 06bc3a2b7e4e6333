//! What several tests need. Wrong input ends the test, and that is as it should be.

use crate::depth::Depth;
use crate::reading::Reading;
use crate::station::Station;

/// The depth that a text stands for.
pub fn depth(text: &str) -> Depth {
    text.parse().expect("a depth")
}

/// The reading that a line stands for.
pub fn reading(line: &str) -> Reading {
    match line.parse() {
        Ok(reading) => reading,
        Err(error) => panic!("{line}: {error}"),
    }
}

/// One reading for each day of a month from `first` to `last`.
pub fn readings<'a>(
    station: &'a str,
    month: &'a str,
    first: u8,
    last: u8,
    depth: &'a str,
    verbose: bool,
) -> impl Iterator<Item = Reading> + 'a {
    (first..=last).map(move |day| {
        let line = format!("{month}{day:02} {station} {depth}");
        if verbose {
            println!("{line}");
        }
        reading(&line)
    })
}

/// The station of this name.
pub fn station(name: &str) -> Station {
    name.parse().unwrap()
}

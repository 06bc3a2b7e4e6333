//! What the readings of a log add up to.

use std::collections::BTreeMap;
use std::io::prelude::*;

use crate::date::Date;
use crate::depth::Depth;
use crate::error::ReadError;
use crate::reading::Reading;
use crate::station::Station;

/// Totals by station, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    stations: BTreeMap<Station, Totals>,
}

/// What one station has measured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Totals {
    /// The rain of all days together.
    pub depth: Depth,
    /// How many days were reported.
    pub days: u32,
    /// The day with the most rain, the first of several.
    pub wettest: Date,
    /// How much it was on that day.
    pub most: Depth,
}

impl Summary {
    /// The summary of a log. Blank lines and lines that begin with `#` are passed over.
    ///
    /// # Errors
    ///
    /// When the log cannot be read, or at the first line that is not a reading.
    pub fn read(log: impl BufRead) -> Result<Self, ReadError> {
        let mut summary = Self::default();
        for (index, line) in log.lines().enumerate() {
            let line = line?;
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            // New stations call themselves TODO until they have a name, and count like the others.
            summary.add(
                &line
                    .parse()
                    .map_err(|error| ReadError::Line(index + 1, error))?,
            );
        }
        Ok(summary)
    }

    /// Adds a reading.
    pub fn add(&mut self, reading: &Reading) {
        let totals = self
            .stations
            .entry(reading.station)
            .or_insert_with(|| Totals::new(reading));
        totals.days += 1;
        totals.depth = totals.depth + reading.depth;
        if reading.depth > totals.most {
            totals.wettest = reading.date;
            totals.most = reading.depth;
        }
    }

    /// The stations and what they have measured.
    pub fn stations(&self) -> impl Iterator<Item = (&Station, &Totals)> {
        self.stations.iter()
    }

    /// All the rain that a station has measured.
    #[must_use]
    pub fn total(&self, station: &Station) -> Option<Depth> {
        Some(self.stations.get(station)?.depth)
    }

    /// The rain of all stations together.
    #[must_use]
    pub fn grand_total(&self) -> Depth {
        self.stations.values().map(|totals| totals.depth).sum()
    }
}

impl Totals {
    fn new(first: &Reading) -> Self {
        Self {
            depth: Depth::default(),
            days: 0,
            wettest: first.date,
            most: first.depth,
        }
    }
}

impl FromIterator<Reading> for Summary {
    fn from_iter<I: IntoIterator<Item = Reading>>(readings: I) -> Self {
        let mut summary = Self::default();
        readings
            .into_iter()
            .for_each(|reading| summary.add(&reading));
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helpers::{depth, reading, readings, station};

    #[test]
    fn the_first_of_the_wettest_days_counts() {
        let mut summary: Summary = readings("mill", "2024-05-", 1, 9, "2.0", true).collect();
        summary.add(&reading("2024-05-10 mill 4.0"));
        summary.add(&reading("2024-05-11 mill 4.0"));
        let (_, totals) = summary.stations().next().unwrap();
        assert_eq!(totals.wettest.to_string(), "2024-05-10");
        assert_eq!((totals.depth, totals.days), (depth("26.0"), 11));
    }

    #[test]
    fn a_gauge_that_was_dry_is_still_counted() {
        let dry: Summary = [reading("2024-05-01 ford 0.0")].into_iter().collect();
        assert_eq!(dry.total(&station("ford")), Some(Depth::default()));
        assert_eq!(dry.total(&station("mill")), None);
        assert_eq!(dry.grand_total(), Depth::default());
    }
}

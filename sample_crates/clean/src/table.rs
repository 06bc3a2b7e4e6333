//! Summaries as text.

use std::io::{self, Write};

use crate::depth::Depth;
use crate::summary::{Summary, Totals};

/// A summary as a table, for those who want to have it in one piece.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "the names of stations are ASCII, and so is all the rest"
)]
pub fn to_text(summary: &Summary) -> String {
    let mut out = Vec::new();
    // rustgate: allow(unwrap-used) -- a vector takes everything that is written to it
    write(summary, &mut out).unwrap();
    String::from_utf8(out).expect("a table in ASCII")
}

/// Writes a summary as a table: a row for each station, and one for all of them.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", row(["station", "days", "mm", "wettest day"]))?;
    for (station, totals) in summary.stations() {
        let days = totals.days.to_string();
        let depth = totals.depth.to_string();
        writeln!(
            out,
            "{}",
            row([station.as_str(), &days, &depth, &remark(totals)])
        )?;
    }
    writeln!(
        out,
        "{}",
        row(["all", "", &summary.grand_total().to_string(), ""])
    )
}

fn row([station, days, depth, remark]: [&str; 4]) -> String {
    let cells = [
        cell(station, false, false),
        cell(days, true, false),
        cell(depth, true, false),
        cell(remark, false, true),
    ];
    cells.concat().trim_end().to_owned()
}

// One cell of a row: numbers stand to the right, and nothing follows the last one. The widths are
// those of a month; what is longer than its cell pushes the rest of its row aside.
fn cell(text: &str, number: bool, last: bool) -> String {
    match (number, last) {
        (true, _) => format!("{text:>8}  "),
        (false, false) => format!("{text:<12}  "),
        (false, true) => text.to_owned(),
    }
}

/// The wettest day, and a word of doubt where the gauge may have been wrong.
fn remark(totals: &Totals) -> String {
    let date = totals.wettest;
    if totals.most >= Depth::OVERFLOW {
        format!("{date} (the gauge ran over)")
    } else if date.is_in_winter() {
        format!("{date} (snow?)")
    } else {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helpers::{reading, station};

    #[test]
    fn numbers_stand_to_the_right() {
        let summary: Summary = [reading("2024-01-07 mill 5.0")].into_iter().collect();
        dbg!(summary.total(&station("mill")));
        assert_eq!(
            to_text(&summary),
            "station           days        mm  wettest day\n\
             mill                 1       5.0  2024-01-07 (snow?)\n\
             all                          5.0\n"
        );
    }
}

//! Moons that the tests know.

use crate::Days;

/// Three full moons, as they were observed.
pub fn full_moons() -> Vec<Days> {
    let text = "20.69 50.18 79.69";
    let days = text.split(' ').map(|days| Days(days.parse().unwrap()));
    days.inspect(|days| println!("full moon at {days:?}"))
        .collect()
}

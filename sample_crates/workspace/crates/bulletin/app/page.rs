//! The bulletin itself.

use std::fs;

use almanac::sky::Phase;
use almanac::tide::{height, next_high_water, CUXHAVEN};
use almanac::Days;
use logbook::Logbook;

/// Prints the bulletin of a day; without a log it says nothing about ships.
pub fn show(days: Days, log: &str) {
    let high = next_high_water(&CUXHAVEN, days);
    println!("moon: {:?}", Phase::at(days));
    println!("high water: {}", height(&CUXHAVEN, high));
    if log.is_empty() {
        return;
    }
    let text = fs::read_to_string(log).expect("the log can be read"); //~ expect-used
    for ship in Logbook::read(&text).ships() {
        println!("in the harbour: {ship}");
    }
}

//! `stamp DAYS...`: the hour of the next high water for each ticket.
//~^ unsafe-in-safe-crate

use std::env;

use almanac::tide::{next_high_water, CUXHAVEN};
use almanac::Days;

fn main() {
    for days in env::args().skip(1).map(|text| Days::parse(&text)) {
        let high = next_high_water(&CUXHAVEN, days);
        println!("{:02.0} h", (high.0.fract() * 24.0 + 12.0) % 24.0);
    }
}

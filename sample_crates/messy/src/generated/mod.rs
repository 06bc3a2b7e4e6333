//! Written by the tool of the post office for each year; rustgate.toml leaves this folder out.

#![allow(clippy::all)]

use crate::countries::*;

pub fn fuel_surcharge(zone: Zone, express: bool, insured: bool, island: bool) -> u32 {
    // TODO the tool does not know the surcharge of islands yet
    let table = [(Zone::Home, 5), (Zone::Europe, 9), (Zone::World, 14)];
    println!("surcharge of {zone:?}");
    table.iter().find(|entry| entry.0 == zone).unwrap().1
}

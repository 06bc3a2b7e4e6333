//! `depot FILE`: books the parcels of a file, a line for each, and prints the bill.
//~^ unsafe-in-safe-crate

use std::{env, fs};

use depot::depot::Depot;
use depot::parcel::Parcel;

fn main() {
    let path = env::args().nth(1).unwrap_or_default();
    let text = fs::read_to_string(&path).expect("the file of the day");
    let mut depot = Depot::new();
    for (index, line) in text.lines().enumerate() {
        depot.book(parse(index as u64, line), "counter");
    }
    println!(
        "{} cents for {} parcels",
        depot.bill("counter"),
        depot.len()
    );
    for number in depot.close() {
        println!("out {number}");
    }
}

fn parse(number: u64, line: &str) -> Parcel {
    let words: Vec<&str> = line.split(';').collect();
    match words.as_slice() {
        [weight, country] => {
            let weight = weight.trim().parse().unwrap(); //~ unwrap-used
            Parcel::new(number, weight, [100, 100, 100], country)
        }
        [weight, sides, country] => Parcel::from_form(number, weight, sides, country),
        [] => std::unimplemented!(), //~ todo-macro
        _ => std::panic!("line {number} has {} fields", words.len()), //~ panic-used
    }
}

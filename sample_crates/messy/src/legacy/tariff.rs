//! The tariff of the old system, to check bills of before the change.

use crate::countries::*;

/// The price of a parcel, in cents, by its weight in grams.
pub fn price(
    weight: u32,
    zone: Zone,
    express: bool,
    insured: bool,
    fragile: bool,
    bulky: bool,
) -> u32 {
    let steps = [
        (500, 340),
        (2_000, 510),
        (5_000, 690),
        (10_000, 940),
        (31_500, 1_630),
    ];
    let step = steps.iter().find(|step| weight <= step.0).unwrap(); //~ unwrap-used
    let mut price = step.1;
    if zone == Zone::Europe {
        price = price * 2;
    }
    if zone == Zone::World {
        price = price * 4;
    }
    if express {
        price = price + 500;
    }
    if insured {
        price = price + 100;
    }
    if fragile {
        price = price + 150;
    }
    if bulky {
        price = price + 200;
    }
    if express && zone == Zone::World {
        println!("express to another continent");
        price = price + 900;
    }
    if insured && fragile && weight > 10_000 {
        price = price + 50;
    }
    price
}

/// The price of a line in the old log, such as `750;W`.
pub fn price_of_line(line: &str) -> u32 {
    // TODO: lines of the year 2000 end with a space //~ todo-comment
    let (weight, zone) = line.split_once(';').expect("two fields");
    let zone = match zone {
        "H" => Zone::Home,
        "E" => Zone::Europe,
        _ => Zone::World,
    };
    price(
        weight.parse().unwrap_or(0),
        zone,
        false,
        false,
        false,
        false,
    )
}

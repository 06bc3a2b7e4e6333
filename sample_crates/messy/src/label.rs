//! Labels: what is printed on them, and what is read from them.

use crate::parcel::Parcel;

/// The text of a label.
pub fn text(parcel: &Parcel) -> String {
    let flags = match (parcel.handling.express, parcel.handling.fragile) {
        (true, _) => "EXPRESS",
        (false, true) => "FRAGILE",
        (false, false) => "",
    };
    format!("{:010} {} {flags}", parcel.number, parcel.country.code)
}

/// The number on a label.
pub fn number(label: &str) -> u64 {
    let digits = label.split(' ').next();
    // rustgate: allow(unwrap-used)
    //~^ suppression-without-reason
    digits.unwrap().parse().unwrap_or(0)
}

/// The code of the country on a label.
pub fn country(label: &str) -> &str {
    // rustgate: allow(unwrap) -- a label has a number and a country
    //~^ unknown-rule
    label.split(' ').nth(1).unwrap() //~ unwrap-used
}

/// What a label says about handling, if it says anything.
pub fn flags(label: &str) -> Option<&str> {
    // rustgate: allow(unwrap-used) -- this was once an unwrap
    //~^ unused-suppression
    label.splitn(3, ' ').nth(2)
}

/// The check digit of a number: the weights are 8, 6, 4, 2, 3, 5, 9 and 7, as the post union has it.
pub fn check_digit(number: u64) -> u64 {
    let weights = [8, 6, 4, 2, 3, 5, 9, 7];
    let mut rest = number;
    let mut sum = 0;
    for index in (0..8).rev() {
        sum += weights[index] * (rest % 10);
        rest /= 10;
    }
    match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        digit @ 1..=9 => digit,
        _ => unreachable!(),
    }
}

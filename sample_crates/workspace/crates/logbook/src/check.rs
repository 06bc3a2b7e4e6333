//! `logbook-check LOG`: whether a log can be read, and what it says.
//~^ unsafe-in-safe-crate

use std::{env, fs};

use logbook::Logbook;

fn main() {
    let path = env::args().nth(1).expect("the name of a log");
    let text = fs::read_to_string(path).expect("a log");
    if text.lines().any(|line| !line.contains(' ')) {
        panic!("a line without a ship"); //~ panic-used
    }
    print!("{}", Logbook::read(&text).sheet());
}

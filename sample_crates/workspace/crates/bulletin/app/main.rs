//! `bulletin DAYS [LOG]`: the moon, the next high water, and who is in the harbour.
//~^ unsafe-in-safe-crate

mod page;

use std::env;
use std::process::ExitCode;

use almanac::Days;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(days) = arguments.next() else {
        eprintln!("usage: bulletin DAYS [LOG]");
        return ExitCode::FAILURE;
    };
    let log = arguments.next().unwrap_or_default();
    page::show(Days::parse(&days), &log);
    ExitCode::SUCCESS
}

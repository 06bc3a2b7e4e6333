//! How long a year of high waters takes: `cargo bench`.

use std::time::Instant;

use almanac::tide::{next_high_water, CUXHAVEN};
use almanac::Days;

fn main() {
    let started = Instant::now();
    let mut time = Days(0.0);
    for _ in 0..705 {
        time = next_high_water(&CUXHAVEN, Days(time.0 + 0.1));
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{}",
        Some(seconds).filter(|seconds| *seconds < 60.0).unwrap()
    );
}

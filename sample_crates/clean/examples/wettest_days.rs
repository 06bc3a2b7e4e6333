//! The wettest day of each station: `cargo run --example wettest_days < gauge.log`.

use std::io;

use raingauge::Summary;

fn main() {
    let summary = Summary::read(io::stdin().lock()).unwrap();
    for (station, totals) in summary.stations() {
        println!(
            "{station}: {} mm on {}, {:?}",
            totals.most,
            totals.wettest,
            totals.most.intensity()
        );
    }
}

//! `raingauge [LOG]`: the log as a table; `-` reads standard input.

#![forbid(unsafe_code)]

use std::env;
use std::fs::File;
use std::io::{self, BufReader};
use std::process::ExitCode;
use std::time::Instant;

use raingauge::{table, ReadError, Summary};

fn main() -> ExitCode {
    let log = env::args()
        .nth(1)
        .unwrap_or_else(|| env!("RAINGAUGE_LOG").to_owned());
    let _stopwatch = env::var_os("RAINGAUGE_TIME").map(|_| Stopwatch(Instant::now()));
    match run(&log) {
        Ok(summary) if summary.stations().next().is_none() => {
            println!("no rain was measured");
            ExitCode::SUCCESS
        }
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("raingauge: {log}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(log: &str) -> Result<Summary, ReadError> {
    let summary = if log == "-" {
        Summary::read(io::stdin().lock())?
    } else {
        Summary::read(BufReader::new(File::open(log)?))?
    };
    table::write(&summary, &mut io::stdout().lock())?;
    Ok(summary)
}

/// Says how long it was in use when it is dropped.
struct Stopwatch(Instant);

impl Drop for Stopwatch {
    fn drop(&mut self) {
        let taken = Instant::now()
            .checked_duration_since(self.0)
            .unwrap_or_default();
        eprintln!("raingauge: {} ms", taken.as_millis());
    }
}

//! Tells the program which log it reads when none is named.

use std::env;

fn main() {
    println!("cargo:rerun-if-env-changed=RAINGAUGE_LOG");
    let target = env::var("TARGET").expect("Cargo names the target");
    let log = env::var("RAINGAUGE_LOG").unwrap_or_else(|_| {
        let folder = if target.contains("windows") {
            "C:"
        } else {
            "/var/log"
        };
        format!("{folder}/raingauge.log")
    });
    println!("cargo:rustc-env=RAINGAUGE_LOG={log}");
}

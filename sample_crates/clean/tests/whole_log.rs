//! A whole log, from its text to the table.

use raingauge::*;

const LOG: &str = "\
# TODO stands for a gauge that is not built yet: see the plan of the network
2024-05-01 mill 12.5
2024-05-01 ford 0.0

2024-05-02 mill 0.3
2024-05-02 ford 401.5
";

#[test]
fn every_line_is_counted_once() {
    let summary = Summary::read(LOG.as_bytes()).unwrap();
    let mut out = Vec::new();
    table::write(&summary, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 4, "a heading, two stations and the sum");
    for (row, name) in rows.iter().zip(["station", "ford", "mill", "all"]) {
        for (index, word) in row.split_whitespace().enumerate() {
            if index == 0 {
                if word != name {
                    panic!("{word} stands where {name} should");
                }
            } else if name == "all" {
                assert_eq!(word, "414.3");
            }
        }
    }
    assert!(rows[1].ends_with("(the gauge ran over)"));
    assert!(rows[2].ends_with("2024-05-01"));
    let stations: Vec<_> = summary
        .stations()
        .map(|(station, _)| station.as_str())
        .collect();
    assert_eq!(stations, ["ford", "mill"]);
    let mill = "mill".parse().expect("a name");
    assert_eq!(summary.total(&mill).unwrap().to_string(), "12.8");
    let ford = "ford".parse().expect("a name");
    assert_eq!(summary.total(&ford).unwrap().to_string(), "401.5");
    let nobody = "nobody".parse().expect("a name");
    assert_eq!(summary.total(&nobody), None);
}

#[test]
fn a_mistake_is_told_with_its_line() {
    let error = Summary::read("2024-05-01 mill 1.0\n2024-05-32 mill 1.0".as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "line 2: `2024-05-32` is not a date");
}

#[test]
#[ignore = "reads a log of 200 MB, which the network keeps on its own server"]
fn reads_the_log_of_a_century() {
    let path = std::env::var("RAINGAUGE_CENTURY").unwrap();
    let log = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    assert!(Summary::read(log).unwrap().stations().count() > 100);
}

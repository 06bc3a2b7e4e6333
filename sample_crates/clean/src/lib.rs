//! Adds up what a network of rain gauges has measured.
//!
//! A log has a line for each day and station: the date, the name of the station, and the depth of
//! rain in millimetres.
//!
//! ```
//! use raingauge::Summary;
//!
//! let log = "2024-05-01 mill 12.5\n2024-05-02 mill 0.3\n";
//! let summary = Summary::read(log.as_bytes()).unwrap();
//!
//! let mill = &"mill".parse().unwrap();
//! assert_eq!(summary.total(mill).unwrap().to_string(), "12.8");
//! ```

mod date;
mod depth;
mod error;
mod ffi;
mod reading;
mod station;
mod summary;
pub mod table;

#[cfg(test)]
mod helpers;

pub use date::*;
pub use depth::{Depth, Intensity};
pub use error::{Field, ParseError, ReadError};
pub use ffi::raingauge_is_plausible;
pub use reading::Reading;
pub use station::Station;
pub use summary::{Summary, Totals};

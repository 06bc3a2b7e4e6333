//! How the moon stands, and how high the water is in a harbour.

pub mod sky;
pub mod tide;

#[path = "units_of_measure.rs"]
mod units;

pub use units::{Days, Metres};

//! Books parcels through a depot: in, on to the scales, onto a shelf, and out again with a stamp.
//!
//! The lines that `rustgate check` reports are marked with the name of the rule.

#![allow(warnings)] //~ blanket-allow

pub mod countries;
pub mod depot;
pub mod generated;
pub mod label;
pub mod legacy;
pub mod parcel;
pub mod postage;
pub mod route;
pub mod scale;
pub mod shelf;

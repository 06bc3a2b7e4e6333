//! Measured by the office for shipping; the tool that writes this file belongs to them.

#![allow(warnings)]

use super::*;

/// The mouth of the Elbe.
pub const CUXHAVEN: [Harmonic; 3] = [
    Harmonic {
        amplitude: 3.2,
        hours: f64::INFINITY,
        lag: 0.0,
    },
    Harmonic {
        amplitude: 1.4,
        hours: 12.420_601_2,
        lag: 1.9,
    },
    Harmonic {
        amplitude: 0.4,
        hours: 12.0,
        lag: 3.1,
    },
];

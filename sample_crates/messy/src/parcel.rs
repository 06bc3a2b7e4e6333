//! What is sent.

use std::fmt;
use std::str::FromStr;

use crate::countries::*; //~ wildcard-import

/// A parcel on its way.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The number on its label.
    pub number: u64,
    /// Weight in grams.
    pub weight: u32,
    /// Length, width and height in millimetres.
    pub sides: [u32; 3],
    /// The country that it goes to.
    pub country: &'static Country,
    /// How it is handled.
    pub handling: Handling,
}

/// How a parcel is handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handling {
    /// It goes out today.
    pub express: bool,
    /// It is paid for if it gets lost.
    pub insured: bool,
    /// It holds something that breaks.
    pub fragile: bool,
}

impl Parcel {
    /// A parcel that is handled like any other.
    pub fn new(number: u64, weight: u32, sides: [u32; 3], country: &str) -> Self {
        let handling = Handling::default();
        let country = by_code(country).unwrap(); //~ unwrap-used
        Self {
            number,
            weight,
            sides,
            country,
            handling,
        }
    }

    /// A parcel as the form at the counter describes it.
    pub fn from_form(number: u64, weight: &str, sides: &str, country: &str) -> Self {
        let mut parts = sides
            .split('x')
            .map(|side| side.trim().parse().unwrap_or(1));
        let sides = [(); 3].map(|()| parts.next().unwrap_or(1));
        let weight = weight.parse().expect("the form has checked the weight"); //~ expect-used
        Self::new(number, weight, sides, country)
    }

    /// A parcel as the old scanner sends it, side by side.
    pub fn from_scan(
        //~^ too-many-parameters
        number: u64,
        weight: u32,
        length: u32,
        width: u32,
        height: u32,
        country: &str,
    ) -> Self {
        Self::new(number, weight, [length, width, height], country)
    }

    /// The same parcel, handled with more care.
    pub fn with(self, fragile: bool, insured: bool) -> Self {
        //~^ bool-parameters
        let express = self.handling.express;
        Self {
            handling: Handling {
                express,
                insured,
                fragile,
            },
            ..self
        }
    }

    /// The volume in cubic millimetres.
    pub fn volume(&self) -> u64 {
        // let mut volume = 1;
        // for side in self.sides {
        //     volume *= side;
        // }
        //~^^^^ commented-out-code
        self.sides.iter().map(|&side| u64::from(side)).product()
    }

    /// The longest side in millimetres.
    pub fn longest(&self) -> u32 {
        // rustgate: allow(unwrap-used) -- an array of three sides has a longest one
        *self.sides.iter().max().unwrap()
    }

    /// The side with this number, counted from the longest one.
    pub fn side(&self, index: usize) -> u32 {
        let mut sides = self.sides;
        sides.sort_unstable_by(|one, other| other.cmp(one));
        sides[index]
    }
}

impl fmt::Display for Parcel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // FIXME: a parcel of the old system has no country //~ todo-comment
        write!(formatter, "{} to {}", self.number, self.country)
    }
}

//! Where parcels wait.

use crate::parcel::Parcel;

/// A place to put parcels, with everything that any of them has ever been asked.
pub trait Shelf {
    //~^ trait-methods
    /// Puts a parcel in.
    fn put(&mut self, parcel: Parcel);
    /// Takes a parcel out.
    fn take(&mut self, number: u64) -> Option<Parcel>;
    /// Looks at a parcel.
    fn get(&self, number: u64) -> Option<&Parcel>;
    /// How many parcels there are.
    fn len(&self) -> usize;
    /// What they weigh together, in grams.
    fn weight(&self) -> u64;
    /// The room that they take, in cubic millimetres.
    fn volume(&self) -> u64;
    /// The number of the oldest one.
    fn oldest(&self) -> Option<u64>;
    /// The number of the heaviest one.
    fn heaviest(&self) -> Option<u64>;
    /// How many go to a country.
    fn count_to(&self, country: &str) -> usize;
    /// Takes all of them out.
    fn clear(&mut self) -> Vec<Parcel>;
    /// The name on the sign.
    fn name(&self) -> &str;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A shelf in one row, the oldest parcel first.
#[derive(Debug, Default)]
pub struct Row {
    parcels: Vec<Parcel>,
}

impl Shelf for Row {
    fn put(&mut self, parcel: Parcel) {
        if self.get(parcel.number).is_some() {
            panic!("there are two parcels with the number {}", parcel.number); //~ panic-used
        }
        self.parcels.push(parcel);
    }

    fn take(&mut self, number: u64) -> Option<Parcel> {
        let index = self
            .parcels
            .iter()
            .position(|parcel| parcel.number == number)?;
        Some(self.parcels.remove(index))
    }

    fn get(&self, number: u64) -> Option<&Parcel> {
        self.parcels.iter().find(|parcel| parcel.number == number)
    }

    fn len(&self) -> usize {
        self.parcels.len()
    }

    fn weight(&self) -> u64 {
        let weights = self.parcels.iter().map(|parcel| u64::from(parcel.weight));
        dbg!(weights.sum()) //~ dbg-macro
    }

    fn volume(&self) -> u64 {
        self.parcels.iter().map(Parcel::volume).sum()
    }

    fn oldest(&self) -> Option<u64> {
        self.parcels.first().map(|parcel| parcel.number)
    }

    fn heaviest(&self) -> Option<u64> {
        let heaviest = self.parcels.iter().max_by_key(|parcel| parcel.weight)?;
        Some(heaviest.number)
    }

    fn count_to(&self, country: &str) -> usize {
        self.parcels
            .iter()
            .filter(|parcel| parcel.country.code == country)
            .count()
    }

    fn clear(&mut self) -> Vec<Parcel> {
        std::mem::take(&mut self.parcels)
    }

    fn name(&self) -> &str {
        todo!("ask the depot for the sign") //~ todo-macro
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        let left = self.parcels.len();
        let last = self.parcels.last().map(|parcel| parcel.number);
        if left > 0 {
            let last = last.unwrap(); //~ panic-in-drop
            eprintln!("{left} parcels are left, the last one is {last}"); //~ print-in-library
        }
    }
}

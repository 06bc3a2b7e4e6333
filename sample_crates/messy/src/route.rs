//! Which van takes which parcel.

use crate::parcel::Parcel;

/// A van, its load in grams and what it may carry.
#[derive(Debug, Default)]
pub struct Van {
    /// What is in it.
    pub parcels: Vec<Parcel>,
    /// What it may carry.
    pub limit: u32,
    /// The countries that it serves.
    pub countries: Vec<String>,
}

impl Van {
    fn load(&self) -> u32 {
        self.parcels.iter().map(|parcel| parcel.weight).sum()
    }

    fn serves(&self, parcel: &Parcel) -> bool {
        self.countries
            .iter()
            .any(|code| code == parcel.country.code)
    }
}

/// Puts each parcel into the first van that has room; what is left over is returned.
#[allow(clippy::needless_pass_by_value)] //~ allow-without-reason
pub fn distribute(parcels: Vec<Parcel>, vans: &mut [Van]) -> Vec<Parcel> {
    let mut left = Vec::new();
    'parcels: for parcel in parcels {
        for van in vans.iter_mut() {
            if van.serves(&parcel) {
                if van.load() + parcel.weight <= van.limit {
                    //~^ nesting-depth
                    van.parcels.push(parcel);
                    continue 'parcels;
                }
            }
        }
        left.push(parcel);
    }
    left
}

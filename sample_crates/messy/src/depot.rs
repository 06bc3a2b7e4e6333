//! The depot as a whole.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::countries::Zone;
use crate::parcel::Parcel;
use crate::postage;
use crate::shelf::{Row, Shelf};

/// A depot with a shelf for each zone.
#[derive(Debug, Default)]
pub struct Depot {
    home: Row,
    europe: Row,
    world: Row,
    events: Mutex<Vec<String>>,
    customers: BTreeMap<u64, String>,
}

impl Depot {
    //~^ impl-length
    /// An empty depot.
    pub fn new() -> Self {
        Self::default()
    }

    /// The shelf of a zone.
    pub fn shelf(&self, zone: Zone) -> &dyn Shelf {
        match zone {
            Zone::Home => &self.home,
            Zone::Europe => &self.europe,
            Zone::World => &self.world,
        }
    }

    fn shelf_mut(&mut self, zone: Zone) -> &mut dyn Shelf {
        match zone {
            Zone::Home => &mut self.home,
            Zone::Europe => &mut self.europe,
            Zone::World => &mut self.world,
        }
    }

    /// Takes a parcel in.
    pub fn book(&mut self, parcel: Parcel, customer: &str) {
        self.log(format!("in {}", parcel.number));
        self.customers.insert(parcel.number, customer.to_owned());
        let zone = parcel.country.zone;
        self.shelf_mut(zone).put(parcel);
    }

    /// Hands a parcel out.
    pub fn release(&mut self, number: u64) -> Option<Parcel> {
        let zones = [Zone::Home, Zone::Europe, Zone::World];
        for zone in zones {
            if let Some(parcel) = self.shelf_mut(zone).take(number) {
                self.log(format!("out {number}"));
                self.customers.remove(&number);
                return Some(parcel);
            }
        }
        self.log(format!("missing {number}"));
        None
    }

    /// Looks at a parcel.
    pub fn find(&self, number: u64) -> Option<&Parcel> {
        let found = self.home.get(number).or_else(|| self.europe.get(number));
        found.or_else(|| self.world.get(number))
    }

    /// Who has brought a parcel.
    pub fn customer(&self, number: u64) -> Option<&str> {
        self.customers.get(&number).map(String::as_str)
    }

    /// How many parcels there are.
    pub fn len(&self) -> usize {
        self.home.len() + self.europe.len() + self.world.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What all the parcels weigh, in grams.
    pub fn weight(&self) -> u64 {
        self.home.weight() + self.europe.weight() + self.world.weight()
    }

    /// What a parcel costs, in cents.
    pub fn price(&self, number: u64) -> Option<u32> {
        let parcel = self.find(number)?;
        Some(postage::price(parcel, false))
    }

    /// What a customer has to pay, in cents.
    pub fn bill(&self, customer: &str) -> u32 {
        let own = self.customers.iter().filter(|(_, name)| *name == customer);
        let parcels: Vec<Parcel> = own
            .filter_map(|(number, _)| self.find(*number))
            .cloned()
            .collect();
        postage::bill(&parcels, Some(customer))
    }

    /// What has happened so far.
    pub fn events(&self) -> Vec<String> {
        self.events.lock().unwrap().clone() //~ unwrap-used
    }

    fn log(&self, event: String) {
        // HACK the van drivers read the log from the printer //~ todo-comment
        println!("{event}"); //~ print-in-library
        self.events.lock().unwrap().push(event); //~ unwrap-used
    }

    /// Sends everything on, and tells what is gone.
    pub fn close(&mut self) -> Vec<u64> {
        let mut gone = Vec::new();
        for zone in [Zone::Home, Zone::Europe, Zone::World] {
            let parcels = self.shelf_mut(zone).clear();
            gone.extend(parcels.iter().map(|parcel| parcel.number));
        }
        gone
    }
}

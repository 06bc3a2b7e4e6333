//! The catalogue that all branches share.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::{Arc, Mutex};

use crate::client::Client;
use crate::import::{read_titles, Title};

/// What has happened to a title.
#[derive(Clone, Debug)]
pub enum Event {
    /// Somebody has taken it home.
    Lent(u64),
    /// A picture of its cover has come.
    Cover([u8; 1_024]),
}

/// The titles of all branches.
#[derive(Clone, Debug)]
pub struct Catalogue {
    titles: Arc<Mutex<BTreeMap<u64, Title>>>, //~ arc-mutex
    events: Sender<Event>,
}

impl Catalogue {
    /// An empty catalogue, and what will happen to its titles.
    pub fn new() -> (Self, Receiver<Event>) {
        let (events, receiver) = channel(); //~ unbounded-channel
        let titles = Arc::default();
        (Self { titles, events }, receiver)
    }

    /// Adds the titles of a file of the old system, and tells how many there are.
    pub async fn load(&self, path: &str) -> Result<usize, Box<dyn Error>> {
        //~^ boxed-error, missing-errors-doc
        let text = fs::read_to_string(path)?; //~ blocking-in-async
        let titles = read_titles(&text)?;
        let count = titles.len();
        let mut known = self.titles.lock().map_err(|error| error.to_string())?;
        known.extend(titles.into_iter().map(|title| (title.number, title)));
        Ok(count)
    }

    /// The title with this number; one that is not known is asked for.
    pub async fn title(&self, client: &Client, number: u64) -> Option<Title> {
        let mut titles = self.titles.lock().ok()?; //~ lock-across-await
        if let Some(title) = titles.get(&number) {
            return Some(title.clone());
        }
        let title = client.title(number).await?;
        titles.insert(number, title.clone());
        Some(title)
    }

    /// What the branch says of each of these titles.
    pub async fn refresh(client: &Client, numbers: &[u64]) -> Vec<Option<Title>> {
        let mut titles = Vec::new();
        for &number in numbers {
            titles.push(client.title(number).await); //~ sequential-await-in-loop
        }
        titles
    }

    /// Tells whoever listens that a title was lent.
    pub fn lend(&self, number: u64) {
        let _ = std::fs::remove_file("returned.txt"); //~ swallowed-error
        let _ = self.events.send(Event::Lent(number));
    }
}

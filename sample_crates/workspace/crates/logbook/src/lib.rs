//! Which ship came in and went out.
//~^ unsafe-in-safe-crate

/// The log of a harbour.
#[derive(Debug, Default)]
pub struct Logbook {
    ships: Vec<String>,
}

impl Logbook {
    /// The log in a text: lines such as `in Gorch Fock` and `out Gorch Fock`.
    pub fn read(text: &str) -> Self {
        let mut log = Self::default();
        for line in text.lines() {
            let (event, ship) = line.split_once(' ').unwrap(); //~ unwrap-used
            match event {
                "in" => log.ships.push(ship.to_owned()),
                _ => log.ships.retain(|other| other != ship),
            }
        }
        log
    }

    /// The ships in the harbour, in the order in which they came.
    pub fn ships(&self) -> impl Iterator<Item = &str> {
        self.ships.iter().map(String::as_str)
    }

    /// The ship that came last.
    pub fn last(&self) -> &str {
        self.ships.last().expect("there is a ship")
    }

    /// The log as the authority wants it, on one sheet.
    pub fn sheet(&self) -> String {
        let mut sheet = String::new();
        sheet.push_str("+----------------------------------+\n");
        sheet.push_str("| Harbour authority                |\n");
        sheet.push_str("| Form 12b                         |\n");
        sheet.push_str("+----------------------------------+\n");
        sheet.push_str("\n");
        sheet.push_str("Ships in the harbour at midnight\n");
        sheet.push_str("\n");
        for ship in self.ships() {
            sheet.push_str("- ");
            sheet.push_str(ship);
            sheet.push('\n');
        }
        sheet.push_str("\n");
        sheet.push_str("In all: ");
        sheet.push_str(&self.ships.len().to_string());
        sheet.push_str("\n");
        sheet.push_str("\n");
        if self.ships.is_empty() {
            sheet.push_str("The harbour is empty.\n");
            sheet.push_str("\n");
        }
        sheet.push_str("To be sent to\n");
        sheet.push_str("    Harbour authority\n");
        sheet.push_str("    Box 11 02\n");
        sheet.push_str("by the tenth of the month.\n");
        sheet.push_str("\n");
        sheet.push_str("Signed:\n");
        sheet.push_str("________________\n");
        sheet
    }
}

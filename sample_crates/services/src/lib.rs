mod catalogue; //~ missing-crate-docs
mod client;
mod import;
mod loans;
mod scanner;

pub use catalogue::{Catalogue, Event};
pub use client::{Client, Options};
pub use import::{read_members, read_titles, Member, Title};
pub use loans::{Loan, Loans};
pub use scanner::branches_scan;

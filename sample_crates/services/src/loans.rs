//! Who has what, as the database of the branch keeps it.

use crate::import::Member;

/// A title that somebody has at home.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Loan {
    /// The branch that it was taken from.
    pub branch: String,
    /// The number of the title.
    pub title: u64,
}

/// The loans of one branch.
#[derive(Clone, Debug)]
pub struct Loans {
    branch: String,
}

impl Loans {
    /// The loans of the branch with this name.
    pub fn of(branch: &str) -> Self {
        let branch = branch.to_owned();
        Self { branch }
    }

    /// The statement that finds what a member has at home.
    pub fn query(&self, member: &Member) -> String {
        format!("SELECT title FROM loans WHERE name = '{}'", member.name) //~ sql-format
    }

    /// The rows that the database answers with, from the lowest number of a title on.
    pub fn read(&self, rows: &[u64]) -> Vec<Loan> {
        let mut loans = Vec::new();
        for title in sorted(Box::new(rows.iter().copied())) {
            loans.push(Loan {
                branch: self.branch.clone(),
                title,
            });
        }
        loans
    }

    /// How many of some loans are of this branch.
    pub fn count(&self, loans: &[Loan]) -> usize {
        let own = loans.iter().filter(|loan| loan.branch == self.branch);
        own.collect::<Vec<_>>().len()
    }
}

fn sorted(titles: Box<dyn Iterator<Item = u64> + '_>) -> Vec<u64> {
    let mut titles: Vec<u64> = titles.collect();
    titles.sort_unstable();
    titles
}

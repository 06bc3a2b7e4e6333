//! A day at the desk.

use std::ffi::CString;

use branches::{branches_scan, read_members, read_titles, Catalogue, Event, Loans};

#[test]
fn what_was_scanned_can_be_lent() {
    let text = CString::new("B-0017").unwrap();
    // SAFETY: a `CString` ends with a zero.
    let number = unsafe { branches_scan(text.as_ptr()) };
    let (catalogue, events) = Catalogue::new();
    catalogue.lend(number);
    assert!(matches!(events.recv(), Ok(Event::Lent(17))));
}

#[test]
fn a_branch_counts_its_own_loans() {
    let loans = Loans::of("harbour").read(&[17, 3]);
    assert_eq!(Loans::of("harbour").count(&loans), 2);
    assert_eq!(Loans::of("hill").count(&loans), 0);
}

#[test]
fn a_line_has_a_number_and_a_name() {
    assert_eq!(read_titles("17; Moby-Dick").unwrap()[0].name, "Moby-Dick");
    assert_eq!(read_members("# none").unwrap(), []);
    assert!(read_members("Ishmael").is_err());
}

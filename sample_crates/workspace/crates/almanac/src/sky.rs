//! What can be seen above.

pub mod moon;

#[cfg(test)]
mod fixtures;

pub use moon::Phase;

#[cfg(test)]
mod tests {
    use super::fixtures::full_moons;
    use super::Phase;

    #[test]
    fn a_full_moon_is_full() {
        for days in full_moons() {
            assert_eq!(Phase::at(days), Phase::Full, "{days:?}");
        }
    }
}

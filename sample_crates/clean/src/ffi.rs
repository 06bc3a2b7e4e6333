//! What the loggers, which are written in C, call.

use crate::date::Date;
use crate::depth::Depth;

/// Whether a reading can be right: the calendar has the day, and the gauge can hold that much.
///
/// `most` is what the gauge of the station holds, in tenths of a millimetre like `tenths`; 0 stands
/// for the largest gauge there is.
#[no_mangle]
pub extern "C" fn raingauge_is_plausible(
    year: u16,
    month: u8,
    day: u8,
    tenths: u32,
    most: u32,
) -> bool {
    let most = if most == 0 {
        Depth::OVERFLOW
    } else {
        Depth::from_tenths(most)
    };
    Date::new(year, month, day).is_some() && Depth::from_tenths(tenths) <= most
}

#[cfg(test)]
mod tests {
    use super::raingauge_is_plausible;

    #[test]
    fn a_gauge_holds_only_so_much() {
        assert!(raingauge_is_plausible(2024, 2, 29, 4_000, 0));
        assert!(!raingauge_is_plausible(2024, 2, 29, 4_000, 2_000));
        assert!(!raingauge_is_plausible(2023, 2, 29, 0, 0));
    }
}

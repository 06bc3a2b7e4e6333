//! What the scanners at the counters, which are written in C, call.

use std::ffi::CStr;
use std::os::raw::c_char;

const SHORTEST: usize = 4;

/// The number in what was scanned, such as `B-0017`; 0 when it is too short to hold one.
///
/// # Safety
///
/// `text` must point to a text that ends with a zero.
#[no_mangle]
pub unsafe extern "C" fn branches_scan(text: *const c_char) -> u64 {
    //~^ ffi-panic-boundary
    // SAFETY: the caller promises that the text ends with a zero.
    let text = unsafe { CStr::from_ptr(text) }.to_bytes();
    if text.len() < SHORTEST {
        return 0;
    }
    // SAFETY: the length has just been checked.
    let digits = text.split_at(2).1; //~ unnecessary-safety-comment
    let digits = std::str::from_utf8(digits).unwrap(); //~ unwrap-used
    digits.parse().unwrap_or(0)
}

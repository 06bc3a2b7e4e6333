//! What the maker of the scales has left us, ported line by line.

/// One sample.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Sample {
    /// Weight in grams.
    pub grams: u32,
    /// How far it may be off, as a share of the weight.
    pub drift: f32,
}

static mut SAMPLES_READ: u64 = 0; //~ static-mut

/// Reads a sample from the memory of the scale, wherever that is.
pub unsafe fn read_raw(sample: *const Sample) -> Sample {
    //~^ missing-safety-doc
    // SAFETY: the scales are read by one thread only.
    unsafe { SAMPLES_READ += 1 };
    // SAFETY: the caller promises that there is a sample.
    unsafe { *sample }
}

/// What the largest scale carries, in grams; called by the maker's display.
#[no_mangle]
pub extern "C" fn depot_scale_limit(
    model: u32,
    year: u32,
    country: u32,
    verbose: bool,
    quiet: bool,
    spare: u32,
) -> u32 {
    let limit = if model == 7 { 60_000 } else { 31_500 };
    if verbose && !quiet {
        println!("scale {model} of {year}: {limit} g"); //~ print-in-library
    }
    limit + country.min(spare)
}

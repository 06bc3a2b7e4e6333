//! The scales, and the driver that came with them.

mod driver;

pub use driver::{depot_scale_limit, read_raw, Sample};

/// A scale at the counter.
pub struct Scale {
    samples: *const Sample,
    count: usize,
}

unsafe impl Send for Scale {} //~ undocumented-unsafe

// SAFETY: nothing writes to the samples once the scale has been made.
unsafe impl Sync for Scale {}

impl Scale {
    /// A scale that reads from a table that lives as long as the program.
    pub fn new(samples: &'static [Sample]) -> Self {
        Self {
            samples: samples.as_ptr(),
            count: samples.len(),
        }
    }

    /// The weight in grams, the mean of what was sampled.
    pub fn weight(&self) -> u32 {
        let mut sum = 0;
        for index in 0..self.count {
            // SAFETY: `index` is below the length of the table that `samples` points to.
            let sample = unsafe { &*self.samples.add(index) };
            sum += sample.grams;
        }
        sum / self.count.max(1) as u32
    }

    /// The latest sample.
    pub fn latest(&self) -> Option<Sample> {
        let last = self.count.checked_sub(1)?;
        Some(unsafe { read_raw(self.samples.add(last)) }) //~ undocumented-unsafe
    }

    /// How far the latest sample is off, as the display wants it.
    pub fn drift(&self) -> Option<u32> {
        let drift = self.latest()?.drift;
        // SAFETY: any pattern of bits is a whole number.
        Some(unsafe { std::mem::transmute::<f32, u32>(drift) })
    }
}

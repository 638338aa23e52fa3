//! JSON: whatever the bytes are, there is a recording or a refusal.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use sports_log::recordings::{self, Format};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !matches!(
        Format::of(bytes),
        Some(Format::Polar | Format::GoogleFit | Format::Fitbit | Format::HealthAutoExport)
    ) {
        return Corpus::Reject;
    }
    let _ = recordings::read(bytes);
    Corpus::Keep
});

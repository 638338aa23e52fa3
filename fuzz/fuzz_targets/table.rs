//! Tables: any input yields a recording or an error.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use sports_log::recordings::{self, Format};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !matches!(Format::of(bytes), Some(Format::Activities | Format::Sets)) {
        return Corpus::Reject;
    }
    let _ = recordings::read(bytes);
    Corpus::Keep
});

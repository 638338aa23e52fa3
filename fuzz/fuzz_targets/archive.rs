//! Archives: any input yields a recording or an error, and uses little memory.
#![no_main]

use std::{panic, sync::Once};

use libfuzzer_sys::fuzz_target;
use sports_log::imports::single;

fuzz_target!(|bytes: &[u8]| {
    // For the same reason as in the FIT target: an archive may contain FIT files.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| panic::set_hook(Box::new(|_| {})));
    let _ = single::read("fuzz", bytes);
});

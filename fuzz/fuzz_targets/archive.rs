//! Archives: whatever the bytes are, there is a recording or a refusal, and little memory is used.
#![no_main]

use std::{panic, sync::Once};

use libfuzzer_sys::fuzz_target;
use sports_log::imports::single;

fuzz_target!(|bytes: &[u8]| {
    // As with FIT, of which there may be some in it.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| panic::set_hook(Box::new(|_| {})));
    let _ = single::read("fuzz", bytes.to_vec());
});

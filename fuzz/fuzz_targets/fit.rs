//! FIT: any input yields a recording or an error.
#![no_main]

use std::{panic, sync::Once};

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use sports_log::recordings::{self, Format};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if Format::of(bytes) != Some(Format::Fit) {
        return Corpus::Reject;
    }
    // Replaces libFuzzer's hook, which would also abort on a panic that is caught. An uncaught
    // panic still ends the run.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| panic::set_hook(Box::new(|_| {})));
    let _ = recordings::read(bytes);
    Corpus::Keep
});

// Parsers stop at a wrong checksum, and random mutations never produce a right one.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, _seed: u32| {
    let size = fuzzer_mutate(data, size, max_size);
    if let Some((head, body)) = data[..size].split_at_mut_checked(14)
        && let Some((records, checksum)) = body.split_last_chunk_mut::<2>()
    {
        let length = u32::try_from(records.len()).unwrap_or_default();
        head[0] = 14;
        head[4..8].copy_from_slice(&length.to_le_bytes());
        head[8..12].copy_from_slice(b".FIT");
        let of_head = crc(&head[..12]).to_le_bytes();
        head[12..14].copy_from_slice(&of_head);
        *checksum = crc(records).to_le_bytes();
    }
    size
});

/// CRC-16/ARC, the checksum of the FIT SDK.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(
            crc ^ u16::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xa001 } else { crc >> 1 },
        )
    })
}

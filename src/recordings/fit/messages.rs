//! Reads the messages of a file in order. Of a damaged file, reads the intact messages.

use super::{
    definition::Definition,
    developer::Developers,
    frame::{Fault, Part, is_padding},
    message::{Message, TIMESTAMP, describe},
    profile,
};
use crate::recordings::{Refusal, refusal::go_on};

/// FIT protocol, "Record Header".
const IS_COMPRESSED: u8 = 0x80;
const IS_DEFINITION: u8 = 0x40;
const LOCAL_NUMBERS: usize = 16;

/// Maximum time between messages of a damaged file, in seconds. No device is silent for longer.
const MAX_STEP_SECS: u32 = 24 * 3600;
/// Smaller timestamps count from power-on, until the clock is set.
pub const FIRST_ABSOLUTE: u32 = 0x1000_0000;
/// Number of consecutive valid messages required to resume after damage.
const MIN_RUN: usize = 4;

/// What could not be read of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Number of unreadable bytes within the file.
    pub lost: usize,
    /// Whether the last message is incomplete.
    pub is_cut_off: bool,
}

#[derive(Default)]
struct Reader {
    definitions: [Option<Definition>; LOCAL_NUMBERS],
    developers: Developers,
    /// The last timestamp, to which compressed timestamps are relative.
    seconds: Option<u32>,
    /// The next timestamp of a damaged file must be near this one.
    near: Option<u32>,
    /// Whether the file may contain arbitrary bytes.
    is_damaged: bool,
}

/// What was found at a position of a file.
enum Found {
    Definition(usize, Definition, usize),
    /// Local number, start and end of the fields, and timestamp.
    Data(usize, usize, usize, Option<u32>),
    /// The file ends too early.
    CutOff,
    Nothing,
}

/// Passes each message to `take`.
pub fn read(
    part: &Part<'_>,
    mut take: impl FnMut(&Message<'_>) -> Result<(), Refusal>,
) -> Result<Reading, Refusal> {
    let is_damaged = part.fault.is_some();
    let mut reader = Reader { is_damaged, ..Reader::default() };
    let (mut at, mut reading) = (0, Reading::default());
    while let Some(rest) = part.body.get(at..).filter(|rest| !rest.is_empty()) {
        go_on()?;
        match reader.find(rest) {
            Found::Definition(local, definition, length) => {
                if let Some(slot) = reader.definitions.get_mut(local) {
                    *slot = Some(definition);
                }
                at += length;
            }
            Found::Data(local, start, end, seconds) => {
                reader.pass(seconds);
                let definition = reader.definitions.get(local).and_then(Option::as_ref);
                let fields = definition.zip(rest.get(start..end));
                if let Some((definition, bytes)) = fields {
                    let developers = &reader.developers;
                    let message = Message { definition, bytes, seconds, developers };
                    if message.kind() == profile::FIELD_DESCRIPTION {
                        let described = describe(&message);
                        reader.developers.extend(described);
                    } else {
                        take(&message)?;
                    }
                }
                at += end;
            }
            found => {
                let Some(skipped) = reader.next_sound(rest)? else {
                    let may_be_checksum = part.fault.is_some_and(|fault| fault != Fault::CutOff);
                    if !(is_padding(rest) || may_be_checksum && rest.len() <= 2) {
                        reading.is_cut_off = matches!(found, Found::CutOff);
                        reading.lost += if reading.is_cut_off { 0 } else { rest.len() };
                    }
                    break;
                };
                reading.lost += skipped;
                at += skipped;
            }
        }
    }
    Ok(reading)
}

impl Reader {
    fn find(&self, rest: &[u8]) -> Found {
        let Some(head) = rest.first().copied() else { return Found::CutOff };
        if head & (IS_COMPRESSED | IS_DEFINITION) == IS_DEFINITION {
            return match Definition::read(rest) {
                Some((definition, _)) if self.is_damaged && !definition.is_likely(rest) => {
                    Found::Nothing
                }
                Some((definition, length)) => {
                    Found::Definition(usize::from(head & 0x0f), definition, length)
                }
                None => Found::CutOff,
            };
        }
        let is_compressed = head & IS_COMPRESSED != 0;
        let local = usize::from(if is_compressed { head >> 5 & 0x03 } else { head & 0x0f });
        let definition = self.definitions.get(local).and_then(Option::as_ref);
        let Some(definition) = definition else { return Found::Nothing };
        let end = 1 + definition.length;
        let Some(bytes) = rest.get(1..end) else { return Found::CutOff };
        let developers = &self.developers;
        let message = Message { definition, bytes, seconds: None, developers };
        let seconds = match is_compressed {
            true => self.seconds.map(|last| after(last, u32::from(head & 0x1f))),
            false => message.raw(TIMESTAMP).map(|seconds| seconds as u32),
        };
        if self.is_damaged && (message.is_blank() || !self.may_follow(seconds)) {
            return Found::Nothing;
        }
        Found::Data(local, 1, end, seconds)
    }

    /// Returns whether a message with this timestamp may be the next one.
    fn may_follow(&self, seconds: Option<u32>) -> bool {
        let (Some(last), Some(seconds)) = (self.near, seconds) else { return true };
        // A clock may be set during the recording.
        last < FIRST_ABSOLUTE || last.abs_diff(seconds) <= MAX_STEP_SECS
    }

    /// Returns how many bytes to skip until valid messages follow.
    fn next_sound(&mut self, rest: &[u8]) -> Result<Option<usize>, Refusal> {
        self.is_damaged = true;
        for skipped in 1..rest.len() {
            go_on()?;
            let rest = rest.get(skipped..).unwrap_or_default();
            if self.is_sound(rest) {
                return Ok(Some(skipped));
            }
        }
        Ok(None)
    }

    /// Returns whether messages begin here: a definition, or several messages of about the same
    /// time.
    fn is_sound(&mut self, rest: &[u8]) -> bool {
        let (seconds, near) = (self.seconds, self.near.take());
        let is_sound = self.follow(rest, near.is_some_and(|near| near < FIRST_ABSOLUTE));
        // The time of the previous message may have been wrong, so the next time is trusted.
        (self.seconds, self.near) = (seconds, if is_sound { None } else { near });
        is_sound
    }

    fn follow(&mut self, mut rest: &[u8], may_be_relative: bool) -> bool {
        let (mut messages, mut times) = (0, 0);
        while messages < 4 * MIN_RUN {
            let is_enough = messages >= MIN_RUN || rest.is_empty();
            if times > 1 && is_enough {
                return true;
            }
            // Any byte may look like a compressed header with five bits of a timestamp.
            let is_compressed = rest.first().is_some_and(|head| head & IS_COMPRESSED != 0);
            match self.find(rest) {
                Found::Definition(..) => return true,
                Found::Data(_, _, end, seconds) => {
                    if seconds.is_some_and(|it| it < FIRST_ABSOLUTE) && !may_be_relative {
                        return false;
                    }
                    messages += 1;
                    times += usize::from(seconds.is_some() && !is_compressed);
                    self.pass(seconds);
                    rest = rest.get(end..).unwrap_or_default();
                }
                _ => return false,
            }
        }
        false
    }

    fn pass(&mut self, seconds: Option<u32>) {
        self.seconds = seconds.or(self.seconds);
        self.near = seconds.or(self.near);
    }
}

/// Returns the next time whose last five bits are `bits`.
fn after(last: u32, bits: u32) -> u32 {
    last.wrapping_add(bits.wrapping_sub(last) & 0x1f)
}

//! FIT (Garmin's Flexible and Interoperable Data Transfer, <https://developer.garmin.com/fit/>), message
//! by message, so that a file takes little more memory than what is kept of it.

mod collector;
mod message;
mod oddities;
mod sessions;

use std::panic::{AssertUnwindSafe, catch_unwind};

use fitparser::{
    ErrorKind,
    de::{DecodeOption, FitDataMessage, FitObject, FitStreamProcessor},
    profile::MesgNum,
};

use self::{collector::Collector, oddities::Oddities};
use super::{Reason, Recording, Refusal, refusal::go_on};

/// The sessions of an activity file; of a chain of files, those of all.
pub fn read(bytes: &[u8]) -> Result<Recording, Refusal> {
    // The parser takes lengths from the file on trust here and there.
    catch_unwind(AssertUnwindSafe(|| read_messages(bytes)))
        .unwrap_or_else(|_| Err(Refusal::malformed("its lengths contradict each other")))
}

fn read_messages(mut bytes: &[u8]) -> Result<Recording, Refusal> {
    let mut processor = FitStreamProcessor::new();
    processor.add_option(DecodeOption::DropUnknownFields);
    let (mut collector, mut oddities) = (Collector::default(), Oddities::default());
    while !bytes.is_empty() {
        go_on()?;
        let (rest, object) = processor.deserialize_next(bytes).map_err(|error| refusal(*error))?;
        let record = bytes.get(..bytes.len() - rest.len()).unwrap_or_default();
        match object {
            FitObject::Header(header) => {
                let length = usize::from(header.header_size()) + header.data_size() as usize;
                if length > bytes.len() {
                    return Err(truncated());
                }
            }
            FitObject::Crc(_) => processor.reset(),
            FitObject::DataMessage(message) => {
                oddities.look(record)?;
                if says_something(&message) {
                    let record = processor.decode_message(message);
                    collector.take(&record.map_err(|error| refusal(*error))?)?;
                }
            }
            FitObject::DefinitionMessage(_) => oddities.look(record)?,
        }
        bytes = rest;
    }
    collector.finish()
}

/// FIT SDK, "Common Fields": the number of a message's timestamp.
const TIMESTAMP: u8 = 253;

/// Whether a message says something that is kept, or that others are read by: the time, and what
/// fields of other developers mean. To decode one takes as long as to read a hundred.
fn says_something(message: &FitDataMessage) -> bool {
    let kind = MesgNum::from(message.global_message_number());
    let (fields, developers) = (message.fields(), message.developer_fields());
    let has_time = message.time_offset().is_some() || fields.contains_key(&TIMESTAMP);
    let is_taken = Collector::takes(kind) || kind == MesgNum::FieldDescription;
    has_time || is_taken && !(fields.is_empty() && developers.is_empty())
}

fn truncated() -> Refusal {
    Refusal::new(Reason::Truncated, "it ends before it should: copy it once more from the device")
}

fn refusal(kind: ErrorKind) -> Refusal {
    match kind {
        ErrorKind::InvalidCrc(_) => Refusal::new(
            Reason::BadChecksum,
            "its checksum is not that of its content: it was damaged",
        ),
        ErrorKind::UnexpectedEof(_) => truncated(),
        other => Refusal::malformed(other),
    }
}

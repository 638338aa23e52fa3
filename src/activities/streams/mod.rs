//! Streams: the points of an activity's track, and the sensor values at each point.

mod geojson;
mod handlers;
mod reading;
mod store;
mod text;
mod types;

pub use handlers::*;
pub use reading::{Reading, Values};
pub use store::{PackedStreams, count_of, delete, find, own, put};
pub use text::{Form, StreamsText};

//! Packs streams. Each value is computed when it is packed, so that long series take no memory.

use std::io::{self, BufWriter, Write};

use chrono::{DateTime, Utc};
use flate2::{Compression, write::DeflateEncoder};
use serde::{Serialize, Serializer};

use super::{Series, Streams};
use crate::{
    error::{ApiError, ApiResult},
    priority::yield_if_due,
};

/// Bytes deflated at a time, which takes about a tenth of a millisecond.
const PIECE_BYTES: usize = 4096;

/// Series to be packed, all of the same length.
pub struct Packable<'a, V> {
    pub started_at: DateTime<Utc>,
    /// Only series that contain a value.
    pub series: Vec<(Series, V)>,
    pub breaks: &'a [usize],
}

/// The data to deflate.
#[derive(Serialize)]
#[serde(bound = "V: Iterator<Item = Option<f64>> + Clone")]
struct Packing<'a, V> {
    started_at_millis: i64,
    series: Vec<(Series, Differences<'a, V>)>,
    breaks: &'a [usize],
}

impl Streams {
    /// Prepares the streams for packing.
    pub fn packable(&self) -> Packable<'_, impl Iterator<Item = Option<f64>> + Clone> {
        let series = self.series.iter();
        let series = series.map(|(series, values)| (*series, values.iter().copied())).collect();
        Packable { started_at: self.started_at, series, breaks: &self.breaks }
    }
}

/// The differences between successive values, in steps.
struct Differences<'a, V>(Series, &'a V);

impl<'a, V: Iterator<Item = Option<f64>> + Clone> Packable<'a, V> {
    /// Packs and deflates the series; `None` if there are none.
    pub fn pack(&self) -> ApiResult<Option<Vec<u8>>> {
        if self.series.is_empty() {
            return Ok(None);
        }
        let packing = Packing {
            started_at_millis: self.started_at.timestamp_millis(),
            series: self
                .series
                .iter()
                .map(|(series, values)| (*series, Differences(*series, values)))
                .collect(),
            breaks: self.breaks,
        };
        let encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        let writer = BufWriter::with_capacity(PIECE_BYTES, YieldingWriter(encoder));
        let writer = postcard::to_io(&packing, writer).map_err(ApiError::internal)?;
        let (YieldingWriter(encoder), _) = writer.into_parts();
        encoder.finish().map(Some).map_err(ApiError::internal)
    }

    /// The series that are `wanted`, with the lower precision that they will have when unpacked.
    pub fn rounded(&self, wanted: impl Fn(Series) -> bool) -> Streams {
        let series = self.series.iter().filter(|(series, _)| wanted(*series));
        let series = series.map(|(series, values)| {
            let round = |value: f64| series.whole(value) as f64 / series.steps();
            (*series, values.clone().map(|value| value.map(round)).collect())
        });
        Streams {
            started_at: self.started_at,
            series: series.collect(),
            breaks: self.breaks.to_vec(),
        }
    }

    /// The number of measured values in all series.
    pub fn filled(&self) -> i32 {
        let values = self.series.iter().flat_map(|(_, values)| values.clone()).flatten().count();
        i32::try_from(values).unwrap_or(i32::MAX)
    }
}

impl<V: Iterator<Item = Option<f64>> + Clone> Serialize for Differences<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(series, values) = self;
        let mut last = 0;
        serializer.collect_seq((*values).clone().map(|value| {
            value.map(|value| {
                let steps = series.whole(value);
                let difference = steps.saturating_sub(last);
                last = steps;
                difference
            })
        }))
    }
}

/// A writer that yields to requests before each piece.
struct YieldingWriter<W>(W);

impl<W: Write> Write for YieldingWriter<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        yield_if_due();
        self.0.write(piece)
    }

    /// Does nothing: a flush would add bytes. The encoder writes the rest when it is finished.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

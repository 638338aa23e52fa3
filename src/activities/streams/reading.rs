//! Reads stored streams value by value: unpacked in memory, they would take up to a hundred
//! times as much. [`Packable::pack`](crate::activities::series::Packable::pack) writes
//! them: postcard, deflated.

use std::{
    io::{self, BufReader, Cursor, ErrorKind, Read, Take},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use flate2::bufread::DeflateDecoder;

use crate::{
    activities::series::{
        Series, Streams,
        packed::{MAX_UNPACKED, Thinning},
    },
    error::{ApiError, ApiResult},
};

/// Bytes inflated at a time.
const BUFFER_BYTES: usize = 8 * 1024;

/// Stored streams of which only the outline is unpacked.
#[derive(Clone, Debug)]
pub struct Reading {
    data: Arc<[u8]>,
    pub started_at: DateTime<Utc>,
    /// All recorded series, in storage order.
    pub series: Vec<Series>,
    /// The number of values in each series.
    pub points: usize,
    pub breaks: Vec<usize>,
    thinning: Option<Thinning>,
}

impl Reading {
    /// For an activity without streams.
    fn empty(started_at: DateTime<Utc>) -> Self {
        let (data, series, breaks) = (Arc::from([]), Vec::new(), Vec::new());
        Self { data, started_at, series, points: 0, breaks, thinning: None }
    }

    /// From the result of [`find`](super::find). Errors as for [`Reading::of`].
    pub fn of_found((started_at, data): (DateTime<Utc>, Option<Vec<u8>>)) -> ApiResult<Self> {
        data.map_or_else(|| Ok(Self::empty(started_at)), Self::of)
    }

    /// Reads the outline. This inflates all of the data, which takes some tens of
    /// milliseconds at worst.
    pub fn of(data: Vec<u8>) -> ApiResult<Self> {
        Self::outline(data.into()).map_err(ApiError::internal)
    }

    fn outline(data: Arc<[u8]>) -> io::Result<Self> {
        let mut input = Input::new(&data);
        let millis = input.signed()?;
        let started_at = DateTime::from_timestamp_millis(millis).ok_or(ErrorKind::InvalidData)?;
        let (mut series, mut points) = (Vec::new(), 0);
        for _ in 0..input.number()? {
            series.push(input.series()?);
            points = input.number()?;
            input.skip(points)?;
        }
        let breaks = (0..input.number()?).map(|_| input.number()).collect::<io::Result<_>>()?;
        Ok(Self { data, started_at, series, points, breaks, thinning: None })
    }

    /// Thins the series to at most `points` evenly spread points, including the first and the last.
    pub fn thinned(self, points: usize) -> Self {
        let Some(thinning) = Thinning::to(points, self.points) else { return self };
        Self { points, breaks: thinning.breaks(&self.breaks), thinning: Some(thinning), ..self }
    }

    /// The values of a series; `None` if it was not recorded.
    pub fn values(&self, wanted: Series) -> ApiResult<Option<Values>> {
        if !self.series.contains(&wanted) {
            return Ok(None);
        }
        self.find(wanted).map(Some).map_err(ApiError::internal)
    }

    fn find(&self, wanted: Series) -> io::Result<Values> {
        let mut input = Input::new(&self.data);
        let _ = (input.signed()?, input.number()?);
        loop {
            let series = input.series()?;
            let length = input.number()?;
            if series == wanted {
                let (points, thinning) = (self.points, self.thinning);
                return Ok(Values { input, series, points, thinning, given: 0, read: 0, last: 0 });
            }
            input.skip(length)?;
        }
    }

    /// Unpacks some of the series into memory: sixteen bytes per value.
    pub fn unpacked(&self, wanted: &[Series]) -> ApiResult<Streams> {
        let mut series = Vec::new();
        for wanted in wanted {
            if let Some(values) = self.values(*wanted)? {
                series.push((*wanted, values.collect::<ApiResult<_>>()?));
            }
        }
        Ok(Streams { started_at: self.started_at, series, breaks: self.breaks.clone() })
    }
}

/// The values of one series.
pub struct Values {
    input: Input,
    series: Series,
    /// The number of values to return in total.
    points: usize,
    thinning: Option<Thinning>,
    given: usize,
    read: usize,
    last: i64,
}

impl Values {
    fn value(&mut self) -> io::Result<Option<f64>> {
        let at = self.thinning.map_or(self.given, |thinning| thinning.at(self.given));
        let mut difference = None;
        while self.read <= at {
            difference = self.input.value()?;
            self.last = self.last.saturating_add(difference.unwrap_or(0));
            self.read += 1;
        }
        self.given += 1;
        Ok(difference.map(|_| self.last as f64 / self.series.steps()))
    }
}

impl Iterator for Values {
    type Item = ApiResult<Option<f64>>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.given < self.points).then(|| self.value().map_err(ApiError::internal))
    }
}

/// Decodes values of postcard's wire format (<https://postcard.jamesmunns.com/wire-format>).
struct Input(BufReader<Take<Inflated>>);

type Inflated = DeflateDecoder<Cursor<Arc<[u8]>>>;

impl Input {
    fn new(data: &Arc<[u8]>) -> Self {
        let inflated = DeflateDecoder::new(Cursor::new(Arc::clone(data))).take(MAX_UNPACKED);
        Self(BufReader::with_capacity(BUFFER_BYTES, inflated))
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.0.read_exact(&mut byte)?;
        let [byte] = byte;
        Ok(byte)
    }

    fn unsigned(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(ErrorKind::InvalidData.into())
    }

    fn number(&mut self) -> io::Result<usize> {
        usize::try_from(self.unsigned()?).map_err(|_| ErrorKind::InvalidData.into())
    }

    fn signed(&mut self) -> io::Result<i64> {
        let zigzag = self.unsigned()?;
        Ok((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    fn series(&mut self) -> io::Result<Series> {
        let number = self.number()?;
        Series::ALL.get(number).copied().ok_or_else(|| ErrorKind::InvalidData.into())
    }

    fn value(&mut self) -> io::Result<Option<i64>> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.signed().map(Some),
            _ => Err(ErrorKind::InvalidData.into()),
        }
    }

    fn skip(&mut self, values: usize) -> io::Result<()> {
        (0..values).try_for_each(|_| self.value().map(drop))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_reads_what_is_unpacked(
            rows in prop::collection::vec(
                (prop::option::of(-1e9..1e9), prop::option::of(-180.0..180.0)), 1..300),
            breaks in prop::collection::btree_set(1_usize..300, 0..5),
            points in 2_usize..400,
        ) {
            let breaks = breaks.into_iter().filter(|at| *at < rows.len()).collect();
            let series = vec![
                (Series::Longitude, rows.iter().map(|row| row.1).collect()),
                (Series::Temperature, rows.iter().map(|row| row.0).collect()),
            ];
            let streams = Streams { started_at: DateTime::UNIX_EPOCH, series, breaks };
            let packed = streams.packable().pack().unwrap().unwrap();
            let (unpacked, reading) = (Streams::unpack(&packed).unwrap(), Reading::of(packed).unwrap());
            for (expected, reading) in [
                (unpacked.clone(), reading.clone()),
                (unpacked.thinned(points), reading.thinned(points)),
            ] {
                prop_assert_eq!(reading.points, expected.points());
                let read = reading.unpacked(&Series::ALL).unwrap();
                prop_assert_eq!(read.series, expected.series);
                prop_assert_eq!(read.breaks, expected.breaks);
            }
        }

        #[test]
        fn rubbish_is_an_error(data in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = Reading::of(data);
        }
    }
}

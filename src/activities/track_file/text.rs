//! A track file that is written point by point.

use chrono::{DateTime, Utc};

use super::{
    document::Document,
    format::TrackFormat,
    gpx,
    placed::Placed,
    points::{Point, Points},
    tcx,
    xml::{self, Xml},
};
use crate::{
    activities::{series::Series, streams::Reading},
    error::{ApiError, ApiResult, ErrorCode},
    http::Written,
    sport::Lap,
};

/// Points, each with whether it starts a piece.
type Source = Box<dyn Iterator<Item = ApiResult<(bool, Point)>> + Send>;

/// Writes a track file point by point.
pub struct TrackText {
    format: TrackFormat,
    document: Document,
    points: Source,
    /// The remaining laps with their starts, the next one last.
    laps: Vec<(DateTime<Utc>, Lap)>,
    /// The open lap.
    lap: Option<Lap>,
    xml: Xml,
    is_begun: bool,
    /// Whether the XML element of a piece is open.
    is_in_piece: bool,
}

impl TrackText {
    /// 409 `no_track` for GPX if no point has a position, which GPX requires.
    pub fn new(format: TrackFormat, document: Document, reading: &Reading) -> ApiResult<Self> {
        if format == TrackFormat::Gpx {
            let mut places = Points::of(reading, &[Series::Latitude, Series::Longitude])?;
            if !places.any(|place| place.is_ok_and(|(_, point)| point.position().is_some())) {
                let message = "this activity has no positions, which GPX needs; use TCX";
                return Err(ApiError::new(ErrorCode::NoTrack, message));
            }
        }
        let points = Points::of(reading, &Series::ALL)?;
        let points: Source = match format {
            TrackFormat::Gpx => Box::new(Placed::new(points)),
            TrackFormat::Tcx => Box::new(points),
        };
        let laps = laps(&document);
        let xml = xml::indented();
        let (lap, is_begun, is_in_piece) = (None, false, false);
        Ok(Self { format, document, points, laps, lap, xml, is_begun, is_in_piece })
    }

    fn begin(&mut self) -> std::io::Result<()> {
        self.is_begun = true;
        match self.format {
            TrackFormat::Gpx => {
                self.is_in_piece = true;
                gpx::begin(&mut self.xml, &self.document)
            }
            TrackFormat::Tcx => {
                tcx::begin(&mut self.xml, &self.document.activity)?;
                self.next_lap()
            }
        }
    }

    fn write_point(&mut self, begins: bool, point: &Point) -> std::io::Result<()> {
        if begins {
            self.end_piece()?;
        }
        match self.format {
            TrackFormat::Gpx => {
                self.begin_piece()?;
                gpx::write_point(&mut self.xml, point)
            }
            TrackFormat::Tcx => {
                let Some(time) = point.time() else { return Ok(()) };
                while self.laps.last().is_some_and(|(start, _)| *start <= time) {
                    self.next_lap()?;
                }
                // Opened only now, because a track without a point is invalid.
                self.begin_piece()?;
                tcx::write_point(&mut self.xml, point, time)
            }
        }
    }

    fn begin_piece(&mut self) -> std::io::Result<()> {
        if !self.is_in_piece {
            xml::open(&mut self.xml, self.format.piece(), &[])?;
            self.is_in_piece = true;
        }
        Ok(())
    }

    fn end_piece(&mut self) -> std::io::Result<()> {
        if std::mem::take(&mut self.is_in_piece) {
            xml::close(&mut self.xml, self.format.piece())?;
        }
        Ok(())
    }

    /// Ends the open lap, and starts the next one if there is any.
    fn next_lap(&mut self) -> std::io::Result<()> {
        self.end_piece()?;
        if let Some(lap) = self.lap.take() {
            tcx::end_lap(&mut self.xml, &lap)?;
        }
        if let Some((start, lap)) = self.laps.pop() {
            tcx::begin_lap(&mut self.xml, &lap, start)?;
            self.lap = Some(lap);
        }
        Ok(())
    }

    fn end(&mut self) -> std::io::Result<()> {
        self.end_piece()?;
        match self.format {
            TrackFormat::Gpx => gpx::end(&mut self.xml),
            TrackFormat::Tcx => {
                while self.lap.is_some() {
                    self.next_lap()?;
                }
                tcx::end(&mut self.xml, &self.document)
            }
        }
    }
}

/// The laps of the activity, or all of it as one lap; the first one last.
fn laps(document: &Document) -> Vec<(DateTime<Utc>, Lap)> {
    let starts = document.lap_starts();
    if starts.is_empty() {
        let activity = &document.activity;
        return vec![(activity.started_at, tcx::whole(activity))];
    }
    let laps = document.laps.iter().cloned();
    starts.into_iter().zip(laps).rev().collect()
}

impl Written for TrackText {
    fn write(&mut self, out: &mut Vec<u8>) -> ApiResult<bool> {
        if !self.is_begun {
            self.begin().map_err(ApiError::internal)?;
        }
        let point = self.points.next().transpose()?;
        match &point {
            Some((begins, point)) => self.write_point(*begins, point),
            None => self.end(),
        }
        .map_err(ApiError::internal)?;
        out.append(self.xml.get_mut());
        Ok(point.is_some())
    }
}

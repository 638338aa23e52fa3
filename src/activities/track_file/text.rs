//! A file that is written point by point.

use super::{
    gpx,
    handlers::TrackFormat,
    points::{Point, Points},
    tcx,
    xml::{self, Xml},
};
use crate::{
    activities::{
        streams::{Reading, Series},
        types::ActivitySummary,
    },
    error::{ApiError, ApiResult, ErrorCode},
    http::Written,
};

/// See the module.
pub struct TrackText {
    format: TrackFormat,
    activity: ActivitySummary,
    points: Points,
    xml: Xml,
    is_begun: bool,
    /// Whether the element of a piece of the track is open.
    is_in_piece: bool,
}

impl TrackText {
    /// 409 `no_track` for GPX without a single position: a point of GPX must have one.
    pub fn new(
        format: TrackFormat,
        activity: ActivitySummary,
        reading: &Reading,
    ) -> ApiResult<Self> {
        if format == TrackFormat::Gpx {
            let mut places = Points::of(reading, &[Series::Latitude, Series::Longitude])?;
            if !places.any(|place| place.is_ok_and(|(_, point)| point.position().is_some())) {
                let message = "without a position there is no GPX; take TCX";
                return Err(ApiError::new(ErrorCode::NoTrack, message));
            }
        }
        let points = Points::of(reading, &Series::ALL)?;
        let xml = xml::indented();
        Ok(Self { format, activity, points, xml, is_begun: false, is_in_piece: false })
    }

    fn begin(&mut self) -> std::io::Result<()> {
        self.is_begun = true;
        match self.format {
            TrackFormat::Gpx => {
                self.is_in_piece = true;
                gpx::begin(&mut self.xml, &self.activity)
            }
            TrackFormat::Tcx => tcx::begin(&mut self.xml, &self.activity),
        }
    }

    fn write_point(&mut self, begins: bool, point: &Point) -> std::io::Result<()> {
        let xml = &mut self.xml;
        let piece = self.format.piece();
        if begins && self.is_in_piece {
            xml::close(xml, piece)?;
            self.is_in_piece = false;
        }
        match self.format {
            TrackFormat::Gpx => {
                if begins {
                    xml::open(xml, piece, &[])?;
                    self.is_in_piece = true;
                }
                let place = point.position();
                place.map_or(Ok(()), |place| gpx::write_point(xml, point, place))
            }
            TrackFormat::Tcx => {
                let Some(time) = point.time() else { return Ok(()) };
                // A track without a point is none.
                if !self.is_in_piece {
                    xml::open(xml, piece, &[])?;
                    self.is_in_piece = true;
                }
                tcx::write_point(xml, point, time)
            }
        }
    }

    fn end(&mut self) -> std::io::Result<()> {
        if self.is_in_piece {
            xml::close(&mut self.xml, self.format.piece())?;
        }
        match self.format {
            TrackFormat::Gpx => gpx::end(&mut self.xml),
            TrackFormat::Tcx => tcx::end(&mut self.xml, &self.activity),
        }
    }
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

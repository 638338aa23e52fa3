//! Privacy zones as seen by their owner.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    db::schema::privacy_zones,
    error::ApiResult,
    sport::Position,
    validation::{Faults, Validator},
};

/// Maximum number of user-defined zones per account.
pub const MAX_ZONES: usize = 20;

/// A user-defined zone.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Queryable,
    Selectable,
    Insertable,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[schema(as = PrivacyZone)]
#[diesel(table_name = privacy_zones)]
pub struct OwnZone {
    /// Degrees north, WGS 84.
    #[schema(minimum = -90, maximum = 90, examples(47.3769))]
    pub latitude: f64,
    /// Degrees east, WGS 84.
    #[schema(minimum = -180, maximum = 180, examples(8.5417))]
    pub longitude: f64,
    /// Radius in metres. Shared pictures hide this area and some hundred metres more on one side.
    #[schema(minimum = 100, maximum = 2000, examples(300))]
    pub radius_meters: f64,
}

/// The request body and the answer of `/me/privacy-zones`.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct PrivacyZones {
    #[schema(max_items = 20)]
    pub zones: Vec<OwnZone>,
}

impl OwnZone {
    pub fn position(&self) -> Position {
        Position { latitude: self.latitude, longitude: self.longitude }
    }
}

impl PrivacyZones {
    /// Fails with 422 and the invalid fields.
    pub fn parse(self) -> ApiResult<Vec<OwnZone>> {
        let mut v = Validator::default();
        if self.zones.len() > MAX_ZONES {
            v.fault("zones", "too_long", format_args!("must have at most {MAX_ZONES} items"));
        }
        v.add(Faults::of("zones", &self.zones, |zone, faults| {
            faults.range("latitude", Some(zone.latitude), -90.0, 90.0);
            faults.range("longitude", Some(zone.longitude), -180.0, 180.0);
            faults.range("radius_meters", Some(zone.radius_meters), 100.0, 2000.0);
        }));
        v.finish()?;
        Ok(self.zones)
    }
}

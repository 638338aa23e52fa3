//! Zones as their owner sees them.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    db::schema::privacy_zones,
    error::ApiResult,
    sport::Position,
    validation::{Faults, Validator},
};

/// How many zones one account can ask for.
pub const MAX_ZONES: usize = 20;

/// A zone that an account asked for.
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
    /// In degrees of WGS 84.
    #[schema(minimum = -90, maximum = 90, examples(47.3769))]
    pub latitude: f64,
    #[schema(minimum = -180, maximum = 180, examples(8.5417))]
    pub longitude: f64,
    /// Everything within it is left out, and some hundred metres more.
    #[schema(minimum = 100, maximum = 2000, examples(300))]
    pub radius_meters: f64,
}

/// The body and the answer of `/me/privacy-zones`.
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
    /// 422 with the fields at fault.
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

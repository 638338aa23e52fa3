//! Numbers of the messages and fields that are read (FIT SDK, Profile.xlsx), with the scale and
//! offset of fields.

/// Field number, scale, and the offset to subtract.
pub type Scaled = (u8, f64, f64);

pub const FILE_ID: u16 = 0;
pub const SPORT: u16 = 12;
pub const SESSION: u16 = 18;
pub const LAP: u16 = 19;
pub const RECORD: u16 = 20;
pub const EVENT: u16 = 21;
pub const DEVICE_INFO: u16 = 23;
pub const WORKOUT: u16 = 26;
pub const ACTIVITY: u16 = 34;
pub const LENGTH: u16 = 101;
pub const HR: u16 = 132;
pub const TIMESTAMP_CORRELATION: u16 = 162;
pub const FIELD_DESCRIPTION: u16 = 206;
pub const SET: u16 = 225;

pub mod record {
    use super::Scaled;

    pub const LATITUDE: u8 = 0;
    pub const LONGITUDE: u8 = 1;
    pub const ALTITUDE: Scaled = (2, 5.0, 500.0);
    pub const HEART_RATE: Scaled = (3, 1.0, 0.0);
    pub const CADENCE: Scaled = (4, 1.0, 0.0);
    pub const DISTANCE: Scaled = (5, 100.0, 0.0);
    pub const SPEED: Scaled = (6, 1000.0, 0.0);
    pub const POWER: Scaled = (7, 1.0, 0.0);
    /// Twelve bits of each.
    pub const SPEED_AND_DISTANCE: u8 = 8;
    pub const TEMPERATURE: Scaled = (13, 1.0, 0.0);
    pub const CADENCE_256: Scaled = (52, 256.0, 0.0);
    pub const CADENCE_FRACTION: Scaled = (53, 128.0, 0.0);
    pub const ENHANCED_SPEED: Scaled = (73, 1000.0, 0.0);
    pub const ENHANCED_ALTITUDE: Scaled = (78, 5.0, 500.0);
}

/// Returns the field of `record` with this name.
pub fn record_field(name: &str) -> Option<u8> {
    let (number, ..) = match name {
        "altitude" | "elevation" => record::ALTITUDE,
        "heart_rate" | "heartrate" => record::HEART_RATE,
        "cadence" => record::CADENCE,
        "distance" => record::DISTANCE,
        "speed" => record::SPEED,
        "power" => record::POWER,
        "temperature" => record::TEMPERATURE,
        _ => return None,
    };
    Some(number)
}

/// Field numbers of totals, which differ between sessions and laps.
pub struct TotalFields {
    pub distance: Scaled,
    pub calories: Scaled,
    pub heart_rate: Scaled,
    pub max_heart_rate: Scaled,
    pub cadence: Scaled,
    pub cadence_fraction: Scaled,
    pub power: Scaled,
    pub ascent: Scaled,
    pub descent: Scaled,
    pub moving: Scaled,
}

pub const ELAPSED: Scaled = (7, 1000.0, 0.0);
pub const TIMER: Scaled = (8, 1000.0, 0.0);
pub const START: u8 = 2;
pub const MESSAGE_INDEX: u8 = 254;

pub const OF_SESSION: TotalFields = TotalFields {
    distance: (9, 100.0, 0.0),
    calories: (11, 1.0, 0.0),
    heart_rate: (16, 1.0, 0.0),
    max_heart_rate: (17, 1.0, 0.0),
    cadence: (18, 1.0, 0.0),
    cadence_fraction: (92, 128.0, 0.0),
    power: (20, 1.0, 0.0),
    ascent: (22, 1.0, 0.0),
    descent: (23, 1.0, 0.0),
    moving: (59, 1000.0, 0.0),
};

pub const OF_LAP: TotalFields = TotalFields {
    distance: (9, 100.0, 0.0),
    calories: (11, 1.0, 0.0),
    heart_rate: (15, 1.0, 0.0),
    max_heart_rate: (16, 1.0, 0.0),
    cadence: (17, 1.0, 0.0),
    cadence_fraction: (80, 128.0, 0.0),
    power: (19, 1.0, 0.0),
    ascent: (21, 1.0, 0.0),
    descent: (22, 1.0, 0.0),
    moving: (52, 1000.0, 0.0),
};

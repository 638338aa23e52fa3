//! The totals of sessions and laps.

use super::{
    message::Message,
    profile::{ELAPSED, TIMER, TotalFields},
};
use crate::recordings::Totals;

pub fn totals(message: &Message<'_>, fields: &TotalFields) -> Totals {
    let fraction = message.number(fields.cadence_fraction).unwrap_or(0.0);
    let cadence = message.number(fields.cadence);
    Totals {
        timer_secs: message.number(TIMER),
        elapsed_secs: message.number(ELAPSED),
        moving_secs: message.number(fields.moving),
        distance_meters: message.number(fields.distance),
        calories: message.number(fields.calories),
        elevation_gain_meters: message.number(fields.ascent),
        elevation_loss_meters: message.number(fields.descent),
        avg_heart_rate: message.number(fields.heart_rate),
        max_heart_rate: message.number(fields.max_heart_rate),
        avg_power_watts: message.number(fields.power),
        avg_cadence: cadence.map(|cadence| cadence + fraction),
    }
}

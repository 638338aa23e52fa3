//! FitoTrack writes all data of a workout into its name:
//! `Workout(id=1, start=1714809600000, comment=By the river, distance=845.5, …)`.

use crate::recordings::{Totals, outings::About, values::number};

/// Parses such a name. Returns `None` for other names.
pub fn read(name: &str) -> Option<About> {
    let fields = Fields(name.strip_prefix("Workout(")?.strip_suffix(')')?);
    fields.get("start")?;
    let total = |name| number(fields.get(name)?).filter(|total| *total > 0.0);
    let text = |name| fields.get(name).map(str::to_owned);
    Some(About {
        notes: text("comment"),
        sport: text("workoutTypeId").or_else(|| text("workoutType")),
        totals: Totals {
            timer_secs: total("activeDuration").or_else(|| total("duration")).map(|ms| ms / 1000.0),
            distance_meters: total("distance").or_else(|| total("length")),
            calories: total("energy").or_else(|| total("calorie")),
            elevation_gain_meters: total("ascent"),
            elevation_loss_meters: total("descent"),
            avg_heart_rate: total("avgHeartRate"),
            max_heart_rate: total("maxHeartRate"),
            ..Totals::default()
        },
        ..About::default()
    })
}

/// `a=1, b=2`, where a value may contain commas.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    fn get(&self, wanted: &str) -> Option<&'a str> {
        let parts = || {
            self.0.split(", ").scan(0, |end, part| {
                let start = *end;
                *end += part.len() + 2;
                Some((start, part))
            })
        };
        let value = |part: &'a str| {
            let (name, value) = part.split_once('=')?;
            name.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some((name, value))
        };
        let (start, found) = parts().find_map(|(start, part)| {
            let (name, found) = value(part)?;
            (name == wanted).then_some((start, found))
        })?;
        // The value ends at the next field.
        let end = parts().find(|(at, part)| *at > start && value(part).is_some());
        let end = end.map_or(self.0.len(), |(at, _)| at - 2);
        let from = start + wanted.len() + 1;
        let text = self.0.get(from..end).unwrap_or(found).trim();
        Some(text).filter(|text| !text.is_empty() && *text != "null")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workout_is_read_of_its_name() {
        let name = "Workout(id=1, start=1714809600000, activeDuration=590000, comment=To town, by bus, home = x, \
                    distance=845.5, energy=62, ascent=0.0, avgHeartRate=-1, edited=null, workoutTypeId=walking)";
        let about = read(name).unwrap();
        assert_eq!(about.notes.as_deref(), Some("To town, by bus, home = x"));
        assert_eq!(about.sport.as_deref(), Some("walking"));
        let expected = Totals {
            timer_secs: Some(590.0),
            distance_meters: Some(845.5),
            calories: Some(62.0),
            ..Totals::default()
        };
        assert_eq!((about.totals, about.name), (expected, None));
        for other in ["Workout", "Workout()", "Workout(Monday)", "Workout(start=1", "start=1"] {
            assert!(read(other).is_none(), "{other}");
        }
        assert_eq!(read("Workout(start=1, comment=null)").unwrap().notes, None);
    }
}

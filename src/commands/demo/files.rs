//! Writes the activities of the demo as files, which are imported like those of any user.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};

use super::{
    plan::{Line, Outing, What},
    terrain::Moment,
};

/// Writes GPX 1.1 with Garmin's extension for heart rate and cadence.
pub fn gpx(outing: &Outing, moments: &[Moment]) -> String {
    let mut gpx = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <gpx version=\"1.1\" creator=\"sports-log demo\" xmlns=\"http://www.topografix.com/GPX/1/1\" \
         xmlns:t=\"http://www.garmin.com/xmlschemas/TrackPointExtension/v1\">\
         <trk><name>{}</name><type>{}</type><trkseg>\n",
        outing.title, outing.sport
    );
    for moment in moments {
        let watts =
            moment.watts.map(|watts| format!("<power>{watts:.0}</power>")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(
            gpx,
            "<trkpt lat=\"{:.6}\" lon=\"{:.6}\"><ele>{:.1}</ele><time>{}</time><extensions>{watts}\
             <t:TrackPointExtension><t:hr>{:.0}</t:hr><t:cad>{:.0}</t:cad></t:TrackPointExtension>\
             </extensions></trkpt>",
            moment.position.latitude,
            moment.position.longitude,
            moment.altitude,
            time(moment.time),
            moment.heart_rate,
            moment.cadence,
        );
    }
    gpx + "</trkseg></trk></gpx>\n"
}

/// Writes swims as a table of activities.
pub fn swims(lines: &[Line]) -> String {
    let mut table = "Start,Sport,Title,Distance (m),Duration (s)\n".to_owned();
    for line in lines {
        if let What::Swim { metres, secs } = line.what {
            let _ = writeln!(table, "{},pool swim,Swim,{metres},{secs}", time(line.start));
        }
    }
    table
}

/// Writes strength workouts in the export format of the app Strong.
pub fn strength(lines: &[Line]) -> String {
    let mut table =
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Seconds\n".to_owned();
    for line in lines {
        let What::Strength(exercises) = &line.what else { continue };
        let date = line.start.format("%Y-%m-%d %H:%M:%S");
        for (name, kilograms, sets) in exercises {
            for (number, repetitions) in (1..).zip(sets) {
                let _ = writeln!(
                    table,
                    "{date},Strength,52m,{name},{number},{kilograms},{repetitions},0"
                );
            }
        }
    }
    table
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

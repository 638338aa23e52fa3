//! Prints what our readers find in files, as a line of JSON for each, to be compared with what
//! other readers find, and the totals computed from the points, to be compared with the device's.

use std::{env, fs, process::ExitCode};

use serde_json::{Value, json};
use sports_log::recordings::{Point, Session, Totals, complete, read};

fn main() -> ExitCode {
    for path in env::args().skip(1) {
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{path}: {error}");
                return ExitCode::FAILURE;
            }
        };
        let found = match read(bytes.as_slice()) {
            Ok(recording) => {
                let sessions: Vec<_> = recording.sessions.iter().map(describe).collect();
                json!({"sessions": sessions, "warnings": recording.warnings})
            }
            Err(refusal) => json!({"refused": refusal.reason}),
        };
        println!("{found}");
    }
    ExitCode::SUCCESS
}

fn describe(session: &Session) -> Value {
    let points = &session.track.points;
    let count = |has: fn(&Point) -> bool| points.iter().filter(|point| has(point)).count();
    let mut untold = Session { totals: Totals::default(), ..session.clone() };
    let computed = complete(&mut untold).is_ok().then_some(untold.totals);
    json!({
        "started_at": session.started_at,
        "totals": session.totals,
        "measured": session.measured,
        "computed": computed,
        "activity_type": session.activity_type,
        "laps": session.laps.len(),
        "points": points.len(),
        "positions": count(|point| point.position.is_some()),
        "heart_rates": count(|point| point.heart_rate.is_some()),
    })
}

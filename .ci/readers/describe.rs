//! What our readers find in files, as a line of JSON for each, to be held against what others find.

use std::{env, fs, process::ExitCode};

use serde_json::{Value, json};
use sports_log::recordings::{Point, Session, read};

fn main() -> ExitCode {
    for path in env::args().skip(1) {
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{path}: {error}");
                return ExitCode::FAILURE;
            }
        };
        let found = match read(&bytes) {
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
    json!({
        "started_at": session.started_at,
        "totals": session.totals,
        "laps": session.laps.len(),
        "points": points.len(),
        "positions": count(|point| point.position.is_some()),
        "heart_rates": count(|point| point.heart_rate.is_some()),
    })
}

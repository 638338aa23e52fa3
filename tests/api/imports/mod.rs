//! Imports: what is read, what is refused, and what survives a crash.

mod apple;
mod archives;
mod bounds;
mod cases;
mod command;
mod described;
mod files;
mod fit;
pub mod folder;
mod garmin_archive;
pub mod health_auto_export;
mod ignored;
mod kill;
mod many;
mod measured;
mod merging;
pub mod odd_tracks;
mod own_exports;
mod phones;
mod progress;
mod recorded;
mod reprocess;
mod samples;
mod services;
mod sports;
mod storage;
mod strava;
mod strava_tables;
mod streams;
mod tables;
mod track_files;
mod uploads;

use std::io::{Cursor, Write};

use actix_web::http::Method;
use serde_json::Value;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::support::{Answer, TestApp, User, until_selects};

/// 2026-05-04T08:00:00Z.
pub const MORNING: i64 = 1_777_881_600;

async fn upload(app: &TestApp, user: &User, name: &str, content: &[u8]) -> Answer {
    let authorization = format!("Bearer {}", user.token);
    let headers =
        [("authorization", authorization.as_str()), ("content-type", "application/octet-stream")];
    let path = format!("/imports?name={name}");
    app.send(Method::POST, &path, &headers, Some(content.to_vec())).await
}

/// Waits until the import is finished. Returns it with its files.
async fn finished(app: &TestApp, user: &User, location: &str) -> Value {
    let id = location.rsplit('/').next().unwrap();
    // Polls the database instead of the server: an import yields to requests.
    let is_finished = format!("SELECT finished_at IS NOT NULL FROM imports WHERE id = '{id}'");
    until_selects(&app.database, &is_finished, "true").await;
    app.get_as(user, &format!("{location}?limit=1000")).await.expect(200).json()
}

/// Uploads a file and waits for the finished import.
pub async fn import(app: &TestApp, user: &User, name: &str, content: &[u8]) -> Value {
    let answer = upload(app, user, name, content).await.expect(202);
    finished(app, user, answer.header("location")).await
}

/// The outcomes of an import: each file's name, outcome and code.
pub fn outcomes(import: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let files = import["files"].as_array().unwrap().iter();
    files.map(|file| (text(&file["name"]), text(&file["outcome"]), text(&file["code"]))).collect()
}

/// The activities of the first file.
async fn activities(app: &TestApp, user: &User, import: &Value) -> Vec<Value> {
    let ids = import["files"][0]["activity_ids"].as_array().unwrap();
    let mut activities = Vec::new();
    for id in ids {
        let path = format!("/activities/{}", id.as_str().unwrap());
        activities.push(app.get_as(user, &path).await.expect(200).json());
    }
    activities
}

pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

//! The Personal API.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Data, Path, Query, ServiceConfig},
};
use std::io::{Cursor, Write};
use uuid::Uuid;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::Garmin;

/// Requests for larger pages are answered with 500.
const MOST: usize = 45;

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Search {
    start: usize,
    limit: usize,
    start_date: Option<String>,
    end_date: Option<String>,
}

pub fn routes(app: &mut ServiceConfig) {
    app.route(
        "/personalapitoken-service/personal-api/personal-api-key/token",
        web::post().to(exchange),
    )
    .route("/activitylist-service/activities/search/activities", web::get().to(search))
    .route("/download-service/files/activity/{id}", web::get().to(download));
}

async fn exchange(garmin: Data<Garmin>, request: HttpRequest) -> HttpResponse {
    if let Some(fault) = garmin.note(&request) {
        return fault.answer();
    }
    let given = request.headers().get(header::AUTHORIZATION).unwrap().to_str().unwrap();
    let mut state = garmin.state();
    if !given.strip_prefix("ApiKey ").is_some_and(|key| state.keys.contains(key)) {
        return HttpResponse::Unauthorized().finish();
    }
    let token = format!("eyJ.{}.x", Uuid::new_v4());
    state.tokens.insert(token.clone());
    HttpResponse::Ok().body(token)
}

async fn search(garmin: Data<Garmin>, request: HttpRequest, query: Query<Search>) -> HttpResponse {
    let answer = garmin.answer(&request, |state| {
        if query.limit > MOST {
            return HttpResponse::InternalServerError().finish();
        }
        let day = |one: &serde_json::Value| {
            one["startTimeLocal"]
                .as_str()
                .or(one["startTimeGMT"].as_str())
                .unwrap_or("2026-01-01")
                .chars()
                .take(10)
                .collect::<String>()
        };
        let found = state.activities.iter().filter(|one| {
            query.start_date.as_ref().is_none_or(|start| day(one) >= *start)
                && query.end_date.as_ref().is_none_or(|end| day(one) <= *end)
        });
        if state.is_stuck {
            let first: Vec<_> = state.activities.iter().take(query.limit).collect();
            return HttpResponse::Ok().json(first);
        }
        let page: Vec<_> = found.skip(query.start).take(query.limit).collect();
        HttpResponse::Ok().json(page)
    });
    answer.await
}

/// A zip with the recorded file.
async fn download(garmin: Data<Garmin>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let answer = garmin.answer(&request, |state| match state.files.get(&*id) {
        Some(file) => {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            zip.start_file(format!("{id}_ACTIVITY.fit"), SimpleFileOptions::default()).unwrap();
            zip.write_all(file).unwrap();
            HttpResponse::Ok().body(zip.finish().unwrap().into_inner())
        }
        None => HttpResponse::NotFound().finish(),
    });
    answer.await
}

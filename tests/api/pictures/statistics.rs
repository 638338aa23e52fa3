//! The heat map of a year, and the weeks.

use chrono::{Datelike, Days, NaiveDate, Utc};
use serde_json::{Value, json};

use super::picture;
use crate::support::TestApp;

fn run(day: NaiveDate, duration_secs: u32) -> Value {
    json!({"activity_type": "run", "started_at": format!("{day}T08:00:00Z"), "duration_secs": duration_secs,
           "distance_meters": 5000})
}

#[actix_rt::test]
async fn a_year_has_its_days_and_says_what_they_come_to() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let empty = picture(&app, &ann, "/stats/heatmap.svg?year=2025").await;
    assert_eq!(empty.title, "Days of 2025");
    assert_eq!(empty.desc, "2025: 0 active days, 0 activities.");
    let days = |picture: &super::Picture| {
        picture.shapes.iter().filter(|shape| shape.0 == "s0").count() - 1
    };
    assert_eq!(days(&empty), 365);
    for (day, secs) in
        [("2025-03-01", 600), ("2025-03-01", 600), ("2025-07-14", 5400), ("2024-12-31", 9000)]
    {
        app.post_as(&ann, "/activities", &run(day.parse().unwrap(), secs)).await.expect(201);
    }
    let year = picture(&app, &ann, "/stats/heatmap.svg?year=2025").await;
    assert_eq!(
        year.desc,
        "2025: 2 active days, 3 activities, 1 h 50 min, 15.00 km. The best day by duration was 14 July with \
         1 h 30 min. The busiest month was March with 1 active day."
    );
    assert_eq!(days(&year), 363);
    let by_distance =
        picture(&app, &ann, "/stats/heatmap.svg?year=2025&metric=distance&week_start=sunday").await;
    assert!(by_distance.desc.contains("The best day by distance was 1 March with 10.00 km."));
    let swims = picture(&app, &ann, "/stats/heatmap.svg?year=2025&activity_type=swim,row").await;
    assert_eq!(swims.desc, "2025: Swim, Row: 0 active days, 0 activities.");
    // A moment of the new year in UTC is in the old year in New York.
    let late =
        json!({"activity_type": "run", "started_at": "2025-01-01T02:00:00Z", "duration_secs": 60});
    app.post_as(&ann, "/activities", &late).await.expect(201);
    let there = picture(&app, &ann, "/stats/heatmap.svg?year=2024&tz=America/New_York").await;
    assert!(there.desc.starts_with("2024: 1 active day, 2 activities"), "{}", there.desc);
    for wrong in [
        "year=0",
        "year=10000",
        "year=x",
        "metric=joy",
        "week_start=friday",
        "activity_type=A",
        "tz=Mars",
    ] {
        app.get_as(&ann, &format!("/stats/heatmap.svg?{wrong}"))
            .await
            .expect_error(400, "invalid_parameter");
    }
}

#[actix_rt::test]
async fn weeks_are_bars_and_the_present_one_is_not_averaged() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let today = Utc::now().date_naive();
    let ago = |days| today - Days::new(days);
    for (day, secs) in [(ago(7), 3600), (ago(14), 7200), (today, 600)] {
        app.post_as(&ann, "/activities", &run(day, secs)).await.expect(201);
    }
    let weeks = picture(&app, &ann, "/stats/weekly.svg?weeks=3").await;
    let expected =
        "The last 3 weeks: 3 activities, 3 h 10 min, 15.00 km, average 1 h 30 min a week.";
    assert!(weeks.desc.starts_with(expected), "{}", weeks.desc);
    assert!(weeks.desc.ends_with("This week so far: 10 min."), "{}", weeks.desc);
    let bars = |class: &str| weeks.shapes.iter().filter(|shape| shape.0 == class).count();
    // The second one is in the key.
    assert_eq!((bars("bar"), bars("bar unfinished")), (2, 2));
    let first = ago(14);
    let monday = first - Days::new(first.weekday().num_days_from_monday().into());
    let greatest = format!(
        "The best week by duration began on {} with 2 h 00 min.",
        monday.format("%-d %B %Y")
    );
    assert!(weeks.desc.contains(&greatest), "{}", weeks.desc);
    for weeks in [0, 105] {
        let path = format!("/stats/weekly.svg?weeks={weeks}");
        app.get_as(&ann, &path).await.expect_error(400, "invalid_parameter");
    }
    let bob = app.user("bob@example.com").await;
    let nothing = picture(&app, &bob, "/stats/weekly.svg").await;
    assert!(nothing.desc.starts_with("The last 26 weeks: 0 activities"), "{}", nothing.desc);
    app.get("/stats/weekly.svg").await.expect_error(401, "missing_token");
}

#[actix_rt::test]
async fn ten_thousand_activities_are_a_picture_like_any_other() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    app.database
        .execute(&format!(
            "INSERT INTO activities (user_id, activity_type, started_at, duration_secs, distance_meters)
             SELECT '{}', 'run', timestamptz '2025-01-01 08:00Z' + (n % 365) * interval '1 day', 60, 100
             FROM generate_series(0, 9999) n",
            ann.id
        ))
        .await;
    let year = picture(&app, &ann, "/stats/heatmap.svg?year=2025").await;
    let expected =
        "2025: 365 active days, 10\u{202f}000 activities, 166 h 40 min, 1\u{202f}000 km.";
    assert!(year.desc.starts_with(expected), "{}", year.desc);
}

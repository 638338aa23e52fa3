//! Totals by period and by sport.

use chrono::{Datelike, Days, FixedOffset, NaiveDate, Utc};
use serde_json::{Value, json};

use super::{counts, log, summary};
use crate::support::TestApp;

fn named(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[actix_rt::test]
async fn what_is_logged_adds_up_by_period_and_by_sport() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let run = json!({"duration_secs": 1800, "distance_meters": 5000.5, "calories": 320, "elevation_gain_meters": 12.25});
    log(&app, &ann, "run", "2026-01-05T08:00:00Z", run.clone()).await;
    log(&app, &ann, "run", "2026-01-05T18:00:00Z", run).await;
    log(&app, &ann, "swim", "2026-01-05T19:00:00Z", json!({"distance_meters": 1500})).await;
    log(&app, &ann, "cycle", "2026-03-01T08:00:00Z", json!({"duration_secs": 3600})).await;

    let range = "from=2026-01-01&to=2026-03-31";
    let months = summary(&app, &ann, range).await;
    let totals = json!({"activities": 4, "active_days": 2, "duration_secs": 7800, "distance_meters": 11501.0,
                        "elevation_gain_meters": 24.5, "calories": 640});
    assert_eq!(months["totals"], totals);
    let january = json!({"from": "2026-01-01", "to": "2026-01-31", "activities": 3, "active_days": 1,
                         "duration_secs": 4200, "distance_meters": 11501.0, "elevation_gain_meters": 24.5, "calories": 640});
    assert_eq!(months["buckets"][0], january);
    assert_eq!((&months["tz"], &months["group_by"]), (&json!("UTC"), &json!("month")));
    for (query, expected) in [
        ("group_by=day", &[("2026-01-05..2026-01-05", 3), ("2026-03-01..2026-03-01", 1)][..]),
        ("group_by=week", &[("2026-01-05..2026-01-11", 3), ("2026-02-23..2026-03-01", 1)]),
        (
            "group_by=week&week_start=sunday",
            &[("2026-01-04..2026-01-10", 3), ("2026-03-01..2026-03-07", 1)],
        ),
        (
            "group_by=month&include_empty=true",
            &[
                ("2026-01-01..2026-01-31", 3),
                ("2026-02-01..2026-02-28", 0),
                ("2026-03-01..2026-03-31", 1),
            ],
        ),
        ("group_by=year", &[("2026-01-01..2026-03-31", 4)]),
        ("group_by=activity_type", &[("cycle", 1), ("run", 2), ("swim", 1)]),
        ("group_by=activity_type&activity_type=run,swim", &[("run", 2), ("swim", 1)]),
        ("group_by=year&activity_type=row", &[]),
    ] {
        let found = summary(&app, &ann, &format!("{range}&{query}")).await;
        assert_eq!(counts(&found), named(expected), "{query}");
    }
    let other = app.user("bob@example.com").await;
    assert_eq!(summary(&app, &other, range).await["totals"]["activities"], 0);
}

#[actix_rt::test]
async fn a_period_is_compared_with_the_one_before() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for day in ["2026-02-01", "2026-02-28", "2026-03-31"] {
        log(&app, &ann, "run", &format!("{day}T12:00:00Z"), json!({"distance_meters": 1000.1}))
            .await;
    }
    let march = summary(&app, &ann, "from=2026-03-01&to=2026-03-31").await;
    let before = &march["before"];
    assert_eq!((&before["from"], &before["to"]), (&json!("2026-02-01"), &json!("2026-02-28")));
    assert_eq!(before["totals"]["activities"], 2);
    assert_eq!(before["change"]["activities"], -1);
    assert_eq!(before["change"]["distance_meters"], -1000.1);
    let all = summary(&app, &ann, "group_by=year&to=2026-12-31").await;
    assert_eq!((&all["from"], &all["before"]), (&json!("2026-02-01"), &Value::Null));
    let nothing = app.user("bob@example.com").await;
    let nothing = summary(&app, &nothing, "").await;
    assert_eq!((&nothing["from"], &nothing["buckets"]), (&Value::Null, &json!([])));
}

#[actix_rt::test]
async fn days_are_those_of_the_zone_also_when_clocks_change() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    // In Rome: half past midnight in summer and winter, around both clock changes of 2026.
    for (started_at, _) in ROME {
        log(&app, &ann, "run", started_at, json!({})).await;
    }
    let expected: Vec<_> = ROME.iter().map(|(_, day)| (format!("{day}..{day}"), 1)).collect();
    let range = "group_by=day&from=2026-03-01&to=2026-11-30";
    let asked = summary(&app, &ann, &format!("{range}&tz=Europe/Rome")).await;
    assert_eq!((counts(&asked), &asked["tz"]), (expected.clone(), &json!("Europe/Rome")));
    assert_ne!(counts(&summary(&app, &ann, range).await), expected);
    // The same, if it is the zone of the profile, for existing and new activities.
    app.put_as(&ann, "/me/profile", &json!({"time_zone": "Europe/Rome"})).await.expect(200);
    assert_eq!(counts(&summary(&app, &ann, range).await), expected);
    log(&app, &ann, "run", "2026-10-25T22:59:59Z", json!({})).await;
    let after = summary(&app, &ann, "group_by=day&from=2026-10-25&to=2026-10-25").await;
    assert_eq!(counts(&after), named(&[("2026-10-25..2026-10-25", 2)]));
    for zone in ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"] {
        let asked = counts(&summary(&app, &ann, &format!("{range}&tz={zone}")).await);
        app.put_as(&ann, "/me/profile", &json!({"time_zone": zone})).await.expect(200);
        assert_eq!(counts(&summary(&app, &ann, range).await), asked, "{zone}");
    }
}

/// When an activity began, and which day that was in Rome.
const ROME: [(&str, &str); 6] = [
    ("2026-03-28T22:59:59Z", "2026-03-28"),
    ("2026-03-28T23:30:00Z", "2026-03-29"),
    ("2026-03-29T22:30:00Z", "2026-03-30"),
    ("2026-10-24T21:59:59Z", "2026-10-24"),
    ("2026-10-24T22:30:00Z", "2026-10-25"),
    ("2026-10-25T23:00:00Z", "2026-10-26"),
];

#[actix_rt::test]
async fn what_cannot_be_asked_for_is_refused_by_name() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    log(&app, &ann, "run", "0001-01-01T00:00:00Z", json!({})).await;
    log(&app, &ann, "run", "9999-12-31T23:59:59Z", json!({})).await;
    for (query, name) in [
        ("from=2026-13-01", "from"),
        ("from=2026-1-1", "from"),
        ("to=2026-01-01T00:00:00Z", "to"),
        ("to=yesterday", "to"),
        ("from=0000-01-01", "from"),
        ("from=2026-02-01&to=2026-01-01", "to"),
        ("tz=Rome", "tz"),
        ("tz=", "tz"),
        ("activity_type=Run!", "activity_type"),
        ("activity_type=", "activity_type"),
        ("group_by=day&include_empty=true&from=2000-01-01&to=2026-01-01", "include_empty"),
    ] {
        let answer = app.get_as(&ann, &format!("/stats/summary?{query}")).await;
        let body = answer.expect_error(400, "invalid_parameter").json();
        assert_eq!(body["fields"][0]["field"], name, "{query}");
    }
    for query in ["group_by=decade", "week_start=tuesday", "include_empty=perhaps"] {
        let answer = app.get_as(&ann, &format!("/stats/summary?{query}")).await;
        answer.expect_error(400, "invalid_parameter");
    }
    for query in [
        "",
        "to=9999-12-31",
        "to=9999-12-31&tz=Pacific/Kiritimati",
        "tz=Pacific/Pago_Pago&to=9999-12-31",
    ] {
        for group in ["day", "week", "month", "year", "activity_type"] {
            summary(&app, &ann, &format!("group_by={group}&{query}")).await;
        }
    }
    app.get("/stats/summary").await.expect_error(401, "missing_token");
}

#[actix_rt::test]
async fn a_current_period_ends_today_where_the_user_is() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let zone = json!({"time_zone": "Pacific/Kiritimati"});
    app.put_as(&ann, "/me/profile", &zone).await.expect(200);
    let here = FixedOffset::east_opt(14 * 3600).unwrap();
    let today = || Utc::now().with_timezone(&here).date_naive();
    log(&app, &ann, "run", &Utc::now().to_rfc3339(), json!({})).await;
    let day = |value: &Value| value.as_str().unwrap().parse::<NaiveDate>().unwrap();
    for (query, days_before) in [
        ("this_week", (|to| to.weekday().num_days_from_monday()) as fn(NaiveDate) -> u32),
        ("this_week&week_start=sunday", |to| to.weekday().num_days_from_sunday()),
        ("this_month", |to| to.day0()),
        ("this_year", |to| to.ordinal0()),
        ("last_30_days", |_| 29),
    ] {
        let earliest = today();
        let found = summary(&app, &ann, &format!("period={query}")).await;
        let to = day(&found["to"]);
        assert!((earliest..=today()).contains(&to), "{query}: {found}");
        let from = to - Days::new(days_before(to).into());
        assert_eq!(day(&found["from"]), from, "{query}");
        assert_eq!(found["totals"]["activities"], 1, "{query}");
        let before = &found["before"];
        assert!(day(&before["to"]) < to && before["totals"]["activities"] == 0, "{query}: {found}");
    }
    for (query, field) in [
        ("period=this_week&from=2026-01-01", "period"),
        ("period=this_week&to=2026-01-01", "period"),
        ("period=week", "period"),
    ] {
        let refused = app.get_as(&ann, &format!("/stats/summary?{query}")).await;
        let refused = refused.expect_error(400, "invalid_parameter").json();
        assert_eq!(refused["fields"][0]["field"], field, "{refused}");
    }
}

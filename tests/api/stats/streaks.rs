//! Streaks of days and weeks.

use chrono::{Days, Utc};
use serde_json::{Value, json};

use super::log;
use crate::support::TestApp;

#[actix_rt::test]
async fn days_in_a_row_until_today_are_a_streak() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let none = json!({"current": null, "longest": null});
    let empty = app.get_as(&ann, "/stats/streaks").await.expect(200).json();
    assert_eq!(empty, json!({"tz": "UTC", "days": none, "weeks": none}));
    for day in ["2025-06-03", "2025-06-01", "2025-06-02", "2025-06-04"] {
        log(&app, &ann, "run", &format!("{day}T12:00:00Z"), json!({})).await;
    }
    let yesterday = Utc::now().date_naive() - Days::new(1);
    for ago in 0..3 {
        let day = yesterday - Days::new(ago);
        log(&app, &ann, "swim", &format!("{day}T12:00:00Z"), json!({})).await;
    }
    let streaks = async |query: &str| {
        app.get_as(&ann, &format!("/stats/streaks?{query}")).await.expect(200).json()["days"]
            .clone()
    };
    let longest = json!({"length": 4, "from": "2025-06-01", "to": "2025-06-04"});
    let from = yesterday - Days::new(2);
    let current = json!({"length": 3, "from": from, "to": yesterday});
    // If the test runs over midnight, yesterday becomes the day before.
    let found = streaks("").await;
    let is_midnight = Utc::now().date_naive() - Days::new(1) != yesterday;
    assert_eq!(found["longest"], longest);
    assert!(found["current"] == current || is_midnight, "{found}");
    let runs = streaks("activity_type=run").await;
    assert_eq!((&runs["current"], &runs["longest"]), (&Value::Null, &longest));
    app.get_as(&ann, "/stats/streaks?tz=Mars").await.expect_error(400, "invalid_parameter");
}

/// In the east, the last hours of the calendar are in the year 10000.
#[actix_rt::test]
async fn no_date_has_a_year_of_five_digits() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for day in 25..=31 {
        log(&app, &ann, "run", &format!("9999-12-{day}T23:59:59Z"), json!({})).await;
    }
    for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        // With days that are stored, and with days that are computed.
        for query in ["", "&activity_type=run", "&week_start=sunday", "&week_start=saturday"] {
            let path = format!("/stats/streaks?tz={zone}{query}");
            let streaks = app.get_as(&ann, &path).await.expect(200).text();
            assert!(!streaks.contains('+') && !streaks.contains("\"1000"), "{path}: {streaks}");
        }
    }
    app.put_as(&ann, "/me/profile", &json!({"time_zone": "Pacific/Kiritimati"})).await.expect(200);
    let streaks = app.get_as(&ann, "/stats/streaks").await.expect(200).json();
    let longest = json!({"length": 6, "from": "9999-12-26", "to": "9999-12-31"});
    assert_eq!(streaks["days"]["longest"], longest);
    assert_eq!(streaks["weeks"]["longest"]["to"], "9999-12-31");
    let path = "/stats/summary?from=9999-12-20&to=9999-12-31&group_by=week&include_empty=true";
    let summary = app.get_as(&ann, path).await.expect(200).text();
    assert!(!summary.contains('+'), "{summary}");
}

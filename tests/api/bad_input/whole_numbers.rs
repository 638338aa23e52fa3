//! Whole numbers with a decimal point, as clients write them whose numbers are all doubles.

use actix_web::http::Method;

use crate::support::{PASSWORD, TestApp};

/// JSON Schema: a number without a fraction is an integer, however it is written.
#[actix_rt::test]
async fn a_whole_number_may_have_a_point_wherever_one_is_taken() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let activity = |members: &str| {
        format!(
            r#"{{"activity_type":"run","started_at":"2026-01-01T00:00:00Z","duration_secs":60.0,{members}}}"#
        )
    };
    let send = async |path: &str, body: String| {
        let authorization = format!("Bearer {}", user.token);
        let headers = [("authorization", &*authorization), ("content-type", "application/json")];
        app.send(Method::POST, path, &headers, Some(body.into_bytes())).await
    };
    for number in ["60", "60.0", "6e1", "600e-1"] {
        for member in ["calories", "avg_heart_rate", "max_heart_rate", "avg_power_watts"] {
            let lap = format!(r#""laps":[{{"duration_secs":{number},"{member}":{number}}}]"#);
            let kept = send("/activities", activity(&lap)).await.expect(201).json();
            assert_eq!(kept["laps"][0][member], 60, "{number}");
        }
        let set = format!(r#""sets":[{{"exercise":"squat","reps":{number}}}]"#);
        let kept = send("/activities", activity(&set)).await.expect(201).json();
        assert_eq!(kept["sets"][0]["reps"], 60, "{number}");
        let token = format!(
            r#"{{"name":"x","scopes":["activities:read"],"password":"{PASSWORD}","expires_in_days":{number}}}"#
        );
        send("/me/tokens", token).await.expect(201);
        send("/shares", format!(r#"{{"picture":"weekly","weeks":{number}}}"#)).await.expect(201);
        send("/shares", format!(r#"{{"picture":"heatmap","year":{number}}}"#)).await.expect(201);
    }
    for (path, body, field) in [
        ("/activities", activity(r#""laps":[{"calories":1.5}]"#), "laps[0].calories"),
        ("/activities", activity(r#""laps":[{"calories":-1}]"#), "laps[0].calories"),
        ("/activities", activity(r#""sets":[{"exercise":"squat","reps":1e300}]"#), "sets[0].reps"),
        ("/activities", activity(r#""sets":[{"reps":1}]"#), "sets[0].exercise"),
        ("/activities", activity(r#""laps":[{"started_at":"today"}]"#), "laps[0].started_at"),
        ("/shares", r#"{"picture":"weekly","weeks":1.5}"#.to_owned(), "weeks"),
        ("/shares", r#"{"picture":"poster"}"#.to_owned(), "picture"),
        ("/shares", r#"{"picture":7}"#.to_owned(), "picture"),
        ("/me/tokens", r#"{"expires_in_days":1.5}"#.to_owned(), "expires_in_days"),
        ("/me/tokens", r#"{"password":7}"#.to_owned(), "password"),
        ("/activities/batch", r#"{}"#.to_owned(), "activities"),
    ] {
        let refused = send(path, body).await.expect_error(422, "validation_failed").json();
        let fields = refused["fields"].as_array().unwrap();
        assert!(fields.iter().any(|fault| fault["field"] == field), "{refused}");
    }
}

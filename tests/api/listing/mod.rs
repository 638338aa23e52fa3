//! Lists of activities: filters, limits, and walks by cursor that miss nothing.

mod cursors;
mod search;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, User};

/// Inserts `count` activities for `user`. Each group of `ties` starts at the same time, an hour
/// after the one before.
async fn seed(app: &TestApp, user: &User, count: usize, ties: usize, notes: &str) {
    app.database
        .execute(&format!(
            "INSERT INTO activities (user_id, activity_type, started_at, duration_secs, notes)
             SELECT '{}', CASE n % 2 WHEN 0 THEN 'run' ELSE 'ride' END,
                    timestamptz '2026-05-04T08:00:00Z' + interval '1 hour' * (n / {ties}), n, '{notes}'
             FROM generate_series(0, {count} - 1) n",
            user.id
        ))
        .await;
}

fn items(page: &Value) -> Vec<Value> {
    page["activities"].as_array().unwrap().clone()
}

/// The durations of a page's activities. For seeded activities, the duration is the number.
fn numbers(page: &Value) -> Vec<i64> {
    items(page).iter().map(|item| item["duration_secs"].as_i64().unwrap()).collect()
}

async fn page(app: &TestApp, user: &User, query: &str) -> Value {
    app.get_as(user, &format!("/activities?{query}")).await.expect(200).json()
}

/// All pages of a walk by cursor.
async fn walk(app: &TestApp, user: &User, query: &str) -> Vec<Value> {
    let mut pages = vec![page(app, user, query).await];
    while let Some(cursor) = pages[pages.len() - 1]["next_cursor"].as_str().map(str::to_owned) {
        pages.push(page(app, user, &format!("{query}&cursor={cursor}")).await);
    }
    pages
}

#[track_caller]
fn refuses(answer: Answer, parameter: &str) {
    let answer = answer.expect_error(400, "invalid_parameter");
    assert_eq!(answer.json()["fields"][0]["field"], parameter, "{}", answer.path);
}

#[actix_rt::test]
async fn the_newest_comes_first_and_ties_go_by_id() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    seed(&app, &user, 60, 7, "").await;
    let list = items(&page(&app, &user, "limit=100").await);
    let keys: Vec<(&str, &str)> = list
        .iter()
        .map(|item| (item["started_at"].as_str().unwrap(), item["id"].as_str().unwrap()))
        .collect();
    assert_eq!(keys.len(), 60);
    assert!(keys.windows(2).all(|pair| pair[0] > pair[1]), "{keys:?}");
}

#[actix_rt::test]
async fn an_empty_list_is_a_list() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let expected = json!({"activities": [], "limit": 20, "next_cursor": null});
    assert_eq!(app.get_as(&user, "/activities").await.expect(200).json(), expected);
}

#[actix_rt::test]
async fn filters_select_by_type_and_time_and_both_ends_belong() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    seed(&app, &user, 6, 1, "").await; // 08:00 … 13:00
    for (query, expected) in [
        ("activity_type=run", vec![4, 2, 0]),
        ("activity_type=ride&limit=2", vec![5, 3]),
        ("activity_type=swim", vec![]),
        ("from=2026-05-04T11:00:00Z", vec![5, 4, 3]),
        ("from=2026-05-04T11:00:00.000001Z", vec![5, 4]),
        ("to=2026-05-04T09:00:00Z", vec![1, 0]),
        ("to=2026-05-04T08:59:59.999999Z", vec![0]),
        ("from=2026-05-04T09:00:00Z&to=2026-05-04T11:00:00Z&activity_type=ride", vec![3, 1]),
        ("from=2026-05-04T10:00:00Z&to=2026-05-04T10:00:00Z", vec![2]),
        ("from=2026-05-04T13:00:00%2B02:00&to=2026-05-04T13:00:00%2B02:00", vec![3]),
        ("from=2026-05-04T13:00:00+02:00&to=2026-05-04T13:00:00+02:00", vec![3]),
        ("from=2026-05-04T09:00:00-02:00&to=2026-05-04t11:00:00z", vec![3]),
        ("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z&limit=1", vec![5]),
    ] {
        assert_eq!(numbers(&page(&app, &user, query).await), expected, "{query}");
    }
}

#[actix_rt::test]
async fn a_range_that_nothing_can_be_in_is_refused() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for (query, name) in [
        ("from=2026-05-04T11:00:00Z&to=2026-05-04T10:59:59.999999Z", "to"),
        ("from=2026-05-04T11:00:00Z&to=2026-05-04T13:00:00%2B02:01", "to"),
        ("min_distance_meters=5000.1&max_distance_meters=5000", "max_distance_meters"),
        ("min_duration_secs=61&max_duration_secs=60", "max_duration_secs"),
    ] {
        refuses(app.get_as(&user, &format!("/activities?{query}")).await, name);
    }
    for query in [
        "from=2026-05-04T11:00:00Z&to=2026-05-04T13:00:00%2B02:00",
        "min_distance_meters=5000.1&max_distance_meters=5000.1",
        "min_duration_secs=60&max_duration_secs=60",
    ] {
        app.get_as(&user, &format!("/activities?{query}")).await.expect(200);
    }
    let summary = async |query: &str| app.get_as(&user, &format!("/stats/summary?{query}")).await;
    refuses(summary("from=2026-05-04&to=2026-05-03").await, "to");
    refuses(summary("from=9999-01-01").await, "from");
    summary("from=2026-05-04&to=2026-05-04").await.expect(200);
}

#[actix_rt::test]
async fn the_limit_is_20_and_never_above_100() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    seed(&app, &user, 105, 10, "").await;
    for (query, limit) in [
        ("", 20),
        ("limit=1", 1),
        ("limit=100", 100),
        ("limit=101", 100),
        ("limit=2147483648", 100),
    ] {
        let page = page(&app, &user, query).await;
        assert_eq!(page["limit"], limit, "{query}");
        assert_eq!(items(&page).len(), limit, "{query}");
    }
    for limit in ["0", "-1", "-9223372036854775808", "1.5", "ten", ""] {
        refuses(app.get_as(&user, &format!("/activities?limit={limit}")).await, "limit");
    }
}

#[actix_rt::test]
async fn an_offset_skips_and_is_told_back() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    seed(&app, &user, 10, 1, "").await;
    assert!(page(&app, &user, "limit=4").await.get("offset").is_none());
    for (offset, expected) in
        [(0, vec![9, 8, 7, 6]), (8, vec![1, 0]), (10, vec![]), (i64::MAX, vec![])]
    {
        let page = page(&app, &user, &format!("limit=4&offset={offset}")).await;
        assert_eq!(page["offset"], offset);
        assert_eq!(numbers(&page), expected, "{offset}");
        assert_eq!(page["next_cursor"].is_null(), offset >= 6, "{offset}");
    }
    for offset in ["-1", "x", "0.5", ""] {
        refuses(app.get_as(&user, &format!("/activities?offset={offset}")).await, "offset");
    }
    // The message says that it is an integer, and names the limit.
    let answer = app.get_as(&user, "/activities?offset=99999999999999999999").await;
    assert!(
        answer.text().contains("offset must be between")
            && answer.text().contains("9223372036854775807"),
        "{}",
        answer.text()
    );
}

//! Lists of activities: filters, limits, and walks by cursor that miss nothing.

use std::{cell::Cell, collections::HashMap};

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, User};

/// `count` activities for `user`, `ties` of them starting at each instant, an hour apart.
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

/// The durations, by which the seeded activities are numbered.
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
        ("from=2026-05-04T11:00:00Z&to=2026-05-04T10:00:00Z", vec![]),
        ("from=2026-05-04T13:00:00%2B02:00&to=2026-05-04T13:00:00%2B02:00", vec![3]),
        ("from=2026-05-04T13:00:00+02:00&to=2026-05-04T13:00:00+02:00", vec![3]),
        ("from=2026-05-04T09:00:00-02:00&to=2026-05-04t11:00:00z", vec![3]),
        ("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z&limit=1", vec![5]),
        ("unknown=1&order=asc&limit=1", vec![5]),
    ] {
        assert_eq!(numbers(&page(&app, &user, query).await), expected, "{query}");
    }
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
}

#[actix_rt::test]
async fn the_last_page_has_no_cursor_also_when_it_is_full() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for (count, sizes) in
        [(9, vec![9]), (1, vec![10]), (1, vec![10, 1]), (9, vec![10, 10]), (1, vec![10, 10, 1])]
    {
        seed(&app, &user, count, 4, "").await;
        let pages = walk(&app, &user, "limit=10").await;
        let walked: Vec<usize> = pages.iter().map(|page| items(page).len()).collect();
        assert_eq!(walked, sizes);
    }
}

#[actix_rt::test]
async fn a_walk_keeps_to_its_filter_and_may_change_its_pace() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    seed(&app, &user, 50, 3, "").await;
    let filter = "activity_type=run&from=2026-05-04T09:00:00Z&to=2026-05-04T20:00:00+02:00";
    let at_once = items(&page(&app, &user, &format!("{filter}&limit=100")).await);
    assert!(at_once.len() > 10);
    let pages = walk(&app, &user, &format!("{filter}&limit=2")).await;
    assert_eq!(pages.iter().flat_map(items).collect::<Vec<_>>(), at_once);

    let first = page(&app, &user, &format!("{filter}&limit=3")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let same_filter = filter.replace("20:00:00+02:00", "18:00:00Z");
    let rest = page(&app, &user, &format!("limit=100&{same_filter}&cursor={cursor}")).await;
    assert_eq!(items(&rest), at_once[3..]);
}

#[actix_rt::test]
async fn a_cursor_and_an_offset_exclude_each_other() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    seed(&app, &user, 3, 1, "").await;
    let first = page(&app, &user, "limit=1&offset=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(numbers(&page(&app, &user, &format!("cursor={cursor}")).await), [0]);
    app.get_as(&user, &format!("/activities?cursor={cursor}&offset=0"))
        .await
        .expect_error(400, "invalid_parameter");
}

#[actix_rt::test]
async fn a_cursor_holds_for_one_user_and_one_filter_and_cannot_be_made() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let other = app.user("bob@example.com").await;
    seed(&app, &user, 30, 4, "").await;
    seed(&app, &other, 30, 4, "").await;
    let filter = "activity_type=run&from=2026-05-04T08:00:00Z";
    let first = page(&app, &user, &format!("{filter}&limit=5")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    page(&app, &user, &format!("{filter}&cursor={cursor}")).await;
    let mut refused = Vec::new();
    for filter in [
        "",
        "activity_type=run",
        "activity_type=ride&from=2026-05-04T08:00:00Z",
        "activity_type=run&from=2026-05-04T08:00:00.000001Z",
        "activity_type=run&to=2026-05-04T08:00:00Z",
        "activity_type=run&from=2026-05-04T08:00:00Z&to=2026-06-04T08:00:00Z",
    ] {
        refused.push((&user, format!("{filter}&cursor={cursor}")));
    }
    refused.push((&other, format!("{filter}&cursor={cursor}")));
    for (at, letter) in cursor.char_indices() {
        let forged = if letter == 'A' { 'B' } else { 'A' };
        let (before, after) = (&cursor[..at], &cursor[at + 1..]);
        refused.push((&user, format!("{filter}&cursor={before}{forged}{after}")));
    }
    for forged in [
        "",
        "x",
        "%00",
        "%ff",
        &"A".repeat(cursor.len()),
        &cursor[1..],
        &format!("{cursor}="),
        &format!("{cursor}A"),
    ] {
        refused.push((&user, format!("{filter}&cursor={forged}")));
    }
    for (user, query) in refused {
        app.get_as(user, &format!("/activities?{query}")).await.expect_error(400, "invalid_cursor");
    }
}

/// Rows come and go at every place of the list, and at the cursor itself, while it is walked.
#[actix_rt::test]
async fn a_walk_sees_what_stays_exactly_once_while_others_write() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    seed(&app, &user, 600, 60, "stays").await;
    seed(&app, &user, 600, 60, "goes").await;
    let (done, rounds) = (Cell::new(false), Cell::new(0));
    let churn = async {
        while !done.get() {
            seed(&app, &user, 50, 5, "comes").await;
            let some =
                "SELECT id FROM activities WHERE notes <> 'stays' ORDER BY random() LIMIT 40";
            app.database.execute(&format!("DELETE FROM activities WHERE id IN ({some})")).await;
            rounds.set(rounds.get() + 1);
        }
    };
    let walk = async {
        let (mut seen, mut query, mut pages) = (Vec::new(), "limit=23".to_owned(), 0);
        loop {
            let page = page(&app, &user, &query).await;
            seen.extend(items(&page));
            pages += 1;
            let last = seen.last().unwrap()["id"].as_str().unwrap();
            let gone = format!("DELETE FROM activities WHERE id = '{last}' AND notes <> 'stays'");
            app.database.execute(&gone).await;
            match page["next_cursor"].as_str() {
                Some(cursor) => query = format!("limit=23&cursor={cursor}"),
                None => break,
            }
        }
        done.set(true);
        (seen, pages)
    };
    let ((seen, pages), ()) = futures_util::future::join(walk, churn).await;
    assert!(pages > 26 && rounds.get() > 3, "{pages} pages, {} rounds", rounds.get());

    let mut times: HashMap<&str, usize> = HashMap::new();
    for item in &seen {
        *times.entry(item["id"].as_str().unwrap()).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1));
    let stays = "SELECT string_agg(id::text, ' ') FROM activities WHERE notes = 'stays'";
    let stays = app.database.text(stays).await;
    assert_eq!(stays.split(' ').filter(|id| times.contains_key(id)).count(), 600);
}

/// The titles of a list, walked two at a time.
async fn titles(app: &TestApp, user: &User, query: &str) -> Vec<String> {
    let (mut titles, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/activities?limit=2&{query}{cursor}");
        let page = app.get_as(user, &path).await.expect(200).json();
        let items = page["activities"].as_array().unwrap().iter();
        titles.extend(items.map(|item| item["title"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return titles,
        }
    }
}

/// Five activities whose titles are letters; two are as long and as far as each other.
async fn letters(app: &TestApp) -> User {
    let user = app.user("ann@example.com").await;
    for (day, title, kind, secs, metres, notes) in [
        (1, "A", "run", 600, json!(2000), json!("Along the river, with Ünal")),
        (2, "B", "run", 600, json!(2000.5), json!("river and rain")),
        (3, "C", "cycle", 900, json!(30_000), json!(null)),
        (4, "D", "lift", 300, json!(null), json!("heavy")),
        (5, "E", "swim", 900, json!(0), json!("in the lake")),
    ] {
        let body = json!({"activity_type": kind, "started_at": format!("2026-05-0{day}T08:00:00Z"), "title": title,
                          "duration_secs": secs, "distance_meters": metres, "notes": notes});
        app.post_as(&user, "/activities", &body).await.expect(201);
    }
    user
}

#[actix_rt::test]
async fn a_list_is_sorted_as_asked_and_walked_by_cursor() {
    let app = TestApp::spawn().await;
    let ann = letters(&app).await;
    // Ties go by id, which is random: of A and B, and of C and E.
    for (sort, expected) in [
        ("-started_at", ["E", "D", "C", "B", "A"]),
        ("started_at", ["A", "B", "C", "D", "E"]),
        ("-distance_meters", ["C", "B", "A", "E", "D"]),
        ("distance_meters", ["D", "E", "A", "B", "C"]),
    ] {
        assert_eq!(titles(&app, &ann, &format!("sort={sort}")).await, expected, "{sort}");
    }
    for (sort, lengths) in [("duration_secs", "D AB CE"), ("-duration_secs", "CE AB D")] {
        let found = titles(&app, &ann, &format!("sort={sort}")).await;
        let mut groups: Vec<String> =
            [&found[..1], &found[1..3], &found[3..]].map(|group| group.concat()).into();
        if sort.starts_with('-') {
            groups = [&found[..2], &found[2..4], &found[4..]].map(|group| group.concat()).into();
        }
        let sorted = groups.iter().map(|group| {
            let mut letters: Vec<char> = group.chars().collect();
            letters.sort_unstable();
            letters.into_iter().collect::<String>()
        });
        assert_eq!(sorted.collect::<Vec<_>>().join(" "), lengths, "{sort}");
    }
    let page = app.get_as(&ann, "/activities?limit=1&sort=started_at").await.expect(200).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let other = format!("/activities?limit=1&sort=-started_at&cursor={cursor}");
    app.get_as(&ann, &other).await.expect_error(400, "invalid_cursor");
}

#[actix_rt::test]
async fn activities_are_found_by_words_ranges_and_sports() {
    let app = TestApp::spawn().await;
    let ann = letters(&app).await;
    for (query, expected) in [
        ("q=river", "B A"),
        ("q=RIVER%20rain", "B"),
        ("q=river%20-rain", "A"),
        ("q=lake%20or%20heavy", "E D"),
        ("q=%22the%20river%22", "A"),
        ("q=%C3%9Cnal", "A"),
        ("q=riv", ""),
        ("q=C", "C"),
        ("q=", "E D C B A"),
        ("q=%27%3B%20--%20%26%20%7C%20!%20(", ""),
        ("activity_type=run,swim", "E B A"),
        ("min_distance_meters=2000&max_distance_meters=2000.5", "B A"),
        ("max_distance_meters=0", "E"),
        ("min_duration_secs=601", "E C"),
        ("max_duration_secs=99999999999", "E D C B A"),
        ("min_duration_secs=600&max_duration_secs=600&q=rain", "B"),
        ("q=river&sort=started_at", "A B"),
        ("q=river&to=2026-05-01T08:00:00Z", "A"),
    ] {
        assert_eq!(titles(&app, &ann, query).await.join(" "), expected, "{query}");
    }
    for (query, name) in [
        ("sort=calories", "sort"),
        ("sort=--started_at", "sort"),
        ("q=a%00b", "q"),
        ("min_distance_meters=far", "min_distance_meters"),
        ("max_distance_meters=NaN", "max_distance_meters"),
        ("min_duration_secs=1.5", "min_duration_secs"),
        ("max_duration_secs=-1", "max_duration_secs"),
        ("min_distance_meters=-0.1", "min_distance_meters"),
        ("activity_type=run,,swim", "activity_type"),
    ] {
        let answer = app.get_as(&ann, &format!("/activities?{query}")).await;
        let body = answer.expect_error(400, "invalid_parameter").json();
        assert_eq!(body["fields"][0]["field"], name, "{query}");
    }
    let long = format!("/activities?q={}", "a".repeat(201));
    app.get_as(&ann, &long).await.expect_error(400, "invalid_parameter");
    let bob = app.user("bob@example.com").await;
    assert_eq!(titles(&app, &bob, "q=river").await, Vec::<String>::new());
}

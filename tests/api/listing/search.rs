//! Sorting and searching.

use serde_json::json;

use crate::support::{TestApp, User};

/// The titles of a list, read in pages of two.
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

/// Five activities with letters as titles. Two pairs are of the same duration.
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
    // Ties, A with B and C with E, are ordered by id, which is random.
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

#[actix_rt::test]
async fn words_are_found_without_accents_between_signs_and_without_spaces() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let found: [(&str, &[&str], &[&str]); 10] = [
        ("run/walk (easy)", &["run", "walk", "RUN/WALK", "easy", "\"run walk\""], &["ru", "-run"]),
        ("half-marathon_2026", &["half", "marathon", "half-marathon", "2026"], &["half -marathon"]),
        ("Zürich–Genève", &["zurich", "Zürich", "geneve", "Geneve zurich"], &["zur"]),
        ("Łódź, Åre, Øresund", &["lodz", "are", "oresund", "Łódź"], &["lodz -are"]),
        ("œuvre Việt Nam", &["oeuvre", "viet nam", "VIỆT"], &["vie"]),
        ("בוקר שָׁלוֹם", &["שלום", "שָׁלוֹם"], &["של"]),
        (
            "東京マラソン大会",
            &["東京", "マラソン", "ラソ", "大", "ﾏﾗｿﾝ", "京マ 大会"],
            &["東会", "-東京 大会", "京東"],
        ),
        ("서울마라톤", &["마라톤", "서울", "울마"], &["울서"]),
        ("วิ่งตอนเช้า", &["ตอนเช้า", "วิ่ง"], &["เช้าตอน"]),
        ("晨跑10公里", &["晨跑", "公里", "10", "跑"], &["跑晨", "1"]),
    ];
    for (day, (title, ..)) in found.iter().enumerate() {
        let day = format!("2026-05-{:02}T08:00:00Z", day + 1);
        let body = json!({"activity_type": "run", "started_at": day, "title": title, "duration_secs": 600});
        app.post_as(&ann, "/activities", &body).await.expect(201);
    }
    let search = async |words: &str| {
        let query = serde_urlencoded::to_string([("q", words)]).unwrap();
        titles(&app, &ann, &query).await
    };
    for (title, queries, others) in found {
        for words in queries {
            assert_eq!(search(words).await, [title], "{words}");
        }
        for words in others {
            let found = search(words).await;
            assert!(!found.contains(&title.to_owned()), "{words} finds {title}");
        }
    }
}

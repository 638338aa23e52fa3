//! Calendars and feeds of shares.

use actix_web::http::Method;
use quick_xml::{Reader, events::Event};
use serde_json::{Value, json};

use crate::{
    pictures::{activity, gpx, northward},
    support::{TestApp, User},
};

/// Shares a picture. Returns the share, and the paths of its calendar and of its feed.
async fn share(app: &TestApp, user: &User, body: Value) -> (Value, String, String) {
    let share = app.post_as(user, "/shares", &body).await.expect(201).json();
    let page = share["page_url"].as_str().unwrap().strip_prefix("https://log.example").unwrap();
    let (calendar, feed) = (format!("{page}.ics"), format!("{page}.atom"));
    (share, calendar, feed)
}

async fn run(app: &TestApp, user: &User, day: &str, duration_secs: u32) -> String {
    let run = json!({"activity_type": "run", "started_at": format!("{day}T08:00:00Z"),
                     "duration_secs": duration_secs, "title": "Secret title", "notes": "secret notes"});
    app.post_as(user, "/activities", &run).await.expect(201).header("location").to_owned()
}

/// Checks the lines of a calendar, and returns them without folds.
#[track_caller]
fn unfolded(calendar: &str) -> Vec<String> {
    let lines = calendar.strip_suffix("\r\n").unwrap().split("\r\n");
    for line in lines {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
    }
    calendar.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

fn values(lines: &[String], name: &str) -> Vec<String> {
    let values = lines.iter().filter_map(|line| line.strip_prefix(&format!("{name}:")));
    values.map(str::to_owned).collect()
}

/// Returns the texts of the elements with this name.
fn elements(xml: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let (mut found, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(_) => text.clear(),
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(c)) => text.push(c),
                _ => panic!("{reference:?}"),
            },
            Event::End(end) if end.name().as_ref() == name => found.push(text.clone()),
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[actix_rt::test]
async fn days_and_weeks_can_be_subscribed_to() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    run(&app, &ann, "2026-05-04", 3000).await;
    let second = run(&app, &ann, "2026-05-06", 1200).await;
    run(&app, &ann, "2026-05-06", 600).await;
    run(&app, &ann, "2025-05-06", 600).await;
    let year = json!({"picture": "heatmap", "year": 2026, "activity_type": "run"});
    let (made, calendar, feed) = share(&app, &ann, year).await;
    assert_eq!(made["calendar_url"], format!("https://log.example{calendar}"));
    assert_eq!(made["feed_url"], format!("https://log.example{feed}"));

    let answer = app.get(&calendar).await.expect(200);
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert!(!answer.text().to_lowercase().contains("secret"), "{}", answer.text());
    let lines = unfolded(&answer.text());
    assert_eq!(values(&lines, "SUMMARY"), ["Run: 50 min", "Run: 30 min"]);
    assert_eq!(values(&lines, "DTSTART;VALUE=DATE"), ["20260504", "20260506"]);
    assert_eq!(values(&lines, "DTEND;VALUE=DATE"), ["20260505", "20260507"]);
    let tag = answer.header("etag").to_owned();
    let headers = [("if-none-match", tag.as_str())];
    app.send(Method::GET, &calendar, &headers, None).await.expect(304);

    let answer = app.get(&feed).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/atom+xml; charset=utf-8");
    let titles = elements(&answer.text(), "title");
    let expected = ["A year of activities", "6 May 2026, Run: 30 min", "4 May 2026, Run: 50 min"];
    assert_eq!(titles, expected);
    let ids = elements(&answer.text(), "id");
    assert!(ids.len() == 3 && ids.iter().all(|id| id.starts_with("urn:uuid:")), "{ids:?}");

    // A day keeps its identity while its total changes.
    app.put_as(&ann, &second, &json!({"duration_secs": 2400})).await.expect(200);
    let changed = app.get(&calendar).await.expect(200);
    assert_ne!(changed.header("etag"), tag);
    let changed = unfolded(&changed.text());
    assert_eq!(values(&changed, "SUMMARY"), ["Run: 50 min", "Run: 50 min"]);
    assert_eq!(values(&changed, "UID"), values(&lines, "UID"));
    assert_eq!(elements(&app.get(&feed).await.expect(200).text(), "id"), ids);

    let weeks = json!({"picture": "weekly", "weeks": 104, "metric": "activities"});
    let (_, calendar, feed) = share(&app, &ann, weeks).await;
    let lines = unfolded(&app.get(&calendar).await.expect(200).text());
    let weeks = values(&lines, "DTSTART;VALUE=DATE");
    let (ends, sums) = (values(&lines, "DTEND;VALUE=DATE"), values(&lines, "SUMMARY"));
    let at = weeks.iter().position(|first| first == "20260504").unwrap();
    assert_eq!((ends[at].as_str(), sums[at].as_str()), ("20260511", "3 activities"));
    let titles = elements(&app.get(&feed).await.expect(200).text(), "title");
    assert_eq!(titles[1], "Week of 4 May 2026, 3 activities");
}

#[actix_rt::test]
async fn an_activity_has_a_day_only_if_the_share_shows_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(900)])).await;
    let title =
        "Lauf; über \\die\\ Brücke, <am> & \"hinter\" dem Fluß 東京マラソン, das zweite Mal";
    app.put_as(&ann, &path, &json!({"title": format!("{title}\u{1}\u{fffe}")})).await.expect(200);
    let id = path.strip_prefix("/activities/").unwrap();
    let route = |more: Value| {
        let mut body = json!({"picture": "route", "activity_id": id});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let (made, calendar, feed) = share(&app, &ann, route(json!({"show_title": true}))).await;
    assert_eq!((&made["calendar_url"], &made["feed_url"]), (&Value::Null, &Value::Null));
    for path in [&calendar, &feed] {
        let refused = app.get(path).await.expect_error(404, "not_found");
        assert!(refused.text().contains("shows no date"), "{}", refused.text());
    }

    let (_, calendar, feed) = share(&app, &ann, route(json!({"show_date": true}))).await;
    let calendar = app.get(&calendar).await.expect(200).text();
    assert_eq!(values(&unfolded(&calendar), "SUMMARY"), ["Run"]);
    assert!(!calendar.contains("47.") && !calendar.contains("Fluß"), "{calendar}");
    assert_eq!(elements(&app.get(&feed).await.expect(200).text(), "title")[1], "4 May 2026, Run");

    let both = route(json!({"show_date": true, "show_title": true}));
    let (made, calendar, feed) = share(&app, &ann, both).await;
    let text = app.get(&calendar).await.expect(200).text();
    let shown: String = title.chars().take(70).collect();
    let escaped = shown.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    let summary = &values(&unfolded(&text), "SUMMARY")[0];
    assert!(escaped.starts_with(summary.trim_end_matches('…')), "{summary}");
    let atom = app.get(&feed).await.expect(200).text();
    assert!(elements(&atom, "title")[1].contains("<am> & \"hinter\""), "{atom}");
    let page = app.get(calendar.strip_suffix(".ics").unwrap()).await.expect(200).text();
    assert!(page.contains("type=\"application/atom+xml\""), "{page}");
    if let Ok(folder) = std::env::var("SPORTS_LOG_EXPORTS") {
        std::fs::write(format!("{folder}/share.ics"), text).unwrap();
        std::fs::write(format!("{folder}/share.atom"), atom).unwrap();
    }

    let revoke = format!("/shares/{}", made["id"].as_str().unwrap());
    app.request(&ann, Method::DELETE, &revoke, None).await.expect(204);
    for path in [&calendar, &feed] {
        app.get(path).await.expect_error(404, "not_found");
    }
}

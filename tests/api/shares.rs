//! Pictures that anybody can see with the link.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    pictures::{Picture, activity, gpx, northward},
    support::{Answer, PASSWORD, Scrape, TestApp, User, until_selects},
};

/// Creates a share. Returns it, and the path of its picture as SVG.
async fn share(app: &TestApp, user: &User, body: Value) -> (Value, String) {
    let share = app.post_as(user, "/shares", &body).await.expect(201).json();
    let url = share["svg_url"].as_str().unwrap();
    let path = url.strip_prefix("https://log.example").unwrap().to_owned();
    assert_eq!(share["png_url"].as_str().unwrap(), url.replace(".svg", ".png"));
    (share, path)
}

fn route_of(path: &str) -> Value {
    json!({"picture": "route", "activity_id": path.strip_prefix("/activities/").unwrap()})
}

async fn gone(app: &TestApp, path: &str) -> Answer {
    app.get(path).await.expect_error(404, "not_found")
}

#[actix_rt::test]
async fn whoever_has_the_link_sees_the_picture_in_any_page() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(900)])).await;
    for body in [
        route_of(&path),
        json!({"picture": "chart", "activity_id": path.strip_prefix("/activities/").unwrap()}),
        json!({"picture": "heatmap", "year": 2026, "metric": "distance", "theme": "dark", "units": "imperial"}),
        json!({"picture": "weekly", "weeks": 8, "week_start": "sunday", "activity_type": "run", "tz": "Europe/Rome"}),
    ] {
        let (made, link) = share(&app, &ann, body.clone()).await;
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(&made[name], value, "{name}");
        }
        let answer = app.get(&link).await.expect(200);
        Picture::of(&answer.text());
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
        assert!(answer.header("content-security-policy").ends_with("frame-ancestors *"));
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        let tag = answer.header("etag").to_owned();
        let again =
            app.send(Method::GET, &link, &[("if-none-match", &tag)], None).await.expect(304);
        assert_eq!(again.header("cache-control"), "public, max-age=300");
        let dark = app.get(&format!("{link}?theme=dark")).await.expect(200).text();
        assert!(dark.contains("class=\"sports-log-dark\""));
        let png = app.get(&link.replace(".svg", ".png?width=100")).await.expect(200);
        assert_eq!(png.header("content-type"), "image/png");
    }
    let series = "sports_log_http_requests_total{endpoint=\"/shared/{token}.svg\",method=\"GET\",status=\"304\"}";
    assert_eq!(Scrape::of(&app).await.get(series), Some(4.0));
    let metrics = app.get("/metrics").await.text();
    assert!(metrics.contains("/shared/{token}.png") && !metrics.contains("/shared/A"));
}

#[actix_rt::test]
async fn a_share_that_contradicts_itself_is_refused() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(900)])).await;
    for both in [true, false] {
        let mut body = route_of(&path);
        body["whole_track"] = json!(both);
        body["hide_ends"] = json!(both);
        body["password"] = json!(PASSWORD);
        let refused = app.post_as(&ann, "/shares", &body).await;
        let refused = refused.expect_error(422, "validation_failed").json();
        assert_eq!(refused["fields"][0]["field"], "hide_ends");
        // Both options that mean the same may be given together.
        body["hide_ends"] = json!(!both);
        app.post_as(&ann, "/shares", &body).await.expect(201);
    }
}

#[actix_rt::test]
async fn a_share_tells_no_more_than_it_was_asked_to() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(900)])).await;
    let title = json!({"title": "From home, Seestrasse 5"});
    app.put_as(&ann, &path, &title).await.expect(200);
    for picture in ["route", "chart"] {
        for (options, title, date, whole) in [
            (json!({}), false, false, false),
            (json!({"show_title": true}), true, false, false),
            (json!({"show_date": true, "hide_ends": true}), false, true, false),
            (json!({"whole_track": true, "show_title": true, "show_date": true}), true, true, true),
            // The option from before there were privacy zones.
            (json!({"hide_ends": false}), false, false, true),
        ] {
            let mut body = route_of(&path);
            body["picture"] = json!(picture);
            body.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
            if whole {
                app.post_as(&ann, "/shares", &body)
                    .await
                    .expect_error(403, "reauthentication_required");
                body["password"] = json!(PASSWORD);
            }
            let (made, link) = share(&app, &ann, body).await;
            assert_eq!(
                (&made["whole_track"], &made["show_title"], &made["show_date"]),
                (&json!(whole), &json!(title), &json!(date))
            );
            assert!(made.get("hide_ends").is_none());
            let svg = app.get(&link).await.expect(200).text();
            let shown = Picture::of(&svg);
            assert_eq!((svg.contains("Seestrasse"), svg.contains("May")), (title, date), "{svg}");
            assert_eq!(shown.desc.contains("2.70 km"), whole, "{}", shown.desc);
            assert_eq!(shown.says("outside private zones"), !whole, "{:?}", shown.texts);
            let has_marks = shown.paths("start mark").len() + shown.paths("finish mark").len() > 0;
            assert_eq!(has_marks, whole && picture == "route");
            assert_eq!(shown.desc.contains("from where it begins"), whole && picture == "route");
            app.get(&link.replace(".svg", ".png")).await.expect(200);
        }
    }
}

#[actix_rt::test]
async fn a_whole_route_wants_a_proof_and_each_share_is_told() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(900)])).await;
    let mut all = route_of(&path);
    all["hide_ends"] = json!(false);
    let refused = app.post_as(&ann, "/shares", &all).await;
    refused.expect_error(403, "reauthentication_required");
    // The first request with the key uses up the code. The others get its answer.
    app.post_as(&ann, "/me/otp", &json!({"channel": "email"})).await.expect(202);
    let code: String = app.smtp.mail_to("ann@example.com").await.subject.chars().take(6).collect();
    all["code"] = json!(code);
    let made = join_all((0..4).map(|_| app.post_with_key(&ann, "/shares", "k", &all))).await;
    let made: Vec<Value> = made.into_iter().map(|answer| answer.expect(201).json()).collect();
    assert!(made.iter().all(|share| *share == made[0]), "{made:?}");
    let notice = app.smtp.notice_to("ann@example.com").await;
    let subject = "A link was created that lets anyone see a picture of your log (sports-log)";
    assert_eq!(notice.subject, subject);
    let revoke = format!("/shares/{}", made[0]["id"].as_str().unwrap());
    app.request(&ann, Method::DELETE, &revoke, None).await.expect(204);
    let kinds = "SELECT string_agg(concat_ws(' ', kind, method), ', ' ORDER BY at) FROM auth_events
                 WHERE kind LIKE 'share%'";
    let kinds = app.database.text(kinds).await;
    assert_eq!(kinds, "share_refused, share_created route, share_deleted");
}

#[actix_rt::test]
async fn of_a_route_that_is_all_zone_nothing_is_shown() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for fixes in [northward(1), northward(2), northward(30), vec![(47.0, 8.0, 5.0); 500]] {
        let path = activity(&app, &ann, &gpx(&[fixes])).await;
        let (_, link) = share(&app, &ann, route_of(&path)).await;
        let shown = Picture::of(&app.get(&link).await.expect(200).text());
        assert!(shown.says("No part of the route is outside private zones"));
        assert_eq!(shown.desc, "Run. No part of the route is outside private zones.");
        assert_eq!(shown.paths("route").len() + shown.paths("curve elevation").len(), 0);
        let mut chart = route_of(&path);
        chart["picture"] = json!("chart");
        let (_, link) = share(&app, &ann, chart).await;
        let shown = Picture::of(&app.get(&link).await.expect(200).text());
        assert_eq!(shown.desc, "Run. Nothing was measured outside private zones.");
    }
}

#[actix_rt::test]
async fn a_share_ends_when_its_owner_says_so_and_with_what_it_shows() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(900)])).await;
    let never =
        gone(&app, &format!("/shared/{}.svg", "A".repeat(43))).await.json()["error"].clone();

    let (revoked, link) = share(&app, &ann, json!({"picture": "weekly"})).await;
    let revoke = format!("/shares/{}", revoked["id"].as_str().unwrap());
    app.request(&bob, Method::DELETE, &revoke, None).await.expect_error(404, "not_found");
    app.get(&link).await.expect(200);
    app.request(&ann, Method::DELETE, &revoke, None).await.expect(204);
    assert_eq!(gone(&app, &link).await.json()["error"], never);
    app.request(&ann, Method::DELETE, &revoke, None).await.expect_error(404, "not_found");

    let (_, link) =
        share(&app, &ann, json!({"picture": "weekly", "expires_at": "2099-01-01T00:00:00Z"})).await;
    app.get(&link).await.expect(200);
    app.database.execute("UPDATE shares SET expires_at = now()").await;
    assert_eq!(gone(&app, &link).await.json()["error"], never);
    assert_eq!(app.get_as(&ann, "/shares").await.expect(200).json(), json!({"shares": []}));
    // A starting server purges first.
    let app = app.restarted(&[]).await;
    until_selects(&app.database, "SELECT count(*) FROM shares", "0").await;

    let (_, of_activity) = share(&app, &ann, route_of(&path)).await;
    let (_, of_log) = share(&app, &ann, json!({"picture": "heatmap"})).await;
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    gone(&app, &of_activity).await;
    app.get(&of_log).await.expect(200);
    app.database.execute("UPDATE users SET locked_at = now()").await;
    gone(&app, &of_log).await;
    app.database.execute("UPDATE users SET locked_at = NULL").await;
    app.get(&of_log).await.expect(200);
    app.database.execute(&format!("DELETE FROM users WHERE id = '{}'", ann.id)).await;
    gone(&app, &of_log).await;
    for wrong in ["A", "%2e%2e", &"A".repeat(42), &"A".repeat(44), &format!("{}=", "A".repeat(43))]
    {
        gone(&app, &format!("/shared/{wrong}.svg")).await;
    }
}

#[actix_rt::test]
async fn shares_are_their_owners_and_links_are_told_once() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(10)])).await;
    app.post_as(&bob, "/shares", &route_of(&path)).await.expect_error(422, "validation_failed");
    let (mut made, link) = share(&app, &ann, route_of(&path)).await;
    let token = link.strip_prefix("/shared/").unwrap().trim_end_matches(".svg").to_owned();
    assert_eq!(token.len(), 43);
    for name in ["page_url", "svg_url", "png_url", "calendar_url", "feed_url"] {
        made.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(app.get_as(&ann, "/shares").await.expect(200).json(), json!({"shares": [made]}));
    assert_eq!(app.get_as(&bob, "/shares").await.expect(200).json(), json!({"shares": []}));
    let kept = app.database.text("SELECT string_agg(s::text, ' ') FROM shares s").await;
    assert!(!kept.contains(&token));
    app.database
        .execute(
            "INSERT INTO shares (user_id, digest, picture)
             SELECT user_id, sha256(n::text::bytea), picture FROM shares, generate_series(2, 95) n",
        )
        .await;
    let weekly = json!({"picture": "weekly"});
    let at_once = join_all((0..20).map(|_| app.post_as(&ann, "/shares", &weekly))).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status == 201).count(), 5);
    app.post_as(&ann, "/shares", &weekly).await.expect_error(409, "too_many_shares");
    app.database
        .execute("UPDATE shares SET expires_at = now() WHERE id = (SELECT id FROM shares WHERE activity_id IS NULL LIMIT 1)")
        .await;
    app.post_as(&ann, "/shares", &weekly).await.expect(201);
    app.post("/shares", &weekly).await.expect_error(401, "missing_token");
}

#[actix_rt::test]
async fn what_cannot_be_shared_is_told() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for (wrong, field) in [
        (json!({}), "picture"),
        (json!({"picture": "map"}), "picture"),
        (json!({"picture": "route"}), "activity_id"),
        (json!({"picture": "chart", "activity_id": "x"}), "activity_id"),
        (
            json!({"picture": "chart", "activity_id": "00000000-0000-4000-8000-000000000000"}),
            "activity_id",
        ),
        (json!({"picture": "heatmap", "year": 0}), "year"),
        (json!({"picture": "heatmap", "metric": "joy"}), "metric"),
        (json!({"picture": "weekly", "weeks": 105}), "weeks"),
        (json!({"picture": "weekly", "activity_type": "A"}), "activity_type"),
        (json!({"picture": "weekly", "tz": "Mars"}), "tz"),
        (json!({"picture": "weekly", "expires_at": "2020-01-01T00:00:00Z"}), "expires_at"),
        (json!({"picture": "weekly", "expires_at": "2099-01-01 00:00:00 UTC"}), "expires_at"),
        (json!({"picture": "weekly", "expires_at": "+12000-01-01T00:00:00Z"}), "expires_at"),
        (json!({"picture": "weekly", "expires_at": 5}), "expires_at"),
    ] {
        let answer =
            app.post_as(&ann, "/shares", &wrong).await.expect_error(422, "validation_failed");
        assert_eq!(answer.json()["fields"][0]["field"], field, "{wrong}");
    }
    // Members that the picture does not have are neither validated nor stored.
    let path = activity(&app, &ann, &gpx(&[northward(900)])).await;
    let mut route = route_of(&path);
    (route["tz"], route["year"]) = (json!("\u{0}"), json!(-5));
    let (share, _) = share(&app, &ann, route).await;
    assert_eq!((&share["tz"], &share["year"]), (&json!(null), &json!(null)));
}

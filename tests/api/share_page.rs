//! The page of a shared picture.

use actix_web::http::Method;
use serde_json::json;

use crate::{
    pictures::{activity, gpx, northward},
    support::TestApp,
};

#[actix_rt::test]
async fn a_share_has_a_page_that_messengers_preview() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(900)])).await;
    app.put_as(&ann, &path, &json!({"title": "Round our house"})).await.expect(200);
    let id = path.strip_prefix("/activities/").unwrap();
    let share = json!({"picture": "route", "activity_id": id});
    let share = app.post_as(&ann, "/shares", &share).await.expect(201).json();
    let url = share["page_url"].as_str().unwrap();
    assert_eq!(share["svg_url"], format!("{url}.svg"));
    let path = url.strip_prefix("https://log.example").unwrap();
    let page = app.get(path).await.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "public, max-age=300");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let text = page.text();
    let preview = format!("<meta property=\"og:image\" content=\"{url}.png?width=1200\">");
    assert!(text.contains(&preview), "{text}");
    let picture = format!("<img src=\"{}.svg\"", path.strip_prefix("/shared/").unwrap());
    assert!(text.contains(&picture), "{text}");
    // The picture leaves the title out, and so does the page.
    assert!(text.contains("Route of an activity") && !text.contains("house"), "{text}");
    let revoke = format!("/shares/{}", share["id"].as_str().unwrap());
    app.request(&ann, Method::DELETE, &revoke, None).await.expect(204);
    for gone in [path, "/shared/nothing"] {
        app.get(gone).await.expect_error(404, "not_found");
    }
}

//! Charts of an activity's series over time.

use serde_json::json;

use super::{activity, gpx, northward, picture, points};
use crate::{
    imports::{MORNING, import},
    support::{TestApp, fit},
};

#[actix_rt::test]
async fn what_was_measured_is_drawn_and_nothing_else() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let imported = import(&app, &ann, "a.fit", &fit::run(MORNING, 1500)).await;
    let id = imported["files"][0]["activity_ids"][0].as_str().unwrap();
    let chart = picture(&app, &ann, &format!("/activities/{id}/chart.svg")).await;
    assert!(
        chart.desc.contains("Heart rate is 140 bpm on average and 140 bpm at most."),
        "{}",
        chart.desc
    );
    // 3 m/s.
    assert!(
        chart.desc.contains("Pace is 5:33 /km on average and 5:33 /km at its fastest."),
        "{}",
        chart.desc
    );
    assert!(
        chart.says("Heart rate") && chart.says("Pace") && !chart.says("Power"),
        "{:?}",
        chart.texts
    );
    assert!(chart.says("10 min") && chart.says("20 min"), "{:?}", chart.texts);
    let ride = json!({"activity_type": "cycle"});
    app.put_as(&ann, &format!("/activities/{id}"), &ride).await.expect(200);
    let ride = picture(&app, &ann, &format!("/activities/{id}/chart.svg?units=imperial")).await;
    assert!(
        ride.desc.contains("Speed is 6.7 mph on average and 6.7 mph at most."),
        "{}",
        ride.desc
    );
    app.put_as(&ann, &format!("/activities/{id}"), &json!({"activity_type": "swim"}))
        .await
        .expect(200);
    let swim = picture(&app, &ann, &format!("/activities/{id}/chart.svg")).await;
    assert!(swim.desc.contains("Pace is 0:33 /100 m on average"), "{}", swim.desc);
}

#[actix_rt::test]
async fn where_nothing_was_measured_there_is_nothing() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let whole = northward(900);
    let path = activity(&app, &ann, &gpx(&[whole[..300].to_vec(), whole[400..].to_vec()])).await;
    let chart = picture(&app, &ann, &format!("{path}/chart.svg")).await;
    assert_eq!(points(chart.paths("curve speed")[0]).len(), 2);
    assert!(chart.desc.contains("with 1 gap."), "{}", chart.desc);
    let one = activity(&app, &ann, &gpx(&[vec![(10.0, 10.0, 5.0)]])).await;
    let lift =
        json!({"activity_type": "lift", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60});
    let lift = app.post_as(&ann, "/activities", &lift).await.expect(201);
    for path in [one.as_str(), lift.header("location")] {
        let chart = picture(&app, &ann, &format!("{path}/chart.svg")).await;
        assert!(chart.says("No heart rate, speed or power was measured"));
        assert!(chart.desc.ends_with("was measured."), "{}", chart.desc);
    }
}

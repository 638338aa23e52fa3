//! Activities that Garmin lists twice, and activities that another source has, too.

use chrono::Utc;
use serde_json::json;

use super::{activities, connected, until_read};
use crate::{
    imports::{import, outcomes},
    support::{fit, garmin::listed},
};

/// Two ids at Garmin are two activities, and strength training is not a run. The file of the watch
/// is merged.
#[actix_rt::test]
async fn garmin_knows_its_own() {
    let morning = Utc::now().timestamp() / 86_400 * 86_400 - 5 * 86_400;
    let (app, _garmin, ann) = connected(|garmin| {
        garmin.add(listed(1, morning, 600), None);
        garmin.add(listed(2, morning, 600), None);
        let mut lift = listed(3, morning, 600);
        lift["activityType"]["typeKey"] = json!("strength_training");
        garmin.add(lift, None);
    })
    .await;
    until_read(&app, &ann).await;
    let file = fit::run(morning, 600);
    assert_eq!(outcomes(&import(&app, &ann, "a.fit", &file).await)[0].1, "merged");
    let found = activities(&app, &ann).await;
    let mut kinds: Vec<_> = found.iter().map(|one| one["activity_type"].clone()).collect();
    kinds.sort_by_key(ToString::to_string);
    assert_eq!(kinds, ["lift", "run", "run"]);
    assert_eq!(app.database.text("SELECT count(*) FROM activities").await, "4");
}

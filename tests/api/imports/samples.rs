//! Public sample files, imported through the API.

use serde_json::json;

use super::{activities, import, outcomes};
use crate::{
    recordings::samples::{expected, sample},
    support::TestApp,
};

#[actix_rt::test]
async fn samples_become_activities_with_their_totals_or_are_refused() {
    let app = TestApp::spawn().await;
    let rows = expected();
    for (n, row) in rows.iter().filter(|row| matches!(&row[1], "" | "1")).enumerate() {
        // Each has its own user, because some of them are the same activity.
        let ann = app.user(&format!("ann{n}@example.com")).await;
        let import = import(&app, &ann, &row[0], &sample(&row[0])).await;
        if row[1].is_empty() {
            let is_damaged = row[13].contains("with a warning");
            let expected = if is_damaged { "imported" } else { "refused" };
            assert_eq!(outcomes(&import)[0].1, expected, "{}", &row[0]);
            assert_eq!(import["files"][0]["warning"].is_string(), is_damaged, "{}", &row[0]);
            continue;
        }
        let activities = activities(&app, &ann, &import).await;
        for row in rows.iter().filter(|other| other[0] == row[0]) {
            let activity = &activities[row[1].parse::<usize>().unwrap() - 1];
            for (name, column) in
                [("duration_secs", 6), ("elapsed_secs", 5), ("calories", 8), ("max_heart_rate", 12)]
            {
                if let Ok(value) = row[column].parse::<f64>() {
                    assert_eq!(activity[name], json!(value.round() as i64), "{} {name}", &row[0]);
                }
            }
        }
        let path = format!("/activities/{}/original", activities[0]["id"].as_str().unwrap());
        assert!(app.get_as(&ann, &path).await.expect(200).body == sample(&row[0]), "{}", &row[0]);
    }
}

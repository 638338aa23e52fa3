//! The expected result of each case: values of activities, oldest first. Two numbers are the bounds
//! of a value. A single number is matched within half a percent.

/// A file, and its expected result.
#[rustfmt::skip]
pub const CASES: [(&str, &str); 55] = [
    ("apple-01-export.zip", r#"{"activities": [
        {"activity_type": "run", "started_at": "2024-07-01T12:00:00Z", "utc_offset_minutes": -240, "distance_meters": 5000, "duration_secs": 1800, "points": 122},
        {"activity_type": "cycle", "distance_meters": 20000, "calories": 400, "duration_secs": 3600},
        {"activity_type": "cycle", "distance_meters": 20000},
        {"activity_type": "run", "avg_power_watts": 223, "avg_heart_rate": 140, "duration_secs": 1800, "elapsed_secs": 2100},
        {"activity_type": "swim", "distance_meters": 914.4}]}"#),
    ("dedup-01-same-run-as-fit-25.gpx", r#"{"after": "fit-25-auto-pause.fit", "outcomes": ["merged"], "activities": [
        {"activity_type": "run", "distance_meters": 1800, "duration_secs": 600, "elapsed_secs": 2400}]}"#),
    ("fit-25-auto-pause.fit", r#"{"activities": [
        {"activity_type": "run", "duration_secs": 600, "elapsed_secs": 2400, "moving_secs": [590, 610], "distance_meters": 1800, "breaks": [1, 1]}]}"#),
    ("fit-00-control.fit", r#"{"warning": false, "activities": [
        {"activity_type": "run", "started_at": "2024-05-04T08:00:00Z", "duration_secs": 600, "distance_meters": 1800, "utc_offset_minutes": 120, "avg_heart_rate": 140, "calories": 120}]}"#),
    ("fit-01-trailing-zeros.fit", r#"{"activities": [{"activity_type": "run", "duration_secs": 600, "distance_meters": 1800}]}"#),
    ("fit-03-size-zero-no-crc.fit", r#"{"activities": [{"duration_secs": 600, "distance_meters": 1800, "points": 601}]}"#),
    ("fit-04-cut-off.fit", r#"{"warning": true, "activities": [{"duration_secs": [598, 600], "distance_meters": [1790, 1800], "points": [600, 601]}]}"#),
    ("fit-06-crc-zero.fit", r#"{"warning": true, "activities": [{"activity_type": "run", "duration_secs": 600, "distance_meters": 1800}]}"#),
    ("fit-07-no-session.fit", r#"{"activities": [{"activity_type": "run", "duration_secs": 600, "distance_meters": 1800}]}"#),
    ("fit-09-local-time-5min-off.fit", r#"{"activities": [{"activity_type": "run", "utc_offset_minutes": 120, "distance_meters": 1800}]}"#),
    ("fit-10-local-time-is-utc.fit", r#"{"activities": [{"activity_type": "run", "utc_offset_minutes": {"one_of": [null, 120]}, "distance_meters": 1800}]}"#),
    ("fit-11-session-distance-zero.fit", r#"{"activities": [{"activity_type": "run", "distance_meters": 1800, "duration_secs": 600}]}"#),
    ("fit-13-developer-power.fit", r#"{"activities": [{"activity_type": "run", "avg_power_watts": 250, "distance_meters": 1800}]}"#),
    ("fit-19-split-records.fit", r#"{"activities": [
        {"duration_secs": 600, "distance_meters": 1800, "avg_heart_rate": 140, "avg_power_watts": 200, "points": [600, 601], "exported_heart_rates": [600, 601]}]}"#),
    ("fit-23-activity-then-settings.fit", r#"{"activities": [{"activity_type": "run", "duration_secs": 600, "distance_meters": 1800}]}"#),
    ("fit-24-two-chained.fit", r#"{"activities": [
        {"activity_type": "run", "distance_meters": 1800, "duration_secs": 600, "points": 601},
        {"activity_type": "cycle", "distance_meters": 3600, "duration_secs": 600, "points": 601, "parent_id": null}]}"#),
    ("fit-27-fix-every-3s.fit", r#"{"activities": [{"duration_secs": 600, "moving_secs": [590, 610], "distance_meters": 1800}]}"#),
    ("fit-31-lap-a-second-early.fit", r#"{"activities": [
        {"activity_type": "swim", "distance_meters": 600, "duration_secs": 200, "lap_count": 1},
        {"activity_type": "cycle", "distance_meters": 1200, "duration_secs": 400, "lap_count": 1}]}"#),
    ("garmin-01-takeout.zip", r#"{"ignored": 2, "activities": [
        {"title": "Lunch run by the river", "activity_type": "trail_run", "started_at": "2024-05-10T04:00:00Z", "utc_offset_minutes": 120, "distance_meters": 1800, "duration_secs": 600, "calories": 120},
        {"title": "Manual swim", "activity_type": "swim", "started_at": "2024-05-10T14:00:00Z", "utc_offset_minutes": 120, "distance_meters": 1500, "duration_secs": 1800, "calories": 287}]}"#),
    ("gpx-01-offset-local.gpx", r#"{"activities": [
        {"activity_type": "run", "title": "Evening", "started_at": "2024-03-27T20:32:01.137Z", "utc_offset_minutes": 120, "duration_secs": 600, "distance_meters": 1800}]}"#),
    ("gpx-02-three-days.gpx", r#"{"activities": [
        {"activity_type": "run", "title": "Monday run", "started_at": "2024-05-04T08:00:00Z", "distance_meters": 1800, "duration_secs": 600, "parent_id": null},
        {"activity_type": "cycle", "distance_meters": 3600, "duration_secs": 600, "parent_id": null},
        {"activity_type": "walk", "distance_meters": 900, "duration_secs": 600, "parent_id": null}]}"#),
    ("gpx-03-strava-type-4.gpx", r#"{"activities": [{"activity_type": "hike", "title": "Morning", "distance_meters": 1800}]}"#),
    ("gpx-03-strava-type-9.gpx", r#"{"activities": [{"activity_type": "run", "title": "Morning", "distance_meters": 1800}]}"#),
    ("gpx-04-null-island.gpx", r#"{"activities": [{"activity_type": "run", "distance_meters": [1690, 1801], "moving_secs": [560, 600]}]}"#),
    ("gpx-05-elevation-sentinel.gpx", r#"{"activities": [{"activity_type": "hike", "elevation_gain_meters": [6, 12], "distance_meters": 1800}]}"#),
    ("gpx-07-epoch-point.gpx", r#"{"activities": [
        {"activity_type": "run", "started_at": {"one_of": ["2024-05-04T08:00:10Z", "2024-05-04T08:00:00Z"]}, "duration_secs": [590, 600], "elapsed_secs": [590, 600]}]}"#),
    ("gpx-08-time-without-seconds.gpx", r#"{"activities": [{"activity_type": "run", "duration_secs": 600}]}"#),
    ("gpx-10-time-basic-offset.gpx", r#"{"activities": [{"activity_type": "run", "started_at": "2024-05-04T08:00:00Z", "utc_offset_minutes": 120, "duration_secs": 600}]}"#),
    ("gpx-11-decimal-comma.gpx", r#"{"activities": [{"activity_type": "run", "distance_meters": 1800, "duration_secs": 600}]}"#),
    ("gpx-12-ampersand.gpx", r#"{"activities": [{"title": "Tom & Jerry", "distance_meters": 1800}]}"#),
    ("gpx-15-cut-off.gpx", r#"{"warning": true, "activities": [{"activity_type": "run", "points": 60, "duration_secs": 590}]}"#),
    ("gpx-18-fix-every-3s.gpx", r#"{"activities": [{"duration_secs": 600, "moving_secs": [590, 610], "distance_meters": 1800}]}"#),
    ("gpx-20-fitotrack.gpx", r#"{"activities": [{"activity_type": "walk", "title": null, "duration_secs": [590, 600], "distance_meters": [839, 846]}]}"#),
    ("gpx-21-metadata-name.gpx", r#"{"activities": [{"title": "Loop around the lake", "notes": "Easy spin, coffee halfway.", "activity_type": "cycle"}]}"#),
    ("gpx-22-hr-cluetrust.gpx", r#"{"activities": [{"avg_heart_rate": 140, "avg_cadence": 80, "temperature": 21}]}"#),
    ("gpx-23-track-stats.gpx", r#"{"activities": [
        {"activity_type": "hike", "distance_meters": [2009.9, 2010.1], "duration_secs": 580, "moving_secs": 560, "elevation_gain_meters": 37, "elevation_loss_meters": 12}]}"#),
    ("gpx-24-flat-noise.gpx", r#"{"activities": [{"elevation_gain_meters": [0, 20], "distance_meters": 3600, "duration_secs": 1200}]}"#),
    ("gpx-34-some-points-without-time.gpx", r#"{"activities": [{"duration_secs": 600, "distance_meters": 1800, "moving_secs": [590, 600]}]}"#),
    ("gpx-35-one-wild-point.gpx", r#"{"activities": [{"duration_secs": 600, "distance_meters": [1770, 1900]}]}"#),
    ("hae-02-12-hours.json", r#"{"outcomes": ["imported"], "activities": [
        {"activity_type": "run", "started_at": "2024-08-02T06:00:00Z", "utc_offset_minutes": 120, "distance_meters": 5000, "duration_secs": 1800}]}"#),
    ("hae-04-v1.json", r#"{"outcomes": ["refused"], "message": "ersion 2", "activities": []}"#),
    ("hae-06-route-and-heart-rate.json", r#"{"outcomes": ["imported"], "activities": [
        {"activity_type": "run", "distance_meters": 1800, "duration_secs": 600, "exported_heart_rates": [1, 61]}]}"#),
    ("hae-07-recovery-as-heart-rate.json", r#"{"outcomes": ["imported"], "activities": [
        {"distance_meters": 5000, "duration_secs": 1800, "avg_heart_rate": {"one_of": [null, 110]}}]}"#),
    ("other-02-opentracks.kmz", r#"{"outcomes": ["imported"], "activities": [{"duration_secs": 600, "distance_meters": [1105, 1120]}]}"#),
    ("other-04-polar.zip", r#"{"activities": [
        {"activity_type": "run", "started_at": "2024-05-04T08:00:00Z", "utc_offset_minutes": 120, "distance_meters": 1800, "duration_secs": 600, "calories": 120}]}"#),
    ("other-05-hevy.csv", r#"{"activities": [{"activity_type": "lift", "title": "Push", "duration_secs": 3600}]}"#),
    ("other-07-archive.tar.gz", r#"{"outcomes": ["refused"], "message": "tar archive", "activities": []}"#),
    ("other-10-deflate64.zip", r#"{"outcomes": ["imported"], "activities": [{"activity_type": "run", "distance_meters": 1800, "duration_secs": 600}]}"#),
    ("strava-01-edited-names.zip", r#"{"outcomes": ["imported", "imported", "imported"], "activities": [
        {"title": "Hill repeats with Sam", "activity_type": "trail_run", "notes": "8 x 2 min", "started_at": "2024-05-08T12:00:00Z", "distance_meters": 1800, "duration_secs": 600},
        {"title": "Morning Run", "activity_type": "run", "notes": null, "distance_meters": 1800},
        {"title": "Yin yoga", "activity_type": "yoga", "notes": null, "duration_secs": 600}]}"#),
    ("strava-03-german.zip", r#"{"outcomes": ["imported", "imported"], "activities": [
        {"title": "Radfahren am Abend", "activity_type": "cycle", "notes": "bewölkt", "started_at": "2022-12-09T15:24:49Z", "distance_meters": 9440, "elapsed_secs": 3189, "moving_secs": 2070},
        {"title": "Lauf am Morgen", "activity_type": "run", "started_at": "2024-05-09T08:00:00Z", "distance_meters": 1800, "duration_secs": 600}]}"#),
    ("strava-04-bad-byte.zip", r#"{"outcomes": ["imported", "imported", "imported"], "activities": [
        {"title": "One", "started_at": "2024-05-09T18:00:00Z", "distance_meters": 1800}, {"started_at": "2024-05-09T19:00:00Z"}, {"title": "Three", "started_at": "2024-05-09T20:00:00Z"}]}"#),
    ("tcx-01-lap-distance-zero.tcx", r#"{"activities": [{"activity_type": "run", "distance_meters": 1800, "duration_secs": 600}]}"#),
    ("tcx-03-leg-of-multisport.tcx", r#"{"activities": [{"activity_type": "run", "distance_meters": 1800, "duration_secs": 600, "first_distance": 0, "last_distance": 1800}]}"#),
    ("tcx-07-history-of-three.tcx", r#"{"activities": [
        {"activity_type": "run", "distance_meters": 1800, "parent_id": null}, {"activity_type": "cycle", "distance_meters": 1800, "parent_id": null}, {"activity_type": "run", "distance_meters": 1800, "parent_id": null}]}"#),
    ("tcx-09-distance-restarts-each-lap.tcx", r#"{"activities": [{"activity_type": "run", "distance_meters": 3600, "duration_secs": 1200, "first_distance": 0, "last_distance": [3560, 3601]}]}"#),
];

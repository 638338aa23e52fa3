//! Exports of Apple Health.

use serde_json::{Value, json};

use super::{import, outcomes, zip};
use crate::support::TestApp;

/// An export as an iPhone writes it: a broken DTD, many records, and workouts in the old and the
/// new format.
fn export(records: usize) -> String {
    let record = r#"<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min"
        creationDate="2024-05-04 08:00:01 +0200" startDate="2024-05-04 08:00:01 +0200" endDate="2024-05-04 08:00:01 +0200" value="61"/>
        "#;
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>
<!ATTLIST Workout duration CDATA #IMPLIED
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
]>
<HealthData locale="de_CH">
 <ExportDate value="2024-06-01 10:00:00 +0200"/>
 {}
 <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30.5" durationUnit="min" sourceName="Ann’s Watch"
   creationDate="2024-05-04 08:31:00 +0200" startDate="2024-05-04 08:00:00 +0200" endDate="2024-05-04 08:31:00 +0200">
  <MetadataEntry key="HKIndoorWorkout" value="0"/>
  <MetadataEntry key="HKElevationAscended" value="8520 cm"/>
  <WorkoutActivity uuid="1" startDate="2024-05-04 08:00:00 +0200" duration="30.5" durationUnit="min">
   <WorkoutStatistics type="HKQuantityTypeIdentifierActiveEnergyBurned" sum="999" unit="kcal"/>
   <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="99" unit="km"/>
  </WorkoutActivity>
  <WorkoutStatistics type="HKQuantityTypeIdentifierActiveEnergyBurned" sum="1338.88" unit="kJ"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierBasalEnergyBurned" sum="50" unit="kcal"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="5.2" unit="km"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierHeartRate" average="141.6" minimum="90" maximum="172" unit="count/min"/>
  <WorkoutRoute sourceName="Watch"><FileReference path="/workout-routes/route_1.gpx"/></WorkoutRoute>
 </Workout>
 <Workout workoutActivityType="HKWorkoutActivityTypeCycling" duration="3600" durationUnit="sec" totalDistance="10"
   totalDistanceUnit="mi" totalEnergyBurned="300" totalEnergyBurnedUnit="kcal" sourceName="Phone"
   startDate="2015-05-05 18:00:00 -0430" endDate="2015-05-05 19:00:00 -0430"><MetadataEntry key="HKIndoorWorkout" value="1"/></Workout>
 <Workout workoutActivityType="HKWorkoutActivityTypeYoga" startDate="soon"/>
</HealthData>"#,
        record.repeat(records)
    )
}

const ROUTE: &str = r#"<gpx creator="Apple Health Export"><trk><name>Route</name><trkseg>
    <trkpt lon="8" lat="47"><ele>400</ele><time>2024-05-04T06:00:02Z</time></trkpt>
    <trkpt lon="8" lat="47.01"><ele>401</ele><time>2024-05-04T06:10:00Z</time></trkpt></trkseg></trk></gpx>"#;

#[actix_rt::test]
async fn workouts_are_imported_with_their_routes_and_not_twice() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let xml = export(5000);
    let archive = zip(&[
        ("apple_health_export/workout-routes/route_1.gpx", ROUTE.as_bytes()),
        ("apple_health_export/export_cda.xml", b"<ClinicalDocument/>"),
        ("apple_health_export/Exportieren.xml", xml.as_bytes()),
    ]);
    let first = import(&app, &ann, "export.zip", &archive).await;
    let texts = |name: &str, outcome: &str| (name.to_owned(), outcome.to_owned(), String::new());
    let name = "apple_health_export/Exportieren.xml";
    let expected = [
        texts(&format!("{name}: run 2024-05-04 06:00:00"), "imported"),
        texts(&format!("{name}: indoor_cycle 2015-05-05 22:30:00"), "imported"),
    ];
    assert_eq!(outcomes(&first), expected);
    assert_eq!((&first["found"], &first["ignored"]), (&json!(3), &json!(1)));
    let list = app.get_as(&ann, "/activities").await.expect(200).json();
    let [run, cycle] = list["activities"].as_array().unwrap().as_slice() else { panic!("{list}") };
    for (activity, expected) in [
        (
            run,
            json!({"activity_type": "run", "source": "apple", "duration_secs": 1830, "elapsed_secs": 1860,
                     "distance_meters": 5200.0, "calories": 320, "avg_heart_rate": 142, "max_heart_rate": 172,
                     "elevation_gain_meters": 85.2_f32, "utc_offset_minutes": 120, "device": "Ann’s Watch",
                     "sport_raw": "HKWorkoutActivityTypeRunning", "title": Value::Null}),
        ),
        (
            cycle,
            json!({"activity_type": "indoor_cycle", "duration_secs": 3600, "calories": 300,
                       "distance_meters": 16093.44, "utc_offset_minutes": -270}),
        ),
    ] {
        for (name, value) in expected.as_object().unwrap() {
            let found = &activity[name];
            let is_near =
                found.as_f64().zip(value.as_f64()).is_some_and(|(a, b)| (a - b).abs() < 1e-2);
            assert!(found == value || is_near, "{name}: {found}, expected {value}");
        }
    }
    let path = format!("/activities/{}", run["id"].as_str().unwrap());
    let track = app.get_as(&ann, &format!("{path}/track.geojson")).await.expect(200).json();
    assert_eq!(track["geometry"]["coordinates"], json!([[8.0, 47.0, 400.0], [8.0, 47.01, 401.0]]));
    let original = app.get_as(&ann, &format!("{path}/original")).await.expect(200);
    assert_eq!(original.text(), ROUTE);
    assert_eq!(original.header("content-disposition"), "attachment; filename*=UTF-8''route_1.gpx");
    // The next export contains all of it again, perhaps without the zip.
    for (name, content) in [("export.zip", archive.as_slice()), ("export.xml", xml.as_bytes())] {
        let again = import(&app, &ann, name, content).await;
        assert_eq!(again["counts"]["duplicate"], 2, "{again}");
    }
}

#[actix_rt::test]
async fn one_that_is_cut_off_brings_what_it_has_and_one_without_workouts_nothing() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let xml = export(10);
    let cut = &xml.as_bytes()[..xml.find("HKWorkoutActivityTypeYoga").unwrap()];
    let import_of = async |content: &[u8]| import(&app, &ann, "export.xml", content).await;
    let outcomes = outcomes(&import_of(cut).await);
    let found: Vec<_> =
        outcomes.iter().map(|(_, outcome, code)| (outcome.as_str(), code.as_str())).collect();
    assert_eq!(found, [("imported", ""), ("imported", ""), ("refused", "truncated")]);
    let none = import_of(b"<HealthData><Record/></HealthData>").await;
    assert_eq!(
        (&none["status"], &none["ignored"], &none["files"]),
        (&json!("done"), &json!(1), &json!([]))
    );
    // A tag that does not end is not buffered in memory.
    let endless = format!("<HealthData><Record a='{}'/></HealthData>", "x".repeat(3 << 20));
    let refused = import_of(endless.as_bytes()).await;
    assert_eq!(refused["files"][0]["code"], "malformed");
}

#[actix_rt::test]
async fn what_is_damaged_in_a_route_is_told() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let archive = zip(&[
        ("export.xml", export(1).as_bytes()),
        ("workout-routes/route_1.gpx", &ROUTE.as_bytes()[..ROUTE.len() - 20]),
    ]);
    let import = import(&app, &ann, "export.zip", &archive).await;
    let warning = import["files"][0]["warning"].as_str().unwrap();
    assert!(warning.contains("the file ends early"), "{import}");
}

/// Workouts of a traveller: an export gives all times in the time zone in which it was made.
const TRAVELS: &str = r#"<HealthData>
 <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30" durationUnit="min" sourceName="Watch"
   startDate="2024-07-01 14:00:00 +0200" endDate="2024-07-01 14:30:00 +0200" totalDistance="9" totalDistanceUnit="km">
  <MetadataEntry key="HKTimeZone" value="America/New_York"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="3.1" unit="mi"/>
  <WorkoutRoute><FileReference path="/workout-routes/b.gpx"/></WorkoutRoute>
  <WorkoutRoute><FileReference path="/workout-routes/a.gpx"/></WorkoutRoute>
  <WorkoutRoute><FileReference path="/workout-routes/gone.gpx"/></WorkoutRoute>
 </Workout>
 <Workout workoutActivityType="HKWorkoutActivityTypeCycling" duration="60" durationUnit="min" sourceName="Watch"
   startDate="2024-07-02 14:00:00 +0200" endDate="2024-07-02 15:00:00 +0200" totalDistance="20" totalDistanceUnit="km">
  <MetadataEntry key="HKTimeZone" value="Mars/Olympus"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="0.8" unit="km"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceCycling" sum="20" unit="km"/>
 </Workout>
 <Workout workoutActivityType="HKWorkoutActivityTypeSwimming" duration="30" durationUnit="min" sourceName="Watch"
   startDate="2024-07-03 14:00:00 +0200" endDate="2024-07-03 14:30:00 +0200">
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="5" unit="km"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceSwimming" sum="1000" unit="yd"/>
 </Workout>
 <Workout workoutActivityType="HKWorkoutActivityTypeCycling" duration="60" durationUnit="min" sourceName="Watch"
   startDate="2024-07-04 14:00:00 +0200" endDate="2024-07-04 15:00:00 +0200" totalDistance="12" totalDistanceUnit="km">
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="0.8" unit="km"/>
 </Workout>
 <Workout workoutActivityType="HKWorkoutActivityTypeSwimBikeRun" duration="60" durationUnit="min" sourceName="Watch"
   startDate="2024-07-05 14:00:00 +0200" endDate="2024-07-05 15:00:00 +0200">
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceSwimming" sum="500" unit="m"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceCycling" sum="20" unit="km"/>
  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="5" unit="km"/>
 </Workout>
</HealthData>"#;

#[actix_rt::test]
async fn distances_are_those_of_the_sport_and_offsets_those_of_the_place() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let piece = |hour: &str, latitude: f64| {
        format!(
            "<gpx><trk><trkseg><trkpt lon='8' lat='{latitude}'><time>2024-07-01T{hour}:00Z</time></trkpt>\
             <trkpt lon='8' lat='{}'><time>2024-07-01T{hour}:30Z</time></trkpt></trkseg></trk></gpx>",
            latitude + 0.001
        )
    };
    let archive = zip(&[
        ("apple_health_export/export.xml", TRAVELS.as_bytes()),
        ("apple_health_export/workout-routes/a.gpx", piece("12:00", 47.0).as_bytes()),
        ("apple_health_export/workout-routes/b.gpx", piece("12:15", 47.1).as_bytes()),
    ]);
    let import = import(&app, &ann, "export.zip", &archive).await;
    assert_eq!(import["counts"]["imported"], 5, "{import}");
    let warning = "its route gone.gpx was not read: the archive does not contain it";
    assert_eq!(import["files"][0]["warning"], warning);
    let list = app.get_as(&ann, "/activities?sort=started_at").await.expect(200).json();
    let list = list["activities"].as_array().unwrap();
    let found: Vec<_> = list
        .iter()
        .map(|one| {
            (one["distance_meters"].as_f64().unwrap().round(), one["utc_offset_minutes"].as_i64())
        })
        .collect();
    let expected = [
        (4989.0, Some(-240)),
        (20_000.0, Some(120)),
        (914.0, Some(120)),
        (12_000.0, Some(120)),
        (25_500.0, Some(120)),
    ];
    assert_eq!(found, expected);
    // The pieces of the route in order, with a gap between them.
    let path = format!("/activities/{}/track.geojson", list[0]["id"].as_str().unwrap());
    let track = app.get_as(&ann, &path).await.expect(200).json();
    let latitudes = |line: &Value| {
        let points = line.as_array().unwrap().iter();
        points.map(|point| point[1].as_f64().unwrap()).collect::<Vec<_>>()
    };
    let lines: Vec<_> =
        track["geometry"]["coordinates"].as_array().unwrap().iter().map(latitudes).collect();
    assert_eq!(lines, [[47.0, 47.001], [47.1, 47.101]]);
}

#[actix_rt::test]
async fn a_route_that_no_workout_names_is_an_activity() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let archive = zip(&[
        ("apple_health_export/export.xml", TRAVELS.as_bytes()),
        ("apple_health_export/workout-routes/alone.gpx", ROUTE.as_bytes()),
    ]);
    let import = import(&app, &ann, "export.zip", &archive).await;
    let last = outcomes(&import).pop().unwrap();
    let name = "apple_health_export/workout-routes/alone.gpx";
    assert_eq!(last, (name.to_owned(), "imported".to_owned(), String::new()));
}

//! Tables of activities and of sets: CSV as apps export it, and as people write it.

use serde_json::{Value, json};

use super::{gzip, import, outcomes, zip};
use crate::support::{TestApp, User};

/// All activities with all their fields, oldest first.
async fn log(app: &TestApp, user: &User) -> Vec<Value> {
    let list = app.get_as(user, "/activities?sort=started_at&limit=100").await.expect(200).json();
    let mut activities = Vec::new();
    for activity in list["activities"].as_array().unwrap() {
        let path = format!("/activities/{}", activity["id"].as_str().unwrap());
        activities.push(app.get_as(user, &path).await.expect(200).json());
    }
    activities
}

fn assert_has(activity: &Value, expected: Value) {
    for (name, value) in expected.as_object().unwrap() {
        let found = &activity[name];
        let is_near = found.as_f64().zip(value.as_f64()).is_some_and(|(a, b)| (a - b).abs() < 0.01);
        assert!(found == value || is_near, "{name}: {found}, expected {value}");
    }
}

const HEVY: &str = r#""title","start_time","end_time","description","exercise_title","superset_id","exercise_notes","set_index","set_type","weight_kg","reps","distance_km","duration_seconds","rpe"
"Push","4 May 2024, 08:00","4 May 2024, 09:05","felt strong","Bench Press (Barbell)",,"pause at the chest",0,"warmup",40,10,,,
"Push","4 May 2024, 08:00","4 May 2024, 09:05","felt strong","Bench Press (Barbell)",,"pause at the chest",1,"normal",62.5,8,,,8.5
"Push","4 May 2024, 08:00","4 May 2024, 09:05","felt strong","Plank",,"",0,"normal",,,,90,
"Push","4 May 2024, 08:00","4 May 2024, 09:05","felt strong","Rowing Machine",,"",0,"normal",,,2,480,
"Legs","6 May 2024, 18:30","6 May 2024, 19:00","","Squat (Barbell)",,"",0,"normal",100,5,,,
"#;

#[actix_rt::test]
async fn a_workout_of_a_table_of_sets_is_one_activity() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    app.put_as(&ann, "/me/profile", &json!({"time_zone": "Europe/Zurich"})).await.expect(200);
    let first = import(&app, &ann, "hevy.csv", HEVY.as_bytes()).await;
    let names: Vec<_> =
        outcomes(&first).into_iter().map(|(name, outcome, _)| (name, outcome)).collect();
    let expected = [("hevy.csv: line 2", "imported"), ("hevy.csv: line 6", "imported")];
    assert_eq!(names, expected.map(|(name, outcome)| (name.to_owned(), outcome.to_owned())));
    assert_eq!(first["progress"], 1.0);
    let activities = log(&app, &ann).await;
    assert_eq!(activities.len(), 2);
    assert_has(
        &activities[0],
        json!({"activity_type": "lift", "title": "Push", "started_at": "2024-05-04T06:00:00Z", "source": "hevy",
               "utc_offset_minutes": 120, "duration_secs": 3900, "distance_meters": 2000.0,
               "notes": "felt strong\nBench Press (Barbell): pause at the chest"}),
    );
    let sets = json!([
        {"exercise": "Bench Press (Barbell)", "reps": 10, "weight_kg": 40.0},
        {"exercise": "Bench Press (Barbell)", "reps": 8, "weight_kg": 62.5, "rpe": 8.5},
        {"exercise": "Plank", "duration_secs": 90.0},
        {"exercise": "Rowing Machine", "duration_secs": 480.0},
    ]);
    assert_eq!(activities[0]["sets"], sets);
    // The next export has one more workout. The others are recognised by their names.
    let next = format!(
        "{HEVY}\"Pull\",\"8 May 2024, 18:30\",\"8 May 2024, 19:00\",\"\",\"Row\",,\"\",0,\"normal\",50,5,,,\n"
    );
    let again = import(&app, &ann, "hevy.csv", next.as_bytes()).await;
    assert_eq!(
        (&again["counts"]["duplicate"], &again["counts"]["imported"]),
        (&json!(2), &json!(1))
    );
}

#[actix_rt::test]
async fn strong_and_fitnotes_are_read_with_their_units() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    app.put_as(&ann, "/me/profile", &json!({"preferred_units": "imperial"})).await.expect(200);
    // Strong on an iPhone: no unit, a narrow space before AM, and lines that are not sets.
    let strong = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n\
        2024-05-04 8:00:00\u{202f}AM,\"Push\",1h 3m,\"Bench Press (Barbell)\",W,45,10,0,0,\"\",\"\",\n\
        2024-05-04 8:00:00\u{202f}AM,\"Push\",1h 3m,\"Bench Press (Barbell)\",1,135,8,0,0,\"\",\"\",8\n\
        2024-05-04 8:00:00\u{202f}AM,\"Push\",1h 3m,\"Bench Press (Barbell)\",Rest Timer,0,0,0,120,\"\",\"\",\n";
    import(&app, &ann, "strong.csv", strong.as_bytes()).await;
    // Strong on Android, with semicolons.
    let android = "Workout #;Date;Workout Name;Duration (sec);Exercise Name;Set Order;Weight (kg);Reps;RPE;Distance (meters);Seconds;Notes;Workout Notes\n\
        \"7\";\"2024-05-06 18:00:00\";\"Legs\";\"1800\";\"Squat\";\"1\";\"102,5\";\"5\";;;\"0,0\";;\"short\"\n";
    import(&app, &ann, "strong.csv", android.as_bytes()).await;
    let fitnotes = "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment\n\
        2024-05-08,Deadlift,Back,225,lbs,5,,,,heavy\n2024-05-08,Plank,Core,,,,,,0:01:30,\n2024-05-10,Deadlift,Back,230,lbs,5,,,,\n";
    let import = import(&app, &ann, "fitnotes.csv", fitnotes.as_bytes()).await;
    assert_eq!(import["counts"]["imported"], 2);
    let activities = log(&app, &ann).await;
    let [push, legs, back, _] = activities.as_slice() else { panic!("{activities:?}") };
    assert_has(
        push,
        json!({"duration_secs": 3780, "started_at": "2024-05-04T08:00:00Z", "source": "strong"}),
    );
    assert_eq!(
        push["sets"],
        json!([{"exercise": "Bench Press (Barbell)", "reps": 10, "weight_kg": 20.412},
               {"exercise": "Bench Press (Barbell)", "reps": 8, "weight_kg": 61.235, "rpe": 8.0, "rest_secs": 120.0}])
    );
    assert_has(legs, json!({"duration_secs": 1800, "notes": "short", "utc_offset_minutes": null}));
    assert_eq!(legs["sets"], json!([{"exercise": "Squat", "reps": 5, "weight_kg": 102.5}]));
    assert_has(
        back,
        json!({"started_at": "2024-05-08T12:00:00Z", "notes": "Deadlift: heavy", "source": "fitnotes"}),
    );
    assert_eq!(back["sets"][1], json!({"exercise": "Plank", "duration_secs": 90.0}));
}

const GERMAN: &str = "Datum;Sportart;Titel;Dauer;Distanz (km);Kalorien;Ø Herzfrequenz;Höhenmeter;Notizen\n\
    04.05.2024 08:00;Running;Früh am Fluß;00:45:12;9,44;512;142;85;\"zwei\nZeilen\"\n\
    05.05.2024 18:30;Cycling;;30:00:00;1.030,5;;;;\n\
    ;Running;;00:10:00;2;;;;\n\
    06.05.2024;Swimming;;00:30:00;;viele;;;\n\
    ;;;;;;;;\n";

#[actix_rt::test]
async fn a_table_that_somebody_keeps_is_read_in_any_encoding() {
    let app = TestApp::spawn().await;
    let utf16 = GERMAN.encode_utf16().flat_map(u16::to_le_bytes);
    let windows: Vec<u8> = GERMAN.chars().map(|c| c as u8).collect();
    for (n, content) in [
        GERMAN.as_bytes().to_vec(),
        [b"\xff\xfe".to_vec(), utf16.collect()].concat(),
        windows,
        gzip(GERMAN.as_bytes()),
        zip(&[("log/Training.csv", GERMAN.as_bytes())]),
    ]
    .iter()
    .enumerate()
    {
        let ann = app.user(&format!("ann{n}@example.com")).await;
        let import = import(&app, &ann, "log.csv", content).await;
        assert_eq!(import["counts"]["imported"], 3, "{n}: {import}");
        let refused = &import["files"][2];
        assert_eq!(
            (&refused["code"], &refused["message"]),
            (&json!("no_start_time"), &json!("the date is missing"))
        );
        assert!(refused["name"].as_str().unwrap().ends_with(".csv: line 5"), "{refused}");
        let activities = log(&app, &ann).await;
        assert_has(
            &activities[0],
            json!({"activity_type": "run", "title": "Früh am Fluß", "started_at": "2024-05-04T08:00:00Z", "duration_secs": 2712,
                   "distance_meters": 9440.0, "calories": 512, "avg_heart_rate": 142, "elevation_gain_meters": 85.0,
                   "notes": "zwei\nZeilen", "source": "import", "utc_offset_minutes": null}),
        );
        assert_has(
            &activities[1],
            json!({"activity_type": "cycle", "duration_secs": 108_000, "distance_meters": 1_030_500.0}),
        );
        assert_has(
            &activities[2],
            json!({"activity_type": "swim", "started_at": "2024-05-06T12:00:00Z", "calories": null}),
        );
    }
}

#[actix_rt::test]
async fn units_and_dates_are_those_that_make_sense_of_all_lines() {
    let app = TestApp::spawn().await;
    for (n, (table, expected)) in [
        ("Date,Distance,Time\n05/13/2024,5,25:00\n", json!({"started_at": "2024-05-13T12:00:00Z", "duration_secs": 1500, "distance_meters": 5000.0})),
        ("Date,Sport,distance,duration\n2024-05-04,Run,5000,1500\n", json!({"duration_secs": 1500, "distance_meters": 5000.0})),
        ("Fecha\tDeporte\tDuración (min)\tDistancia\n04/05/2024\tRunning\t30\t6,5\n", json!({"started_at": "2024-05-04T12:00:00Z", "duration_secs": 1800, "distance_meters": 6500.0})),
        ("Date,Time,Type,Duration,Distance (mi)\n4 May 2024,7:30 PM,Ride,1:30,20\n", json!({"started_at": "2024-05-04T19:30:00Z", "duration_secs": 5400, "distance_meters": 32186.88})),
        ("Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR,Max HR\nRunning,2024-05-04 08:00:00,false,\"Zürich Running\",\"10.02\",\"612\",\"00:52:30\",\"151\",\"--\"\n",
         json!({"title": "Zürich Running", "duration_secs": 3150, "distance_meters": 10020.0, "avg_heart_rate": 151})),
        ("sep=;\nStart Time (UTC);Activity Type;Total time;Distance (km);Energy (kJ)\n2024-05-04 08:00;Running;30 min;5;1000\n",
         json!({"duration_secs": 1800, "calories": 239})),
        ("activity_type,started_at,duration_secs,distance_meters,utc_offset_minutes\nrun,2024-05-04T08:00:00Z,1800,5000.5,120\n",
         json!({"duration_secs": 1800, "distance_meters": 5000.5, "utc_offset_minutes": 120})),
    ]
    .into_iter()
    .enumerate()
    {
        let ann = app.user(&format!("ann{n}@example.com")).await;
        let import = import(&app, &ann, "log.csv", table.as_bytes()).await;
        assert_eq!(import["counts"]["imported"], 1, "{table}: {import}");
        assert_has(&log(&app, &ann).await[0], expected);
    }
    let ann = app.user("ann@example.com").await;
    for (table, code, words) in [
        ("Date,Distance,Time\n04/05/2024,5,25:00\n", "malformed", "write them as 2024-05-04"),
        ("Date,Sport,Duration\n", "not_an_activity", "no activities"),
        ("Date,Steps\n2024-05-04,7\n", "unknown_format", ""),
    ] {
        let import = import(&app, &ann, "log.csv", table.as_bytes()).await;
        let file = &import["files"][0];
        assert_eq!(file["code"], code, "{import}");
        assert!(file["message"].as_str().unwrap().contains(words), "{file}");
    }
}

/// A day may have several activities, which are not merged.
#[actix_rt::test]
async fn activities_of_a_day_without_times_are_apart() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let table =
        "Date,Sport,Duration,Distance\n2024-05-04,Walk,0:30:00,3\n2024-05-04,Walk,0:30:00,3.1\n";
    for (outcome, count) in [("imported", 2), ("duplicate", 2)] {
        let import = import(&app, &ann, "log.csv", table.as_bytes()).await;
        assert_eq!(import["counts"][outcome], count, "{import}");
    }
    assert_eq!(log(&app, &ann).await.len(), 2);
}

#[actix_rt::test]
async fn runkeepers_table_tells_of_the_recordings_beside_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let table = "Activity Id,Date,Type,Route Name,Distance (mi),Duration,Average Pace,Average Speed (mph),Calories Burned,Climb (ft),Average Heart Rate (bpm),Friend's Tagged,Notes,GPX File\n\
        a-1,2024-05-04 08:00:00,Running,Lake loop,1.00,9:30,9:30,6.3,101.0,33,,,\"with Sam\",2024-05-04-080000.gpx\n\
        a-2,2024-05-05 18:00:00,Other,,0.00,45:00,,,200.0,0,,,gym,\n\
        a-3,2024-05-06 08:00:00,Hiking,,2.00,1:00:00,,,,,,,,gone.gpx\n";
    let gpx = "<gpx><trk><name>Running 5/4/24</name><trkseg><trkpt lat='47' lon='8'><time>2024-05-04T06:00:00Z</time></trkpt>\
               <trkpt lat='47.014' lon='8'><time>2024-05-04T06:10:00Z</time></trkpt></trkseg></trk></gpx>";
    let archive = zip(&[
        ("runkeeper/2024-05-04-080000.gpx", gpx.as_bytes()),
        ("runkeeper/cardioActivities.csv", table.as_bytes()),
        ("runkeeper/measurements.csv", b"Id,Date,Type,Value\n"),
    ]);
    let first = import(&app, &ann, "runkeeper.zip", &archive).await;
    let names: Vec<_> =
        outcomes(&first).into_iter().map(|(name, outcome, _)| (name, outcome)).collect();
    let table =
        |line: u8| (format!("runkeeper/cardioActivities.csv: line {line}"), "imported".to_owned());
    let recording = ("runkeeper/2024-05-04-080000.gpx".to_owned(), "imported".to_owned());
    assert_eq!(names, [recording, table(3), table(4)]);
    assert_eq!((&first["progress"], &first["ignored"]), (&json!(1.0), &json!(1)));
    let activities = log(&app, &ann).await;
    assert_has(
        &activities[0],
        json!({"started_at": "2024-05-04T06:00:00Z", "title": "Lake loop", "notes": "with Sam", "source": "runkeeper",
               "external_id": "a-1", "duration_secs": 570, "distance_meters": 1609.344, "calories": 101, "elevation_gain_meters": 10.058}),
    );
    let path = format!("/activities/{}/original", activities[0]["id"].as_str().unwrap());
    assert_eq!(app.get_as(&ann, &path).await.expect(200).text(), gpx);
    assert_has(&activities[2], json!({"activity_type": "hike", "distance_meters": 3218.688}));
    let again = import(&app, &ann, "runkeeper.zip", &archive).await;
    assert_eq!((&again["counts"]["duplicate"], &again["progress"]), (&json!(3), &json!(1.0)));
}

//! Strava's tables as they occur: edited, damaged, old, and in the languages that Strava supports.

use serde_json::{Value, json};

use super::{MORNING, gzip, import, outcomes, zip};
use crate::support::{TestApp, User, fit};

/// The column titles since 2019, up to the calories.
const TITLES: &str = "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,\
    Max Heart Rate,Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,\
    Elapsed Time,Moving Time,Distance,Max Speed,Average Speed,Elevation Gain,Elevation Loss,Elevation Low,Elevation High,\
    Max Grade,Average Grade,Average Positive Grade,Average Negative Grade,Max Cadence,Average Cadence,Max Heart Rate,\
    Average Heart Rate,Max Watts,Average Watts,Calories";

/// A track northward of `secs` seconds at 3 m/s, with a point every ten seconds.
fn gpx(name: &str, kind: &str, start: &str, secs: u32) -> String {
    let start: chrono::DateTime<chrono::Utc> = start.parse().unwrap();
    let points: String = (0..=secs / 10)
        .map(|n| {
            let time = start + chrono::TimeDelta::seconds(i64::from(n) * 10);
            let latitude = 46.5 + f64::from(n) * 30.0 / 111_195.0;
            format!(
                "<trkpt lat='{latitude}' lon='7.5'><time>{}</time></trkpt>",
                time.format("%FT%TZ")
            )
        })
        .collect();
    format!(
        "<gpx creator='x'><trk><name>{name}</name><type>{kind}</type><trkseg>{points}</trkseg></trk></gpx>"
    )
}

/// All activities of the user, oldest first.
async fn log(app: &TestApp, user: &User) -> Vec<Value> {
    let list = app.get_as(user, "/activities").await.expect(200).json();
    let mut all = Vec::new();
    for listed in list["activities"].as_array().unwrap().iter().rev() {
        let path = format!("/activities/{}", listed["id"].as_str().unwrap());
        all.push(app.get_as(user, &path).await.expect(200).json());
    }
    all
}

#[track_caller]
fn assert_has(activity: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&activity[name], value, "{name} of {activity}");
    }
}

#[actix_rt::test]
async fn what_was_written_at_strava_goes_before_the_file_and_all_columns_are_kept() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let table = format!(
        "{TITLES},Perceived Exertion\n\
         1,\"May 8, 2024, 12:00:00 PM\",Hill repeats,Trail Run,8 x 2 min,600,1.80,171,,true,Left knee,Old shoes,activities/1.gpx,,,600.0,580.0,1805.5,,,37.0,12.0,,,,,,,,80.0,171.0,140.0,,210.0,98.0,7.0\n\
         2,\"May 9, 2024, 12:00:00 PM\",Home,Run,,600,1.80,,,false,,,activities/2.fit.gz,,,600.0,590.0,1799.0,,,1.0,,,,,,,,,,,139.0,,,99.0,\n"
    );
    let run = fit::run(1_715_256_000, 600);
    let archive = zip(&[
        ("activities.csv", table.as_bytes()),
        ("activities/1.gpx", gpx("Track 1", "running", "2024-05-08T12:00:00Z", 600).as_bytes()),
        ("activities/2.fit.gz", &gzip(&run)),
    ]);
    let import = import(&app, &ann, "export.zip", &archive).await;
    assert_eq!((&import["counts"]["imported"], &import["ignored"]), (&json!(2), &json!(0)));
    assert_eq!((&import["found"], &import["progress"]), (&json!(2), &json!(1.0)));
    assert_eq!(import["ignored_files"], json!([]));
    let log = log(&app, &ann).await;
    assert_has(
        &log[0],
        &json!({
            "title": "Hill repeats", "activity_type": "trail_run", "external_id": "1", "source": "strava",
            "notes": "8 x 2 min\n\nLeft knee\nGear: Old shoes\nCommute\nPerceived exertion: 7",
            "duration_secs": 600, "moving_secs": 580, "elevation_gain_meters": 37.0,
            "elevation_loss_meters": 12.0, "avg_heart_rate": 140, "max_heart_rate": 171, "avg_power_watts": 210,
            "avg_cadence": 80.0, "calories": 98,
        }),
    );
    // Values measured by the device take precedence over those that Strava computed.
    assert_has(
        &log[1],
        &json!({
            "title": "Home", "notes": null, "duration_secs": 600, "distance_meters": 1800.0,
            "avg_heart_rate": 140, "calories": 99,
        }),
    );
}

#[actix_rt::test]
async fn a_file_that_is_known_takes_what_it_lacks_and_keeps_what_its_owner_wrote() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (run, ride) = (fit::run(MORNING, 600), fit::activity(&[(2, MORNING + 7200, 600)]));
    let other = gpx("", "", "2026-05-04T16:00:00Z", 600);
    for (name, content) in [("a.fit", &run[..]), ("b.fit", &ride), ("c.gpx", other.as_bytes())] {
        import(&app, &ann, name, content).await;
    }
    let before = log(&app, &ann).await;
    assert_has(&before[2], &json!({"activity_type": "other", "title": null}));
    let path = format!("/activities/{}", before[1]["id"].as_str().unwrap());
    app.put_as(&ann, &path, &json!({"title": "Mine"})).await.expect(200);
    let table = format!(
        "{TITLES}\n\
         1,\"May 4, 2026, 8:00:00 AM\",Before work,Run,fog,600,1.80,,,false,,,activities/1.fit,,,600.0,,,,,,,,,,,,,,,,,,,88.0\n\
         2,\"May 4, 2026, 10:00:00 AM\",Theirs,Ride,sun,600,1.80,,,false,,,activities/2.fit,,,600.0,,,,,,,,,,,,,,,,,,,\n\
         3,\"May 4, 2026, 4:00:00 PM\",Around,Hike,,600,1.80,,,false,,,activities/3.gpx,,,600.0,,,,,,,,,,,,,,,,,,,\n"
    );
    let archive = zip(&[
        ("activities.csv", table.as_bytes()),
        ("activities/1.fit", &run),
        ("activities/2.fit", &ride),
        ("activities/3.gpx", other.as_bytes()),
    ]);
    assert_eq!(import(&app, &ann, "export.zip", &archive).await["counts"]["duplicate"], 3);
    let after = log(&app, &ann).await;
    assert_eq!(after.len(), 3);
    assert_has(&after[0], &json!({"title": "Before work", "notes": "fog", "calories": 88}));
    assert_has(&after[1], &json!({"title": "Mine", "notes": "sun"}));
    assert_has(&after[2], &json!({"title": "Around", "activity_type": "hike"}));
    // Importing the archive again changes nothing.
    assert_eq!(import(&app, &ann, "export.zip", &archive).await["counts"]["duplicate"], 3);
    assert_eq!(log(&app, &ann).await, after);
    // A value that the owner has removed is not filled in again.
    let path = format!("/activities/{}", after[0]["id"].as_str().unwrap());
    app.put_as(&ann, &path, &json!({"title": null})).await.expect(200);
    let removed = log(&app, &ann).await;
    assert_has(&removed[0], &json!({"title": null, "notes": "fog"}));
    assert_eq!(import(&app, &ann, "export.zip", &archive).await["counts"]["duplicate"], 3);
    assert_eq!(log(&app, &ann).await, removed);
}

#[actix_rt::test]
async fn rows_without_their_file_and_rows_around_bad_bytes_are_activities() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let row = |id: u32, name: &str, file: &str| {
        format!(
            "{id},\"May {id}, 2024, 6:00:00 PM\",{name},Run,,600,1.80,,,false,,,{file},,,600.0,,,,,,,,,,,,,,,,,,,\n"
        )
    };
    let mut table =
        format!("{TITLES}\n{}", row(1, "One", "activities/missing.fit.gz")).into_bytes();
    table.extend(row(2, "Caf?", "").bytes().map(|byte| if byte == b'?' { 0xe9 } else { byte }));
    table.extend(row(3, "Three", "activities\\3.gpx").into_bytes());
    table.extend(row(4, "Four", "activities/4.gpx.gz").into_bytes());
    let (third, fourth) = (
        gpx("x", "running", "2024-05-03T18:00:00Z", 600),
        gpx("x", "running", "2024-05-04T18:00:00Z", 600),
    );
    // An archive packed by Windows, in which one file is no longer compressed.
    let archive = zip(&[
        ("export\\activities.csv", &table[..]),
        ("export\\activities\\3.gpx", third.as_bytes()),
        ("export\\activities\\4.gpx", fourth.as_bytes()),
    ]);
    let import = import(&app, &ann, "export.zip", &archive).await;
    assert_eq!(import["counts"]["imported"], 4, "{import}");
    let titles: Vec<_> = log(&app, &ann).await.iter().map(|one| one["title"].clone()).collect();
    assert_eq!(titles, ["One", "Café", "Three", "Four"]);
}

#[actix_rt::test]
async fn tables_are_read_in_the_language_of_the_account() {
    let app = TestApp::spawn().await;
    let cases = [
        (
            "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,Verstrichene Zeit,Distanz,Max. Herzfrequenz,Relative Leistung,Pendeln,Hinweis,Aktivitätsausrüstung,Dateiname",
            "09.12.2022, 15:24:49",
            "Radfahrt",
            "cycle",
            "2022-12-09T15:24:49Z",
        ),
        (
            "ID de l'activité,Date de l'activité,Nom de l'activité,Type d'activité,Description de l'activité,Temps écoulé,Distance,Fréquence cardiaque max.,Mesure d'effort,Trajet,Note privée,Matériel de l'activité,Nom du fichier",
            "9 déc. 2022 à 15:24:49",
            "Course à pied",
            "run",
            "2022-12-09T15:24:49Z",
        ),
        (
            "ID de actividad,Fecha de la actividad,Nombre de la actividad,Tipo de actividad,Descripción de la actividad,Tiempo transcurrido,Distancia,Máx,Esfuerzo,Desplazamiento,Nota,Equipo de la actividad,Nombre de archivo",
            "9 dic 2022, 3:24:49 p. m.",
            "Senderismo",
            "hike",
            "2022-12-09T15:24:49Z",
        ),
        (
            "ID attività,Data dell'attività,Nome attività,Tipo di attività,Descrizione dell'attività,Tempo trascorso,Distanza,Max,Sforzo,Pendolarismo,Nota,Attrezzatura attività,Nome file",
            "9 dic 2022, 15:24:49",
            "Nuoto",
            "swim",
            "2022-12-09T15:24:49Z",
        ),
        (
            "Activiteits-ID,Datum van activiteit,Naam van activiteit,Activiteitstype,Beschrijving van activiteit,Verstreken tijd,Afstand,Max. hartslag,Inspanning,Woon-werkverkeer,Notitie,Materiaal voor activiteit,Bestandsnaam",
            "9 dec. 2022 15:24:49",
            "Fietsrit",
            "cycle",
            "2022-12-09T15:24:49Z",
        ),
        (
            "ID da atividade,Data da atividade,Nome da atividade,Tipo de atividade,Descrição da atividade,Tempo decorrido,Distância,Máx,Esforço,Trajeto,Nota,Equipamento da atividade,Nome do arquivo",
            "9 de dez. de 2022, 15:24:49",
            "Corrida",
            "run",
            "2022-12-09T15:24:49Z",
        ),
        // An unsupported language: columns are recognised by position and by repeated titles.
        (
            "アクティビティID,日付,名前,種類,説明,経過時間,距離,最大,努力,通勤,メモ,機材,ファイル",
            "2022/12/09 15:24:49",
            "ラン",
            "run",
            "2022-12-09T15:24:49Z",
        ),
    ];
    for (n, (titles, date, sport, kind, start)) in cases.into_iter().enumerate() {
        let ann = app.user(&format!("ann{n}@example.com")).await;
        let (elapsed, distance) =
            (titles.split(',').nth(5).unwrap(), titles.split(',').nth(6).unwrap());
        let rest: String = (19..40).map(|n| format!(",x{n}")).collect();
        let table = format!(
            "{titles},a,b,{elapsed},m,{distance}{rest}\n\
             1,\"{date}\",Von Hand,{sport},schön,3189,\"9,44\",,,true,,Rad,,,,3189.0,2070.0,9440.0{}\n",
            ",".repeat(21)
        );
        let table = if n == 0 { table } else { format!("\u{feff}{table}") };
        let import =
            import(&app, &ann, "export.zip", &zip(&[("activities.csv", table.as_bytes())])).await;
        assert_eq!(import["counts"]["imported"], 1, "{titles}: {import}");
        assert_has(
            &log(&app, &ann).await[0],
            &json!({
                "started_at": start, "title": "Von Hand", "activity_type": kind, "distance_meters": 9440.0,
                "duration_secs": 3189, "notes": "schön\n\nGear: Rad\nCommute",
            }),
        );
    }
}

#[actix_rt::test]
async fn tables_of_before_2019_and_tables_alone_are_read() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let old = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename\n\
        1,2016-05-04 08:00:00,Old run,Run,,600,1800.1,true,Old shoes,activities/1.gpx\n\
        2,2016-05-05 08:00:00,Slow,Walk,,3600,90.0,false,,\n";
    let file = gpx("", "", "2016-05-04T08:00:00Z", 600);
    let archive = zip(&[("activities.csv", old.as_bytes()), ("activities/1.gpx", file.as_bytes())]);
    import(&app, &ann, "export.zip", &archive).await;
    // The distance of a swim is in metres, all others in kilometres.
    let alone = "Activity ID;Activity Date;Activity Name;Activity Type;Activity Description;Elapsed Time;Distance;Filename\n\
        3;May 8, 2024, 6:00:00 PM;Pool;Swim;;1800;1,500;activities/3.fit.gz\n\
        4;May 9, 2024, 6:00:00 PM;Run;Run;;1800;5.01;\n";
    let second = import(&app, &ann, "activities.csv", alone.as_bytes()).await;
    let names: Vec<_> =
        outcomes(&second).into_iter().map(|(name, outcome, _)| (name, outcome)).collect();
    let expected = [("activities.csv: 3", "imported"), ("activities.csv: 4", "imported")];
    assert_eq!(names, expected.map(|(name, outcome)| (name.to_owned(), outcome.to_owned())));
    let log = log(&app, &ann).await;
    for (n, expected) in [
        (
            0,
            json!({"title": "Old run", "activity_type": "run", "duration_secs": 600, "notes": "Gear: Old shoes\nCommute"}),
        ),
        (
            1,
            json!({"title": "Slow", "distance_meters": 90.0, "started_at": "2016-05-05T08:00:00Z"}),
        ),
        (2, json!({"title": "Pool", "distance_meters": 1500.0})),
        (3, json!({"title": "Run", "distance_meters": 5010.0})),
    ] {
        assert_has(&log[n], &expected);
    }
}

#[actix_rt::test]
async fn numbers_that_cannot_be_read_are_named_with_their_row() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let table = format!(
        "{TITLES}\n\
         1,\"May 8, 2024, 12:00:00 PM\",One,Run,,600,1.80,,,false,,,,,,600.0,inf,,,,--,,,,,,,,,,,fast,,NaN,\n"
    );
    let import = import(&app, &ann, "activities.csv", table.as_bytes()).await;
    let warning = import["files"][0]["warning"].as_str().unwrap();
    assert_eq!(
        warning,
        "row 1: the moving time “inf” in the table cannot be read; \
         row 1: the heart rate “fast” in the table cannot be read"
    );
}

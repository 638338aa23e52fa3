//! Tests of tables of activities, line by line.

use super::super::{Entry, Habits, Reason, read_log};

fn entries(table: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let habits = Habits { zone: None, is_imperial: false };
    let each = &mut |entry: Entry| -> Result<(), ()> {
        entries.push(entry);
        Ok(())
    };
    assert!(read_log(table.as_bytes(), &habits, each).is_ok(), "{table}");
    entries
}

/// Returns the seconds, the metres and the number of warnings of each line.
fn totals(table: &str) -> Vec<(f64, f64, usize)> {
    let totals = |entry: Entry| {
        let totals = entry.session.unwrap().totals;
        let seconds = totals.timer_secs.or(totals.elapsed_secs).unwrap_or(-1.0);
        let metres = totals.distance_meters.unwrap_or(-1.0);
        (seconds.round(), metres.round(), entry.warnings.len())
    };
    entries(table).into_iter().map(totals).collect()
}

#[test]
fn bare_units_are_those_that_make_each_line_possible() {
    for (lines, expected) in [
        ("Run,0.75,10\nRide,1.5,40\n", [(2700.0, 10_000.0, 0), (5400.0, 40_000.0, 0)]),
        ("Swim,45,1500\nRun,50,10\n", [(2700.0, 1500.0, 0), (3000.0, 10_000.0, 0)]),
        (
            "Swim,0:30:00,\"1,500\"\nRun,0:50:00,10.01\n",
            [(1800.0, 1500.0, 0), (3000.0, 10_010.0, 0)],
        ),
        ("Run,45:12,10\nRide,1:30,40\n", [(2712.0, 10_000.0, 0), (5400.0, 40_000.0, 0)]),
        ("Run,45:00,10.000 m\nRun,45:00,9.500 m\n", [(2700.0, 10_000.0, 0), (2700.0, 9500.0, 0)]),
        ("Run,2700,10000\nRide,5400,40000\n", [(2700.0, 10_000.0, 0), (5400.0, 40_000.0, 0)]),
        ("Run,45:00,10\nRun,45:00,900 km\n", [(2700.0, 10_000.0, 0), (2700.0, -1.0, 1)]),
        (
            "Run,45:00,1e45 km\nRun,999999999:00:00,10 km\n",
            [(2700.0, -1.0, 1), (-1.0, 10_000.0, 1)],
        ),
    ] {
        let lines: String = lines.lines().map(|line| format!("2024-05-04,{line}\n")).collect();
        let table = format!("Date,Sport,Duration,Distance\n{lines}");
        assert_eq!(totals(&table), expected, "{table}");
    }
}

#[test]
fn an_end_says_how_long_it_took() {
    for (start, end, expected) in [
        ("2024-05-04 08:00", "2024-05-04 08:45", (2700.0, 0)),
        ("2024-05-04 23:30", "00:30", (3600.0, 0)),
        ("2024-05-04 08:00+05:45", "09:00", (3600.0, 0)),
        ("2024-05-04 08:00+05:45", "2024-05-04 09:00", (3600.0, 0)),
        ("2024-05-04 08:00", "2024-05-04 07:00", (-1.0, 1)),
        ("2024-05-04 08:00", "later", (-1.0, 1)),
    ] {
        let table = format!("Start,End,Sport,Distance\n{start},{end},Run,10\n");
        assert_eq!(totals(&table), [(expected.0, 10_000.0, expected.1)], "{table}");
    }
}

#[test]
fn what_cannot_be_of_a_set_is_left_out_with_a_warning() {
    for (reps, weight, expected) in [
        ("8.0", "60", (Some(8), Some(60.0), 0)),
        ("1e1", "1e2", (Some(10), Some(100.0), 0)),
        ("\"10,8,6\"", "60", (None, Some(60.0), 1)),
        ("\"12,10\"", "60", (None, Some(60.0), 1)),
        ("10/8/6", "50/55", (None, None, 2)),
        ("99999999999999999999", "99999999999999999999", (None, None, 2)),
    ] {
        let table = format!("Date,Exercise,Reps,Weight\n2024-05-04,Row,{reps},{weight}\n");
        let entry = entries(&table).pop().unwrap();
        let set = entry.session.unwrap().sets.pop().unwrap();
        assert_eq!((set.reps, set.weight_kg, entry.warnings.len()), expected, "{table}");
    }
}

#[test]
fn a_line_is_lost_by_itself_and_may_end_in_a_return() {
    let table = "Date,Sport,Duration,Distance,Notes\n2024-05-04,Run,45:00,10,a\n\
                 2024-05-05,Run,45:00,10,\"open\n2024-05-06,Run,45:00,10,x\n";
    let named = |entry: Entry| (entry.name, entry.session.is_ok());
    let names: Vec<_> = entries(table).into_iter().map(named).collect();
    let line = |number: u8, is_whole| (format!("line {number}"), is_whole);
    assert_eq!(names, [line(2, true), line(4, true), line(3, false)]);
    let old = "Date,Sport,Duration\r2024-05-04,Run,45:00\r2024-05-05,Run,45:00\r";
    assert_eq!(entries(old).len(), 2);
}

/// Returns the warnings of a line in a table with an additional column.
fn warned(column: &str, cell: &str) -> Vec<String> {
    let table = format!("Date,Sport,Duration,{column}\n2024-05-04,Run,45:00,\"{cell}\"\n");
    let entry = entries(&table).pop().unwrap();
    assert!(entry.session.is_ok(), "{table}");
    entry.warnings.into_iter().map(|warning| warning.into_owned()).collect()
}

#[test]
fn every_column_says_what_it_cannot_read_and_is_silent_about_marks_for_nothing() {
    let columns = [
        ("Distance", "distance"),
        ("Elapsed time", "elapsed time"),
        ("Moving time", "moving time"),
        ("Calories", "calories"),
        ("Heart rate", "heart rate"),
        ("Max HR", "maximum heart rate"),
        ("Ascent", "ascent"),
        ("Descent", "descent"),
        ("Power", "power"),
        ("Cadence", "cadence"),
        ("UTC offset", "offset"),
        ("Time of day", "time of day"),
        ("End", "end"),
    ];
    for (column, name) in columns {
        for odd in ["inf", "∞", "?", "soon", "1/2/3", "#DIV/0!"] {
            let expected = format!("line 2: the {name} “{odd}” cannot be read");
            assert_eq!(warned(column, odd), [expected], "{column}");
        }
        for nothing in ["", "-", "--", "—", "NaN", "null", "N/A", "None", "#N/A"] {
            assert_eq!(warned(column, nothing), [""; 0], "{column}: {nothing}");
        }
    }
    let set = |column: &str, cell: &str| {
        let table = format!("Date,Exercise,Reps,{column}\n2024-05-04,Row,8,{cell}\n");
        entries(&table).pop().unwrap().warnings.len()
    };
    for column in ["Weight", "Distance", "RPE", "Seconds", "Rest", "Workout duration", "Sets"] {
        assert_eq!((set(column, "soon"), set(column, "--")), (1, 0), "{column}");
    }
}

#[test]
fn a_unit_beside_a_number_that_nobody_knows_is_no_kilometre() {
    let table = "Date,Sport,Duration,Distance,Distance Unit\n2024-05-04,Run,45:00,5,mi\n\
                 2024-05-05,Run,45:00,5,furlongs\n";
    assert_eq!(totals(table), [(2700.0, 8047.0, 0), (2700.0, -1.0, 1)]);
}

#[test]
fn an_abbreviation_of_one_meaning_is_the_offset() {
    for (zone, offset, warnings) in
        [("CEST", Some(120), 0), ("PDT", Some(-420), 0), ("GMT+2", Some(120), 0), ("BST", None, 1)]
    {
        for table in [
            format!("Start,Sport,Duration\n2024-05-04 08:00 {zone},Run,45:00\n"),
            format!("Date,Exercise,Reps\n2024-05-04 08:00 {zone},Row,8\n"),
        ] {
            let entry = entries(&table).pop().unwrap();
            let session = entry.session.unwrap();
            let found = (session.utc_offset_minutes, entry.warnings.len());
            assert_eq!(found, (offset, warnings), "{table}");
            let local = session.started_at + chrono::TimeDelta::minutes(offset.unwrap_or(0).into());
            assert_eq!(local.to_string(), "2024-05-04 08:00:00 UTC", "{table}");
        }
    }
}

#[test]
fn titles_may_be_broken_and_columns_divided_by_bars() {
    let broken = "Date,Sport,\"Duration\n(min)\",\"Distance\n(km)\"\n2024-05-04,Run,45,10\n";
    assert_eq!(totals(broken), [(2700.0, 10_000.0, 0)]);
    assert_eq!(entries(broken).pop().unwrap().name, "line 4");
    let bars = "Date|Sport|Duration|Distance\n2024-05-04|Run|45:12|10\n";
    assert_eq!(totals(bars), [(2712.0, 10_000.0, 0)]);
}

#[test]
fn a_day_of_rest_is_no_activity() {
    let table =
        "Date,Sport,Duration,Notes\n2024-05-04,Run,,easy\n2024-05-05,,,rest\n2024-05-06,Rest,-,\n";
    let refused = |entry: Entry| entry.session.err().map(|refusal| refusal.reason);
    let refused: Vec<_> = entries(table).into_iter().map(refused).collect();
    let none = Some(Reason::NotAnActivity);
    assert_eq!(refused, [None, none, none]);
}

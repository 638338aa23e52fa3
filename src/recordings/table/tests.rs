//! Tables of activities, line by line.

use super::super::{Entry, Habits, read_log};

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

/// Seconds and metres of each line, and how many warnings it has.
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

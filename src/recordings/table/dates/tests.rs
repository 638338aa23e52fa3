//! Tests of dates in all forms.

use proptest::prelude::*;

use super::*;

fn shown(cell: &str, order: Order) -> String {
    match moment(cell, order) {
        Some(Moment::Exact(time)) => time.to_utc().format("%FT%TZ").to_string(),
        Some(Moment::Local(time)) => time.format("%FT%T").to_string(),
        Some(Moment::Date(date)) => date.to_string(),
        Some(Moment::Clock(time)) => time.to_string(),
        None => String::new(),
    }
}

#[test]
fn dates_are_read_as_apps_and_people_write_them() {
    for (cell, expected) in [
        ("2024-05-04", "2024-05-04"),
        ("2024/5/4", "2024-05-04"),
        ("20240504", "2024-05-04"),
        ("2024-05-04 08:00", "2024-05-04T08:00:00"),
        ("2024-05-04 8:00:00\u{202f}PM", "2024-05-04T20:00:00"),
        ("2024-05-04T08:00:00.123Z", "2024-05-04T08:00:00Z"),
        ("2024-05-04T08:00:00+02:00", "2024-05-04T06:00:00Z"),
        ("2024-05-04 08:00:00 -0430", "2024-05-04T12:30:00Z"),
        ("2024-05-04 08:00:00 UTC", "2024-05-04T08:00:00Z"),
        ("04.05.2024 08:00", "2024-05-04T08:00:00"),
        ("4.5.24", "2024-05-04"),
        ("04/05/2024 08:00", "2024-05-04T08:00:00"),
        ("4 May 2024, 08:00", "2024-05-04T08:00:00"),
        ("May 4, 2024, 8:00:00 AM", "2024-05-04T08:00:00"),
        ("Sat, 4 May 2024 08:00:00 +0000", "2024-05-04T08:00:00Z"),
        ("Saturday, May 4th, 2024 at 12:05 a.m.", "2024-05-04T00:05:00"),
        ("4. Mai 2024 08:00:00", "2024-05-04T08:00:00"),
        ("4 mai 2024 à 08:00", "2024-05-04T08:00:00"),
        ("mar. 4 févr. 2024", "2024-02-04"),
        ("4 de março de 2024", "2024-03-04"),
        ("4 août 2024", "2024-08-04"),
        ("9 dic 2024, 18:05", "2024-12-09T18:05:00"),
        ("4 mrt. 2024", "2024-03-04"),
        ("1714809600", "2024-05-04T08:00:00Z"),
        ("1714809600000", "2024-05-04T08:00:00Z"),
        ("08:30", "08:30:00"),
        ("8:30 pm", "20:30:00"),
        ("08:30 04/05/2024", "2024-05-04T08:30:00"),
        ("45416", "2024-05-04"),
        ("45416.3333333", "2024-05-04T08:00:00"),
        ("45416,75", "2024-05-04T18:00:00"),
        ("20240504T080000Z", "2024-05-04T08:00:00Z"),
        ("20240504T0800", "2024-05-04T08:00:00"),
        ("20240504T080000+0200", "2024-05-04T06:00:00Z"),
        ("2024-05-04 08:00 CEST", "2024-05-04T06:00:00Z"),
        ("May 4, 2024 8:00 PM PDT", "2024-05-05T03:00:00Z"),
        ("2024-05-04 08:00 BST", "2024-05-04T08:00:00"),
        ("2024-05-04 08:00 GMT+2", "2024-05-04T06:00:00Z"),
        ("2024-05-04 08:00:00 +0200 CEST", "2024-05-04T06:00:00Z"),
        ("2024-05-04T08:00:00+02:00[Europe/Zurich]", "2024-05-04T06:00:00Z"),
        ("Sat May 04 2024 08:00:00 GMT+0200 (CEST)", "2024-05-04T06:00:00Z"),
        ("Sat May  4 08:00:00 CEST 2024", "2024-05-04T06:00:00Z"),
        ("Sat May  4 08:00:00 2024", "2024-05-04T08:00:00"),
    ] {
        assert_eq!(shown(cell, Order::DayFirst), expected, "{cell}");
    }
    assert_eq!(shown("04/05/2024", Order::MonthFirst), "2024-04-05");
    for odd in [
        "",
        "x",
        "2024-13-01",
        "31.02.2024",
        "25:00",
        "2024-05-04 13:00 pm",
        "45",
        "1.2.3.4",
        "2024-05-04 08:00 +xx",
        "2024-05-04 08:00 -05-04",
        "2024-05-04 08:00 -04000000000000000000",
        "4048-05-06T20:4-05-04T:0:00:00.000",
    ] {
        assert_eq!(shown(odd, Order::DayFirst), "", "{odd}");
    }
}

#[test]
fn the_whole_column_tells_days_from_months() {
    let order = |cells: &[&str], is_day_first| order(cells.iter().copied(), is_day_first);
    assert_eq!(order(&["04/05/2024", "13/05/2024"], false), Some(Order::DayFirst));
    assert_eq!(order(&["04/05/2024 08:00", "05/13/2024 09:00"], false), Some(Order::MonthFirst));
    assert_eq!(order(&["13/05/2024", "05/13/2024"], false), None);
    assert_eq!(order(&["04/05/2024"], false), None);
    assert_eq!(order(&["04/05/2024"], true), Some(Order::DayFirst));
    // Sorted rows of May and June.
    assert_eq!(order(&["11/05/2024", "12/05/2024", "01/06/2024"], false), Some(Order::DayFirst));
    assert_eq!(order(&["06/01/2024", "05/12/2024", "05/11/2024"], false), Some(Order::MonthFirst));
    for clear in [&["2024-05-04", "4 May 2024"][..], &["04.05.2024"], &["05/05/2024"], &[]] {
        assert_eq!(order(clear, false), Some(Order::DayFirst));
    }
}

proptest! {
    #[test]
    fn whatever_is_written_is_a_moment_or_none(cell in "\\PC{0,30}", digits in "[0-9:./ TZ+-]{0,25}", offset in "[+-][0-9:]{0,12}") {
        for text in [&cell, &digits, &format!("2024-05-04 08:00 {offset}")] {
            let _ = moment(text, Order::DayFirst);
            let _ = order([text.as_str()].into_iter(), false);
        }
    }

    #[test]
    fn a_date_comes_back_from_every_form(days in 0i64..40_000, seconds in 0u32..86_400) {
        let date = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::TimeDelta::days(days);
        let time = date.and_time(NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap());
        for form in ["%F %T", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y, %T", "%-d %B %Y, %T", "%b %-d, %Y, %I:%M:%S %p", "%FT%T"] {
            let text = time.format(form).to_string();
            prop_assert_eq!(moment(&text, Order::DayFirst), Some(Moment::Local(time)), "{}", text);
        }
    }
}

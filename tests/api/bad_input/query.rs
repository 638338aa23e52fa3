//! The query string of `GET /activities`.

use super::outcome;
use crate::support::TestApp;

/// Invalid values of each parameter, URL-encoded.
const REFUSED: [(&str, &str); 5] = [
    ("activity_type", "Run run%20 run+ l%C3%A4ufe %00 run%00 %FF %ED%A0%80 a,,b %22"),
    ("from", TIMES),
    ("to", TIMES),
    (
        "limit",
        "0 -1 -0 1.5 1e2 1.0 0x10 NaN null true %00 1%00 %FF 1,2 %D9%A1 %5B1%5D -9223372036854775808
         -9223372036854775809",
    ),
    (
        "offset",
        "-1 1.5 1e2 NaN null %00 0%00 %FF 9223372036854775808 -9223372036854775809
         99999999999999999999999999999999999999999999",
    ),
];

const TIMES: &str = "now NaN 0 1777881600 2026-05-04 2026-05-04T08:00:00 2026-02-30T00:00:00Z
    2026-05-04T08:00:61Z 2026-05-04T25:00:00Z 0000-01-01T00:00:00Z 0001-01-01T00:00:00%2B12:00
    9999-12-31T23:59:59-12:00 %2B12345-01-01T00:00:00Z -0001-01-01T00:00:00Z 2026-05-04T08:00:00%2B24:00
    2026-05-04T08:00:00Z%00 %00 %FF %F0%9F%8F%83";

#[actix_rt::test]
async fn bad_parameters_are_named() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let mut surprises = Vec::new();
    for (name, values) in REFUSED {
        let long = ["a".repeat(33), "x".repeat(20_000), "%00".repeat(5_000)];
        let long = long.iter().map(String::as_str);
        for value in values.split_whitespace().chain(["", "+", "%20"]).chain(long) {
            let answer = app.get_as(&user, &format!("/activities?{name}={value}")).await;
            let outcome = outcome(&answer, name);
            if outcome != (400, "invalid_parameter".to_owned(), "invalid_parameter".to_owned()) {
                surprises.push(format!("{name}={value:.60}: {outcome:?}"));
            }
        }
        let twice = app.get_as(&user, &format!("/activities?{name}=1&{name}=2")).await;
        assert_eq!(outcome(&twice, name).0, 400, "{name}");
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[actix_rt::test]
async fn bad_cursors_are_cursors_that_are_not_ours() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let long = ["A".repeat(54), "A".repeat(20_000), "%00".repeat(5_000)];
    let short = "0 null + %20 %00 %FF %F0%9F%8F%83 AAAA A%3D%3D ..%2F.. %2B%2F".split(' ');
    for cursor in short.chain([""]).chain(long.iter().map(String::as_str)) {
        let answer = app.get_as(&user, &format!("/activities?cursor={cursor}")).await;
        assert_eq!(outcome(&answer, "cursor").1, "invalid_cursor", "{cursor:.60}");
    }
}

#[actix_rt::test]
async fn what_is_odd_but_means_something_is_answered() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for query in "& &&& limit=7& limit=%37 limit=007 offset=9223372036854775807 offset=9223372036854775807&limit=100 activity_type=_
        from=2016-12-31T23:59:60Z to=9999-12-31T23:59:59.999999999Z
        from=0001-01-01T00:00:00Z&to=0001-01-01T00:00:00Z"
        .split_whitespace()
    {
        let answer = app.get_as(&user, &format!("/activities?{query}")).await;
        assert_eq!(outcome(&answer, "").0, 200, "{query}: {}", answer.text());
    }
    // Names that only look like those of parameters.
    for query in "= % %zz %00 a=%FF %FF=a limit ?limit=x LIMIT=x limit%00=x limit%5B%5D=x"
        .split_whitespace()
        .chain(["a=b&".repeat(10_000).as_str()])
    {
        let answer = app.get_as(&user, &format!("/activities?{query}")).await;
        answer.expect_error(400, "invalid_parameter");
    }
}

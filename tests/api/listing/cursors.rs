//! Walking through lists by cursor.

use std::{cell::Cell, collections::HashMap};

use super::{items, numbers, page, seed, walk};
use crate::support::TestApp;

#[actix_rt::test]
async fn the_last_page_has_no_cursor_also_when_it_is_full() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for (count, sizes) in
        [(9, vec![9]), (1, vec![10]), (1, vec![10, 1]), (9, vec![10, 10]), (1, vec![10, 10, 1])]
    {
        seed(&app, &user, count, 4, "").await;
        let pages = walk(&app, &user, "limit=10").await;
        let walked: Vec<usize> = pages.iter().map(|page| items(page).len()).collect();
        assert_eq!(walked, sizes);
    }
}

#[actix_rt::test]
async fn a_walk_keeps_to_its_filter_and_may_change_its_pace() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    seed(&app, &user, 50, 3, "").await;
    let filter = "activity_type=run&from=2026-05-04T09:00:00Z&to=2026-05-04T20:00:00+02:00";
    let at_once = items(&page(&app, &user, &format!("{filter}&limit=100")).await);
    assert!(at_once.len() > 10);
    let pages = walk(&app, &user, &format!("{filter}&limit=2")).await;
    assert_eq!(pages.iter().flat_map(items).collect::<Vec<_>>(), at_once);

    let first = page(&app, &user, &format!("{filter}&limit=3")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let same_filter = filter.replace("20:00:00+02:00", "18:00:00Z");
    let rest = page(&app, &user, &format!("limit=100&{same_filter}&cursor={cursor}")).await;
    assert_eq!(items(&rest), at_once[3..]);
}

#[actix_rt::test]
async fn a_cursor_and_an_offset_exclude_each_other() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    seed(&app, &user, 3, 1, "").await;
    let first = page(&app, &user, "limit=1&offset=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(numbers(&page(&app, &user, &format!("cursor={cursor}")).await), [0]);
    app.get_as(&user, &format!("/activities?cursor={cursor}&offset=0"))
        .await
        .expect_error(400, "invalid_parameter");
}

#[actix_rt::test]
async fn a_cursor_holds_for_one_user_and_one_filter_and_cannot_be_made() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let other = app.user("bob@example.com").await;
    seed(&app, &user, 30, 4, "").await;
    seed(&app, &other, 30, 4, "").await;
    let filter = "activity_type=run&from=2026-05-04T08:00:00Z";
    let first = page(&app, &user, &format!("{filter}&limit=5")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    page(&app, &user, &format!("{filter}&cursor={cursor}")).await;
    let mut refused = Vec::new();
    for filter in [
        "",
        "activity_type=run",
        "activity_type=ride&from=2026-05-04T08:00:00Z",
        "activity_type=run&from=2026-05-04T08:00:00.000001Z",
        "activity_type=run&to=2026-05-04T08:00:00Z",
        "activity_type=run&from=2026-05-04T08:00:00Z&to=2026-06-04T08:00:00Z",
    ] {
        refused.push((&user, format!("{filter}&cursor={cursor}")));
    }
    refused.push((&other, format!("{filter}&cursor={cursor}")));
    for (at, letter) in cursor.char_indices() {
        let forged = if letter == 'A' { 'B' } else { 'A' };
        let (before, after) = (&cursor[..at], &cursor[at + 1..]);
        refused.push((&user, format!("{filter}&cursor={before}{forged}{after}")));
    }
    for forged in [
        "",
        "x",
        "%00",
        "%ff",
        &"A".repeat(cursor.len()),
        &cursor[1..],
        &format!("{cursor}="),
        &format!("{cursor}A"),
    ] {
        refused.push((&user, format!("{filter}&cursor={forged}")));
    }
    for (user, query) in refused {
        app.get_as(user, &format!("/activities?{query}")).await.expect_error(400, "invalid_cursor");
    }
}

/// While a list is walked, rows are added and deleted everywhere in it, and at the cursor itself.
#[actix_rt::test]
async fn a_walk_sees_what_stays_exactly_once_while_others_write() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    seed(&app, &user, 600, 60, "stays").await;
    seed(&app, &user, 600, 60, "goes").await;
    let (done, rounds) = (Cell::new(false), Cell::new(0));
    let churn = async {
        while !done.get() {
            seed(&app, &user, 50, 5, "comes").await;
            let some =
                "SELECT id FROM activities WHERE notes <> 'stays' ORDER BY random() LIMIT 40";
            app.database.execute(&format!("DELETE FROM activities WHERE id IN ({some})")).await;
            rounds.set(rounds.get() + 1);
        }
    };
    let walk = async {
        let (mut seen, mut query, mut pages) = (Vec::new(), "limit=23".to_owned(), 0);
        loop {
            let page = page(&app, &user, &query).await;
            seen.extend(items(&page));
            pages += 1;
            let last = seen.last().unwrap()["id"].as_str().unwrap();
            let gone = format!("DELETE FROM activities WHERE id = '{last}' AND notes <> 'stays'");
            app.database.execute(&gone).await;
            match page["next_cursor"].as_str() {
                Some(cursor) => query = format!("limit=23&cursor={cursor}"),
                None => break,
            }
        }
        done.set(true);
        (seen, pages)
    };
    let ((seen, pages), ()) = futures_util::future::join(walk, churn).await;
    assert!(pages > 26 && rounds.get() > 3, "{pages} pages, {} rounds", rounds.get());

    let mut times: HashMap<&str, usize> = HashMap::new();
    for item in &seen {
        *times.entry(item["id"].as_str().unwrap()).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1));
    let stays = "SELECT string_agg(id::text, ' ') FROM activities WHERE notes = 'stays'";
    let stays = app.database.text(stays).await;
    assert_eq!(stays.split(' ').filter(|id| times.contains_key(id)).count(), 600);
}

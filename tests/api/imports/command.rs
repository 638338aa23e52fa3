//! `sports-log import`, as an operator runs it beside a server.

use std::fs;

use tempfile::TempDir;

use super::{MORNING, zip};
use crate::support::{
    TestApp, fit,
    process::{run, said},
    settings,
};

#[actix_rt::test]
async fn files_and_folders_are_imported_and_refusals_named() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let home = TempDir::new().unwrap();
    let folder = home.path();
    fs::create_dir_all(folder.join("more/deep")).unwrap();
    let run_at = |hours: i64| fit::run(MORNING + hours * 3600, 30);
    fs::write(folder.join("one.fit"), run_at(0)).unwrap();
    fs::write(folder.join("more/two.zip"), zip(&[("2.fit", &run_at(1)), ("3.fit", &run_at(2))]))
        .unwrap();
    fs::write(folder.join("more/deep/again.fit"), run_at(0)).unwrap();
    let import = |user: &str, path: &str| {
        run(&["import", "--user", user, path], &settings(&app.database.url, app.smtp.port))
    };
    let path = folder.to_str().unwrap();
    let done = import("Ann@example.com", path);
    assert!(done.status.success(), "{done:?}");
    let expected =
        "3 files imported as 3 activities, 0 merged with others, 1 known already, 0 refused";
    assert!(said(&done).contains(expected), "{done:?}");
    assert_eq!(
        app.get_as(&ann, "/activities").await.expect(200).json()["activities"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    // Its owner sees it like any other.
    let list = app.get_as(&ann, "/imports").await.expect(200).json();
    assert_eq!(
        (&list["imports"][0]["status"], &list["imports"][0]["counts"]["duplicate"]),
        (&"done".into(), &1.into())
    );

    fs::write(folder.join("bad.fit"), b"hello").unwrap();
    let refused = import(&ann.id, path);
    assert_eq!(refused.status.code(), Some(1));
    for expected in
        ["bad.fit", "unknown_format", "not every file was taken", "4 known already, 1 refused"]
    {
        assert!(said(&refused).contains(expected), "{expected}: {refused:?}");
    }
    for (user, path, expected) in [
        ("nobody@example.com", path, "there is no account"),
        ("ann@example.com", "/nowhere/at/all", "/nowhere/at/all: No such file"),
    ] {
        let failed = import(user, path);
        assert_eq!(failed.status.code(), Some(1));
        assert!(said(&failed).contains(expected), "{failed:?}");
    }
}

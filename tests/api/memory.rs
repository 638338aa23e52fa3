//! The memory that a server needs, as `check-config` calculates it.

use crate::support::{
    Database,
    process::{run, said},
    settings,
};

#[actix_rt::test]
async fn the_budget_is_printed_and_hashing_stays_within_the_limit() {
    let database = Database::new().await;
    let check = async |limit: &str, hashes: &str| {
        let mut variables = settings(&database.url, 25);
        variables.push(("MEMORY_LIMIT", limit.to_owned()));
        if !hashes.is_empty() {
            variables.push(("HASH_CONCURRENCY", hashes.to_owned()));
        }
        let output = actix_rt::task::spawn_blocking(move || run(&["check-config"], &variables));
        let output = output.await.unwrap();
        (output.status.code(), said(&output))
    };
    let (code, printed) = check("512M", "4").await;
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("needs up to 300 MiB of memory: "), "{printed}");
    assert!(printed.contains("; the memory limit is 512 MiB."), "{printed}");
    assert!(printed.contains("76 for password hashes"), "{printed}");
    assert!(!printed.contains("more than the limit"), "{printed}");

    let (code, printed) = check("256M", "4").await;
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("warning: that is more than the limit"), "{printed}");

    let (code, printed) = check("512M", "32").await;
    assert_eq!(code, Some(1), "{printed}");
    assert!(
        printed.contains("HASH_CONCURRENCY: is too large: 32 hashes at once need 608 MiB"),
        "{printed}"
    );

    // The default depends on the available memory: one hash at a time, on a machine of any size.
    let (_, printed) = check("64M", "").await;
    assert!(printed.contains("19 for password hashes"), "{printed}");
}

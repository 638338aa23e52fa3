//! The rules of docs/ARCHITECTURE.md that can be checked in the source.

mod dependencies;
mod source;
mod web;

use std::{fs, path::Path};

/// Every Rust file below `root`: its path relative to `root`, and its text.
fn sources_below(root: &str) -> Vec<(String, String)> {
    fn collect(dir: &Path, root: &Path, into: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, root, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                into.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    assert!(files.len() > 70);
    files
}

fn sources() -> Vec<(String, String)> {
    sources_below("src")
}

fn is_store(name: &str) -> bool {
    name.ends_with("/store.rs") || name.contains("/store/")
}

/// The code before the unit tests of the file.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

#[test]
fn every_module_says_what_it_is_for_and_stays_small() {
    for (name, text) in sources().into_iter().chain(sources_below("tests")) {
        assert!(text.starts_with("//! "), "{name} does not open with //!");
        assert!(text.lines().count() <= 300, "{name} has more than 300 lines");
    }
}

#[test]
fn nothing_below_the_handlers_knows_http() {
    for (name, text) in sources() {
        let below = is_store(&name)
            || name.ends_with("/service.rs")
            || name.starts_with("outbox/")
            || name.starts_with("db/");
        assert!(!(below && code(&text).contains("actix_web")), "{name} uses actix_web");
    }
}

#[test]
fn queries_stand_in_stores() {
    // The health check runs SELECT 1, and an identity is confirmed with its own query.
    let exceptions = ["server/health.rs", "credentials/identity.rs"];
    for (name, text) in sources() {
        if is_store(&name) || name.starts_with("db/") || exceptions.contains(&name.as_str()) {
            continue;
        }
        for query in
            ["RunQueryDsl", "sql_query", "diesel::insert_into", "diesel::update", "diesel::delete"]
        {
            assert!(!code(&text).contains(query), "{name} has a query ({query})");
        }
    }
}

#[test]
fn requests_to_others_go_through_one_layer() {
    for (name, text) in sources() {
        let builds = ["awc::Client", "Client::builder", "Client::default", "TcpStream::connect"];
        for client in builds {
            // Mail servers and PostgreSQL do not speak HTTP.
            let speaks_something_else =
                name.starts_with("delivery/email/smtp/") || name == "db/wire/open.rs";
            let is_allowed = name.starts_with("outgoing/")
                || (client == "TcpStream::connect" && speaks_something_else);
            assert!(
                is_allowed || !code(&text).contains(client),
                "{name} has a {client} of its own"
            );
        }
    }
}

#[test]
fn only_config_reads_the_environment() {
    for (name, text) in sources() {
        assert!(
            name.starts_with("config/") || !code(&text).contains("env::var"),
            "{name} reads the environment"
        );
    }
}

#[test]
fn layers_of_a_domain_point_one_way() {
    for (name, text) in sources() {
        let code = code(&text);
        let must_not_use = |others: &[&str]| {
            for other in others {
                assert!(!code.contains(other), "{name} uses {other}");
            }
        };
        if is_store(&name) {
            must_not_use(&["handlers", "service::", "crate::state", "crate::http", "Pool"]);
        }
        if name.ends_with("/service.rs") {
            must_not_use(&["handlers"]);
        }
    }
}

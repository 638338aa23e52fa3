//! The subcommands, run as an operator runs them: security.md row 21.

use tempfile::NamedTempFile;

use crate::support::{
    Database, TestApp,
    process::{run, said},
    settings,
};

/// Settings that `serve` accepts.
fn valid() -> Vec<(&'static str, String)> {
    settings("postgres://somebody:sesame@localhost/sports_log", 25)
}

fn with(name: &'static str, value: &str) -> Vec<(&'static str, String)> {
    let mut variables = valid();
    variables.retain(|(other, _)| *other != name);
    variables.push((name, value.to_owned()));
    variables
}

#[test]
fn serve_refuses_secrets_that_are_none_by_name_and_not_by_value() {
    for (name, value, problem) in [
        ("JWT_SECRET", "", "is missing"),
        ("JWT_SECRET", "tooshortforakey", "too short"),
        ("JWT_SECRET", "change-me-change-me-change-me-change-me", "placeholder"),
        ("JWT_SECRET", "abababababababababababababababababab", "repeats itself"),
        ("JWT_SECRET_PREVIOUS", "tooshortforakey", "too short"),
        ("SERVER_KEY", "", "is missing"),
        ("SERVER_KEY_PREVIOUS", "tooshortforakey", "too short"),
        ("SERVER_KEY", crate::support::JWT_SECRET, "must differ"),
        ("DATABASE_URL", "", "is missing"),
        ("DATABASE_URL", "mysql://somebody:sesame@localhost/x", "must start with postgres://"),
        ("APP_BASE_URL", "", "is missing"),
        ("APP_BASE_URL", "ftp://log.example", "must be an http"),
        ("SMTP_TLS", "sometimes", "SMTP_TLS"),
        ("DELIVERY_LEASE_SECS", "0.5", "must be at least 1"),
    ] {
        for subcommand in ["serve", "check-config"] {
            let output = run(&[subcommand], &with(name, value));
            let said = said(&output);
            assert_eq!(output.status.code(), Some(1), "{name}={value}: {said}");
            assert!(
                said.contains(&format!("{name}: ")) && said.contains(problem),
                "{name}={value}: {said}"
            );
            assert!(value.len() < 15 || name == "APP_BASE_URL" || !said.contains(value), "{said}");
        }
    }
}

#[test]
fn check_config_shows_every_fault_and_no_secret() {
    let mut variables = with("SMTP_PORT", "99999");
    variables.extend([("SMTP_USER", "ann".to_owned()), ("BIND_ADDR", "here".to_owned())]);
    let output = run(&["check-config"], &variables);
    let said = said(&output);
    for fault in ["SMTP_PORT: ", "SMTP_USER: ", "BIND_ADDR: "] {
        assert!(said.contains(&format!("fault: {fault}")), "{said}");
    }
    for secret in ["sesame", crate::support::JWT_SECRET, crate::support::SERVER_KEY] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn a_secret_may_come_from_a_file() {
    let file = NamedTempFile::new().unwrap().into_temp_path();
    std::fs::write(&file, format!("{}\n", crate::support::JWT_SECRET)).unwrap();
    let mut variables = with("JWT_SECRET", "");
    variables.push(("JWT_SECRET_FILE", file.display().to_string()));
    let output = run(&["check-config"], &variables);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("[redacted] (file)"), "{}", said(&output));
    file.close().unwrap();
    let output = run(&["check-config"], &variables);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("cannot read JWT_SECRET_FILE"), "{}", said(&output));
}

#[test]
fn the_example_lists_every_setting() {
    let example = include_str!("../../.env.example");
    let output = said(&run(&["check-config"], &valid()));
    let names: Vec<&str> = output
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(names.len() > 25, "{output}");
    for name in names {
        let listed = example
            .lines()
            .any(|line| line.trim_start_matches('#').starts_with(&format!("{name}=")));
        assert!(listed, "{name} is not in .env.example");
    }
}

#[actix_rt::test]
async fn migrate_says_what_it_did() {
    let database = Database::empty().await;
    let variables = settings(&database.url, 25);
    let first = said(&run(&["migrate"], &variables));
    assert!(first.contains("applied 20261130000001"), "{first}");
    let second = said(&run(&["migrate"], &variables));
    assert!(second.contains("up to date"), "{second}");
}

#[actix_rt::test]
async fn healthcheck_tells_by_its_exit_code() {
    let app = TestApp::spawn().await;
    assert_eq!(run(&["healthcheck", "--url", &app.base], &[]).status.code(), Some(0));
    // Nothing listens on port 1.
    let output = run(&["healthcheck"], &[("BIND_ADDR", "0.0.0.0:1".to_owned())]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("http://127.0.0.1:1/readyz"), "{}", said(&output));
}

#[test]
fn help_names_every_subcommand() {
    let help = said(&run(&["--help"], &[]));
    for subcommand in ["serve", "dev", "migrate", "check-config", "healthcheck", "openapi"] {
        assert!(help.contains(subcommand), "{help}");
    }
    assert!(said(&run(&["--version"], &[])).contains(env!("CARGO_PKG_VERSION")));
    let refused = said(&run(&["send-test", "pigeon", "ann@example.com"], &[]));
    assert!(refused.contains("[possible values: email, sms]"), "{refused}");
}

#[test]
fn shells_and_man_know_every_subcommand() {
    let folder = tempfile::tempdir().unwrap();
    let written = run(&["man", folder.path().to_str().unwrap()], &[]);
    assert!(written.status.success(), "{}", said(&written));
    for subcommand in ["serve", "import", "user", "status"] {
        for shell in ["bash", "zsh", "fish"] {
            assert!(said(&run(&["completions", shell], &[])).contains(subcommand), "{shell}");
        }
        let page = folder.path().join(format!("sports-log-{subcommand}.1"));
        assert!(std::fs::read_to_string(page).unwrap().contains("sports\\-log"), "{subcommand}");
    }
}

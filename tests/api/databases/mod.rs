//! Databases with other encodings, locales, settings, privileges and limits than ours.

mod languages;
mod locales;
mod packages;
mod refusals;
mod room;
mod settings;

use std::process::{Command, Output};

use crate::support::{Database, cluster_url, process, settings as settings_of};

/// The cluster's maintenance database, used to create others.
fn maintenance() -> Database {
    Database::at(cluster_url("postgres"))
}

/// Creates a database without a schema.
async fn made(name: &str, options: &str) -> Database {
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 {options}");
    maintenance().execute(&create).await;
    Database::at(cluster_url(name))
}

/// Runs a subcommand to its end, with the database at `url`.
async fn run(arguments: &[&str], url: &str) -> Output {
    let variables = settings_of(url, 25);
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let run = move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        process::run(&arguments, &variables)
    };
    actix_rt::task::spawn_blocking(run).await.unwrap()
}

/// Whether PostgreSQL can use the locale. Root creates it if it is missing.
fn is_there(locale: &str) -> bool {
    let Some(language) = locale.strip_suffix(".UTF-8") else { return true };
    let listed = || {
        let all = Command::new("locale").arg("-a").output().unwrap().stdout;
        let name = format!("{language}.utf8");
        String::from_utf8_lossy(&all).lines().any(|line| line == name || line == locale)
    };
    if !listed() {
        // A folder instead of the archive: a PostgreSQL that is already running does not see
        // additions to the archive.
        let args = ["--no-archive", "-i", language, "-f", "UTF-8", locale];
        let _ = Command::new("localedef").args(args).status();
    }
    listed()
}

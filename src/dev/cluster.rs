//! A private PostgreSQL cluster that runs exactly as long as the process that started it.
//!
//! A guardian process, a shell in a separate process group, starts the server and then reads from a
//! pipe that only this process holds open. When this process ends, even by `kill -9`, the pipe
//! closes and the guardian stops PostgreSQL. Ctrl-C in the terminal reaches only this process and
//! not the guardian, so requests can finish before the database stops.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::{binaries::Binaries, error::ClusterError, run_as::RunAs};

/// The durability of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As in production.
    Safe,
    /// None: faster, and the folder is deleted at the end. For tests.
    Ephemeral,
}

/// A running cluster.
pub struct Cluster {
    run_dir: PathBuf,
    guardian: Child,
}

/// Arguments: pg_ctl, data folder, log file, and a folder to delete at the end, or an empty string.
const GUARDIAN: &str = r#"
trap '' INT HUP
"$1" -D "$2" status >/dev/null 2>&1 && "$1" -D "$2" -m fast -w stop >/dev/null
"$1" -D "$2" -l "$3" -w -t 60 start >/dev/null && echo started || exit 1
cat >/dev/null
"$1" -D "$2" -m fast -w -t 60 stop >/dev/null
[ -z "$4" ] || rm -rf "$4"
"#;

/// `sun_path` has 108 bytes on Linux and 104 on macOS; the name of the socket takes 16.
const LONGEST_RUN_DIR: usize = 85;

impl Cluster {
    /// Starts the cluster in `dir`, and creates it if necessary. Uses PostgreSQL's programs in
    /// `programs`, or in the usual places. Blocks for one or two seconds.
    pub fn start(
        dir: &Path,
        programs: Option<&Path>,
        durability: Durability,
    ) -> Result<Self, ClusterError> {
        let (data, run_dir, log) = (dir.join("data"), dir.join("run"), dir.join("postgres.log"));
        if run_dir.as_os_str().len() > LONGEST_RUN_DIR {
            return Err(ClusterError(format!(
                "the path {} is too long for PostgreSQL's socket: choose a shorter folder with --dir",
                run_dir.display()
            )));
        }
        let user = RunAs::choose()?;
        user.make_private_dir(dir)?;
        check_reachable(&user, dir)?;
        user.make_private_dir(&run_dir)?;
        let made_by = fs::read_to_string(data.join("PG_VERSION")).ok();
        let version = made_by.and_then(|version| version.trim().parse().ok());
        let binaries = Binaries::find(programs, version)?;
        if !data.exists() {
            initialise(&user, &binaries, dir, &data)?;
        }
        fs::write(data.join("sports-log.conf"), settings(&run_dir, durability))?;
        let delete_at_end = if durability == Durability::Ephemeral { dir } else { Path::new("") };
        let mut guardian = user
            .command("/bin/sh")
            .args(["-c", GUARDIAN, "guardian"])
            .args([&binaries.program("pg_ctl"), &data, &log, delete_at_end])
            .current_dir(dir)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut said = String::new();
        if let Some(stdout) = guardian.stdout.take() {
            BufReader::new(stdout).read_line(&mut said)?;
        }
        if said.trim() == "started" {
            return Ok(Self { run_dir, guardian });
        }
        let log = fs::read_to_string(&log).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(5).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        Err(ClusterError(format!("PostgreSQL did not start:\n  {}", last.join("\n  "))))
    }

    /// The URL of a database of the cluster, over its Unix socket.
    pub fn url(&self, database: &str) -> String {
        url(&self.run_dir, database)
    }

    /// The URL of a database of the cluster that another process has started in `dir`.
    pub fn url_in(dir: &Path, database: &str) -> String {
        url(&dir.join("run"), database)
    }

    /// Stops PostgreSQL and waits until it has ended.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        drop(self.guardian.stdin.take());
        self.guardian.wait()?;
        Ok(())
    }
}

fn url(run_dir: &Path, database: &str) -> String {
    let host = serde_urlencoded::to_string([("host", run_dir.to_string_lossy())]);
    format!("postgres://sports_log@/{database}?{}", host.unwrap_or_default())
}

/// The user that PostgreSQL runs as may have no access to a parent folder of
/// `dir`, such as `/root`.
fn check_reachable(user: &RunAs, dir: &Path) -> Result<(), ClusterError> {
    let Some(name) = user.name() else {
        return Ok(());
    };
    let reachable = user.command("test").arg("-w").arg(dir).current_dir("/").status()?.success();
    if reachable {
        Ok(())
    } else {
        Err(ClusterError(format!(
            "PostgreSQL runs as the user `{name}`, who cannot access {}: choose another folder with --dir",
            dir.display()
        )))
    }
}

/// Creates the cluster in a temporary folder and renames it when complete, so that an interrupted
/// start leaves no incomplete cluster.
fn initialise(
    user: &RunAs,
    binaries: &Binaries,
    dir: &Path,
    data: &Path,
) -> Result<(), ClusterError> {
    let unfinished = dir.join("data.unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    let mut initdb = user.command(binaries.program("initdb"));
    initdb.arg("-D").arg(&unfinished).args([
        "-U",
        "sports_log",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
    ]);
    run(initdb.current_dir(dir).stdin(Stdio::null()), None)?;
    let mut single = user.command(binaries.program("postgres"));
    single.arg("--single").arg("-D").arg(&unfinished).arg("postgres").current_dir(dir);
    run(&mut single, Some("CREATE DATABASE sports_log;\n"))?;
    let mut configuration =
        fs::OpenOptions::new().append(true).open(unfinished.join("postgresql.conf"))?;
    configuration.write_all(b"include = 'sports-log.conf'\n")?;
    Ok(fs::rename(unfinished, data)?)
}

fn run(command: &mut Command, input: Option<&str>) -> Result<(), ClusterError> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(ClusterError(format!("{} failed: {}", command.get_program().display(), said.trim())))
}

fn settings(run_dir: &Path, durability: Durability) -> String {
    let run_dir = run_dir.display().to_string().replace('\'', "''");
    let mut settings = format!(
        "# Written at every start.\nlisten_addresses = ''\nunix_socket_directories = '{run_dir}'\n\
         max_connections = 300\n"
    );
    if durability == Durability::Ephemeral {
        settings.push_str("fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n");
    }
    settings
}

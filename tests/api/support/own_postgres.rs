//! A PostgreSQL of one test, which may stop, break and configure it.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{MetadataExt, chown},
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use sports_log::dev::{Cluster, Durability};

use super::{cluster, until_found};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A running PostgreSQL. Dropping it stops the server and deletes its folder.
pub struct OwnPostgres {
    dir: PathBuf,
    cluster: Option<Cluster>,
}

impl OwnPostgres {
    pub fn start() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sports-log-own-{}-{number}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        let cluster = Some(cluster::start(&dir, Durability::Safe));
        Self { dir, cluster }
    }

    /// The URL of its database, over its Unix socket.
    pub fn url(&self) -> String {
        self.cluster.as_ref().unwrap().url("sports_log")
    }

    /// Starts a synchronous standby of this server.
    pub fn standby(&mut self) -> Self {
        self.stop();
        self.write("postgresql.auto.conf", "synchronous_standby_names = '*'\n");
        let dir = self.dir.with_extension("standby");
        fs::create_dir(&dir).unwrap();
        let owner = fs::metadata(&self.dir).unwrap();
        chown(&dir, Some(owner.uid()), Some(owner.gid())).unwrap();
        let (data, into) = (self.dir.join("data"), dir.clone());
        assert!(Command::new("cp").arg("-a").arg(data).arg(into).status().unwrap().success());
        let mut standby = Self { dir, cluster: None };
        standby.write("standby.signal", "");
        let primary = self.dir.join("run");
        let follow = format!("primary_conninfo = 'host={} user=sports_log'\n", primary.display());
        standby.write("postgresql.auto.conf", &follow);
        standby.start_again();
        self.start_again();
        standby
    }

    /// A URL with both hosts, for whichever accepts writes.
    pub fn url_with(&self, other: &Self) -> String {
        let host = serde_urlencoded::to_string([("host", other.dir.join("run").to_str().unwrap())]);
        format!("{}&{}", self.url(), host.unwrap())
    }

    /// Stops it like a crash, as `pg_ctl stop -m immediate` does. Connected clients notice.
    pub fn crash(&mut self) {
        let pid_file = self.dir.join("data/postmaster.pid");
        kill(self.pid(), Signal::SIGQUIT).unwrap();
        let look = || (!pid_file.exists()).then_some(());
        until_found(Duration::from_secs(30), || "PostgreSQL does not stop".to_owned(), look);
        self.cluster.take().unwrap().stop().unwrap();
    }

    /// Kills all of its processes at any moment. [`Self::start_again`] must follow.
    pub fn kill(&self) {
        let processes = self.freeze();
        processes.signal(Signal::SIGKILL);
        let have_ended = || processes.0.iter().all(|pid| has_ended(*pid)).then_some(());
        until_found(Duration::from_secs(30), || "PostgreSQL does not end".to_owned(), have_ended);
        // A zombie process would be taken for a running server.
        for lock in ["data/postmaster.pid", "run/.s.PGSQL.5432.lock"] {
            fs::remove_file(self.dir.join(lock)).unwrap();
        }
    }

    /// Suspends all of its processes until the value is dropped: they accept connections and answer
    /// nothing.
    pub fn freeze(&self) -> Frozen {
        let parent = self.pid();
        // The postmaster first, because it could start others.
        kill(parent, Signal::SIGSTOP).unwrap();
        let children = fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok())
            .map(Pid::from_raw)
            .filter(|pid| stat(*pid).nth(1) == Some(parent.to_string()));
        let frozen = Frozen(children.chain([parent]).collect());
        frozen.signal(Signal::SIGSTOP);
        frozen
    }

    fn pid(&self) -> Pid {
        let file = fs::read_to_string(self.dir.join("data/postmaster.pid")).unwrap();
        Pid::from_raw(file.lines().next().unwrap().parse().unwrap())
    }

    /// Stops it in an orderly way.
    pub fn stop(&mut self) {
        self.cluster.take().unwrap().stop().unwrap();
    }

    pub fn start_again(&mut self) {
        if let Some(killed) = self.cluster.take() {
            killed.stop().unwrap();
        }
        self.cluster = Some(cluster::start(&self.dir, Durability::Safe));
    }

    /// Adds a file to its data folder that only the server can read.
    pub fn write(&self, name: &str, content: &str) {
        let data = self.dir.join("data");
        let owner = fs::metadata(&data).unwrap();
        let path = data.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    /// Restarts it with additional settings, as lines of `postgresql.conf`.
    pub fn configure(&mut self, settings: &str) {
        self.stop();
        // This file is read last.
        self.write("postgresql.auto.conf", settings);
        self.start_again();
    }
}

fn has_ended(pid: Pid) -> bool {
    matches!(stat(pid).next().as_deref(), None | Some("Z" | "X"))
}

/// The fields after the name in brackets, of which the first is the state and the second the parent
/// process: see proc_pid_stat(5). Empty if there is no such process.
fn stat(pid: Pid) -> impl Iterator<Item = String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().to_owned();
    fields.split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// The processes of a suspended server.
pub struct Frozen(Vec<Pid>);

impl Frozen {
    fn signal(&self, signal: Signal) {
        for pid in &self.0 {
            // A process that has ended in the meantime does no harm.
            let _ = kill(*pid, signal);
        }
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.signal(Signal::SIGCONT);
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        if let Some(cluster) = self.cluster.take() {
            let _ = cluster.stop();
        }
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// A loopback port that nothing listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

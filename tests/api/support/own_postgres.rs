//! A PostgreSQL of one test, which may stop it, break it and configure it.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{MetadataExt, chown},
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use sports_log::dev::{Cluster, Durability};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Dropping it stops the server and deletes its folder.
pub struct OwnPostgres {
    dir: PathBuf,
    cluster: Option<Cluster>,
}

impl OwnPostgres {
    pub fn start() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sports-log-own-{}-{number}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        let cluster = Some(Cluster::start(&dir, Durability::Safe).unwrap());
        Self { dir, cluster }
    }

    /// The URL of its database, over its Unix socket.
    pub fn url(&self) -> String {
        self.cluster.as_ref().unwrap().url("sports_log")
    }

    /// Stops it as a crash would, as `pg_ctl stop -m immediate` does; whoever was connected finds out.
    pub fn crash(&mut self) {
        let pid_file = self.dir.join("data/postmaster.pid");
        let pid_text = fs::read_to_string(&pid_file).unwrap();
        let pid = Pid::from_raw(pid_text.lines().next().unwrap().parse().unwrap());
        kill(pid, Signal::SIGQUIT).unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while pid_file.exists() {
            assert!(Instant::now() < deadline, "PostgreSQL does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
        self.cluster.take().unwrap().stop().unwrap();
    }

    /// Stops it in order.
    pub fn stop(&mut self) {
        self.cluster.take().unwrap().stop().unwrap();
    }

    pub fn start_again(&mut self) {
        self.cluster = Some(Cluster::start(&self.dir, Durability::Safe).unwrap());
    }

    /// Adds a file to its data folder that only the server may read.
    pub fn write(&self, name: &str, content: &str) {
        let data = self.dir.join("data");
        let owner = fs::metadata(&data).unwrap();
        let path = data.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    /// Restarts it with more settings: lines of `postgresql.conf`.
    pub fn configure(&mut self, settings: &str) {
        self.stop();
        // Read after every other file.
        self.write("postgresql.auto.conf", settings);
        self.start_again();
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

/// A port of loopback that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

//! Notifications to systemd: sd_notify(3).

use std::{os::unix::net::UnixDatagram, time::Duration};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::support::{Database, cluster_url, process::Process, settings};

/// systemd's end of the notification socket.
struct Manager {
    socket: UnixDatagram,
    path: String,
    _folder: TempDir,
}

impl Manager {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("notify").to_str().unwrap().to_owned();
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { socket, path, _folder: folder }
    }

    /// The next message. Panics if there is none.
    fn hear(&self) -> String {
        let mut buffer = [0; 1024];
        let length = self.socket.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }
}

#[actix_rt::test]
async fn systemd_hears_of_readiness_health_and_stop() {
    let database = Database::new().await;
    let manager = Manager::new();
    let mut variables = settings(&database.url, 1);
    // `localhost` does not lead there.
    variables.push(("BIND_ADDR", "127.0.0.9:0".into()));
    variables.push(("NOTIFY_SOCKET", manager.path.clone()));
    variables.push(("WATCHDOG_USEC", "200000".into()));
    let server = Process::start(&["serve"], &variables);
    let ready = manager.hear();
    assert!(ready.starts_with("READY=1\nSTATUS=serving on port "), "{ready}");
    for _ in 0..3 {
        assert_eq!(manager.hear().trim(), "WATCHDOG=1");
    }
    server.signal(Signal::SIGTERM);
    while !manager.hear().starts_with("STOPPING=1\n") {}
    assert_eq!(server.end(Signal::SIGTERM), Some(0));
}

#[test]
fn readiness_is_not_told_before_it_is_there() {
    let manager = Manager::new();
    let mut variables = settings(&cluster_url("there_is_no_such_database"), 1);
    variables.push(("NOTIFY_SOCKET", manager.path.clone()));
    let server = Process::start(&["serve"], &variables);
    server.wait_for("the database is not available yet");
    manager.socket.set_nonblocking(true).unwrap();
    assert!(manager.socket.recv(&mut [0; 64]).is_err());
}

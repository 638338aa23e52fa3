//! The folder in which a development server keeps all its data.

use std::{
    fs::{self, File},
    io,
    net::SocketAddr,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Cluster, ClusterError};
use crate::config::Source;

/// A folder. One that was opened to serve is locked against other servers.
pub struct Home {
    dir: PathBuf,
    _lock: Option<File>,
}

impl Home {
    /// Opens `dir`, or the default folder of the current user. Creates it if necessary.
    pub fn open(dir: Option<PathBuf>, source: &Source) -> Result<Self, ClusterError> {
        let dir = std::path::absolute(dir.unwrap_or_else(|| default_dir(source)))?;
        let problem = |error: io::Error| ClusterError(format!("{}: {error}", dir.display()));
        fs::create_dir_all(&dir).map_err(problem)?;
        let lock = File::create(dir.join("lock")).map_err(problem)?;
        if lock.try_lock().is_err() {
            return Err(ClusterError(format!(
                "another sports-log is running in {}: stop it, or choose another folder with --dir",
                dir.display()
            )));
        }
        // Keys and mails are private. The folder itself must be accessible for the
        // user of PostgreSQL.
        for private in ["keys", "mailbox"] {
            let private = dir.join(private);
            fs::create_dir_all(&private).map_err(problem)?;
            fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).map_err(problem)?;
        }
        Ok(Self { dir, _lock: Some(lock) })
    }

    /// Opens the folder of a server that is running or has run, without locking it: for commands.
    pub fn existing(dir: &Path) -> Result<Self, ClusterError> {
        if !dir.join("keys/server_key").exists() {
            return Err(ClusterError(format!(
                "`sports-log dev` has never run in {}: start it with this --dir first",
                dir.display()
            )));
        }
        Ok(Self { dir: std::path::absolute(dir)?, _lock: None })
    }

    /// The settings that the server and commands for it share.
    pub fn settings(&self) -> Result<Vec<(&'static str, String)>, ClusterError> {
        let mut settings = vec![
            ("JWT_SECRET", self.key("jwt_secret")?),
            ("SERVER_KEY", self.key("server_key")?),
            ("OAUTH_TOKEN_KEY", self.key("oauth_token_key")?),
            ("MAILBOX_DIR", self.mailbox_dir().display().to_string()),
            ("DATABASE_URL", Cluster::url_in(&self.cluster_dir(), "sports_log")),
        ];
        let address = fs::read_to_string(self.dir.join("address")).ok();
        if let Some(address) = address.and_then(|address| address.parse::<SocketAddr>().ok()) {
            settings.extend(names(address));
        }
        Ok(settings)
    }

    /// Stores the address that the server listens on, for [`Home::settings`].
    pub fn set_address(&self, address: SocketAddr) -> io::Result<()> {
        fs::write(self.dir.join("address"), address.to_string())
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn cluster_dir(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    pub fn mailbox_dir(&self) -> PathBuf {
        self.dir.join("mailbox")
    }

    /// The key with this name: 48 random bytes, created on first use and stored.
    pub fn key(&self, name: &str) -> Result<String, ClusterError> {
        let path = self.dir.join("keys").join(name);
        if let Ok(key) = fs::read_to_string(&path) {
            return Ok(key.trim().to_owned());
        }
        let key = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 48]>());
        // Renamed when complete, so that an interrupted start leaves no incomplete key.
        let unfinished = path.with_extension("unfinished");
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        io::Write::write_all(&mut file, key.as_bytes())?;
        file.sync_all()?;
        fs::rename(unfinished, path)?;
        Ok(key)
    }
}

/// The settings that name a server listening on `address`, as browsers of this machine reach it.
fn names(address: SocketAddr) -> [(&'static str, String); 2] {
    let base_url = format!("http://localhost:{}", address.port());
    [("BIND_ADDR", address.to_string()), ("APP_BASE_URL", base_url)]
}

/// Root has another default, because PostgreSQL then runs as a user without access to root's home.
fn default_dir(source: &Source) -> PathBuf {
    if nix::unistd::Uid::effective().is_root() {
        return PathBuf::from("/var/lib/sports-log-dev");
    }
    match (source.plain("XDG_DATA_HOME"), source.plain("HOME")) {
        (Some(data), _) => Path::new(data).join("sports-log"),
        (None, Some(home)) => Path::new(home).join(".local/share/sports-log"),
        (None, None) => PathBuf::from(".sports-log"),
    }
}

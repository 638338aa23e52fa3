//! Finds PostgreSQL's server binaries in the usual places of distributions.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::ClusterError;
use crate::db::OLDEST_VERSION as OLDEST;

/// A folder with `initdb`, `postgres` and `pg_ctl` of one version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Binaries {
    pub version: u32,
    dir: PathBuf,
}

impl Binaries {
    /// Finds the newest binaries, or those of `version` if a cluster was created with it. Searches
    /// `folder` if given, or else the usual places.
    pub fn find(folder: Option<&Path>, version: Option<u32>) -> Result<Self, ClusterError> {
        let folders = folder.map_or_else(candidates, |folder| vec![folder.to_owned()]);
        let mut found: Vec<Self> = folders.into_iter().filter_map(Self::inspect).collect();
        found.sort();
        let place = folder.map(|folder| format!(" in {}", folder.display())).unwrap_or_default();
        match version {
            None => found.pop().filter(|newest| newest.version >= OLDEST).ok_or_else(|| {
                ClusterError(format!(
                    "no PostgreSQL server binaries (version {OLDEST} or later){place}: install the package \
                     postgresql (Debian, Ubuntu), postgresql-server (Fedora, Rocky) or postgresql@17 \
                     (Homebrew), or name their folder with --postgres"
                ))
            }),
            Some(version) => found.into_iter().find(|binaries| binaries.version == version).ok_or_else(|| {
                ClusterError(format!(
                    "the data was created by PostgreSQL {version}, whose binaries are no longer \
                     there{place}: install them, use pg_upgrade, or choose another folder with \
                     --dir"
                ))
            }),
        }
    }

    /// The path of a program.
    pub fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn inspect(dir: PathBuf) -> Option<Self> {
        let has_all = ["initdb", "postgres", "pg_ctl"].iter().all(|name| dir.join(name).is_file());
        if !has_all {
            return None;
        }
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 18beta1"
        let output = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let (_, version) = text.split_once("(PostgreSQL) ")?;
        let major: String = version.chars().take_while(char::is_ascii_digit).collect();
        Some(Self { version: major.parse().ok()?, dir })
    }
}

fn candidates() -> Vec<PathBuf> {
    let homebrew = ["/opt/homebrew/opt", "/usr/local/opt"];
    let mut dirs: Vec<PathBuf> =
        children(Path::new("/usr/lib/postgresql")).map(|dir| dir.join("bin")).collect();
    dirs.extend(
        children(Path::new("/usr")).filter(|dir| named(dir, "pgsql-")).map(|dir| dir.join("bin")),
    );
    for root in homebrew {
        dirs.extend(
            children(Path::new(root))
                .filter(|dir| named(dir, "postgresql"))
                .map(|dir| dir.join("bin")),
        );
    }
    // Fedora and Rocky install them with all other programs.
    for dir in ["/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"] {
        dirs.push(PathBuf::from(dir));
    }
    dirs
}

fn children(dir: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn named(dir: &Path, prefix: &str) -> bool {
    dir.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
}

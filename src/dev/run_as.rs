//! The user that PostgreSQL runs as. PostgreSQL refuses to run as root.

use std::{os::unix::process::CommandExt, path::Path, process::Command};

use nix::unistd::{Uid, User};

use super::ClusterError;

/// The user that PostgreSQL's programs run as. `None` is the current user.
#[derive(Clone, Debug)]
pub struct RunAs(Option<User>);

impl RunAs {
    /// The current user, or `postgres` if that is root.
    pub fn choose() -> Result<Self, ClusterError> {
        if !Uid::effective().is_root() {
            return Ok(Self(None));
        }
        match User::from_name("postgres") {
            Ok(Some(user)) => Ok(Self(Some(user))),
            _ => Err(ClusterError(
                "PostgreSQL does not run as root, and the user `postgres` does not exist: install \
                 the package of PostgreSQL, which creates it, or start sports-log as an ordinary \
                 user"
                    .to_owned(),
            )),
        }
    }

    /// A command that runs as this user.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some(user) = &self.0 {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw()).env("HOME", "/");
        }
        command
    }

    /// Creates `dir`, owned by this user and inaccessible to others.
    pub fn make_private_dir(&self, dir: &Path) -> std::io::Result<()> {
        use std::os::unix::fs::{PermissionsExt, chown};
        std::fs::create_dir_all(dir)?;
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))?;
        match &self.0 {
            Some(user) => chown(dir, Some(user.uid.as_raw()), Some(user.gid.as_raw())),
            None => Ok(()),
        }
    }

    /// The name of the user, if it is not the current one.
    pub fn name(&self) -> Option<&str> {
        self.0.as_ref().map(|user| user.name.as_str())
    }
}

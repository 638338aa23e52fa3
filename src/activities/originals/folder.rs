//! Files in `ORIGINALS_DIR`: a folder for each user, with files named by their digests.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use uuid::Uuid;

/// A file younger than this may belong to a transaction that is still open.
const SWEPT_AFTER: Duration = Duration::from_secs(3600);

/// The name of a file. Compressed files have a suffix, because older versions of the server read
/// only files that are not compressed.
pub fn name(sha256: &[u8], is_packed: bool) -> String {
    let ending = if is_packed { ".gz" } else { "" };
    let digest: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    digest + ending
}

/// Writes a whole file or nothing, even if the power fails, and leaves no partial file behind.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let unfinished = path.with_extension(format!("{}.new", Uuid::new_v4()));
    let written = write_synced(&unfinished, content).and_then(|()| fs::rename(&unfinished, path));
    if let Err(error) = written {
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    // Sync the folder, which holds the file's name, and its parent, which holds the name of the
    // folder if that is new.
    for folder in path.ancestors().skip(1).take(2) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Checks whether a file can be created in `folder`.
pub fn try_writing(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!("{}.new", Uuid::new_v4()));
    let written = write_synced(&path, b"sports-log");
    let _ = fs::remove_file(&path);
    written
}

/// The part of the disk that is free for unprivileged users, in percent.
pub fn free_percent(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(100) / disk.f_blocks.max(1))
}

/// The users that have files.
pub fn users(folder: &Path) -> io::Result<Vec<Uuid>> {
    let names = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name()));
    let names: Vec<_> = names.collect::<io::Result<_>>()?;
    Ok(names.iter().filter_map(|name| name.to_str()?.parse().ok()).collect())
}

/// The path of a file.
pub fn path(folder: &Path, user_id: Uuid, sha256: &[u8], is_packed: bool) -> PathBuf {
    folder.join(user_id.to_string()).join(name(sha256, is_packed))
}

/// Deletes a user's files, except those named in `kept` and those that are too young.
pub fn sweep_user(folder: &Path, kept: &HashSet<String>) -> io::Result<()> {
    let now = SystemTime::now();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_kept = entry.file_name().to_str().is_some_and(|name| kept.contains(name));
        let age = now.duration_since(entry.metadata()?.modified()?).unwrap_or_default();
        if !is_kept && age > SWEPT_AFTER {
            fs::remove_file(entry.path())?;
        }
    }
    if fs::read_dir(folder)?.next().is_none() {
        // This fails if the first file has just been added.
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}

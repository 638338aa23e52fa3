//! Folders on this machine. A folder with an unpacked archive is packed again as it is read, so
//! that the files of the archive stay together.

use std::{
    cell::RefCell,
    fs::{self, File},
    io::{self, Read, Write},
    mem,
    path::{Path, PathBuf},
    rc::Rc,
    vec,
};

use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

/// Bytes packed at a time.
const PIECE: u64 = 256 * 1024;

/// A path that is imported as one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    File(PathBuf),
    /// A folder with an unpacked archive.
    Folder(PathBuf),
}

/// Collects the inputs below a path. A folder contributes the files in it and its
/// subfolders, sorted by name.
pub fn collect(path: &Path, inputs: &mut Vec<Input>) -> io::Result<()> {
    if !at(path, fs::metadata(path))?.is_dir() {
        inputs.push(Input::File(path.to_owned()));
        return Ok(());
    }
    let entries = entries(path)?;
    if entries.iter().any(|entry| is_of_archive(entry)) {
        inputs.push(Input::Folder(path.to_owned()));
        return Ok(());
    }
    entries.iter().try_for_each(|entry| collect(entry, inputs))
}

/// Whether only the archive of a service has an entry with this name: Strava's table, Garmin's
/// folders and lists, Apple Health's routes.
fn is_of_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    matches!(&*name, "activities.csv" | "DI_CONNECT" | "workout-routes")
        || name.starts_with("DI-Connect-")
        || name.ends_with("summarizedActivities.json")
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = at(folder, fs::read_dir(folder))?.map(|entry| entry.map(|entry| entry.path()));
    let mut entries: Vec<PathBuf> = at(folder, entries.collect())?;
    entries.sort();
    Ok(entries)
}

/// Adds the path to an error.
fn at<T>(path: &Path, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

impl Input {
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Folder(path) => path,
        }
    }

    /// Approximate size in bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::File(path) => fs::metadata(path).map_or(0, |found| found.len()),
            Self::Folder(path) => {
                let files = files_below(path).unwrap_or_default();
                files.iter().map(|path| fs::metadata(path).map_or(0, |found| found.len())).sum()
            }
        }
    }

    /// The name of the input, and a reader of its bytes.
    pub fn open(&self) -> io::Result<(String, Box<dyn Read>)> {
        let path = self.path();
        let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let name = whole.file_name().unwrap_or(whole.as_os_str()).to_string_lossy().into_owned();
        match self {
            Self::File(path) => Ok((name, Box::new(at(path, File::open(path))?))),
            Self::Folder(path) => {
                let zip = FolderZip::new(path, &name)?;
                Ok((format!("{name}.zip"), Box::new(zip)))
            }
        }
    }
}

fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in entries(folder)? {
        if at(&entry, fs::metadata(&entry))?.is_dir() {
            files.append(&mut files_below(&entry)?);
        } else {
            files.push(entry);
        }
    }
    Ok(files)
}

/// Packed bytes that have not been read yet.
#[derive(Clone, Default)]
struct Pending(Rc<RefCell<Vec<u8>>>);

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A folder as a zip, packed while it is read.
struct FolderZip {
    /// The remaining files, each with its name in the zip.
    files: vec::IntoIter<(String, PathBuf)>,
    current: Option<(PathBuf, File)>,
    /// `None` at the end.
    zip: Option<ZipWriter<StreamWriter<Pending>>>,
    pending: Pending,
    ready: io::Cursor<Vec<u8>>,
}

impl FolderZip {
    fn new(folder: &Path, called: &str) -> io::Result<Self> {
        let named = files_below(folder)?.into_iter().map(|path| {
            let below = path.strip_prefix(folder).unwrap_or(&path);
            let parts = below.components().map(|part| part.as_os_str().to_string_lossy());
            let name = parts.fold(called.to_owned(), |name, part| format!("{name}/{part}"));
            (name, path)
        });
        let files: Vec<_> = named.collect();
        let pending = Pending::default();
        Ok(Self {
            files: files.into_iter(),
            current: None,
            zip: Some(ZipWriter::new_stream(pending.clone())),
            pending,
            ready: io::Cursor::default(),
        })
    }

    /// Packs the next piece; false at the end.
    fn pack(&mut self) -> io::Result<bool> {
        let Some(zip) = &mut self.zip else { return Ok(false) };
        if let Some((path, file)) = &mut self.current {
            let mut piece = Vec::new();
            at(path, file.take(PIECE).read_to_end(&mut piece))?;
            if piece.is_empty() {
                self.current = None;
            } else {
                zip.write_all(&piece)?;
            }
        } else if let Some((name, path)) = self.files.next() {
            let file = at(&path, File::open(&path))?;
            let is_large = at(&path, file.metadata())?.len() >= u64::from(u32::MAX);
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Stored)
                .large_file(is_large);
            zip.start_file(name, options)?;
            self.current = Some((path, file));
        } else if let Some(zip) = self.zip.take() {
            zip.finish()?;
        }
        Ok(true)
    }
}

impl Read for FolderZip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.ready.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let more = self.pack()?;
            self.ready = io::Cursor::new(mem::take(&mut *self.pending.0.borrow_mut()));
            if !more {
                return Ok(0);
            }
        }
    }
}

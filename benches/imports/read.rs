//! Reads the files of a folder like an import, stores nothing, and prints how many seconds it took.
//! The boundaries of time zones are loaded before the measurement, like the modules of the other
//! readers.

use std::{
    env,
    fs::{self, DirEntry},
    process::ExitCode,
    time::Instant,
};

fn main() -> ExitCode {
    let Some(folder) = env::args().nth(1) else {
        eprintln!("usage: read_recordings FOLDER");
        return ExitCode::FAILURE;
    };
    let files: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
    let read =
        |entry: &DirEntry| match fs::File::open(entry.path()).map(sports_log::recordings::read) {
            Ok(Ok(_)) => true,
            failed => {
                eprintln!("{}: {failed:?}", entry.path().display());
                false
            }
        };
    if !files.first().is_none_or(read) {
        return ExitCode::FAILURE;
    }
    let started = Instant::now();
    if !files.iter().all(read) {
        return ExitCode::FAILURE;
    }
    println!("{}", started.elapsed().as_secs_f64());
    ExitCode::SUCCESS
}

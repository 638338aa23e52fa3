//! Reads the files of a folder, as imports do, keeps nothing, and prints how many seconds that took.
//! The boundaries of time zones are loaded before, as is what the other readers import.

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

//! Reads the files of a folder, as imports do, keeps nothing, and prints how many seconds that took.

use std::{env, fs, process::ExitCode, time::Instant};

fn main() -> ExitCode {
    let Some(folder) = env::args().nth(1) else {
        eprintln!("usage: read_recordings FOLDER");
        return ExitCode::FAILURE;
    };
    let started = Instant::now();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let read = fs::read(entry.path()).map(|bytes| sports_log::recordings::read(&bytes));
        if !matches!(read, Ok(Ok(_))) {
            eprintln!("{}: {read:?}", entry.path().display());
            return ExitCode::FAILURE;
        }
    }
    println!("{}", started.elapsed().as_secs_f64());
    ExitCode::SUCCESS
}

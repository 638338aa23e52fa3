//! A process whose clock is wrong: overrides the C library's clock, which Rust's standard library
//! uses.

use std::{path::Path, process::Command};

/// Adds `CLOCK_SKEW` seconds to the time of day, and leaves the other clocks unchanged.
const SOURCE: &str = r#"
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    long result = syscall(SYS_clock_gettime, clock, now);
    const char *skew = getenv("CLOCK_SKEW");
    if (result == 0 && clock == CLOCK_REALTIME && skew) now->tv_sec += atol(skew);
    return (int)result;
}
"#;

/// The environment variables that put the clock of a process `seconds` ahead. The library for this
/// is built in `folder`.
pub fn skewed_clock(folder: &Path, seconds: i64) -> [(&'static str, String); 2] {
    let (source, library) = (folder.join("skew.c"), folder.join("skew.so"));
    std::fs::write(&source, SOURCE).unwrap();
    let arguments = ["-shared", "-fPIC", "-o"];
    let built = Command::new("cc").args(arguments).args([&library, &source]).status().unwrap();
    assert!(built.success());
    [("LD_PRELOAD", library.display().to_string()), ("CLOCK_SKEW", seconds.to_string())]
}

//! `sports-log` as a process, with its own environment.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::until_found;

/// The binary under test, with these environment variables and no others.
pub fn command(arguments: &[&str], variables: &[(&str, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sports-log"));
    command.args(arguments).env_clear().envs(variables.iter().map(|(name, value)| (*name, value)));
    command
}

/// Runs it to its end.
pub fn run(arguments: &[&str], variables: &[(&str, String)]) -> Output {
    command(arguments, variables).output().unwrap()
}

/// Standard output and error of a finished run.
pub fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A server as a process. Dropping it kills it.
pub struct Process {
    child: Child,
    output: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    pub fn start(arguments: &[&str], variables: &[(&str, String)]) -> Self {
        let mut child = command(arguments, variables)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output: Arc<Mutex<String>> = Arc::default();
        let pipes: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|p| Box::new(p) as _),
            child.stderr.take().map(|p| Box::new(p) as _),
        ];
        let readers = pipes.into_iter().flatten().map(|pipe| {
            let output = Arc::clone(&output);
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                    let mut output = output.lock().unwrap();
                    output.push_str(&String::from_utf8_lossy(&line));
                    output.push('\n');
                }
            })
        });
        let readers = readers.collect();
        Self { child, output, readers }
    }

    /// Everything that it has printed so far.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// Waits until it has printed `text`.
    pub fn wait_for(&self, text: &str) {
        let missing = || format!("no {text:?} in: {}", self.output());
        let look = || self.output().contains(text).then_some(());
        until_found(Duration::from_secs(30), missing, look);
    }

    /// The port that it listens on, from its output.
    pub fn port(&self) -> u16 {
        self.wait_for("\"port\":");
        let output = self.output();
        let (_, rest) = output.split_once("\"port\":").unwrap();
        rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
    }

    /// Sends `signal` and does not wait.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    /// Sends `signal` and waits for the end. Returns the exit code, if there is one.
    pub fn end(self, signal: Signal) -> Option<i32> {
        self.end_with_output(signal).0
    }

    /// The same. Also returns everything that it has printed.
    pub fn end_with_output(mut self, signal: Signal) -> (Option<i32>, String) {
        self.signal(signal);
        let code = self.child.wait().unwrap().code();
        for reader in std::mem::take(&mut self.readers) {
            // The guardian process, which outlives a killed server, holds none of these pipes.
            reader.join().unwrap();
        }
        (code, self.output())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

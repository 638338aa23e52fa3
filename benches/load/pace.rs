//! Sends requests at fixed times, whether or not earlier ones were answered, and prints latency percentiles in ms.
//!
//! A request's latency counts from when it was due, not from when it could be sent: a server that stalls
//! is charged for all that should have come meanwhile, which clients that wait for answers leave out.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

/// Enough that a connection is free whenever a request is due, unless the server stalls.
const CONNECTIONS: u32 = 64;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pace: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `REQUESTS` has a path and a token in each line.
fn run() -> io::Result<()> {
    let usage = || io::Error::other("usage: pace ADDRESS REQUESTS_PER_SECOND SECONDS REQUESTS");
    let mut arguments = env::args().skip(1);
    let mut next = || arguments.next().ok_or_else(usage);
    let (address, rate, seconds, file) = (next()?, next()?, next()?, next()?);
    let rate: f64 = rate.parse().map_err(io::Error::other)?;
    let seconds: f64 = seconds.parse().map_err(io::Error::other)?;
    let requests: Vec<String> =
        fs::read_to_string(file)?.lines().filter_map(|line| request(&address, line)).collect();
    let begin = Instant::now() + Duration::from_millis(100);
    let mut latencies = thread::scope(|scope| {
        let connections: Vec<_> = (0..CONNECTIONS)
            .map(|number| {
                let requests = requests.iter().cycle().skip(number as usize * 101);
                let due = (number..).step_by(CONNECTIONS as usize).map(|n| f64::from(n) / rate);
                let schedule = due.take_while(|due| *due < seconds).zip(requests);
                let address = &address;
                scope.spawn(move || connection(address, begin, schedule))
            })
            .collect();
        let mut latencies = Vec::new();
        for connection in connections {
            let measured = connection.join().map_err(|_| io::Error::other("a thread died"))??;
            latencies.extend(measured);
        }
        io::Result::Ok(latencies)
    })?;
    latencies.sort_unstable();
    for share in [0.5, 0.99, 0.999] {
        let at = (latencies.len() as f64 * share) as usize;
        let latency = latencies.get(at).ok_or_else(usage)?;
        println!("{:.3}", latency.as_secs_f64() * 1e3);
    }
    Ok(())
}

fn request(address: &str, line: &str) -> Option<String> {
    let (path, token) = line.split_once(' ')?;
    Some(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"))
}

/// Sends what is scheduled (in seconds after `begin`) on one connection, one after the other.
fn connection<'a>(
    address: &str,
    begin: Instant,
    schedule: impl Iterator<Item = (f64, &'a String)>,
) -> io::Result<Vec<Duration>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut answers = BufReader::new(&stream);
    let mut latencies = Vec::new();
    for (due, request) in schedule {
        let due = begin + Duration::from_secs_f64(due);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        (&stream).write_all(request.as_bytes())?;
        read_answer(&mut answers)?;
        latencies.push(due.elapsed());
    }
    Ok(latencies)
}

fn read_answer(answers: &mut impl BufRead) -> io::Result<()> {
    let (mut line, mut length) = (String::new(), 0);
    answers.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200 ") {
        return Err(io::Error::other(format!("answered {line}")));
    }
    loop {
        line.clear();
        answers.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().map_err(io::Error::other)?,
            Some(_) => {}
            None => break,
        }
    }
    io::copy(&mut answers.take(length), &mut io::sink()).map(|_| ())
}

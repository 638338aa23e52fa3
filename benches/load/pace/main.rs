//! Sends requests at fixed times, whether or not earlier ones were answered, and prints latency
//! percentiles in ms.
//!
//! The latency of a request counts from when it was due, not from when it could be sent: a stall of
//! the server counts for all requests that were due meanwhile, which clients that wait for answers
//! would hide. One thread does everything, as in wrk: with a thread for each connection, the server
//! would have to share its cores with sixty threads.

use std::{
    env, fs,
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    process::ExitCode,
    time::{Duration, Instant},
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Enough for a free connection whenever a request is due, unless the server stalls.
const CONNECTIONS: usize = 64;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pace: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Each line of the file `REQUESTS` contains a path and a token.
fn run() -> io::Result<()> {
    let usage = || io::Error::other("usage: pace ADDRESS REQUESTS_PER_SECOND SECONDS REQUESTS");
    let mut arguments = env::args().skip(1);
    let mut next = || arguments.next().ok_or_else(usage);
    let (address, rate, seconds, file) = (next()?, next()?, next()?, next()?);
    let rate: f64 = rate.parse().map_err(io::Error::other)?;
    let seconds: f64 = seconds.parse().map_err(io::Error::other)?;
    let requests: Vec<String> =
        fs::read_to_string(file)?.lines().filter_map(|line| request(&address, line)).collect();
    let idle = (0..CONNECTIONS).map(|_| connect(&address)).collect::<io::Result<Vec<_>>>()?;
    let begin = Instant::now() + Duration::from_millis(100);
    let due = (0_u32..).map(|number| f64::from(number) / rate).take_while(|due| *due < seconds);
    let due = due.map(|due| begin + Duration::from_secs_f64(due));
    let mut latencies = send(idle, due.zip(requests.iter().cycle()))?;
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

fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// A connection that waits for an answer.
struct Waiting {
    stream: TcpStream,
    due: Instant,
    answer: Vec<u8>,
}

/// Sends scheduled requests on idle connections. Returns their latencies.
fn send<'a>(
    mut idle: Vec<TcpStream>,
    schedule: impl Iterator<Item = (Instant, &'a String)>,
) -> io::Result<Vec<Duration>> {
    let (mut waiting, mut latencies) = (Vec::<Waiting>::new(), Vec::new());
    let mut schedule = schedule.peekable();
    while schedule.peek().is_some() || !waiting.is_empty() {
        let now = Instant::now();
        while let Some(mut stream) = idle.pop() {
            let Some((due, request)) = schedule.next_if(|(due, _)| *due <= now) else {
                idle.push(stream);
                break;
            };
            stream.write_all(request.as_bytes())?;
            waiting.push(Waiting { stream, due, answer: Vec::new() });
        }
        let next = schedule.peek().filter(|_| !idle.is_empty()).map(|(due, _)| *due);
        let ready = ready(&waiting, next)?;
        for (mut connection, is_ready) in std::mem::take(&mut waiting).into_iter().zip(ready) {
            if is_ready && connection.is_answered()? {
                latencies.push(connection.due.elapsed());
                idle.push(connection.stream);
            } else {
                waiting.push(connection);
            }
        }
    }
    Ok(latencies)
}

/// Waits for answers, at most until `next`. Returns which connections have something to read.
fn ready(waiting: &[Waiting], next: Option<Instant>) -> io::Result<Vec<bool>> {
    let rest = next.map(|next| next.saturating_duration_since(Instant::now()));
    let rest = rest.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
    let mut polled: Vec<_> =
        waiting.iter().map(|it| PollFd::new(&it.stream, PollFlags::IN)).collect();
    poll(&mut polled, rest.as_ref())?;
    Ok(polled.iter().map(|it| !it.revents().is_empty()).collect())
}

impl Waiting {
    /// Reads what has arrived. Returns whether the answer is complete. Other statuses than 200 are
    /// errors.
    fn is_answered(&mut self) -> io::Result<bool> {
        let mut piece = [0; 16 * 1024];
        match self.stream.read(&mut piece) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(length) => self.answer.extend(piece.iter().take(length)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        }
        let Some(end) = self.answer.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(false);
        };
        let (head, body) = self.answer.split_at(end + 4);
        let head = String::from_utf8_lossy(head);
        if !head.starts_with("HTTP/1.1 200 ") {
            return Err(io::Error::other(format!("answered {head}")));
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.unwrap_or_default().parse().map_err(io::Error::other)?;
        Ok(body.len() >= length)
    }
}

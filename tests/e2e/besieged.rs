//! What strangers on the network cannot do: take every connection, or read the page under a name of theirs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::support::{Place, Running};

/// Descriptors that the process may have, and connections that ask for nothing.
const DESCRIPTORS: usize = 256;
const SILENT: usize = 400;

#[test]
fn more_silent_connections_than_descriptors_leave_room_for_who_asks() {
    let place = Place::new();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -n {DESCRIPTORS} && exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_otklik")]);
    command.args(["run", "--sample", "--listen", "127.0.0.1:0"]).env("OTKLIK_DATA", place.data());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = Running::new(command.spawn().unwrap());
    let silent: Vec<TcpStream> = (0..SILENT)
        .map(|_| {
            let mut stream = TcpStream::connect(running.page()).unwrap();
            // The other end may have closed it for the next one already.
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: local");
            stream
        })
        .collect();
    assert_eq!(running.get("/healthz").0, 200);
    let (status, found) = running.get("/api/search?limit=1");
    assert_eq!(status, 200, "{found}");
    let metrics = running.get("/metrics").1;
    let closed =
        metrics.lines().find_map(|line| line.strip_prefix("otklik_connections_evicted_total{listener=\"page\"} "));
    assert!(closed.is_some_and(|closed| closed != "0"), "{metrics}");
    drop(silent);
    assert_eq!(running.stop(), 0);
}

#[test]
fn a_name_that_was_pointed_at_the_page_reads_nothing_of_it() {
    let place = Place::new();
    let running = place.start(&[]);
    let asked = |path: &str, host: &str| {
        let mut stream = TcpStream::connect(running.page()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let own = running.page().to_string();
    for (path, host, status) in [
        ("/", "evil.example", "421"),
        ("/api/alerts", "evil.example:80", "421"),
        ("/nothing", "evil.example", "421"),
        ("/healthz", "evil.example", "200"),
        ("/", &own, "200"),
        ("/", "localhost", "200"),
    ] {
        let answer = asked(path, host);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path} of {host}: {answer}");
    }
}

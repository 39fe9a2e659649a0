//! An instance that runs beside the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::wait::{Deadline, PATIENCE, ended};

/// A running instance. Killed when it is dropped.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    errors: Arc<Mutex<Vec<String>>>,
    page: Option<SocketAddr>,
}

impl Running {
    /// Waits until it is up.
    #[track_caller]
    pub fn new(mut child: Child) -> Running {
        let lines = lines(child.stdout.take().unwrap());
        let errors = lines_kept(child.stderr.take().unwrap());
        let mut running = Running { child, lines, errors, page: None };
        let page = running.wait_for("Страница: http://");
        running.page = Some(page.trim_end_matches('/').parse().unwrap());
        running
    }

    /// Waits for a line that begins so, and returns its rest.
    #[track_caller]
    pub fn wait_for(&mut self, begin: &str) -> String {
        let deadline = Deadline::new(PATIENCE);
        loop {
            let left = deadline.left(|| format!("a line {begin:?}: {:?}", self.errors.lock().unwrap()));
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(rest) = line.strip_prefix(begin) {
                        return rest.to_owned();
                    }
                }
                Err(error) => panic!("no line {begin:?}: {error}: {:?}", self.errors.lock().unwrap()),
            }
        }
    }

    /// Where the page is.
    pub fn page(&self) -> SocketAddr {
        self.page.unwrap()
    }

    /// GET of a path of the page: status and body.
    pub fn get(&self, path: &str) -> (u16, String) {
        get(self.page.unwrap(), path).unwrap()
    }

    /// The memory that it holds now, in MB; mapped files count too.
    pub fn memory_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    /// Lets it run for so long, then kills it as a power cut would.
    pub fn kill_after(mut self, time: Duration) {
        // Waits on what it prints, so that a death of its own is noticed.
        let until = std::time::Instant::now() + time;
        while let Some(left) = until.checked_duration_since(std::time::Instant::now()) {
            if let Err(std::sync::mpsc::RecvTimeoutError::Disconnected) = self.lines.recv_timeout(left) {
                panic!("it ended by itself: {:?}", self.errors.lock().unwrap());
            }
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, as systemd does, and returns its exit code.
    pub fn stop(mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        ended(&mut self.child, "the instance that was asked to stop").code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// GET of a path at an address: status and body; `None` where nobody answers.
pub fn get(address: SocketAddr, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn lines_kept(from: impl Read + Send + 'static) -> Arc<Mutex<Vec<String>>> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            keep.lock().unwrap().push(line);
        }
    });
    kept
}

//! A private Kafka node on the loopback, for tests, measurements and development: runs `deploy/kafka/broker.sh` with its settings.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The script and the settings are part of the binary: a measurement needs no clone of the repository.
const FILES: [(&str, &str); 2] = [
    ("broker.sh", include_str!("../../../deploy/kafka/broker.sh")),
    ("server.properties", include_str!("../../../deploy/kafka/server.properties")),
];

/// Ports below those that Linux assigns by itself.
const PORTS: std::ops::Range<u32> = 20_000..32_000;

/// A loopback port that nobody listens on. It is unlikely to be taken before the caller uses it: the system does not assign ports of
/// this range, and each process starts its search elsewhere.
pub fn free_port() -> io::Result<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let range = PORTS.end - PORTS.start;
    for _ in PORTS {
        let number = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(std::process::id().wrapping_mul(97));
        let port = (PORTS.start + number % range) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::from(io::ErrorKind::AddrInUse))
}

/// A running node. It ends with this process, however that ends, and removes its folder unless told to keep it.
pub struct Broker {
    folder: PathBuf,
    ports: [u16; 2],
    keep: bool,
    process: Option<Child>,
}

impl Broker {
    /// Starts a node in a folder, which is created, on free ports, and waits until it serves. With `keep` its data stays there for
    /// another start.
    pub fn start(folder: &Path, keep: bool) -> io::Result<Broker> {
        Broker::start_with(folder, keep, "", &[])
    }

    /// The same with settings that override the usual ones, such as encrypted listeners, and with arguments for formatting its
    /// storage, such as users who may log in. See `broker.sh`.
    pub fn start_with(folder: &Path, keep: bool, settings: &str, format: &[&str]) -> io::Result<Broker> {
        fs::create_dir_all(folder)?;
        for (name, content) in [("more.properties", settings), ("more.format", &format.join("\n"))] {
            if !content.is_empty() {
                fs::write(folder.join(name), content)?;
            }
        }
        for (name, content) in FILES {
            fs::write(folder.join(name), content)?;
        }
        let ports = [free_port()?, free_port()?];
        let mut broker = Broker { folder: folder.to_owned(), ports, keep, process: None };
        broker.restart()?;
        Ok(broker)
    }

    /// The address it listens on.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.ports[0])
    }

    /// Kills it as a power cut would; its folder stays.
    pub fn kill(&mut self) -> io::Result<()> {
        let Some(mut process) = self.process.take() else {
            return Ok(());
        };
        if let Some(mut input) = process.stdin.take() {
            writeln!(input, "keep")?;
        }
        process.wait().map(drop)
    }

    /// Starts it again on the same folder and ports, and waits until it serves.
    pub fn restart(&mut self) -> io::Result<()> {
        self.kill()?;
        let mut command = Command::new("bash");
        command.arg(self.folder.join("broker.sh")).arg("run").arg(self.folder.join("data"));
        command.args(self.ports.map(|port| port.to_string())).arg(if self.keep { "keep" } else { "remove" });
        // Signals of the terminal are for this process, which ends the node when it is done.
        command.process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = command.spawn()?;
        let output = process.stderr.take().map(BufReader::new);
        self.process = Some(process);
        let mut log = String::new();
        let mut lines = output.into_iter().flat_map(BufReader::lines);
        for line in lines.by_ref() {
            let line = line?;
            if line.contains("Kafka Server started") {
                // Its later output is not needed, but must be read, or the node would block.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(());
            }
            log.push_str(&line);
            log.push('\n');
        }
        Err(io::Error::other(format!("Kafka does not start: {log}")))
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.stdin.take());
            let _ = process.wait();
        }
    }
}

//! Running the binary, waiting for what it says, and receiving its alerts.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::Value;

/// Long enough for a busy machine; a test that passes does not wait for it.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A folder with a data folder in it, removed at the end.
pub struct Place {
    folder: tempfile::TempDir,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Output {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Writes a file and returns its path.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// A copy of the shipped configuration with some files replaced.
    pub fn config(&self, replaced: &[(&str, &str)]) -> String {
        for (path, text) in config::Files::shipped().iter() {
            self.file(&format!("config/{path}"), text);
        }
        for (path, text) in replaced {
            self.file(&format!("config/{path}"), text);
        }
        self.path().join("config").display().to_string()
    }

    /// A command that is yet to run here.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_otklik"));
        command.args(args).env("OTKLIK_DATA", self.data()).env("LC_ALL", "C").current_dir(self.path());
        command
    }

    /// Runs a command with something on its standard input.
    pub fn feed(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writing = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let done = child.wait_with_output().unwrap();
        writing.join().unwrap();
        Output {
            code: done.status.code().unwrap_or(-1),
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
        }
    }

    /// Runs a command.
    pub fn run(&self, args: &[&str]) -> Output {
        self.feed(args, "")
    }

    /// Runs a command that must end well.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> Output {
        let done = self.run(args);
        assert_eq!(done.code, 0, "{args:?}: {}", done.err);
        done
    }

    /// Runs a command that must end well, and reads its JSON.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let done = self.ok(args);
        serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{args:?}: {error}: {}", done.out))
    }

    /// Starts an instance on the sample and waits until it is up.
    pub fn start(&self, args: &[&str]) -> Running {
        self.serve(&[&["--sample", "--listen", "127.0.0.1:0"], args].concat())
    }

    /// Starts an instance and waits until it is up.
    pub fn serve(&self, args: &[&str]) -> Running {
        let mut command = self.command(&[&["run"], args].concat());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = lines(child.stdout.take().unwrap());
        let errors = lines_kept(child.stderr.take().unwrap());
        let mut running = Running { child, lines, errors, page: None };
        let page = running.wait_for("Страница: http://");
        running.page = Some(page.trim_end_matches('/').parse().unwrap());
        running
    }
}

/// A running instance. Killed when it is dropped.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    errors: Arc<Mutex<Vec<String>>>,
    page: Option<SocketAddr>,
}

impl Running {
    /// Waits for a line that begins so, and returns its rest.
    #[track_caller]
    pub fn wait_for(&mut self, begin: &str) -> String {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    if let Some(rest) = line.strip_prefix(begin) {
                        return rest.to_owned();
                    }
                }
                Err(error) => panic!("no line {begin:?}: {error}: {:?}", self.errors.lock().unwrap()),
            }
        }
    }

    /// GET of a path of the page: status and body.
    pub fn get(&self, path: &str) -> (u16, String) {
        get(self.page.unwrap(), path).unwrap()
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
        self.child.wait().unwrap().code().unwrap_or(-1)
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

/// A webhook receiver that outlives the instances.
pub struct Hook {
    pub url: String,
    /// Each request's key, as it comes.
    pub arrivals: Receiver<(String, Value)>,
    /// Requests by key.
    pub keys: Arc<Mutex<BTreeMap<String, u32>>>,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Clone)]
struct Book {
    arrivals: Sender<(String, Value)>,
    keys: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Hook {
    pub fn new() -> Hook {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (sender, arrivals) = channel();
        let book = Book { arrivals: sender, keys: Arc::default() };
        let keys = Arc::clone(&book.keys);
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = axum::Router::new().route("/", axum::routing::post(receive)).with_state(book);
        runtime.spawn(async move { axum::serve(listener, router).await });
        Hook { url, arrivals, keys, _runtime: runtime }
    }

    /// `alerts.toml` that sends here.
    pub fn alerts_toml(&self) -> String {
        format!("webhook = \"{}\"\n", self.url)
    }
}

async fn receive(State(book): State<Book>, headers: HeaderMap, body: String) {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    *book.keys.lock().unwrap().entry(key.clone()).or_default() += 1;
    let _ = book.arrivals.send((key, serde_json::from_str(&body).unwrap()));
}

/// A post of ours as a line of NDJSON.
pub fn post_line(number: u32, published_at: &str, text: &str) -> String {
    let post = serde_json::json!({
        "id": format!("vk:-77_{number}"), "platform": "vk", "source": "archive",
        "published_at": published_at, "text": text, "views": number,
    });
    format!("{post}\n")
}

/// Files of a folder and those below that hold a text, byte for byte.
pub fn files_with(folder: &Path, marker: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, marker));
        } else if std::fs::read(&path).unwrap_or_default().windows(marker.len()).any(|bytes| bytes == marker.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

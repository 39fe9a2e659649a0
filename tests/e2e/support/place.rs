//! A folder to work in, and commands that run there.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;

use super::running::Running;
use super::wait::ended;

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
        let (out, err) = (text(child.stdout.take().unwrap()), text(child.stderr.take().unwrap()));
        let status = ended(&mut child, &format!("{args:?}"));
        writing.join().unwrap();
        Output { code: status.code().unwrap_or(-1), out: out.join().unwrap(), err: err.join().unwrap() }
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
        let child = command.spawn().unwrap();
        Running::new(child)
    }
}

/// Reads all of it beside the test: a full pipe would stop the process.
fn text(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        from.read_to_string(&mut text).unwrap();
        text
    })
}

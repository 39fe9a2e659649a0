//! The mail server of `smtp.py`, with a certificate made for the test.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// `deploy/setup.sh` names the same.
const VERSION: &str = "1.4.6";

pub struct Smtp {
    pub port: u16,
    told: Lines<BufReader<ChildStdout>>,
    // Its end ends the server.
    _process: Child,
}

impl Smtp {
    pub async fn start(mode: &str, folder: &Path) -> Smtp {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let [ca_file, key, script] = ["cert.pem", "key.pem", "smtp.py"].map(|name| folder.join(name));
        std::fs::write(&ca_file, cert.pem()).unwrap();
        std::fs::write(&key, signing_key.serialize_pem()).unwrap();
        std::fs::write(&script, include_str!("smtp.py")).unwrap();
        let mut process = Command::new("python3")
            .args([script.as_path(), Path::new(mode), &ca_file, &key])
            .env("PYTHONPATH", library())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python3 runs the mail server; deploy/setup.sh test installs it");
        let mut told = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = told.next_line().await.unwrap().expect("the mail server starts").parse().unwrap();
        Smtp { port, told, _process: process }
    }

    /// The next letter that it took.
    pub async fn letter(&mut self) -> serde_json::Value {
        let line = self.told.next_line().await.unwrap().expect("a letter");
        serde_json::from_str(&line).unwrap()
    }
}

/// Where `deploy/setup.sh test` put aiosmtpd.
fn library() -> PathBuf {
    let cache = || {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
        cache.or(home).unwrap().join("otklik/aiosmtpd").join(VERSION)
    };
    let folder = std::env::var_os("OTKLIK_AIOSMTPD").map_or_else(cache, PathBuf::from);
    assert!(folder.join("aiosmtpd").is_dir(), "there is no aiosmtpd in {}; run deploy/setup.sh test", folder.display());
    folder
}

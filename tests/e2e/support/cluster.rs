//! Roles as separate processes on a Kafka node of the test's own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use journal::broker::{Broker, free_port};
use journal::{Kafka, KafkaSettings, Security};
use serde_json::Value;

use super::place::Place;
use super::running::get;
use super::wait::{Deadline, PATIENCE, ended};

/// Partitions of the streams of posts: more than classifiers, so that they are shared out.
const PARTITIONS: u32 = 4;

/// While the roles are waited for they keep the processor between two looks.
pub const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_millis(100);

/// Processes by name and role.
pub const PROCESSES: [(&str, &str); 8] = [
    ("facts", "facts"),
    ("ingest", "ingest"),
    ("classify-1", "classify"),
    ("classify-2", "classify"),
    ("store-1", "store"),
    ("store-2", "store"),
    ("alerts", "alerts"),
    ("web", "web"),
];

/// A broker and the roles around it. Everything ends when this is dropped.
pub struct Cluster {
    pub place: Place,
    pub broker: Broker,
    addresses: Vec<SocketAddr>,
    running: Vec<Option<Child>>,
}

impl Cluster {
    /// Starts a broker, makes the topics with `otklik topics`, and starts every role with some files of configuration replaced.
    pub fn start(replaced: &[(&str, &str)]) -> Cluster {
        let place = Place::new();
        let broker = Broker::start(&place.path().join("kafka"), false)
            .expect("Kafka must be there: deploy/setup.sh test brings it");
        let address = || SocketAddr::from(([127, 0, 0, 1], free_port().unwrap()));
        let addresses = (0..PROCESSES.len()).map(|_| address()).collect();
        let engine = address();
        let cluster = Cluster { place, broker, addresses, running: PROCESSES.map(|_| None).into() };
        let settings = cluster.settings(engine);
        let files = [&[("otklik.toml", settings.as_str())], replaced].concat();
        let config = cluster.place.config(&files);
        let secret = cluster.place.file("secret", "a secret of the test, as long as it has to be");
        std::fs::set_permissions(secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let made = cluster.place.run(&["--config", &config, "topics"]);
        assert_eq!(made.code, 0, "{}{}", made.out, made.err);
        cluster
    }

    /// Starts every role and waits until each answers.
    pub fn start_all(&mut self) {
        for number in 0..PROCESSES.len() {
            self.spawn(number);
            self.wait(number);
        }
    }

    fn settings(&self, engine: SocketAddr) -> String {
        let mut settings = config::Files::shipped().get("otklik.toml").unwrap().to_owned();
        let path = |name: &str| self.place.path().join(name).display().to_string();
        settings.push_str(&format!(
            "\n[kafka]\nbrokers = \"{}\"\npartitions = {PARTITIONS}\n\n[roles]\nsecret_file = \"{}\"\n",
            self.broker.address(),
            path("secret")
        ));
        for role in ["ingest", "classify", "store", "facts", "alerts", "web"] {
            let of_role = PROCESSES.iter().zip(&self.addresses).filter(|((_, of), _)| *of == role);
            let urls: Vec<String> = of_role.map(|(_, address)| format!("\"http://{address}\"")).collect();
            settings.push_str(&format!("{role} = [{}]\n", urls.join(", ")));
        }
        settings.push_str(&format!(
            "\n[facts]\nurl = \"http://{engine}\"\nlisten = \"{engine}\"\nuser = \"otklik\"\npassword_file = \"{}\"\n",
            path("facts/facts/password")
        ));
        settings
    }

    /// The journal as the collectors have it.
    pub fn journal(&self) -> Kafka {
        Kafka::open(KafkaSettings {
            brokers: self.broker.address(),
            prefix: "otklik.".into(),
            partitions: PARTITIONS,
            replication: 1,
            keep: std::time::Duration::from_secs(24 * 3600),
            security: Security::default(),
        })
        .unwrap()
    }

    pub fn data(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Starts a process; what it says goes into a file.
    pub fn spawn(&mut self, number: usize) {
        let (name, role) = PROCESSES[number];
        let said = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.place.path().join(format!("{name}.log")))
            .unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_otklik"));
        command.args(["run", "--role", role, "--listen", &self.addresses[number].to_string()]);
        command.arg("--config").arg(self.place.path().join("config")).arg("--data").arg(self.data(name));
        command.env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
        self.running[number] = Some(command.spawn().unwrap());
    }

    /// Waits until a process listens. One that ends instead is a failure, with what it said.
    pub fn wait(&mut self, number: usize) {
        let deadline = Deadline::new(PATIENCE);
        while std::net::TcpStream::connect(self.addresses[number]).is_err() {
            deadline.left(|| format!("{} listens: {}", PROCESSES[number].0, self.said(number)));
            let ended = self.running[number].as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "{} ended: {}", PROCESSES[number].0, self.said(number));
            std::thread::park_timeout(LOOK_AGAIN);
        }
    }

    /// Kills a process as a power cut would.
    pub fn kill(&mut self, number: usize) {
        if let Some(mut child) = self.running[number].take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// What a process said last.
    pub fn said(&self, number: usize) -> String {
        let path = self.place.path().join(format!("{}.log", PROCESSES[number].0));
        let said = std::fs::read_to_string(path).unwrap_or_default();
        said.lines().rev().take(20).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// GET of a path at a process: status and body; `None` where nobody listens.
    pub fn ask(&self, name: &str, path: &str) -> Option<(u16, String)> {
        let number = number(name);
        get(self.addresses[number], path)
    }

    /// The status of all roles, as the page's role tells it.
    pub fn status(&self) -> Option<Value> {
        let (status, body) = self.ask("web", "/api/status")?;
        (status == 200).then(|| serde_json::from_str(&body).unwrap())
    }

    /// Asks every process to stop, as systemd does, and returns their exit codes by name.
    pub fn stop(&mut self) -> Vec<(&'static str, i32)> {
        let running: Vec<(usize, Child)> =
            self.running.iter_mut().enumerate().filter_map(|(number, child)| Some((number, child.take()?))).collect();
        for (_, child) in &running {
            assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        }
        let end = |(number, mut child): (usize, Child)| {
            let name = PROCESSES[number].0;
            (name, ended(&mut child, name).code().unwrap_or(-1))
        };
        running.into_iter().map(end).collect()
    }
}

/// The place of a process in [`PROCESSES`].
pub fn number(name: &str) -> usize {
    PROCESSES.iter().position(|(known, _)| *known == name).unwrap()
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for (number, (name, _)) in PROCESSES.iter().enumerate() {
            if std::thread::panicking() {
                eprintln!("--- {name}\n{}", self.said(number));
            }
            if let Some(mut child) = self.running[number].take() {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

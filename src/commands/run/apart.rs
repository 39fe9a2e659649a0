//! `otklik run --sample --apart`: the sample with each role as a process of its own, on a Kafka of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use journal::Kafka;
use journal::broker::{Broker, free_port};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli;
use crate::configuration::{self, Locations};
use crate::exit::{Exit, Failure};
use crate::folder::Folder;
use crate::instance::backend::kafka_settings;
use crate::private;

/// The processes, in the order in which they start: `ingest` has the sample's clock, which the others ask for, and `facts`
/// makes the figures' password. Two classifiers share the work.
const PROCESSES: [(&str, &str); 7] = [
    ("ingest", "ingest"),
    ("facts", "facts"),
    ("classify-1", "classify"),
    ("classify-2", "classify"),
    ("store", "store"),
    ("alerts", "alerts"),
    ("web", "web"),
];

/// How often it is checked whether a process that starts is up.
const CHECK_EVERY: Duration = Duration::from_millis(100);

/// A process that is not up by then says why on its standard error.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// A process that ended by itself is started again after this, so that one that cannot start does not fill the log.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// Runs the sample apart until told to stop.
pub async fn run(locations: &Locations, args: &cli::Run) -> Result<Exit, Failure> {
    let folder = Folder::find(locations.data.as_deref(), true);
    let base = std::path::absolute(folder.file("apart")).context("cannot tell where the data folder is")?;
    private::make_folder(&base).with_context(|| format!("cannot make {}", base.display()))?;
    // The secret of an earlier build's run may lie there open.
    private::mend(&base).with_context(|| format!("cannot close {} to others", base.display()))?;
    eprintln!("запускаю Kafka…");
    let broker_folder = base.join("kafka");
    let mut broker = tokio::task::spawn_blocking(move || Broker::start(&broker_folder, true))
        .await
        .context("Kafka cannot be started")?
        .context("Kafka не запускается: выполните deploy/setup.sh kafka")?;
    let layout = Layout::new(base, folder.path().to_owned(), args.listen)?;
    layout.write_config(locations, &broker.address())?;
    let made = Locations { config: Some(layout.config()), data: None };
    let settings =
        kafka_settings(&configuration::configuration(&made)?)?.context("no [kafka] in the made configuration")?;
    tokio::task::spawn_blocking(move || Kafka::open(settings)?.make_topics())
        .await
        .context("the topics cannot be made")?
        .context("the topics cannot be made")?;

    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate()).context("cannot wait for signals")?,
        signal(SignalKind::interrupt()).context("cannot wait for signals")?,
    );
    eprintln!("запускаю роли, каждую своим процессом…");
    let mut processes = Vec::new();
    for (number, (name, _)) in PROCESSES.iter().enumerate() {
        processes.push(layout.spawn(number)?);
        tokio::select! {
            up = layout.wait(number) => up.with_context(|| format!("the role {name} does not start"))?,
            _ = terminate.recv() => return stop(processes, &mut broker).await,
            _ = interrupt.recv() => return stop(processes, &mut broker).await,
        }
    }
    loop {
        tokio::select! {
            _ = terminate.recv() => return stop(processes, &mut broker).await,
            _ = interrupt.recv() => return stop(processes, &mut broker).await,
            () = tokio::time::sleep(RESTART_PAUSE) => {
                for (number, process) in processes.iter_mut().enumerate() {
                    if let Some(status) = process.try_wait().context("cannot look after the roles")? {
                        tracing::error!(role = PROCESSES[number].0, %status, "role ended by itself; started again");
                        *process = layout.spawn(number)?;
                    }
                }
            }
        }
    }
}

/// Asks every process to stop, waits, and stops the broker last: the roles commit to it.
async fn stop(mut processes: Vec<Child>, broker: &mut Broker) -> Result<Exit, Failure> {
    eprintln!("останавливаю роли…");
    for process in &processes {
        if let Some(id) = process.id() {
            let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
        }
    }
    for process in &mut processes {
        process.wait().await.context("cannot wait for the roles")?;
    }
    broker.kill().context("cannot stop Kafka")?;
    Ok(Exit::Done)
}

/// Where everything is.
struct Layout {
    base: PathBuf,
    /// The role `web` has the sample's own data folder, so that commands find it.
    web: PathBuf,
    /// In the order of [`PROCESSES`].
    addresses: Vec<SocketAddr>,
    clickhouse: SocketAddr,
}

impl Layout {
    fn new(base: PathBuf, web: PathBuf, listen: Option<SocketAddr>) -> Result<Layout> {
        let free = || -> Result<SocketAddr> {
            Ok(SocketAddr::from(([127, 0, 0, 1], free_port().context("there are no free ports")?)))
        };
        let mut addresses: Vec<SocketAddr> = (0..PROCESSES.len()).map(|_| free()).collect::<Result<_>>()?;
        let clickhouse = free()?;
        let page = listen.filter(|listen| listen.port() != 0);
        if let (Some(page), Some(last)) = (page, addresses.last_mut()) {
            *last = page;
        }
        Ok(Layout { base, web, addresses, clickhouse })
    }

    fn config(&self) -> PathBuf {
        self.base.join("config")
    }

    fn data(&self, name: &str) -> PathBuf {
        if name == "web" { self.web.clone() } else { self.base.join(name) }
    }

    /// The configuration in force, with where the roles and Kafka are.
    fn write_config(&self, locations: &Locations, brokers: &str) -> Result<(), Failure> {
        let secret = self.base.join("secret");
        write(&secret, &random_line()?)?;
        let text = |path: &Path| toml::Value::from(path.display().to_string()).to_string();
        let mut settings =
            configuration::files(locations, Vec::new())?.get("otklik.toml").unwrap_or_default().to_owned();
        settings.push_str(&format!("\n[kafka]\nbrokers = \"{brokers}\"\n\n[roles]\nsecret_file = {}\n", text(&secret)));
        for role in ["ingest", "classify", "store", "facts", "alerts", "web"] {
            let of_role = PROCESSES.iter().zip(&self.addresses).filter(|((_, of), _)| *of == role);
            let urls: Vec<String> = of_role.map(|(_, address)| format!("\"http://{address}\"")).collect();
            settings.push_str(&format!("{role} = [{}]\n", urls.join(", ")));
        }
        let (engine, password) = (self.clickhouse, self.data("facts").join("facts/password"));
        settings.push_str(&format!(
            "\n[facts]\nurl = \"http://{engine}\"\nlisten = \"{engine}\"\nuser = \"otklik\"\npassword_file = {}\n",
            text(&password)
        ));
        let files = configuration::files(locations, vec![("otklik.toml".to_owned(), settings)])?;
        for (path, text) in files.iter() {
            write(&self.config().join(path), text)?;
        }
        Ok(())
    }

    fn spawn(&self, number: usize) -> Result<Child> {
        let (name, role) = PROCESSES[number];
        let mut command = Command::new(std::env::current_exe().context("cannot tell where the binary is")?);
        command.args(["run", "--sample", "--role", role, "--listen", &self.addresses[number].to_string()]);
        command.arg("--config").arg(self.config()).arg("--data").arg(self.data(name));
        // The page's address is printed by `web`, alerts by `alerts`.
        let shown = matches!(role, "web" | "alerts");
        command.stdin(Stdio::null()).stdout(if shown { Stdio::inherit() } else { Stdio::null() });
        // A signal of the terminal goes to this process alone, which stops the roles in order.
        command.process_group(0).kill_on_drop(true);
        command.spawn().with_context(|| format!("cannot start the role {name}"))
    }

    async fn wait(&self, number: usize) -> Result<()> {
        let up = async {
            while tokio::net::TcpStream::connect(self.addresses[number]).await.is_err() {
                tokio::time::sleep(CHECK_EVERY).await;
            }
        };
        tokio::time::timeout(START_DEADLINE, up).await.context("it does not listen")
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let written = || {
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::write(path, text)
    };
    written().with_context(|| format!("cannot write {}", path.display()))
}

fn random_line() -> Result<String> {
    let mut random = [0_u8; 32];
    (ingest::os_random())(&mut random).context("cannot read random bytes")?;
    Ok(hex::encode(random))
}

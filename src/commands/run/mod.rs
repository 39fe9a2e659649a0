//! `otklik run`.

mod apart;
mod greeting;
mod housekeeping;
mod lock;
mod notifying;
mod rebuilding;
mod setup;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::cli;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::folder::Folder;
use crate::instance::http::{gateway, serve};
use crate::instance::sample::Sample;
use crate::instance::{Instance, OpenMode};
use crate::roles::Role;
use greeting::greet;
use housekeeping::{housekeeping, verify};
use notifying::start_notifying;
use rebuilding::tell_rebuilding;
use setup::{Setup, standing_contacts};

/// A stop that takes longer is a hang, as of a broker that is away: what was not committed is done again after the start.
/// systemd's own patience is 90 s, Kubernetes' 30.
const STOP_DEADLINE: Duration = Duration::from_secs(25);

/// Runs roles on a data folder until told to stop.
pub async fn run(locations: &Locations, args: cli::Run) -> Result<Exit, Failure> {
    if args.apart {
        return apart::run(locations, &args).await;
    }
    listener::raise_descriptors();
    let folder = Folder::find(locations.data.as_deref(), args.sample);
    let lock = lock::take(&folder).await?;
    let roles: BTreeSet<Role> = if args.roles.is_empty() { Role::all() } else { args.roles.iter().copied().collect() };
    let setup = Setup::read(locations, &args, &folder, &roles).await?;
    let Setup { files, config, peers, sample, clock } = setup;
    let standing_contacts = standing_contacts(&config);

    let (stop, stopped) = watch::channel(false);
    let mode = OpenMode { roles: roles.clone(), running: true };
    let opened = Instance::open(files, Arc::new(config), clock, folder.clone(), lock, &mode, standing_contacts);
    let mut instance = opened.await?;
    instance.sample = sample.as_ref().filter(|_| roles.contains(&Role::Ingest)).map(|sample| sample.place.clone());
    let instance = Arc::new(instance);
    serve::serve_own(&folder, serve::own_router(&instance), stopped.clone())?;
    let listen = args.listen.unwrap_or(instance.config.settings.web.listen);
    let (router, settings) = match &peers {
        Some(peers) if !roles.contains(&Role::Web) => {
            (gateway::internal_router(&instance, peers), serve::role_settings(peers)?)
        }
        _ => {
            let (page, settings) = (gateway::public_router(&instance), &instance.config.settings);
            let router = web::answered_as(page, listen, settings.page_hosts());
            (router, serve::page_settings(&settings.web)?)
        }
    };
    let address = serve::serve_page(listen, router, settings, stopped.clone()).await?;
    // From here on a signal stops it in order: a signal may be sent as soon as the greeting is read.
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate()).context("cannot wait for signals")?,
        signal(SignalKind::interrupt()).context("cannot wait for signals")?,
    );
    if roles.contains(&Role::Web) {
        greet(&instance, address, sample.as_ref());
    } else {
        eprintln!("{}: http://{address}", args.roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(", "));
    }
    let mut tasks = start_tasks(&instance, sample.as_ref(), &stopped)?;

    tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
    eprintln!("останавливаюсь: дописываю начатое…");
    let _ = stop.send(true);
    let drained = async {
        while tasks.join_next().await.is_some() {}
        instance.close().await;
    };
    match tokio::time::timeout(STOP_DEADLINE, drained).await {
        Ok(()) => Ok(Exit::Done),
        Err(_) => {
            eprintln!("не всё успело дописаться за {} с: при запуске будет сделано снова", STOP_DEADLINE.as_secs());
            Ok(Exit::Failed)
        }
    }
}

/// Starts what works beside the stages until `stopped`.
fn start_tasks(
    instance: &Arc<Instance>,
    sample: Option<&Sample>,
    stopped: &watch::Receiver<bool>,
) -> Result<JoinSet<()>> {
    let mut tasks = JoinSet::new();
    // A process that only joined the sample keeps no clock: it is another's.
    if let Some(sample) = sample.filter(|_| instance.roles.contains(&Role::Ingest)) {
        tasks.spawn(sample.keep_clock(instance.folder.clone(), stopped.clone()));
    }
    start_notifying(instance, &mut tasks, stopped)?;
    if let Some(collector) = instance.collector.clone() {
        let stopped = stopped.clone();
        tasks.spawn(async move { collector.run(stopped).await });
    }
    tasks.spawn(housekeeping(Arc::clone(instance), stopped.clone()));
    if let Some(index) = instance.index.clone() {
        tasks.spawn(tell_rebuilding(index, stopped.clone()));
    }
    if let Some(index) = instance.index.clone() {
        // Beside the work: reading a large index takes minutes, and most are whole.
        std::thread::Builder::new().name("verify-index".into()).spawn(move || verify(&index)).context("no thread")?;
    }
    Ok(tasks)
}

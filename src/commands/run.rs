//! `otklik run`.

mod apart;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use alerts::{Channels, LinkKey, Message};
use anyhow::{Context, Result};
use config::{AlertRules, ChannelKind, Contact};
use model::{Clock, Time};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::cli::{self, Places, Role};
use crate::commands;
use crate::instance::folder::{Folder, Lock};
use crate::instance::peers::{self, Peers};
use crate::instance::sample::{self, Sample};
use crate::instance::{Instance, Purpose, gateway, serve};
use crate::{Exit, Failure};

/// A command that only looks is done in less than [`TAKE_TRIES`] times this.
const TAKE_AGAIN: Duration = Duration::from_millis(100);

/// See [`TAKE_AGAIN`].
const TAKE_TRIES: u32 = 30;

/// How often retention and the digest's hour are looked at.
const HOUSEKEEPING: Duration = Duration::from_secs(5);

/// Expiring the journal is a query over its oldest messages: once an hour is enough.
const EXPIRE_EVERY_S: i64 = 3600;

/// A deleted text may stay on the disk for a day; purging rewrites files, so not much oftener.
const PURGE_EVERY_S: i64 = 20 * 3600;

/// A stop that takes longer is a hang, as of a broker that is away: what was not committed is done again after the start.
/// systemd's own patience is 90 s, Kubernetes' 30.
const STOP_DEADLINE: Duration = Duration::from_secs(25);

/// Runs roles on a data folder until told to stop.
pub async fn run(places: &Places, args: cli::Run) -> Result<Exit, Failure> {
    if args.apart {
        return apart::run(places, &args).await;
    }
    let folder = Folder::find(places.data.as_deref(), args.sample);
    let lock = take(&folder).await?;
    let mut files = commands::files(places, Vec::new())?;
    let mut config = commands::valid(&files)?;
    let parts: BTreeSet<Role> =
        if args.roles.is_empty() { Purpose::all() } else { args.roles.iter().copied().collect() };
    let peers = apart_peers(&config, &parts)?;
    let sample = match (args.sample, &peers) {
        (false, _) => None,
        (true, Some(peers)) if !parts.contains(&Role::Ingest) => Some(Sample::join(&folder, peers).await?),
        (true, _) => Some(Sample::start(&folder).await?),
    };
    if let Some(sample) = &sample {
        let mut overlay = sample.files.clone();
        for (_, text) in overlay.iter_mut().filter(|(path, _)| path == "otklik.toml") {
            *text = sample::with_places(text, files.get("otklik.toml").unwrap_or_default())?;
        }
        if config.alerts.webhook.is_some() {
            // Who set a webhook wants to see the sample's alerts there.
            overlay.retain(|(path, _)| path != "alerts.toml");
        }
        files = files.overlay(overlay);
        config = commands::valid(&files)?;
    }
    let clock: Clock = sample.as_ref().map_or_else(|| Arc::new(Time::now) as Clock, |sample| Arc::clone(&sample.clock));
    let mut everywhere = vec![Contact { channel: ChannelKind::Terminal, to: String::new() }];
    if config.alerts.webhook.is_some() {
        everywhere.push(Contact { channel: ChannelKind::Webhook, to: AlertRules::WEBHOOK.to_owned() });
    }

    let (stop, stopped) = watch::channel(false);
    let purpose = Purpose { parts: parts.clone(), working: true };
    let opened =
        Instance::open(files, Arc::new(config), Arc::clone(&clock), folder.clone(), lock, &purpose, everywhere);
    let mut instance = opened.await?;
    instance.sample = sample.as_ref().filter(|_| parts.contains(&Role::Ingest)).map(|sample| sample.place.clone());
    let instance = Arc::new(instance);
    serve::serve_own(&folder, serve::own_router(&instance), stopped.clone())?;
    let listen = args.listen.unwrap_or(instance.config.settings.web.listen);
    let router = match &peers {
        Some(peers) if !parts.contains(&Role::Web) => gateway::guarded_router(&instance, peers),
        _ => gateway::public_router(&instance),
    };
    let address = serve::serve_page(listen, router, stopped.clone()).await?;
    // From here on a signal stops it in order: whoever reads the greeting may send one.
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate()).context("cannot wait for signals")?,
        signal(SignalKind::interrupt()).context("cannot wait for signals")?,
    );
    if parts.contains(&Role::Web) {
        greet(&instance, address, sample.as_ref());
    } else {
        eprintln!(
            "{}: http://{address}",
            args.roles.iter().map(|role| peers::name(*role)).collect::<Vec<_>>().join(", ")
        );
    }

    let mut tasks = tokio::task::JoinSet::new();
    if let Some(sample) = &sample {
        // Whoever only joined keeps no clock: it is another's.
        if parts.contains(&Role::Ingest) {
            tasks.spawn(sample.keep_clock(folder.clone(), stopped.clone()));
        }
    }
    tell_people(&instance, &mut tasks, &stopped)?;
    if let Some(collector) = instance.collector.clone() {
        let stopped = stopped.clone();
        tasks.spawn(async move { collector.run(stopped).await });
    }
    tasks.spawn(housekeeping(Arc::clone(&instance), stopped.clone()));
    if let Some(index) = instance.index.clone() {
        // Beside the work: reading a large index takes minutes, and most are whole.
        std::thread::Builder::new().name("verify-index".into()).spawn(move || verify(&index)).context("no thread")?;
    }

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

/// The other roles, where this process does not run them all. An embedded journal is one process's alone.
fn apart_peers(config: &config::Config, parts: &BTreeSet<Role>) -> Result<Option<Peers>, Failure> {
    if *parts == Purpose::all() {
        return Ok(None);
    }
    let settings = &config.settings;
    let Some(roles) = settings.roles.as_ref().filter(|_| settings.kafka.is_some()) else {
        return Err(Failure::usage(
            "роли по отдельности работают только через Kafka: встроенный журнал открывает один процесс. Заполните в otklik.toml \
             разделы [kafka] и [roles] или запустите все роли вместе, без --role",
        ));
    };
    Ok(Some(Peers::new(roles)?))
}

/// Takes the folder. A command that looks into it while nobody runs holds it for a moment and is waited for; a running
/// instance, which answers on its socket, is not.
async fn take(folder: &Folder) -> Result<Lock, Failure> {
    for _ in 0..TAKE_TRIES {
        if let Some(lock) = folder.take()? {
            return Ok(lock);
        }
        if tokio::net::UnixStream::connect(folder.socket()).await.is_ok() {
            break;
        }
        tokio::time::sleep(TAKE_AGAIN).await;
    }
    Err(Failure::from(anyhow::anyhow!(
        "папка данных {} занята другим процессом otklik; остановите его или укажите другую: --data",
        folder.path().display()
    )))
}

/// Tells where everything is, in Russian: who runs it reads this.
fn greet(instance: &Instance, address: std::net::SocketAddr, sample: Option<&Sample>) {
    let mut out = std::io::stdout().lock();
    let mut say = |line: String| drop(writeln!(out, "{line}"));
    let now = (instance.clock)().to_zoned_datetime(instance.config.timezone().clone());
    if let Some(sample) = sample {
        say(format!(
            "Отклик работает на учебном районе «Светлореченский округ»; время там {}.",
            now.strftime("%d.%m.%Y %H:%M")
        ));
        say(format!("Источники района: {}", sample.place.base));
    } else {
        let enabled = instance.config.sources.iter().filter(|source| source.enabled).count();
        say(format!("Отклик работает; источников включено: {enabled}."));
        if enabled == 0 {
            say(
                "Включите источники в config/sources.toml или посмотрите любой: ./otklik source try https://t.me/s/ИМЯ"
                    .into(),
            );
        }
    }
    say(format!("Страница: http://{address}/"));
    say(format!("Папка данных: {}", instance.folder.path().display()));
    say("\nПопробуйте в другом окне:".into());
    for line in ["./otklik search 'нет воды'", "./otklik alerts", "./otklik digest"] {
        say(format!("  {line}"));
    }
    say("\nТревоги появляются здесь по мере поступления. Остановить: Ctrl+C.\n".into());
}

/// Starts what decides by the clock, sends, and hears what people press.
fn tell_people(
    instance: &Arc<Instance>,
    tasks: &mut tokio::task::JoinSet<()>,
    stopped: &watch::Receiver<bool>,
) -> Result<()> {
    let Some(alerts) = instance.alerts.clone() else { return Ok(()) };
    let mut random = [0; 32];
    (ingest::os_random())(&mut random).context("no randomness")?;
    let key = LinkKey::open(&instance.folder.file("link-key"), random);
    alerts.sign_links(key.context("cannot open the key of the links in letters")?);
    let settings = &instance.config.channels;
    let channels = Arc::new(Channels::open(settings, Arc::clone(&instance.clock), Some(print_message)));
    for (kind, words) in channels.troubles() {
        tracing::error!(channel = kind.as_str(), error = words, "a channel cannot be used");
    }
    let asked = Arc::clone(instance);
    let vitals: alerts::AskVitals = Arc::new(move || asked.vitals());
    tasks.spawn(alerts::deliver(alerts.clone(), Arc::clone(&channels), vitals, stopped.clone()));
    for kind in [ChannelKind::Telegram, ChannelKind::Max].into_iter().filter(|kind| settings.has(*kind)) {
        tasks.spawn(alerts::listen(alerts.clone(), Arc::clone(&channels), kind, stopped.clone()));
    }
    if let Some(heartbeat) = instance.config.alerts.heartbeat.clone() {
        let client = reqwest::Client::builder().build().context("cannot prepare the heartbeat")?;
        tasks.spawn(alerts::heartbeat(heartbeat, client, stopped.clone()));
    }
    Ok(())
}

/// A message in full, on standard output.
fn print_message(message: &Message) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}\n", message.text);
    let _ = out.flush();
}

/// Says that the search index is damaged; its stage and readiness say so from then on.
fn verify(index: &store::search::SearchIndex) {
    match index.damaged_files().map(|_| index.damage()) {
        Ok(None) => {}
        Ok(Some(damage)) => tracing::error!(error = %damage, "searches are not answered"),
        Err(error) => tracing::error!(%error, "the search index cannot be read"),
    }
}

/// Makes the day's digest at its hour and lets old messages of the journal go.
async fn housekeeping(instance: Arc<Instance>, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(HOUSEKEEPING);
    let mut expired_at = i64::MIN;
    // What was purged before this start counts: a process that restarts every day must purge all the same.
    let mut purged_at = instance.last_purge().ok().flatten().map_or(i64::MIN, |at| at.as_second());
    loop {
        tokio::select! { _ = tick.tick() => {} _ = stop.changed() => return }
        instance.look_at_vitals().await;
        if let Some(reports) = &instance.reports
            && instance.has_caught_up().await
            && let Err(error) = reports.make_due().await
        {
            tracing::error!(%error, "the digest cannot be made yet");
        }
        let now = (instance.clock)().as_second();
        if now.saturating_sub(purged_at) >= PURGE_EVERY_S {
            purged_at = now;
            if let Err(error) = instance.purge().await {
                tracing::error!(%error, "deleted texts are not yet off the disk; tried again in a day");
            }
        }
        if now.saturating_sub(expired_at) >= EXPIRE_EVERY_S {
            expired_at = now;
            let journal = instance.journal.clone();
            match tokio::task::spawn_blocking(move || journal.expire()).await {
                Ok(Ok(removed)) => tracing::info!(removed, "journal expired"),
                Ok(Err(error)) => tracing::error!(%error, "journal cannot be expired"),
                Err(error) => tracing::error!(%error, "journal cannot be expired"),
            }
        }
    }
}

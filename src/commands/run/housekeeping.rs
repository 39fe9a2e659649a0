//! What is done every few seconds, hours and days while an instance runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::instance::Instance;

/// How often retention and the digest's hour are looked at.
const HOUSEKEEPING: Duration = Duration::from_secs(5);

/// Expiring the journal is a query over its oldest messages: once an hour is enough.
const EXPIRE_EVERY_S: i64 = 3600;

/// A deleted text may stay on the disk for a day; purging rewrites files, so not much oftener.
const PURGE_EVERY_S: i64 = 20 * 3600;

/// Checks the installation's health, makes the day's digest at its hour, removes what is old or deleted and expires the journal.
pub async fn housekeeping(instance: Arc<Instance>, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(HOUSEKEEPING);
    let mut expired_at = i64::MIN;
    // What was purged before this start counts: a process that restarts every day must purge all the same.
    let mut purged_at = instance.last_purge().ok().flatten().map_or(i64::MIN, |at| at.as_second());
    // Beside the rest: rewriting the parts of large figures may take longer than a digest may wait.
    let mut purging: Option<JoinHandle<()>> = None;
    loop {
        tokio::select! { _ = tick.tick() => {} _ = stop.changed() => break }
        instance.check_health().await;
        // Asking all parts twice whether they have caught up is for the minute when a digest is due.
        if let Some(reports) = &instance.reports
            && !matches!(reports.due().await, Ok(None))
            && instance.has_caught_up().await
            && let Err(error) = reports.make_due().await
        {
            tracing::error!(%error, "the digest cannot be made yet");
        }
        let now = (instance.clock)().as_second();
        let is_idle = purging.as_ref().is_none_or(JoinHandle::is_finished);
        if is_idle && now.saturating_sub(purged_at) >= PURGE_EVERY_S {
            purged_at = now;
            purging = Some(tokio::spawn(purge(Arc::clone(&instance))));
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
    if let Some(begun) = purging {
        let _ = begun.await;
    }
}

async fn purge(instance: Arc<Instance>) {
    if let Err(error) = instance.purge().await {
        tracing::error!(%error, "what is old or deleted is not yet off the disk; tried again in a day");
    }
}

/// Says that the search index is damaged; its stage and readiness say so from then on.
pub fn verify(index: &store::search::SearchIndex) {
    match index.damaged_files().map(|_| index.damage()) {
        Ok(None) => {}
        Ok(Some(damage)) => tracing::error!(error = %damage, "searches are not answered"),
        Err(error) => tracing::error!(%error, "the search index cannot be read"),
    }
}

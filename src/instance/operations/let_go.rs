//! What is older than what is kept, out of every part that is open here.

use std::sync::PoisonError;

use alerts::ActionRequest;
use anyhow::Result;
use model::Time;
use web::ArchiveStatus;

use crate::instance::Instance;
use crate::roles::Role;

/// When this was last done, in the data folder.
const ARCHIVE: &str = "archive.json";

/// Who destroys keys, for the audit.
const OTKLIK: &str = "otklik";

impl Instance {
    /// Removes what was published before the months that are kept: from the index, the figures and the alerts, and with it the keys of
    /// the authors of that time. What fails keeps the others from nothing, and is tried again the next day.
    pub async fn let_go(&self) -> Result<()> {
        let at = (self.clock)();
        let Some(before) = self.config.oldest_kept(at) else { return Ok(()) };
        let done = [
            self.index_lets_go(before).await,
            self.facts_let_go(before).await,
            self.alerts_let_go(before).await,
            self.destroy_keys(before).await,
        ];
        done.into_iter().collect::<Result<()>>()?;
        self.folder.write_json(ARCHIVE, &ArchiveStatus { before, at })
    }

    /// When that was last done; `None` where it never was.
    pub fn emptied(&self) -> Result<Option<ArchiveStatus>> {
        self.folder.read_json(ARCHIVE)
    }

    async fn index_lets_go(&self, before: Time) -> Result<()> {
        let sink = self.index_writer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(sink) = sink else { return Ok(()) };
        let posts =
            tokio::task::spawn_blocking(move || sink.let_go(before)).await?.map_err(anyhow::Error::from_boxed)?;
        tracing::info!(posts, %before, "search index let go of old posts");
        Ok(())
    }

    /// Others only ask the figures; who writes them empties them.
    async fn facts_let_go(&self, before: Time) -> Result<()> {
        let Some(facts) = self.facts.as_ref().filter(|_| self.roles.contains(&Role::Facts)) else { return Ok(()) };
        let posts = facts.let_go(before).await?;
        tracing::info!(posts, %before, "figures let go of old posts");
        Ok(())
    }

    async fn alerts_let_go(&self, before: Time) -> Result<()> {
        let Some(alerts) = self.alerts.clone() else { return Ok(()) };
        let gone = tokio::task::spawn_blocking(move || alerts.let_go(before)).await??;
        tracing::info!(alerts = gone.alerts, posts = gone.posts, %before, "alerts let go of what is old");
        Ok(())
    }

    /// Destroys the keys of authors of months that were over by then. While the audit cannot be reached they stay to be entered.
    async fn destroy_keys(&self, before: Time) -> Result<()> {
        let Some(collector) = self.collector.clone() else { return Ok(()) };
        let destroying = collector.clone();
        let months = tokio::task::spawn_blocking(move || destroying.destroy_keys(before)).await??;
        if months.is_empty() {
            return Ok(());
        }
        tracing::info!(months = months.join(" "), "keys of authors destroyed");
        self.enter(ActionRequest::KeysDestroyed { months: months.clone() }, OTKLIK).await?;
        Ok(tokio::task::spawn_blocking(move || collector.confirm_destroyed(&months)).await??)
    }
}

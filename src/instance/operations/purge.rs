//! Taking out of the files what was deleted, or is older than what is kept.

use std::sync::PoisonError;

use anyhow::Result;

use crate::instance::Instance;
use crate::roles::Role;

impl Instance {
    /// Removes what is older than what is kept, and takes it and deleted texts off the disk, where the index and the figures still keep
    /// them in old segments and parts.
    pub async fn purge(&self) -> Result<()> {
        let began = (self.clock)();
        // What was deleted leaves the files whatever becomes of this.
        let let_go = self.let_go().await;
        let sink = self.index_writer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sink) = sink {
            tokio::task::spawn_blocking(move || sink.purge()).await?.map_err(anyhow::Error::from_boxed)?;
        }
        // Others only ask the figures; who writes them purges them.
        if let Some(facts) = self.facts.as_ref().filter(|_| self.roles.contains(&Role::Facts)) {
            facts.purge().await?;
        }
        let (journal, alerts) = (self.backend.embedded(), self.alerts.clone());
        let logs = move || -> Result<()> {
            // A cluster's topics are compacted by its brokers.
            journal.map(|journal| journal.truncate_log()).transpose()?;
            alerts.map(|alerts| alerts.truncate_log()).transpose()?;
            Ok(())
        };
        tokio::task::spawn_blocking(logs).await??;
        self.note_purge(began)?;
        let_go
    }
}

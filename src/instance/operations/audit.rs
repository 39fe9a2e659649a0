//! What is done elsewhere than in the alerts, into their audit.

use alerts::ActionRequest;
use anyhow::{Context, Result};

use crate::instance::Instance;
use crate::instance::http::admin::act::{Acting, Done};
use crate::instance::http::query::to_query;
use crate::roles::Role;

impl Instance {
    /// Enters what was done and by whom into the audit, here or where the alerts are.
    pub(in crate::instance) async fn enter(&self, act: ActionRequest, by: &str) -> Result<()> {
        let by = by.to_owned();
        if let Some(alerts) = self.alerts.clone() {
            tokio::task::spawn_blocking(move || alerts.act(&act, &by)).await??;
            return Ok(());
        }
        let peers = self.peers.as_ref().context("the audit is with the alerts, which do not run here")?;
        let acting = Acting { by, act: serde_json::to_string(&act)? };
        let path = format!("/internal/act?{}", to_query(&acting)?);
        peers.post_to::<Done>(Role::Alerts, &path).await.map(drop).map_err(anyhow::Error::msg)
    }
}

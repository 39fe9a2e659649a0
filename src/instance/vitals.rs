//! How the installation is doing, as the rule `system` of the alerts looks at it.

use std::sync::PoisonError;

use alerts::Vitals;

use super::Instance;

impl Instance {
    /// As it was when it was last looked at: asking every part costs too much for every tick of the alerts.
    pub fn vitals(&self) -> Vitals {
        self.vitals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at every role, the dead letters and the disk.
    pub async fn look_at_vitals(&self) {
        if self.alerts.is_none() {
            return;
        }
        let mut vitals = Vitals { disk_free_percent: self.disk_free_percent(), ..Vitals::default() };
        match self.whole_status().await {
            Ok(status) => {
                vitals.dead_letters = status.dead_letters;
                let stages = status.roles.into_iter().map(|role| {
                    let name = role.node.map_or(role.role.clone(), |node| format!("{} {node}", role.role));
                    (name, role.lag, role.error)
                });
                vitals.stages = stages.collect();
                vitals.stages.extend(status.journal.error.map(|error| ("journal".to_owned(), 0, Some(error))));
            }
            Err(error) => vitals.stages.push(("status".to_owned(), 0, Some(error.to_string()))),
        }
        if let Some(reports) = &self.reports {
            match reports.late_by_now() {
                Ok(late) => vitals.troubles.extend(late.map(|words| ("digest".to_owned(), words))),
                Err(error) => vitals.troubles.push(("digest".to_owned(), error.to_string())),
            }
        }
        *self.vitals.lock().unwrap_or_else(PoisonError::into_inner) = vitals;
    }

    /// Of the disk that the data folder is on; `None` where it does not say.
    fn disk_free_percent(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(self.folder.path()).ok()?;
        (disk.f_blocks > 0).then(|| disk.f_bavail.saturating_mul(100) / disk.f_blocks)
    }
}

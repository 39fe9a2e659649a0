//! The health of the installation, as the rule `system` of the alerts sees it.

use std::path::Path;
use std::sync::PoisonError;

use alerts::Health;

use crate::instance::Instance;

impl Instance {
    /// As it was when it was last checked: asking every part costs too much for every tick of the alerts.
    pub fn health(&self) -> Health {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Checks every role, the dead letters and the disk.
    pub async fn check_health(&self) {
        if self.alerts.is_none() {
            return;
        }
        let mut health = Health::default();
        let (path, reports) = (self.folder.path().to_owned(), self.reports.clone());
        // The files block, and a disk that is away does for long.
        let asked = tokio::task::spawn_blocking(move || {
            (disk_free_percent(&path), reports.map(|reports| reports.late_by_now()))
        });
        match asked.await {
            Ok((free, late)) => {
                health.disk_free_percent = free;
                let trouble = late.and_then(|late| late.unwrap_or_else(|error| Some(error.to_string())));
                health.troubles.extend(trouble.map(|words| ("digest".to_owned(), words)));
            }
            Err(panicked) => health.troubles.push(("digest".to_owned(), panicked.to_string())),
        }
        match self.whole_status().await {
            Ok(status) => {
                health.dead_letters = status.dead_letters;
                let stages = status.roles.into_iter().map(|role| {
                    let name = role.node.map_or(role.role.clone(), |node| format!("{} {node}", role.role));
                    (name, role.lag, role.error)
                });
                health.stages = stages.collect();
                health.stages.extend(status.journal.error.map(|error| ("journal".to_owned(), 0, Some(error))));
            }
            Err(error) => health.stages.push(("status".to_owned(), 0, Some(error.to_string()))),
        }
        *self.health.lock().unwrap_or_else(PoisonError::into_inner) = health;
    }
}

/// Of the disk that the data folder is on; `None` where it does not say.
fn disk_free_percent(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    (disk.f_blocks > 0).then(|| disk.f_bavail.saturating_mul(100) / disk.f_blocks)
}

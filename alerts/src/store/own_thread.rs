//! A thread of one's own for work on the file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use tokio::sync::oneshot;

use super::error::AlertError;
use super::handle::Alerts;

/// A thread on which a task works with the file. The file blocks, so that a thread which serves others must not touch it; and of the
/// threads for whatever blocks none may be left, while people who read slowly hold them all.
pub struct OwnThread {
    alerts: Alerts,
    jobs: mpsc::Sender<Box<dyn FnOnce() + Send>>,
}

impl Alerts {
    /// A thread of its own for a task, under this name; it ends with what is returned.
    pub fn own_thread(&self, name: &str) -> std::io::Result<OwnThread> {
        let (jobs, todo) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            for job in todo {
                // Who asked learns of it, and the next job is another.
                let _ = catch_unwind(AssertUnwindSafe(job));
            }
        })?;
        Ok(OwnThread { alerts: self.clone(), jobs })
    }
}

impl OwnThread {
    /// The alerts, for what needs no file.
    pub fn alerts(&self) -> &Alerts {
        &self.alerts
    }

    /// Does work on the thread, after what it was given before.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Alerts) -> Result<T, AlertError> + Send + 'static,
    ) -> Result<T, AlertError> {
        let alerts = self.alerts.clone();
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move || drop(answer.send(work(&alerts))));
        self.jobs.send(job).map_err(|_| AlertError::Panicked)?;
        answered.await.map_err(|_| AlertError::Panicked)?
    }
}

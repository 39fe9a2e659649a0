//! Commands that wait for something.

use std::time::Duration;

use anyhow::Context;

use crate::exit::{Exit, Failure};

/// How long work that is no longer waited for may go on before the process ends.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(2);

/// Runs a command that waits for something.
pub fn in_runtime(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let done = runtime.block_on(command);
    // Whatever still waits, as for a broker that is away, does not keep the process.
    runtime.shutdown_timeout(SHUTDOWN_PATIENCE);
    done
}

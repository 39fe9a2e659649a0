//! Taking the data folder, which commands may hold for a moment.

use std::time::Duration;

use crate::exit::Failure;
use crate::folder::{Folder, Lock};

/// A command that only reads the folder lets go of it in less than [`RETRIES`] times this.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// See [`RETRY_PAUSE`].
const RETRIES: u32 = 30;

/// Takes the folder. It waits for a command that reads the folder while nobody runs; it does not wait for a running instance, which
/// answers on its socket.
pub async fn take(folder: &Folder) -> Result<Lock, Failure> {
    for _ in 0..RETRIES {
        if let Some(lock) = folder.take()? {
            return Ok(lock);
        }
        if let Ok(socket) = folder.short_socket()
            && tokio::net::UnixStream::connect(socket).await.is_ok()
        {
            break;
        }
        tokio::time::sleep(RETRY_PAUSE).await;
    }
    Err(Failure::from(anyhow::anyhow!(
        "папка данных {} занята другим процессом otklik; остановите его или укажите другую: --data",
        folder.path().display()
    )))
}

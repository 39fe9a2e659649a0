//! The connection that writes, and whose turn it is.

use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::{Mutex, MutexGuard};
use rusqlite::Connection;

/// The one connection that writes: SQLite takes one writer at a time. A panic while it is held rolls its transaction back.
pub struct Writer {
    connection: Mutex<Connection>,
    waiting: AtomicUsize,
}

impl Writer {
    pub fn new(connection: Connection) -> Writer {
        Writer { connection: Mutex::new(connection), waiting: AtomicUsize::new(0) }
    }

    /// The connection, as soon as it is free.
    pub fn lock(&self) -> MutexGuard<'_, Connection> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let connection = self.connection.lock();
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        connection
    }

    /// Whether somebody waits for the connection. Whoever has much to write then ends the transaction and hands it over.
    pub fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Whether somebody writes now.
    #[cfg(test)]
    pub fn is_locked(&self) -> bool {
        self.connection.is_locked()
    }

    /// Gives the connection to whoever waits longest: an ordinary unlock lets whoever comes first take it, which is mostly the one who
    /// had it.
    pub fn hand_over(connection: MutexGuard<'_, Connection>) {
        MutexGuard::unlock_fair(connection);
    }
}

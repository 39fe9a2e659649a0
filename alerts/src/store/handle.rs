//! The handle on `alerts.db`, with the configuration and the clock that decisions are made by.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use config::{Config, Contact};
use model::{Clock, Time};
use parking_lot::MutexGuard;
use rusqlite::Connection;

use super::error::AlertError;
use super::link_key::LinkKey;
use super::post::StoredPost;
use super::readers::Readers;
use super::schema;
use super::writer::Writer;

/// Sources are read back fifteen days at first sight, to the end of a page. An alert about what is older would tell of what is long over.
const BACKFILL_DAYS: i64 = 16;

/// The alerts of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Alerts {
    shared: Arc<Shared>,
}

struct Shared {
    writer: Writer,
    /// None: the file is in memory, where only one connection can be.
    readers: Option<Readers>,
    config: Arc<Config>,
    clock: Clock,
    /// Contacts that get every alert, whatever people.toml says: a terminal, a webhook.
    everywhere: Vec<Contact>,
    /// What links in e-mails are signed with, where links are used.
    link_key: OnceLock<LinkKey>,
    /// A person moved or corrected a post: what the detector keeps in memory must be read again.
    post_moved: AtomicBool,
}

impl Alerts {
    /// Opens the file, or makes it. Beside the people of the configuration every alert goes to the contacts of `everywhere`.
    pub fn open(
        path: &Path,
        config: Arc<Config>,
        clock: Clock,
        everywhere: Vec<Contact>,
    ) -> Result<Alerts, AlertError> {
        let writer = Writer::new(schema::open(path)?);
        let in_memory = path == Path::new(":memory:");
        let shared = Shared {
            writer,
            readers: (!in_memory).then(|| Readers::new(path)),
            config,
            clock,
            everywhere,
            link_key: OnceLock::new(),
            post_moved: AtomicBool::new(false),
        };
        Ok(Alerts { shared: Arc::new(shared) })
    }

    /// Empties the write-ahead log into the file. Until then the log holds the pages with a deleted text.
    pub fn truncate_log(&self) -> Result<(), AlertError> {
        Ok(self.database().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// The configuration in force.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    pub(crate) fn everywhere(&self) -> &[Contact] {
        &self.shared.everywhere
    }

    /// From now on e-mails carry links that act.
    pub fn sign_links(&self, key: LinkKey) {
        let _ = self.shared.link_key.set(key);
    }

    pub(crate) fn link_key(&self) -> Option<&LinkKey> {
        self.shared.link_key.get()
    }

    /// Whether a person moved or corrected a post since this was last asked.
    pub(crate) fn take_post_moved(&self) -> bool {
        self.shared.post_moved.swap(false, Ordering::AcqRel)
    }

    pub(crate) fn note_post_moved(&self) {
        self.shared.post_moved.store(true, Ordering::Release);
    }

    pub(crate) fn now(&self) -> Time {
        (self.shared.clock)()
    }

    /// The connection that writes. Blocks while another thread writes, and then until the disk has it: never on a thread that serves
    /// others.
    pub(crate) fn database(&self) -> MutexGuard<'_, Connection> {
        self.shared.writer.lock()
    }

    /// Whether somebody waits to write.
    pub(crate) fn is_awaited(&self) -> bool {
        self.shared.writer.is_awaited()
    }

    /// Whether somebody writes now.
    #[cfg(test)]
    pub(crate) fn is_written(&self) -> bool {
        self.shared.writer.is_locked()
    }

    /// Reads the file as it is now, whatever is being written: nobody who only looks waits for a flood. Blocks on the disk alone.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, AlertError>) -> Result<T, AlertError> {
        match &self.shared.readers {
            Some(readers) => readers.read(read),
            None => read(&self.database()),
        }
    }

    /// Whether a source speaks for those who must answer: it is an account of a recipient, or `sources.toml` calls it official.
    pub(crate) fn is_official(&self, source: &str) -> bool {
        let config = self.config();
        config.recipients.iter().any(|recipient| recipient.sources.iter().any(|own| own == source))
            || config.sources.iter().any(|known| known.official && known.id == source)
    }

    /// Whether a post that came live is older than what the collectors read back at first sight: it stood in a list of news, and is nothing to act on.
    pub(crate) fn is_beyond_backfill(&self, post: &StoredPost) -> bool {
        post.live && self.now().as_millisecond() - post.at > BACKFILL_DAYS * 86_400_000
    }

    /// Whether a post may notify anybody: it came live, and is not older than `max_age` by the process's clock.
    pub(crate) fn is_fresh(&self, post: &StoredPost) -> bool {
        let max_age = self.config().alerts.max_age.as_millis() as i64;
        post.live && self.now().as_millisecond() - post.at <= max_age
    }
}

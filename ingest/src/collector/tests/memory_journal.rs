//! A journal in memory.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use journal::{Checkpoint, Error, Journal, Reader, Record, Sizes, Stream};
use model::{Post, Time};

/// A journal in memory that can be told to fail.
#[derive(Default)]
pub(super) struct MemoryJournal {
    pub(super) records: Mutex<HashMap<Stream, Vec<Record>>>,
    pub(super) broken: AtomicBool,
    pub(super) full: AtomicBool,
    pub(super) appended: tokio::sync::Notify,
}

impl Journal for MemoryJournal {
    fn append(&self, stream: Stream, records: &[Record]) -> Result<Checkpoint, Error> {
        if self.full.load(Ordering::Relaxed) {
            return Err(Error::Full("test".into()));
        }
        if self.broken.load(Ordering::Relaxed) && stream == Stream::Posts {
            return Err(Error::Backend("test".into()));
        }
        self.records.lock().unwrap().entry(stream).or_default().extend_from_slice(records);
        self.appended.notify_one();
        Ok(Checkpoint::default())
    }

    fn reader(&self, _: Stream, _: &str) -> Result<Box<dyn Reader>, Error> {
        Err(Error::Backend("not read in these tests".into()))
    }

    fn shared_reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
        self.reader(stream, name)
    }

    fn committed(&self, _: Stream, _: &str) -> Result<Checkpoint, Error> {
        Err(Error::Backend("not read in these tests".into()))
    }

    fn end(&self, _: Stream) -> Result<Checkpoint, Error> {
        Ok(Checkpoint::default())
    }

    fn expire(&self) -> Result<u64, Error> {
        Ok(0)
    }

    fn sizes(&self) -> Result<Sizes, Error> {
        Err(Error::Backend("not asked in these tests".into()))
    }

    fn position_at(&self, _: Stream, _: Time) -> Result<Checkpoint, Error> {
        Ok(Checkpoint::default())
    }
}

impl MemoryJournal {
    /// Messages of a stream so far.
    pub(super) fn read<T: serde::de::DeserializeOwned>(&self, stream: Stream) -> Vec<T> {
        let records = self.records.lock().unwrap();
        records
            .get(&stream)
            .into_iter()
            .flatten()
            .map(|record| serde_json::from_slice(&record.payload).unwrap())
            .collect()
    }

    pub(super) fn posts(&self) -> Vec<Post> {
        self.read(Stream::Posts)
    }

    /// Everything ever appended, as text.
    pub(super) fn everything(&self) -> String {
        let records = self.records.lock().unwrap();
        records.values().flatten().map(|record| String::from_utf8_lossy(&record.payload).into_owned()).collect()
    }
}

//! An INSERT whose data comes piece by piece.

use std::marker::PhantomData;

use super::answer::Answer;
use super::library::{Library, RawStream};
use super::session::Session;
use super::text::text;

/// A running INSERT. Dropped before [`InsertStream::done`], it is cancelled.
pub(in crate::facts::embedded) struct InsertStream<'a> {
    library: &'static Library,
    stream: RawStream,
    session: PhantomData<&'a mut Session>,
}

impl InsertStream<'_> {
    /// The stream that the engine opened; its text if it did not.
    pub(super) fn checked(library: &'static Library, stream: RawStream) -> Result<Self, String> {
        let stream = InsertStream { library, stream, session: PhantomData };
        match stream.error() {
            Some(error) => Err(error),
            None => Ok(stream),
        }
    }

    /// Gives the engine more data; waits while it is behind.
    pub(in crate::facts::embedded) fn append(&mut self, data: &[u8]) -> Result<(), String> {
        // SAFETY: the engine copies `data.len()` bytes before it returns.
        let state = unsafe { (self.library.insert_append)(self.stream, data.as_ptr().cast(), data.len()) };
        if state == 0 { Ok(()) } else { Err(self.error().unwrap_or_else(|| "the engine refused the data".into())) }
    }

    /// Ends the INSERT: its rows are stored when this returns.
    pub(in crate::facts::embedded) fn done(self) -> Result<Answer, String> {
        // SAFETY: the stream is open; it is destroyed by Drop after this.
        let result = unsafe { (self.library.insert_done)(self.stream) };
        Answer::checked(self.library, result)
    }

    fn error(&self) -> Option<String> {
        // SAFETY: the stream is alive until Drop; the text is null or ends with a zero byte and lives as long.
        unsafe { text((self.library.insert_error)(self.stream)) }
    }
}

impl Drop for InsertStream<'_> {
    fn drop(&mut self) {
        // SAFETY: destroyed once; the engine cancels the INSERT if it is not done.
        unsafe { (self.library.destroy_insert)(self.stream) }
    }
}

//! A session of the engine.

use std::ffi::{CString, OsString, c_char, c_int, c_void};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::ptr;

use super::answer::Answer;
use super::insert::InsertStream;
use super::library::{Handle, Library, Query, RawAnalysis};

/// What the engine's own parser says of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::facts::embedded) struct Analysis {
    /// Statements in it; 0 if it does not parse.
    pub statements: u32,
    /// SELECT, SHOW, DESCRIBE, EXPLAIN, EXISTS, CHECK and nothing else.
    pub read_only: bool,
}

/// A session of the engine. It does one thing at a time.
pub(in crate::facts::embedded) struct Session {
    library: &'static Library,
    handle: *mut Handle,
}

// SAFETY: the engine ties a session to no thread; `Session` is not `Sync`, so that one thread uses it at a time.
unsafe impl Send for Session {}

impl Session {
    /// Opens a session on a data folder; all sessions of a process are on one folder. `None`: the engine wrote to stderr
    /// why not (another process holds the folder, a setting has a bad value, all sessions must be on one folder).
    pub(in crate::facts::embedded) fn open(
        library: &'static Library,
        data: &Path,
        settings: &[(String, String)],
    ) -> Option<Session> {
        let mut path = OsString::from("--path=").into_vec();
        path.extend_from_slice(data.as_os_str().as_bytes());
        let settings = settings.iter().map(|(name, value)| format!("--{name}={value}").into_bytes());
        let arguments: Vec<CString> = [b"clickhouse".to_vec(), path]
            .into_iter()
            .chain(settings)
            .map(CString::new)
            .collect::<Result<_, _>>()
            .ok()?;
        let mut pointers: Vec<*mut c_char> = arguments.iter().map(|a| a.as_ptr().cast_mut()).collect();
        let count = c_int::try_from(pointers.len()).ok()?;
        // SAFETY: argv-style strings that outlive the call and that the engine only reads.
        let handle = unsafe { (library.connect)(count, pointers.as_mut_ptr()) };
        (!handle.is_null()).then_some(Session { library, handle })
    }

    /// Runs a query to its end. The error is the engine's text.
    pub(in crate::facts::embedded) fn query(
        &mut self,
        sql: &str,
        format: &str,
        parameters: &[(String, String)],
    ) -> Result<Answer, String> {
        let result = self.call(self.library.query, sql, format, parameters);
        Answer::checked(self.library, result)
    }

    /// Asks the engine's parser what a text would do.
    pub(in crate::facts::embedded) fn analyse(&self, sql: &str) -> Analysis {
        let mut analysis = RawAnalysis { struct_size: size_of::<RawAnalysis>() as u32, ..RawAnalysis::default() };
        // SAFETY: the text is given with its length, no database is named, and the struct says its size.
        let state = unsafe {
            (self.library.classify)(self.raw(), sql.as_ptr().cast(), sql.len(), ptr::null(), 0, &raw mut analysis)
        };
        let known = state == 0;
        Analysis {
            statements: if known { analysis.statement_count } else { 0 },
            read_only: known && analysis.query_class == 0,
        }
    }

    /// Starts an INSERT, whose text has no FORMAT and no data. The session does nothing else until the stream is gone.
    pub(in crate::facts::embedded) fn insert(
        &mut self,
        sql: &str,
        format: &str,
        parameters: &[(String, String)],
    ) -> Result<InsertStream<'_>, String> {
        let stream = self.call(self.library.insert, sql, format, parameters);
        InsertStream::checked(self.library, stream)
    }

    fn call(&self, function: Query, sql: &str, format: &str, parameters: &[(String, String)]) -> *mut c_void {
        let names: Vec<*const c_char> = parameters.iter().map(|(name, _)| name.as_ptr().cast()).collect();
        let name_lengths: Vec<usize> = parameters.iter().map(|(name, _)| name.len()).collect();
        let values: Vec<*const c_char> = parameters.iter().map(|(_, value)| value.as_ptr().cast()).collect();
        let value_lengths: Vec<usize> = parameters.iter().map(|(_, value)| value.len()).collect();
        // SAFETY: every text is given with its length and outlives the call; the four arrays have `parameters.len()` items.
        unsafe {
            function(
                self.raw(),
                sql.as_ptr().cast(),
                sql.len(),
                format.as_ptr().cast(),
                format.len(),
                names.as_ptr(),
                name_lengths.as_ptr(),
                values.as_ptr(),
                value_lengths.as_ptr(),
                parameters.len(),
            )
        }
    }

    fn raw(&self) -> Handle {
        // SAFETY: `handle` came from chdb_connect, is not null, and is closed only by Drop.
        unsafe { *self.handle }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: opened by chdb_connect and closed once; streams borrow the connection and are gone by now.
        unsafe { (self.library.close)(self.handle) }
    }
}

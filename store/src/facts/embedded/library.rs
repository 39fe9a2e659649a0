//! libchdb, ClickHouse as a library, behind safe types. The one place with `unsafe`.
//!
//! Names and signatures are those of `chdb.h` of release 26.7. The library is never unloaded: its threads run until the
//! process ends.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString, OsString, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::{ptr, slice};

/// A connection is a pointer to this.
type Handle = *mut c_void;
type RawResult = *mut c_void;
type RawStream = *mut c_void;

type Query = unsafe extern "C" fn(
    Handle,
    *const c_char,
    usize,
    *const c_char,
    usize,
    *const *const c_char,
    *const usize,
    *const *const c_char,
    *const usize,
    usize,
) -> *mut c_void;

/// The functions of a loaded libchdb.
pub struct Library {
    connect: unsafe extern "C" fn(c_int, *mut *mut c_char) -> *mut Handle,
    close: unsafe extern "C" fn(*mut Handle),
    query: Query,
    classify: unsafe extern "C" fn(Handle, *const c_char, usize, *const c_char, usize, *mut RawAnalysis) -> c_int,
    result_buffer: unsafe extern "C" fn(RawResult) -> *const u8,
    result_length: unsafe extern "C" fn(RawResult) -> usize,
    result_error: unsafe extern "C" fn(RawResult) -> *const c_char,
    result_rows_read: unsafe extern "C" fn(RawResult) -> u64,
    result_rows_written: unsafe extern "C" fn(RawResult) -> u64,
    destroy_result: unsafe extern "C" fn(RawResult),
    insert: Query,
    insert_append: unsafe extern "C" fn(RawStream, *const c_void, usize) -> c_int,
    insert_done: unsafe extern "C" fn(RawStream) -> RawResult,
    insert_error: unsafe extern "C" fn(RawStream) -> *const c_char,
    destroy_insert: unsafe extern "C" fn(RawStream),
}

/// `chdb_query_analysis_v1`.
#[repr(C)]
#[derive(Default)]
struct RawAnalysis {
    struct_size: u32,
    statement_count: u32,
    flags: u32,
    query_class: u32,
}

/// What the engine's own parser says of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Analysis {
    /// Statements in it; 0 where it does not parse.
    pub statements: u32,
    /// SELECT, SHOW, DESCRIBE, EXPLAIN, EXISTS, CHECK and nothing else.
    pub read_only: bool,
}

impl Library {
    /// Loads libchdb and turns its signal handlers off, which would replace the process's own.
    pub fn load(path: &Path) -> Result<&'static Library, libloading::Error> {
        // SAFETY: the initialisers of libchdb are meant to run in any process; the operator chose the file.
        let file = unsafe { libloading::Library::new(path)? };
        // SAFETY: each type below is the signature that chdb.h gives to the name.
        let library = unsafe {
            Library {
                connect: *file.get(b"chdb_connect")?,
                close: *file.get(b"chdb_close_conn")?,
                query: *file.get(b"chdb_query_with_params_n")?,
                classify: *file.get(b"chdb_classify_query_n")?,
                result_buffer: *file.get(b"chdb_result_buffer")?,
                result_length: *file.get(b"chdb_result_length")?,
                result_error: *file.get(b"chdb_result_error")?,
                result_rows_read: *file.get(b"chdb_result_rows_read")?,
                result_rows_written: *file.get(b"chdb_result_rows_written")?,
                destroy_result: *file.get(b"chdb_destroy_query_result")?,
                insert: *file.get(b"chdb_stream_insert_with_params_n")?,
                insert_append: *file.get(b"chdb_stream_append")?,
                insert_done: *file.get(b"chdb_stream_done")?,
                insert_error: *file.get(b"chdb_stream_insert_error")?,
                destroy_insert: *file.get(b"chdb_destroy_insert_stream")?,
            }
        };
        // SAFETY: the signature is that of chdb.h; it is called before the first connection, as the header asks.
        unsafe {
            let handlers = file.get::<unsafe extern "C" fn(c_int)>(b"chdb_set_signal_handlers_enabled")?;
            handlers(0);
        }
        std::mem::forget(file);
        Ok(Box::leak(Box::new(library)))
    }
}

/// A session of the engine. It does one thing at a time.
pub struct Connection {
    library: &'static Library,
    handle: *mut Handle,
}

// SAFETY: the engine ties a connection to no thread; `Connection` is not `Sync`, so that one thread uses it at a time.
unsafe impl Send for Connection {}

impl Connection {
    /// Opens a session on a data folder; all sessions of a process are on one folder. `None`: the engine wrote to stderr
    /// why not (another process holds the folder, a setting has a bad value, all sessions must be on one folder).
    pub fn open(library: &'static Library, data: &Path, settings: &[(String, String)]) -> Option<Connection> {
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
        (!handle.is_null()).then_some(Connection { library, handle })
    }

    /// Runs a query to its end. The error is the engine's text.
    pub fn query(&mut self, sql: &str, format: &str, parameters: &[(String, String)]) -> Result<Answer, String> {
        let result = self.call(self.library.query, sql, format, parameters);
        Answer { library: self.library, result }.checked()
    }

    /// Asks the engine's parser what a text would do.
    pub fn analyse(&self, sql: &str) -> Analysis {
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

    /// Begins an INSERT, whose text has no FORMAT and no data. The session does nothing else until the stream is gone.
    pub fn insert(
        &mut self,
        sql: &str,
        format: &str,
        parameters: &[(String, String)],
    ) -> Result<InsertStream<'_>, String> {
        let stream = self.call(self.library.insert, sql, format, parameters);
        let stream = InsertStream { library: self.library, stream, session: PhantomData };
        match stream.error() {
            Some(error) => Err(error),
            None => Ok(stream),
        }
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

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: opened by chdb_connect and closed once; streams borrow the connection and are gone by now.
        unsafe { (self.library.close)(self.handle) }
    }
}

/// The result of a query, in the engine's memory.
pub struct Answer {
    library: &'static Library,
    result: RawResult,
}

// SAFETY: a finished result belongs to its holder alone and is tied to no thread.
unsafe impl Send for Answer {}

impl Answer {
    /// Rows that came out.
    pub fn rows_read(&self) -> u64 {
        // SAFETY: the result is alive until Drop.
        unsafe { (self.library.result_rows_read)(self.result) }
    }

    /// Rows that an INSERT wrote.
    pub fn rows_written(&self) -> u64 {
        // SAFETY: the result is alive until Drop.
        unsafe { (self.library.result_rows_written)(self.result) }
    }

    fn checked(self) -> Result<Answer, String> {
        if self.result.is_null() {
            return Err("Code: 49. DB::Exception: the engine returned no result (LOGICAL_ERROR)".into());
        }
        // SAFETY: the result is alive until Drop; the text is null or ends with a zero byte and lives as long.
        match unsafe { text((self.library.result_error)(self.result)) } {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }
}

impl AsRef<[u8]> for Answer {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: buffer and length are of one result, which is alive and does not change until Drop.
        unsafe {
            let buffer = (self.library.result_buffer)(self.result);
            if buffer.is_null() {
                &[]
            } else {
                slice::from_raw_parts(buffer, (self.library.result_length)(self.result))
            }
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if !self.result.is_null() {
            // SAFETY: destroyed once; no slice of it outlives the borrow of `self`.
            unsafe { (self.library.destroy_result)(self.result) }
        }
    }
}

/// An INSERT under way. Dropped before [`InsertStream::done`], it is cancelled.
pub struct InsertStream<'a> {
    library: &'static Library,
    stream: RawStream,
    session: PhantomData<&'a mut Connection>,
}

impl InsertStream<'_> {
    /// Gives the engine more data; waits while it is behind.
    pub fn append(&mut self, data: &[u8]) -> Result<(), String> {
        // SAFETY: the engine copies `data.len()` bytes before it returns.
        let state = unsafe { (self.library.insert_append)(self.stream, data.as_ptr().cast(), data.len()) };
        if state == 0 { Ok(()) } else { Err(self.error().unwrap_or_else(|| "the engine refused the data".into())) }
    }

    /// Ends the INSERT: its rows are stored when this returns.
    pub fn done(self) -> Result<Answer, String> {
        // SAFETY: the stream is open; it is destroyed by Drop after this.
        let result = unsafe { (self.library.insert_done)(self.stream) };
        Answer { library: self.library, result }.checked()
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

/// # Safety
/// `pointer` is null or points to a text that ends with a zero byte and lives during the call.
unsafe fn text(pointer: *const c_char) -> Option<String> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: by this function's contract.
    let text = unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned();
    (!text.is_empty()).then_some(text)
}

//! The functions of the loaded library.

use std::ffi::{c_char, c_int, c_void};
use std::path::Path;

/// A connection is a pointer to this.
pub(super) type Handle = *mut c_void;
pub(super) type RawResult = *mut c_void;
pub(super) type RawStream = *mut c_void;

pub(super) type Query = unsafe extern "C" fn(
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
pub(in crate::facts::embedded) struct Library {
    pub(super) connect: unsafe extern "C" fn(c_int, *mut *mut c_char) -> *mut Handle,
    pub(super) close: unsafe extern "C" fn(*mut Handle),
    pub(super) query: Query,
    pub(super) classify:
        unsafe extern "C" fn(Handle, *const c_char, usize, *const c_char, usize, *mut RawAnalysis) -> c_int,
    pub(super) result_buffer: unsafe extern "C" fn(RawResult) -> *const u8,
    pub(super) result_length: unsafe extern "C" fn(RawResult) -> usize,
    pub(super) result_error: unsafe extern "C" fn(RawResult) -> *const c_char,
    pub(super) result_rows_read: unsafe extern "C" fn(RawResult) -> u64,
    pub(super) result_rows_written: unsafe extern "C" fn(RawResult) -> u64,
    pub(super) destroy_result: unsafe extern "C" fn(RawResult),
    pub(super) insert: Query,
    pub(super) insert_append: unsafe extern "C" fn(RawStream, *const c_void, usize) -> c_int,
    pub(super) insert_done: unsafe extern "C" fn(RawStream) -> RawResult,
    pub(super) insert_error: unsafe extern "C" fn(RawStream) -> *const c_char,
    pub(super) destroy_insert: unsafe extern "C" fn(RawStream),
}

/// `chdb_query_analysis_v1`.
#[repr(C)]
#[derive(Default)]
pub(super) struct RawAnalysis {
    pub struct_size: u32,
    pub statement_count: u32,
    pub flags: u32,
    pub query_class: u32,
}

impl Library {
    /// Loads libchdb and turns off its signal handlers, which would replace the process's own.
    pub(in crate::facts::embedded) fn load(path: &Path) -> Result<&'static Library, libloading::Error> {
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

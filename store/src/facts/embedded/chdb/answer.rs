//! The result of a query.

use std::slice;

use super::library::{Library, RawResult};
use super::text::text;

/// The result of a query, in the engine's memory.
pub(in crate::facts::embedded) struct Answer {
    library: &'static Library,
    result: RawResult,
}

// SAFETY: a finished result belongs to its holder alone and is tied to no thread.
unsafe impl Send for Answer {}

impl Answer {
    /// Rows that came out.
    pub(in crate::facts::embedded) fn rows_read(&self) -> u64 {
        // SAFETY: the result is alive until Drop.
        unsafe { (self.library.result_rows_read)(self.result) }
    }

    /// Rows that an INSERT wrote.
    pub(in crate::facts::embedded) fn rows_written(&self) -> u64 {
        // SAFETY: the result is alive until Drop.
        unsafe { (self.library.result_rows_written)(self.result) }
    }

    /// The result that the engine returned; its text if it is an error.
    pub(super) fn checked(library: &'static Library, result: RawResult) -> Result<Answer, String> {
        let answer = Answer { library, result };
        if answer.result.is_null() {
            return Err("Code: 49. DB::Exception: the engine returned no result (LOGICAL_ERROR)".into());
        }
        // SAFETY: the result is alive until Drop; the text is null or ends with a zero byte and lives as long.
        match unsafe { text((library.result_error)(answer.result)) } {
            Some(error) => Err(error),
            None => Ok(answer),
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

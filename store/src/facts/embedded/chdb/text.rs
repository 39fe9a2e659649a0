//! Texts of the engine.

use std::ffi::{CStr, c_char};

/// Copies a text; `None` if there is none or it is empty.
///
/// # Safety
/// `pointer` is null or points to a text that ends with a zero byte and lives during the call.
pub(super) unsafe fn text(pointer: *const c_char) -> Option<String> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: by this function's contract.
    let text = unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned();
    (!text.is_empty()).then_some(text)
}

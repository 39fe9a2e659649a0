//! What the crate promises to releases before and after it.

#![allow(clippy::unwrap_used)] // A test may end so, and so may what prepares it.

mod formats;

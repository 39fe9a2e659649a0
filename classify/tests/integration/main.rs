//! The shipped rules, measured on invented texts and, where they are present, on real ones.

#![allow(clippy::unwrap_used)] // A test may end so, and so may what prepares it.

mod judged;
mod risks;
mod shipped;

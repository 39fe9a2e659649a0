//! A real listener on the loopback, and peers that behave badly.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod crowd;
mod slow_peers;
mod support;

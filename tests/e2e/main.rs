//! End-to-end tests of the real binary. Each works in a folder of its own; what runs beside it runs here, on the loopback.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod alerts;
mod apart;
mod bench;
mod chaos;
mod cli;
mod deletions;
mod deploy;
mod kept;
mod kill;
mod pipeline;
mod recovery;
mod roles;
mod sample_district;
mod support;
mod telegram_bot;
mod traces;

//! End-to-end tests of the real binary. Each works in a folder of its own; what runs beside it runs here, on the loopback.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod alerts;
mod bench;
mod besieged;
mod cli;
mod closed_files;
mod corrections;
mod deletions;
mod deploy;
mod earlier_builds;
mod exports;
mod forget;
mod kafka;
mod let_go;
mod masks;
mod max;
mod network;
mod pipeline;
mod recovery;
mod sample_district;
mod slow;
mod support;
mod telegram_bot;
mod terminal;
mod threads;
mod traces;

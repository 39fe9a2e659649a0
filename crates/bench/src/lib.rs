//! Measurements: generated posts through a pipeline, searches over its HTTP API, and what the process uses meanwhile.
//!
//! What is measured comes as an argument ([`Pipeline`], [`search::Searches`]): `otklik bench` opens it and hands it over.

mod bars;
mod baseline;
mod cpu;
mod disk;
mod kafka;
mod latency;
pub mod memory;
mod percentiles;
mod pipeline;
mod posts;
mod report;
pub mod search;
mod throughput;

pub use bars::{progress, spinner};
pub use baseline::{Plain, Prepared, prepare};
pub use cpu::Work;
pub use disk::{DataFiles, JournalFiles, Sizes};
pub use kafka::{Backend, make_topics, remove_topics};
pub use latency::{Latencies, latency};
pub use percentiles::Percentiles;
pub use pipeline::{Pipeline, Progress, StageProgress};
pub use posts::{DAYS, Generated, Posts};
pub use report::{Asked, Report, megabytes};
pub use throughput::{BytesPerPost, Stage, Throughput, run_alone, throughput};

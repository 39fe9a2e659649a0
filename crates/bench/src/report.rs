//! What `otklik bench` prints.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::baseline::Plain;
use crate::latency::Latencies;
use crate::throughput::{BytesPerPost, Stage, Throughput};

/// What a measurement was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Posts in all.
    pub posts: u64,
    /// The seed that they are made from.
    pub seed: u64,
    /// Posts a second at which the latencies are measured.
    pub rate: u32,
    /// The journal: `embedded` or `kafka`.
    pub backend: &'static str,
}

/// Exactly what `bench --json` prints; docs/interface.md names the fields that scripts may rely on.
#[derive(Serialize)]
pub struct Report {
    posts_per_s: f64,
    tantivy_posts_per_s: f64,
    share: f64,
    /// Processor time of tantivy alone as a share of that of the whole path: other work on the machine changes it less.
    cpu_share: f64,
    peak_rss_mb: f64,
    /// Resident memory after each tenth of the posts, without the mapped files of the index.
    own_rss_mb: Vec<f64>,
    latency_ms: Latencies,
    stages: BTreeMap<&'static str, Stage>,
    bytes_per_post: BytesPerPost,
    posts: u64,
    backend: &'static str,
    /// Of them tantivy alone had these: its documents are held in memory before the clock starts.
    tantivy_posts: u64,
    seed: u64,
    rate: u32,
}

impl Report {
    /// Puts together what was measured; `peaks` are the megabytes that each stage took while it ran alone.
    pub fn new(
        asked: Asked,
        mut run: Throughput,
        mut peaks: BTreeMap<&'static str, f64>,
        latency_ms: Latencies,
        plain: &Plain,
    ) -> Report {
        for (name, stage) in &mut run.stages {
            stage.peak_mb = peaks.remove(name).unwrap_or_default();
        }
        Report {
            posts_per_s: run.posts_per_s,
            tantivy_posts_per_s: plain.posts_per_s,
            share: run.posts_per_s / plain.posts_per_s,
            cpu_share: plain.cpu_us_per_post / run.cpu_us_per_post,
            peak_rss_mb: megabytes(run.peak_memory),
            own_rss_mb: run.own_memory.into_iter().map(megabytes).collect(),
            latency_ms,
            stages: run.stages,
            bytes_per_post: run.bytes_per_post,
            posts: asked.posts,
            backend: asked.backend,
            tantivy_posts: plain.posts,
            seed: asked.seed,
            rate: asked.rate,
        }
    }

    /// Prints it for people.
    pub fn print(&self) {
        println!("{} posts, seed {}", self.posts, self.seed);
        println!("whole path     {:>10.0} posts/s", self.posts_per_s);
        println!("tantivy alone  {:>10.0} posts/s ({} posts)", self.tantivy_posts_per_s, self.tantivy_posts);
        println!("share          {:>10.2} (of processor time {:.2})", self.share, self.cpu_share);
        println!("peak memory    {:>10.0} MB", self.peak_rss_mb);
        let bytes = &self.bytes_per_post;
        let known = |bytes: Option<f64>| bytes.map_or("?".to_owned(), |bytes| format!("{bytes:.0}"));
        let [journal, index, facts] = [bytes.journal, bytes.index, bytes.facts].map(known);
        println!("bytes a post   {journal:>10} journal, {index} index, {facts} facts");
        println!("\nstage       time share   µs/post   peak MB alone");
        for (name, stage) in &self.stages {
            println!("{name:<10} {:>10.2} {:>10.1} {:>10.0}", stage.time_share, stage.cpu_us_per_post, stage.peak_mb);
        }
        println!("\nlatency at {} posts/s, ms     p50       p99", self.rate);
        for (name, times) in [("searchable", self.latency_ms.searchable), ("alert", self.latency_ms.alert)] {
            println!("{name:<24} {:>10.1} {:>10.1}", times.p50, times.p99);
        }
    }
}

/// Bytes as megabytes.
pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

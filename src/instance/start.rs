//! Which stages an instance runs.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use anyhow::{Context, Result};
use journal::{Batching, Sink, Stream};
use store::Corrections;
use store::facts::Facts;

use super::backend::MigratingSink;
use super::opened::Instance;
use super::stages::batching::{ALERTS, EVERY_BATCH, FIGURES, INDEX};
use super::stages::classify::ClassifySink;
use super::stages::shared_index::{IndexCorrections, SharedIndexWriter};
use crate::roles::Role;

impl Instance {
    /// Starts the stages of these parts.
    pub fn start_stages(&self, parts: &BTreeSet<Role>) -> Result<()> {
        let runtime = tokio::runtime::Handle::current();
        if parts.contains(&Role::Classify) {
            let sink = ClassifySink {
                classifier: self.classifier(),
                journal: Arc::clone(&self.journal),
                clock: Arc::clone(&self.clock),
            };
            let reader = self.journal.shared_reader(Stream::Posts, "classify")?;
            self.stages.start(
                "classify",
                Stream::Posts,
                self.backend.is_shared(),
                EVERY_BATCH,
                reader,
                Box::new(sink),
            )?;
        }
        if let Some(index) = &self.index {
            let sink = index.sink().context("cannot write the search index")?.corrected_by(self.corrections());
            let sink = SharedIndexWriter::new(sink);
            *self.index_writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink.clone());
            let corrections = IndexCorrections(sink.clone());
            self.start("search", Stream::Tagged, INDEX, sink)?;
            self.start("search-corrections", Stream::Corrections, EVERY_BATCH, corrections)?;
        }
        if let Some(facts) = self.facts.as_ref().filter(|_| parts.contains(&Role::Facts)) {
            // One for both: what is inserted by either is as it is known then.
            let known = self.corrections();
            let posts = migrating(facts, facts.posts_sink(runtime.clone(), known.clone()));
            self.start("facts", Stream::Tagged, FIGURES, posts)?;
            let corrections = migrating(facts, facts.corrections_sink(runtime.clone(), known));
            self.start("facts-corrections", Stream::Corrections, EVERY_BATCH, corrections)?;
            let counters = migrating(facts, facts.counters_sink(runtime.clone()));
            self.start("facts-counters", Stream::Counters, FIGURES, counters)?;
            self.start("facts-coverage", Stream::Coverage, FIGURES, migrating(facts, facts.coverage_sink(runtime)))?;
        }
        if let Some(alerts) = &self.alerts {
            self.start("alerts", Stream::Tagged, ALERTS, alerts.sink())?;
            let corrections = alerts.corrections_sink(self.post_finder());
            self.start("alerts-corrections", Stream::Corrections, EVERY_BATCH, corrections)?;
            self.start("alerts-coverage", Stream::Coverage, EVERY_BATCH, alerts.coverage_sink())?;
            self.start("alerts-counters", Stream::Counters, EVERY_BATCH, alerts.counters_sink())?;
        }
        Ok(())
    }

    /// What people said of posts, as the journal has it.
    pub fn corrections(&self) -> Corrections {
        Corrections::of(Arc::clone(&self.journal))
    }

    /// Starts a stage that reads a stream alone.
    fn start(&self, name: &'static str, stream: Stream, batching: Batching, sink: impl Sink + 'static) -> Result<()> {
        let reader = self.journal.reader(stream, &self.reader_name(name)?)?;
        self.stages.start(name, stream, false, batching, reader, Box::new(sink))
    }
}

/// A sink of the figures that brings the tables up to date before it begins.
fn migrating<S: Sink>(facts: &Facts, sink: S) -> MigratingSink<S> {
    MigratingSink { facts: facts.clone(), runtime: tokio::runtime::Handle::current(), sink, done: false }
}

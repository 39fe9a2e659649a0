//! What drives the alerts: the streams of the journal, and the clock.

pub mod apply;
pub mod batch;
pub mod cleanup;
pub mod clock;
pub mod corrections;
pub mod counters;
pub mod coverage;
pub mod let_go;
pub mod tagged;

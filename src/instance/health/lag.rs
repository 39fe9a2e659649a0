//! How many messages are still before each stage.

use std::collections::BTreeMap;

use journal::{Error, Journal, Stream};

use crate::instance::stages::threads::StageState;

/// Messages before each stage, by its name; of a stage that processes share, before all of them together.
///
/// The ends are asked last. Where nothing waits, everything that was there before the asking is done, and by the stages after a
/// stage too: what it passed on was appended before the end of that stream was asked.
pub fn lags(
    journal: &dyn Journal,
    stages: &BTreeMap<&'static str, StageState>,
) -> Result<BTreeMap<&'static str, u64>, Error> {
    let done = stages.iter().map(|(&name, state)| Ok((name, state.stream, state.done(name, journal)?)));
    let done: Vec<_> = done.collect::<Result<_, Error>>()?;
    let lag = |(name, stream, done): (_, Stream, journal::Checkpoint)| match journal.end(stream) {
        // An installation of an earlier build has no topic for them yet, and its readers say so.
        Err(Error::Missing(_)) if stream == Stream::Corrections => Ok((name, 0)),
        end => Ok((name, done.behind(&end?))),
    };
    done.into_iter().map(lag).collect()
}

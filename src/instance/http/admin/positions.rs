//! `/own/positions`: how far each stage is.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use journal::{Checkpoint, Stream};
use serde::{Deserialize, Serialize};

use crate::instance::Instance;
use crate::instance::http::failure::{Failure, blocking};
use crate::roles::Role;

/// The stage that several processes share.
const CLASSIFY: &str = "classify";

/// `/own/positions`: how far each stage is, and where the streams end.
#[derive(Debug, Serialize, Deserialize)]
pub struct Positions {
    /// By stream.
    pub ends: BTreeMap<String, Checkpoint>,
    /// By stage.
    pub stages: BTreeMap<String, StagePosition>,
}

/// One stage of [`Positions`].
#[derive(Debug, Serialize, Deserialize)]
pub struct StagePosition {
    /// The stream it follows.
    pub stream: String,
    /// Everything before it is done.
    pub checkpoint: Checkpoint,
    /// What fails now.
    pub error: Option<String>,
}

/// How far the stages of all processes are.
pub async fn positions(State(instance): State<Arc<Instance>>) -> Result<Json<Positions>, Failure> {
    let Some(peers) = instance.peers.clone() else {
        return own_positions(instance).await;
    };
    let Json(mut whole) = own_positions(Arc::clone(&instance)).await?;
    for (role, address) in peers.all() {
        match peers.get::<Positions>(&address, "/internal/positions").await {
            Ok(positions) => whole.add(&address, positions),
            Err(error) => whole.add_absent(&address, role, error),
        }
    }
    Ok(Json(whole))
}

impl Positions {
    /// Adds those of another process. Classifiers share a stream: what one of them has done is done.
    fn add(&mut self, address: &str, other: Positions) {
        for (name, position) in other.stages {
            if name == CLASSIFY {
                let own = self.stages.entry(name).or_insert_with(|| StagePosition {
                    stream: position.stream.clone(),
                    checkpoint: Checkpoint::default(),
                    error: None,
                });
                own.checkpoint.merge(&position.checkpoint);
                own.error = own.error.take().or(position.error);
            } else {
                self.stages.insert(format!("{name} {address}"), position);
            }
        }
    }

    /// A process that does not answer is behind everything; a classifier's part is done by the others.
    fn add_absent(&mut self, address: &str, role: Role, error: String) {
        let streams: &[Stream] = match role {
            Role::Store | Role::Alerts => &[Stream::Tagged, Stream::Corrections],
            Role::Facts => &[Stream::Tagged, Stream::Counters, Stream::Coverage, Stream::Corrections],
            Role::Ingest | Role::Classify | Role::Web => &[],
        };
        for stream in streams {
            let position = StagePosition {
                stream: stream.as_str().to_owned(),
                checkpoint: Checkpoint::default(),
                error: Some(error.clone()),
            };
            self.stages.insert(format!("{} {stream:?} {address}", role.name()), position);
        }
    }
}

/// How far the stages of this process are.
pub async fn own_positions(instance: Arc<Instance>) -> Result<Json<Positions>, Failure> {
    blocking(move || {
        let stages = instance.stages.states().into_iter().map(|(name, state)| {
            let checkpoint = state.done(name, &*instance.journal)?;
            let position = StagePosition { stream: state.stream.as_str().to_owned(), checkpoint, error: state.error };
            Ok((name.to_owned(), position))
        });
        let stages = stages.collect::<Result<_, journal::Error>>()?;
        let ends = Stream::ALL.into_iter().filter_map(|stream| match instance.journal.end(stream) {
            // Where an installation of an earlier build has no topic for them yet.
            Err(journal::Error::Missing(_)) if stream == Stream::Corrections => None,
            end => Some(end.map(|end| (stream.as_str().to_owned(), end))),
        });
        Ok(Json(Positions { ends: ends.collect::<Result<_, journal::Error>>()?, stages }))
    })
    .await
}

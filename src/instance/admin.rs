//! What only the operator may ask of an instance: served on the socket in the data folder, never on the network.

use std::collections::BTreeMap;
use std::sync::Arc;

use alerts::Act;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use journal::{Checkpoint, Record, Stream};
use model::{DeadLetter, Origin, Time, wire};
use serde::{Deserialize, Serialize};

use super::Instance;
use super::dead_letters::{self, Retried};
use super::deletions::Deleted;
use super::leads;
use super::replay::Replayed;
use super::stages::dead_letter;
use crate::cli::Role;

/// An import sends its posts in pieces; one piece may hold a few posts of the greatest length.
const MAX_APPEND_BYTES: usize = 64 << 20;

/// The stage that several processes share.
const CLASSIFY: &str = "classify";

/// Reading dead letters stops here: the newest are wanted, and each can be long.
const MAX_DEAD_LETTERS: usize = 10_000;

/// `/own/now`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Now {
    /// The instance's time.
    pub now: Time,
}

/// `/own/append`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Appended {
    /// Posts the journal has.
    pub accepted: u64,
    /// Reasons of the ones that became dead letters.
    pub refused: Vec<String>,
}

/// `/own/positions`: how far each stage is, and where the streams end.
#[derive(Debug, Serialize, Deserialize)]
pub struct Positions {
    /// By stream.
    pub ends: BTreeMap<String, Checkpoint>,
    /// By stage.
    pub stages: BTreeMap<String, StagePosition>,
}

/// `/own/backup`.
#[derive(Debug, Serialize, Deserialize)]
pub struct BackupQuery {
    /// The new folder, a whole path.
    pub to: String,
    /// Whether the authors' keys go with it.
    pub author_keys: bool,
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

#[derive(Deserialize)]
struct From {
    from: Time,
}

#[derive(Deserialize)]
struct Limit {
    limit: usize,
}

/// The operator's routes.
pub fn router(instance: Arc<Instance>) -> Router {
    Router::new()
        .route("/own/now", get(now))
        .route("/own/config", get(config))
        .route("/own/append", post(append).layer(DefaultBodyLimit::max(MAX_APPEND_BYTES)))
        .route("/own/positions", get(positions))
        .route("/own/replay", post(replay))
        .route("/own/dead-letters", get(list_dead_letters).post(retry))
        .route("/own/archive", get(super::archive::archive))
        .route("/own/suggest", get(suggest))
        .route("/own/deletions", get(deletions))
        .route("/own/purge", post(purge))
        .route("/own/backup", post(backup))
        .route("/own/act", post(act))
        .with_state(instance)
}

async fn now(State(instance): State<Arc<Instance>>) -> Json<Now> {
    Json(Now { now: (instance.clock)() })
}

async fn config(State(instance): State<Arc<Instance>>) -> Json<BTreeMap<String, String>> {
    Json(instance.files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
}

async fn append(State(instance): State<Arc<Instance>>, body: Bytes) -> Result<Json<Appended>, Failure> {
    blocking(move || {
        let now = (instance.clock)();
        let (mut posts, mut letters, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        let channels = ingest::ChannelNames::read(instance.folder.path())?;
        for (n, line) in body.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
            match wire::read_post(line, Some(now)) {
                Ok(mut post) => {
                    post.origin = Origin::Import;
                    ingest::privacy::mask_import(&mut post);
                    channels.apply(&mut post);
                    post.seen_at.get_or_insert(post.edited_at.unwrap_or(post.published_at));
                    let tombstone = post.is_deleted();
                    posts.push(Record { tombstone, ..Record::new(post.id.as_str(), wire::write_post(&post)) });
                }
                Err(reason) => {
                    let text = String::from_utf8_lossy(line);
                    // A deletion must reach it here as well.
                    let told = serde_json::from_str::<serde_json::Value>(&text).unwrap_or_default();
                    let id = told["id"].as_str().and_then(|id| model::PostId::new(id).ok());
                    letters.push(dead_letter(DeadLetter {
                        stage: "import".into(),
                        source: "import".into(),
                        position: format!("line {}", n + 1),
                        reason: reason.to_string(),
                        at: now,
                        id,
                        payload: ingest::privacy::mask(&text, true).into_owned(),
                    }));
                    refused.push(reason.to_string());
                }
            }
        }
        instance.journal.append(Stream::Posts, &posts)?;
        instance.journal.append(Stream::Dead, &letters)?;
        Ok(Json(Appended { accepted: posts.len() as u64, refused }))
    })
    .await
}

async fn positions(State(instance): State<Arc<Instance>>) -> Result<Json<Positions>, Failure> {
    let Some(peers) = instance.peers.clone() else {
        return own_positions(instance).await;
    };
    let Json(mut whole) = own_positions(Arc::clone(&instance)).await?;
    for (role, address) in peers.all() {
        match peers.get::<Positions>(&address, "/internal/positions").await {
            Ok(positions) => whole.join(&address, positions),
            Err(error) => whole.absent(&address, role, error),
        }
    }
    Ok(Json(whole))
}

impl Positions {
    /// Takes in those of another process. Classifiers share a stream: what one of them has done is done.
    fn join(&mut self, address: &str, other: Positions) {
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
    fn absent(&mut self, address: &str, role: Role, error: String) {
        let streams: &[Stream] = match role {
            Role::Store | Role::Alerts => &[Stream::Tagged],
            Role::Facts => &[Stream::Tagged, Stream::Counters, Stream::Coverage],
            Role::Ingest | Role::Classify | Role::Web => &[],
        };
        for stream in streams {
            let position = StagePosition {
                stream: stream.as_str().to_owned(),
                checkpoint: Checkpoint::default(),
                error: Some(error.clone()),
            };
            self.stages.insert(format!("{} {stream:?} {address}", super::peers::name(role)), position);
        }
    }
}

/// How far the stages of this process are.
pub async fn own_positions(instance: Arc<Instance>) -> Result<Json<Positions>, Failure> {
    blocking(move || {
        let ends =
            Stream::ALL.into_iter().map(|stream| Ok((stream.as_str().to_owned(), instance.journal.end(stream)?)));
        let stages = instance.stages.states().into_iter().map(|(name, state)| {
            let position = StagePosition {
                stream: state.stream.as_str().to_owned(),
                checkpoint: state.checkpoint,
                error: state.error,
            };
            (name.to_owned(), position)
        });
        Ok(Json(Positions { ends: ends.collect::<Result<_, journal::Error>>()?, stages: stages.collect() }))
    })
    .await
}

async fn replay(State(instance): State<Arc<Instance>>, Query(query): Query<From>) -> Result<Json<Replayed>, Failure> {
    let Some(peers) = instance.peers.clone().filter(|_| !instance.parts.contains(&Role::Classify)) else {
        return replay_here(instance, query.from).await;
    };
    let path = format!("/internal/replay?from={}", query.from);
    let mut failure = anyhow::anyhow!("[roles] names no address of classify");
    for address in peers.addresses(Role::Classify) {
        match peers.post(address, &path).await {
            Ok(replayed) => return Ok(Json(replayed)),
            Err(error) => failure = anyhow::anyhow!(error),
        }
    }
    Err(failure.into())
}

async fn suggest(
    State(instance): State<Arc<Instance>>,
    Query(query): Query<leads::Query>,
) -> Result<Json<Vec<leads::Suggestion>>, Failure> {
    Ok(Json(instance.suggest(&query).await?))
}

async fn backup(
    State(instance): State<Arc<Instance>>,
    Query(query): Query<BackupQuery>,
) -> Result<Json<super::backup::Manifest>, Failure> {
    let runtime = tokio::runtime::Handle::current();
    blocking(move || {
        Ok(Json(super::backup::backup(&instance, std::path::Path::new(&query.to), query.author_keys, &runtime)?))
    })
    .await
}

async fn deletions(
    State(instance): State<Arc<Instance>>,
    Query(query): Query<Limit>,
) -> Result<Json<Vec<Deleted>>, Failure> {
    Ok(Json(instance.deletions(query.limit).await?))
}

async fn purge(State(instance): State<Arc<Instance>>) -> Result<Json<Option<Time>>, Failure> {
    instance.purge().await?;
    Ok(Json(instance.last_purge()?))
}

/// Something that a person did, as `/own/act` takes it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Acting {
    /// Who.
    pub by: String,
    /// An [`Act`] as JSON.
    pub act: String,
}

/// What was done, in Russian.
#[derive(Debug, Serialize, Deserialize)]
pub struct Done {
    /// In words.
    pub done: String,
}

async fn act(State(instance): State<Arc<Instance>>, Query(acting): Query<Acting>) -> Result<Json<Done>, Failure> {
    let Some(peers) = instance.peers.clone().filter(|_| instance.alerts.is_none()) else {
        return act_here(instance, acting).await;
    };
    let path = format!("/internal/act?{}", crate::client::query(&acting)?);
    let mut failure = anyhow::anyhow!("[roles] names no address of alerts");
    for address in peers.addresses(Role::Alerts) {
        match peers.post(address, &path).await {
            Ok(done) => return Ok(Json(done)),
            Err(error) => failure = anyhow::anyhow!(error),
        }
    }
    Err(failure.into())
}

/// Does it with the alerts of this process.
pub async fn act_here(instance: Arc<Instance>, acting: Acting) -> Result<Json<Done>, Failure> {
    blocking(move || {
        let alerts = instance.alerts.as_ref().ok_or_else(|| anyhow::anyhow!("the role alerts does not run here"))?;
        let act: Act = serde_json::from_str(&acting.act).map_err(|error| anyhow::anyhow!("not an act: {error}"))?;
        let done = alerts.act(&act, &acting.by)?;
        Ok(Json(Done { done }))
    })
    .await
}

/// Replays with the classifier of this process.
pub async fn replay_here(instance: Arc<Instance>, from: Time) -> Result<Json<Replayed>, Failure> {
    blocking(move || Ok(Json(super::replay::replay(&instance, from)?))).await
}

async fn list_dead_letters(
    State(instance): State<Arc<Instance>>,
    Query(query): Query<Limit>,
) -> Result<Json<Vec<DeadLetter>>, Failure> {
    blocking(move || Ok(Json(dead_letters::list(&instance, query.limit.min(MAX_DEAD_LETTERS))?))).await
}

async fn retry(State(instance): State<Arc<Instance>>) -> Result<Json<Retried>, Failure> {
    blocking(move || Ok(Json(dead_letters::retry(&instance)?))).await
}

/// Runs work that waits for the disk where it holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, anyhow::Error> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(panicked) => Err(Failure(panicked.into())),
    }
}

/// A failure as an answer.
pub struct Failure(anyhow::Error);

impl std::convert::From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = Json(serde_json::json!({ "error": format!("{:#}", self.0) }));
        (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
    }
}

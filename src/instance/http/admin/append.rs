//! `/own/append`: posts of an import.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use ingest::privacy::is_on_a_private_wall;
use journal::{Record, Stream};
use model::{DeadLetter, PostId, Time, wire};
use serde::{Deserialize, Serialize};

use crate::instance::Instance;
use crate::instance::http::failure::{Failure, blocking};
use crate::instance::operations::imports::{Imports, LeftOut};
use crate::instance::stages::threads::dead_letter;

/// An import sends its posts in pieces; one piece may hold a few posts of the greatest length.
pub const MAX_APPEND_BYTES: usize = 64 << 20;

/// `/own/append`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Appended {
    /// Posts the journal has.
    pub accepted: u64,
    /// Reasons of the ones that became dead letters.
    pub refused: Vec<String>,
    /// Posts on walls of private persons, which are left out.
    #[serde(default)]
    pub dropped: u64,
    /// Posts that are older than what is kept, which are left out.
    #[serde(default)]
    pub old: u64,
    /// Posts that were forgotten, which are left out.
    #[serde(default)]
    pub forgotten: u64,
}

/// Appends the posts of a body, one a line. A line that holds none becomes a dead letter.
pub async fn append(State(instance): State<Arc<Instance>>, body: Bytes) -> Result<Json<Appended>, Failure> {
    blocking(move || {
        let now = (instance.clock)();
        let imports = Imports::of(&instance)?;
        let mut appended = Appended::default();
        let (mut posts, mut letters) = (Vec::new(), Vec::new());
        for (n, line) in body.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
            match wire::read_post(line, Some(now)).map(|post| imports.record(post)) {
                Ok(Ok(record)) => posts.push(record),
                Ok(Err(LeftOut::PrivateWall)) => appended.dropped += 1,
                Ok(Err(LeftOut::Old)) => appended.old += 1,
                Ok(Err(LeftOut::Forgotten)) => appended.forgotten += 1,
                Err(_) if id_in(line).is_some_and(|id| is_on_a_private_wall(&id)) => appended.dropped += 1,
                Err(error) => {
                    let reason = ingest::privacy::reason(&error);
                    letters.push(unreadable(&imports, line, n + 1, &reason, now));
                    appended.refused.push(reason);
                }
            }
        }
        instance.journal.append(Stream::Posts, &posts)?;
        instance.journal.append(Stream::Dead, &letters)?;
        appended.accepted = posts.len() as u64;
        Ok(Json(appended))
    })
    .await
}

/// A line that holds no post. It keeps the id that it names, if any, so that a deletion reaches the letter as well.
fn unreadable(imports: &Imports, line: &[u8], number: usize, reason: &str, at: Time) -> Record {
    dead_letter(DeadLetter {
        stage: "import".into(),
        source: "import".into(),
        position: format!("line {number}"),
        reason: reason.to_owned(),
        at,
        id: id_in(line),
        payload: imports.masks.kept_of(line),
    })
}

/// The id that a line names, whatever else is wrong with it.
fn id_in(line: &[u8]) -> Option<PostId> {
    let value = serde_json::from_slice::<serde_json::Value>(&wire::mend_surrogates(line)).ok()?;
    PostId::new(value["id"].as_str()?).ok()
}

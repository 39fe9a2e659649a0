//! Running queries in the engine, on threads that may block.

use std::sync::Arc;

use axum::response::Response;
use tokio::sync::mpsc;

use super::body::{Chunk, Incoming};
use super::response::respond;
use super::server::Server;
use crate::facts::embedded::chdb::{Answer, Session};
use crate::facts::embedded::exception::{Code, Exception};
use crate::facts::embedded::guest;
use crate::facts::embedded::request::{Call, User};
use crate::facts::embedded::rights;
use crate::facts::embedded::statement::{Insert, output_format};

/// Chunks of an INSERT that may wait for the engine; beyond them the client waits.
const CHUNKS_AHEAD: usize = 8;

/// A larger result of one query is refused: a result is held in memory as a whole.
const MAX_RESULT_BYTES: u64 = 1 << 30;

/// A query that needs more fails alone; without this limit the whole process would be killed.
const MAX_QUERY_MEMORY: u64 = 4 << 30;

/// The daily removal of deleted texts may take long; everything else is far below.
const MAX_SECONDS: u64 = 3600;

/// A guest's query that takes longer is a mistake, or meant to take the cores away from the stages.
const MAX_GUEST_SECONDS: u64 = 10;

/// A guest's query that needs more fails: with two of them at a time guests take half a gigabyte at most.
const MAX_GUEST_MEMORY: u64 = 256 << 20;

/// Rows and bytes that a guest is answered with; who needs more is somebody with a password.
const MAX_GUEST_ROWS: u64 = 10_000;

/// See [`MAX_GUEST_ROWS`].
const MAX_GUEST_RESULT_BYTES: u64 = 16 << 20;

/// Threads of a guest's query: the others are for the stages.
const MAX_GUEST_THREADS: u64 = 1;

const OF_OTKLIK: [(&str, u64); 3] = [
    ("max_execution_time", MAX_SECONDS),
    ("max_result_bytes", MAX_RESULT_BYTES),
    ("max_memory_usage", MAX_QUERY_MEMORY),
];

const OF_GUESTS: [(&str, u64); 5] = [
    ("max_execution_time", MAX_GUEST_SECONDS),
    ("max_result_rows", MAX_GUEST_ROWS),
    ("max_result_bytes", MAX_GUEST_RESULT_BYTES),
    ("max_memory_usage", MAX_GUEST_MEMORY),
    ("max_threads", MAX_GUEST_THREADS),
];

/// Runs a whole query.
pub(super) async fn run_query(
    server: &Arc<Server>,
    call: Call,
    sql: String,
    read_only: bool,
) -> Result<Response, Exception> {
    if call.user == User::Guest {
        guest::check(&sql, &server.forbidden).map_err(|reason| Exception::new(Code::ReadOnly, &reason))?;
    }
    let guest = call.user == User::Guest;
    let slot = server.slots.take(call.user).await?;
    let format = output_format(&sql).unwrap_or(&call.default_format).to_owned();
    let query_id = call.query_id.clone();
    let owned = Arc::clone(server);
    let work = move || {
        let _slot = slot;
        let mut session = open(&owned, &call, read_only)?;
        let analysis = session.analyse(&sql);
        if analysis.statements > 1 {
            return Err(Exception::new(Code::Syntax, "Multi-statements are not allowed"));
        }
        if analysis.statements == 0 && (read_only || sql.trim().is_empty()) {
            return Err(Exception::new(Code::Syntax, "the query is not one statement that parses"));
        }
        if read_only && !analysis.read_only {
            return Err(Exception::new(Code::ReadOnly, "Cannot execute query in readonly mode"));
        }
        session.query(&sql, &call.default_format, &call.parameters).map_err(Exception::of_engine)
    };
    let answer = blocking(work).await?;
    // The engine does not count the rows of every kind of query.
    if guest && answer.as_ref().len() as u64 > MAX_GUEST_RESULT_BYTES {
        return Err(Exception::new(Code::ResultTooLarge, "a guest's answer would be too large; ask for less"));
    }
    Ok(respond(answer, &format, query_id.as_deref()))
}

/// Runs an INSERT while its data comes in.
pub(super) async fn run_insert(
    server: &Arc<Server>,
    call: Call,
    insert: Insert,
    body: Incoming,
) -> Result<Response, Exception> {
    let slot = server.slots.take(call.user).await?;
    let query_id = call.query_id.clone();
    let format = insert.format.clone();
    let (sender, mut chunks) = mpsc::channel(CHUNKS_AHEAD);
    let owned = Arc::clone(server);
    let work = tokio::task::spawn_blocking(move || {
        let _slot = slot;
        let mut session = open(&owned, &call, false)?;
        let mut stream = session.insert(&insert.sql, &insert.format, &call.parameters).map_err(Exception::of_engine)?;
        loop {
            match chunks.blocking_recv() {
                Some(Chunk::Data(data)) => stream.append(&data).map_err(Exception::of_engine)?,
                Some(Chunk::End) => return stream.done().map_err(Exception::of_engine),
                None => return Err(Exception::new(Code::SocketTimeout, "the body of the INSERT broke off")),
            }
        }
    });
    body.pour(insert.data_at, sender).await;
    let answer = work.await.map_err(|error| Exception::new(Code::Logical, &error.to_string()))??;
    Ok(respond(answer, &format, query_id.as_deref()))
}

fn open(server: &Server, call: &Call, read_only: bool) -> Result<Session, Exception> {
    let guest = call.user == User::Guest;
    if guest && call.database.as_deref().is_some_and(|name| name != server.database && name != "default") {
        return Err(Exception::new(Code::ReadOnly, "guests read one database"));
    }
    let limits: &[(&str, u64)] = if guest { &OF_GUESTS } else { &OF_OTKLIK };
    let mut settings: Vec<(String, String)> =
        limits.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
    settings.extend_from_slice(&call.settings);
    if read_only {
        // 1 forbids changing settings in the query as well; a client that gave settings with its GET may have them.
        let level = if guest { "1" } else { "2" };
        settings.push(("readonly".into(), level.into()));
    }
    let mut session = Session::open(server.library, &server.data, &settings)
        .ok_or_else(|| Exception::new(Code::BadArguments, "a setting has a value that the engine does not take"))?;
    if guest {
        for statement in rights::of_guest(server.database) {
            session.query(&statement, "Null", &[]).map_err(Exception::of_engine)?;
        }
    } else if let Some(database) = &call.database {
        let name = database.replace('\\', "\\\\").replace('`', "\\`");
        session.query(&format!("USE `{name}`"), "Null", &[]).map_err(Exception::of_engine)?;
    }
    Ok(session)
}

async fn blocking(work: impl FnOnce() -> Result<Answer, Exception> + Send + 'static) -> Result<Answer, Exception> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(Exception::new(Code::Logical, &error.to_string())),
    }
}

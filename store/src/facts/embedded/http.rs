//! ClickHouse's HTTP interface over the embedded engine.
//!
//! As <https://clickhouse.com/docs/interfaces/http> describes it, without sessions and compression: `/ping`, and `/` with
//! a query in the address, the body or both. GET only reads. Every request has a session of the engine to itself.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use axum::{Router, http::HeaderName};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::exception::{Code, Exception};
use super::guest;
use super::library::{Answer, Connection, Library};
use super::request::{Account, Call, User, form_boundary, names_loopback, read_call, read_form};
use super::statement::{Insert, output_format, split_insert};

/// A longer query text would make a session parse for seconds; data of an INSERT is not counted.
const MAX_QUERY_BYTES: usize = 4 << 20;

/// A client that sends nothing for this long has gone, and must not keep a place among the queries.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a request waits for its turn before it is told to come again.
const TURN_TIMEOUT: Duration = Duration::from_secs(30);

/// Otklik's own queries at a time: each takes threads and memory of the one engine.
const MAX_QUERIES: usize = 16;

/// Guests' queries at a time, counted apart so that guests cannot keep Otklik from its figures.
const MAX_GUEST_QUERIES: usize = 4;

/// Chunks of an INSERT that may wait for the engine; beyond them the client waits.
const CHUNKS_AHEAD: usize = 8;

/// A bigger result of one query would be held in memory as a whole.
const MAX_RESULT_BYTES: u64 = 1 << 30;

/// A query beyond this fails alone, where without it the whole process would be killed.
const MAX_QUERY_MEMORY: u64 = 4 << 30;

/// The daily removal of deleted texts may take long; everything else is far below.
const MAX_SECONDS: u64 = 3600;

/// A guest's query that takes longer is a mistake.
const MAX_GUEST_SECONDS: u64 = 60;

/// What requests are answered from.
pub struct Server {
    /// The engine.
    pub library: &'static Library,
    /// Its data folder.
    pub data: PathBuf,
    /// Name of the account that may write.
    pub user: &'static str,
    /// Its password.
    pub password: String,
    /// Whether only names of this machine are answered.
    pub loopback: bool,
    /// The engine's version and time zone.
    pub version: String,
    /// The time zone of the engine.
    pub timezone: String,
    /// Names of the engine's settings.
    pub settings: HashSet<String>,
    /// Functions that guests may not call.
    pub forbidden: HashSet<String>,
    /// An open session keeps the engine up between requests.
    pub _keeper: Mutex<Connection>,
    /// Turns of the writer and of guests.
    pub turns: Turns,
}

/// Turns of queries.
pub struct Turns {
    writer: Arc<Semaphore>,
    guest: Arc<Semaphore>,
}

impl Turns {
    /// All turns free.
    pub fn new() -> Turns {
        Turns { writer: Arc::new(Semaphore::new(MAX_QUERIES)), guest: Arc::new(Semaphore::new(MAX_GUEST_QUERIES)) }
    }

    async fn take(&self, user: User) -> Result<OwnedSemaphorePermit, Exception> {
        let turns = if user == User::Writer { &self.writer } else { &self.guest };
        match tokio::time::timeout(TURN_TIMEOUT, Arc::clone(turns).acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Exception::new(Code::TooManyQueries, "too many queries at once; try again later")),
        }
    }
}

/// The addresses of the interface.
pub fn router(server: Arc<Server>) -> Router {
    let ok = get(|| async { "Ok.\n" });
    let query = on(MethodFilter::GET.or(MethodFilter::POST), serve);
    Router::new().route("/ping", ok).route("/", query).with_state(server)
}

async fn serve(State(server): State<Arc<Server>>, request: Request) -> Response {
    let mut response = match answer(&server, request).await {
        Ok(response) => response,
        Err(exception) => {
            let version = if exception.text.contains(" (version ") {
                String::new()
            } else {
                format!(" (version {})", server.version)
            };
            let mut response = (exception.status(), format!("{}{version}\n", exception.text)).into_response();
            set(&mut response, "x-clickhouse-exception-code", &exception.code.to_string());
            response
        }
    };
    set(&mut response, "x-clickhouse-server-display-name", "otklik");
    set(&mut response, "x-clickhouse-timezone", &server.timezone);
    response
}

fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

async fn answer(server: &Arc<Server>, request: Request) -> Result<Response, Exception> {
    let (parts, body) = request.into_parts();
    if server.loopback && !names_loopback(&parts.headers, &parts.uri) {
        return Err(Exception::new(Code::Authentication, "asked for by a name that is not this machine's"));
    }
    let account = Account { user: server.user, password: &server.password };
    let mut call = read_call(&parts.uri, &parts.headers, &account, &server.settings)?;
    let reading = parts.method != Method::POST;
    if reading && call.query.is_none() {
        return Ok("Ok.\n".into_response());
    }
    if parts.headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Exception::new(Code::NotImplemented, "the embedded engine takes no compressed body"));
    }
    let mut body = Incoming { body, seen: call.query.take().map(String::into_bytes).unwrap_or_default() };
    if let Some(boundary) = form_boundary(&parts.headers) {
        let form = body.all().await?;
        read_form(&mut call, &boundary, &form)?;
        body = Incoming { body: Body::empty(), seen: call.query.take().map(String::into_bytes).unwrap_or_default() };
    } else if !body.seen.is_empty() {
        body.seen.push(b'\n');
    }
    let read_only = reading || call.user == User::Guest;
    match body.head().await? {
        Head::Insert(_) if read_only => Err(Exception::new(Code::ReadOnly, "Cannot execute query in readonly mode")),
        Head::Insert(insert) => run_insert(server, call, insert, body).await,
        Head::Query(sql) => run_query(server, call, sql, read_only).await,
    }
}

async fn run_query(server: &Arc<Server>, call: Call, sql: String, read_only: bool) -> Result<Response, Exception> {
    if call.user == User::Guest {
        guest::check(&sql, &server.forbidden).map_err(|reason| Exception::new(Code::ReadOnly, &reason))?;
    }
    let turn = server.turns.take(call.user).await?;
    let format = output_format(&sql).unwrap_or(&call.default_format).to_owned();
    let query_id = call.query_id.clone();
    let owned = Arc::clone(server);
    let work = move || {
        let _turn = turn;
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
    Ok(respond(answer, &format, query_id.as_deref()))
}

async fn run_insert(server: &Arc<Server>, call: Call, insert: Insert, body: Incoming) -> Result<Response, Exception> {
    let turn = server.turns.take(call.user).await?;
    let query_id = call.query_id.clone();
    let format = insert.format.clone();
    let (sender, mut chunks) = mpsc::channel(CHUNKS_AHEAD);
    let owned = Arc::clone(server);
    let work = tokio::task::spawn_blocking(move || {
        let _turn = turn;
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

fn open(server: &Server, call: &Call, read_only: bool) -> Result<Connection, Exception> {
    let seconds = if call.user == User::Guest { MAX_GUEST_SECONDS } else { MAX_SECONDS };
    let limits = [
        ("max_execution_time", seconds.to_string()),
        ("max_result_bytes", MAX_RESULT_BYTES.to_string()),
        ("max_memory_usage", MAX_QUERY_MEMORY.to_string()),
    ];
    let mut settings: Vec<(String, String)> = limits.map(|(name, value)| (name.to_owned(), value)).into();
    settings.extend_from_slice(&call.settings);
    if read_only {
        // 1 forbids changing settings in the query as well; a client that gave settings with its GET may have them.
        let level = if call.user == User::Guest { "1" } else { "2" };
        settings.push(("readonly".into(), level.into()));
    }
    let mut session = Connection::open(server.library, &server.data, &settings)
        .ok_or_else(|| Exception::new(Code::BadArguments, "a setting has a value that the engine does not take"))?;
    if let Some(database) = &call.database {
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

fn respond(answer: Answer, format: &str, query_id: Option<&str>) -> Response {
    let summary = format!(r#"{{"read_rows":"{}","written_rows":"{}"}}"#, answer.rows_read(), answer.rows_written());
    let kind = match format {
        name if name.starts_with("JSON") => "application/json; charset=UTF-8",
        name if name.starts_with("CSV") => "text/csv; charset=UTF-8; header=absent",
        name if name.starts_with("TabSeparated") || name.starts_with("TSV") => {
            "text/tab-separated-values; charset=UTF-8"
        }
        name if name.starts_with("RowBinary") || name == "Native" => "application/octet-stream",
        _ => "text/plain; charset=UTF-8",
    };
    let mut response = Body::from(Bytes::from_owner(answer)).into_response();
    set(&mut response, "content-type", kind);
    set(&mut response, "x-clickhouse-format", format);
    set(&mut response, "x-clickhouse-summary", &summary);
    if let Some(query_id) = query_id {
        set(&mut response, "x-clickhouse-query-id", query_id);
    }
    response
}

/// What reaches the thread that inserts. A channel that closes without `End` cancels the INSERT.
enum Chunk {
    Data(Bytes),
    End,
}

/// How a request begins.
enum Head {
    /// A whole query.
    Query(String),
    /// An INSERT whose data follows.
    Insert(Insert),
}

/// The query of the address and the body, one text to ClickHouse, and how much of it was read.
struct Incoming {
    body: Body,
    seen: Vec<u8>,
}

impl Incoming {
    /// Reads until it is known what this is.
    async fn head(&mut self) -> Result<Head, Exception> {
        let mut stream = std::mem::take(&mut self.body).into_data_stream();
        loop {
            if let Some(insert) = split_insert(&self.seen, false) {
                self.body = Body::from_stream(stream);
                return Ok(Head::Insert(insert));
            }
            if self.seen.len() > MAX_QUERY_BYTES {
                return Err(Exception::new(
                    Code::QueryTooLong,
                    &format!("a query has at most {MAX_QUERY_BYTES} bytes"),
                ));
            }
            match next(&mut stream).await? {
                Some(data) => self.seen.extend_from_slice(&data),
                None => break,
            }
        }
        if let Some(insert) = split_insert(&self.seen, true) {
            return Ok(Head::Insert(insert));
        }
        String::from_utf8(std::mem::take(&mut self.seen))
            .map(Head::Query)
            .map_err(|_| Exception::new(Code::Syntax, "the query is not UTF-8"))
    }

    /// The whole of a body that is no INSERT.
    async fn all(&mut self) -> Result<Vec<u8>, Exception> {
        let mut stream = std::mem::take(&mut self.body).into_data_stream();
        let mut bytes = Vec::new();
        while let Some(data) = next(&mut stream).await? {
            bytes.extend_from_slice(&data);
            if bytes.len() > MAX_QUERY_BYTES {
                return Err(Exception::new(Code::QueryTooLong, &format!("a form has at most {MAX_QUERY_BYTES} bytes")));
            }
        }
        Ok(bytes)
    }

    /// Sends the data to the inserting thread. After that thread gave up the rest is read and dropped, since a client
    /// that is still sending would not see why.
    async fn pour(self, data_at: usize, sender: mpsc::Sender<Chunk>) {
        let mut wanted = sender.send(Chunk::Data(Bytes::from(self.seen).slice(data_at..))).await.is_ok();
        let mut stream = self.body.into_data_stream();
        loop {
            match next(&mut stream).await {
                Ok(Some(data)) => wanted = wanted && sender.send(Chunk::Data(data)).await.is_ok(),
                Ok(None) => break,
                Err(_) => return,
            }
        }
        if wanted {
            // The thread has an error of its own to tell if it is not there any more.
            let _ = sender.send(Chunk::End).await;
        }
    }
}

async fn next(stream: &mut axum::body::BodyDataStream) -> Result<Option<Bytes>, Exception> {
    match tokio::time::timeout(BODY_TIMEOUT, stream.next()).await {
        Ok(None) => Ok(None),
        Ok(Some(Ok(data))) => Ok(Some(data)),
        Ok(Some(Err(_))) | Err(_) => Err(Exception::new(Code::SocketTimeout, "the body did not come to its end")),
    }
}

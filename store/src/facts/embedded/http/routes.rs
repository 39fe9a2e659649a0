//! Answering a request.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use listener::Importance;

use super::body::{Head, Incoming};
use super::response::set;
use super::run::{run_insert, run_query};
use super::server::Server;
use crate::facts::embedded::exception::{Code, Exception};
use crate::facts::embedded::request::{
    Account, User, asked_by_another_site, form_boundary, is_writer, names_loopback, read_call, read_form,
};

/// The addresses of the interface.
pub(in crate::facts::embedded) fn router(server: Arc<Server>) -> Router {
    let ok = get(|| async { "Ok.\n" });
    let query = on(MethodFilter::GET.or(MethodFilter::POST), serve);
    Router::new().route("/ping", ok).route("/", query).with_state(server)
}

/// Otklik's own requests keep room beside those of guests, and so does the question whether the engine is up.
pub(in crate::facts::embedded) fn importance(server: &Arc<Server>) -> Arc<dyn Fn(&Parts) -> Importance + Send + Sync> {
    let server = Arc::clone(server);
    Arc::new(move |parts| {
        let account = Account { user: server.user, password: &server.password, guests: server.guests };
        match is_writer(&parts.headers, &account) {
            true => Importance::Own,
            false if parts.uri.path() == "/ping" => Importance::Vital,
            false => Importance::Ordinary,
        }
    })
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

async fn answer(server: &Arc<Server>, request: Request) -> Result<Response, Exception> {
    let (parts, body) = request.into_parts();
    if server.loopback && !names_loopback(&parts.headers, &parts.uri) {
        return Err(Exception::new(Code::Authentication, "asked for by a name that is not this machine's"));
    }
    if asked_by_another_site(&parts.headers, &parts.uri) {
        return Err(Exception::new(Code::Authentication, "asked for by a page of another site"));
    }
    let account = Account { user: server.user, password: &server.password, guests: server.guests };
    let mut call = read_call(&parts.uri, &parts.headers, &account, &server.settings)?;
    let reading = parts.method != Method::POST;
    if reading && call.query.is_none() {
        return Ok("Ok.\n".into_response());
    }
    if parts.headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Exception::new(Code::NotImplemented, "the embedded engine takes no compressed body"));
    }
    let mut body = Incoming::new(body, call.query.take());
    if let Some(boundary) = form_boundary(&parts.headers) {
        let form = body.all().await?;
        read_form(&mut call, &boundary, &form)?;
        body = Incoming::new(Body::empty(), call.query.take());
    } else {
        body.end_line();
    }
    let read_only = reading || call.user == User::Guest;
    match body.head().await? {
        Head::Insert(_) if read_only => Err(Exception::new(Code::ReadOnly, "Cannot execute query in readonly mode")),
        Head::Insert(insert) => run_insert(server, call, insert, body).await,
        Head::Query(sql) => run_query(server, call, sql, read_only).await,
    }
}

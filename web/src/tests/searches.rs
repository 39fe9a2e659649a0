//! What becomes of a search whose client goes, or whose time is over.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use store::search::{Budget, SearchError};
use tokio::runtime::Runtime;

use crate::error::ApiError;
use crate::work::Works;

/// Far longer than a search needs to hear that it is cancelled; beyond it the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_search_ends_when_its_client_goes() {
    let runtime = Runtime::new().unwrap();
    let (started, begun) = channel();
    let (ended, end) = channel();
    let work = Arc::new(Works::default());
    let search = move || {
        let (started, ended) = (started.clone(), ended.clone());
        let work = Arc::clone(&work);
        let searching = move |budget: &Budget| {
            started.send(()).unwrap();
            while !budget.is_cancelled() {
                std::thread::yield_now();
            }
            ended.send(()).unwrap();
            Err::<(), _>(SearchError::Cancelled)
        };
        async move { work.searches.search(searching).await }
    };
    let routes = Router::new().route("/search", get(async move || search().await.map(|()| "found")));
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move { axum::serve(listener, routes).await });
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"GET /search HTTP/1.1\r\nhost: test\r\n\r\n").unwrap();
    begun.recv_timeout(PATIENCE).unwrap();
    drop(client);
    let heard = end.recv_timeout(PATIENCE);
    runtime.shutdown_background();
    assert!(heard.is_ok(), "the search goes on without its client");
}

#[test]
fn a_search_that_takes_too_long_says_what_to_do() {
    let answer = ApiError::from(SearchError::TimedOut { seconds: 10 });
    assert!(format!("{}", SearchError::TimedOut { seconds: 10 }).contains("Сузьте"));
    assert_eq!(answer.into_response().status(), 504);
}

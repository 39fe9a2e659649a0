//! Peers that say nothing, that read nothing, and that send nothing of what they announced.

use std::time::Duration;

use listener::{Limits, traffic};

use super::support::{Served, all, request, wide};

/// So short that a test which waits for it to pass does not wait long.
const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_head_that_does_not_end_is_not_waited_for() {
    let served = Served::with(Limits { head: SHORT, ..wide() });
    let mut silent = served.open("").await;
    let mut half = served.open("GET / HTTP/1.1\r\nHost: local").await;
    all(&mut silent).await;
    all(&mut half).await;
    assert!(served.ask("/").await.ends_with("ok\n"));
    let (_, seen) = traffic().into_iter().find(|(name, _)| *name == "test").unwrap();
    assert!(seen.slow >= 2, "{seen:?}");
}

#[tokio::test]
async fn a_connection_without_a_next_request_is_closed() {
    let served = Served::with(Limits { head: SHORT, ..wide() });
    let answered = all(&mut served.open(&request("/", "")).await).await;
    assert!(answered.ends_with("ok\n"), "{answered}");
}

#[tokio::test]
async fn a_reader_that_takes_nothing_frees_what_writes_for_it() {
    let mut served = Served::with(Limits { patience: SHORT, ..wide() });
    let _unread = served.open(&request("/endless", "")).await;
    served.given_up.recv().await.unwrap();
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let served = Served::with(Limits { patience: SHORT, ..wide() });
    let head = "POST /taken HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n1234";
    let answered = all(&mut served.open(head).await).await;
    assert!(answered.starts_with("HTTP/1.1 4"), "{answered}");
    let whole = "POST /taken HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 4\r\n\r\n1234";
    let answered = all(&mut served.open(whole).await).await;
    assert!(answered.ends_with("\r\n\r\n4"), "{answered}");
}

#[tokio::test]
async fn a_stop_waits_for_answers_and_not_for_those_who_ask_nothing() {
    let mut served = Served::with(wide());
    let mut silent = served.open("GET /").await;
    let mut asked = served.open(&request("/held", "")).await;
    served.held.recv().await.unwrap();
    served.stop.take();
    all(&mut silent).await;
    assert!(!served.done.is_finished(), "it stopped before it had answered");
    served.go.add_permits(1);
    let answered = all(&mut asked).await;
    assert!(answered.ends_with("held\n"), "{answered}");
    served.done.await.unwrap();
}

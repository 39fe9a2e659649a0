//! More peers than there is room for.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use listener::{Accept, Limits, bind};
use tokio::net::{TcpListener, TcpStream};

use super::support::{Served, all, request, wide};

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\n";

#[track_caller]
fn is_busy(answered: &str) {
    assert!(answered.starts_with(BUSY) && answered.to_lowercase().contains("retry-after: 5\r\n"), "{answered}");
}

#[tokio::test]
async fn who_says_nothing_makes_room_for_who_asks() {
    let served = Served::with(Limits { connections: 4, per_address: 4, ..wide() });
    let mut first = served.open("GET / HTTP/1.1\r\nHo").await;
    let mut silent = Vec::new();
    for _ in 0..12 {
        silent.push(served.open("GET /").await);
    }
    assert!(served.ask("/").await.ends_with("ok\n"));
    // It left for another, since heads may take as long as they like here.
    assert_eq!(all(&mut first).await, "");
}

#[tokio::test]
async fn one_address_does_not_take_what_is_for_others() {
    let mut served = Served::with(Limits { per_address: 2, ..wide() });
    let mut held = Vec::new();
    for _ in 0..2 {
        held.push(served.open(&request("/held", "Connection: close\r\n")).await);
        served.held.recv().await.unwrap();
    }
    is_busy(&served.ask("/").await);
    let other = all(&mut served.open_from("127.0.0.2", &request("/", "Connection: close\r\n")).await).await;
    assert!(other.ends_with("ok\n"), "{other}");
    served.go.add_permits(2);
    for mut held in held {
        let answered = all(&mut held).await;
        assert!(answered.ends_with("held\n"), "{answered}");
    }
    assert!(served.ask("/").await.ends_with("ok\n"));
}

#[tokio::test]
async fn what_is_vital_has_room_when_nothing_else_has() {
    let limits = Limits { connections: 4, per_address: 4, reserve: 2, reserve_per_address: 1, ..wide() };
    let mut served = Served::with(limits);
    let mut held = Vec::new();
    for _ in 0..2 {
        held.push(served.open(&request("/held", "")).await);
        served.held.recv().await.unwrap();
    }
    is_busy(&served.ask("/").await);
    assert!(served.ask("/vital").await.ends_with("vital\n"));
}

#[tokio::test]
async fn parts_of_ours_are_not_counted_by_their_address() {
    let mut served = Served::with(Limits { connections: 8, per_address: 2, ..wide() });
    let mut own = Vec::new();
    for _ in 0..4 {
        own.push(served.open(&request("/own", "")).await);
        served.held.recv().await.unwrap();
    }
    assert!(served.ask("/").await.ends_with("ok\n"));
}

#[tokio::test]
async fn behind_a_proxy_each_visitor_counts() {
    let mut served = Served::new(Limits { per_address: 1, ..wide() }, &["127.0.0.0/8"]);
    let from = |address: &str| format!("X-Forwarded-For: 198.51.100.1, {address}\r\nConnection: close\r\n");
    let _held = served.open(&request("/held", &from("192.0.2.1"))).await;
    served.held.recv().await.unwrap();
    is_busy(&all(&mut served.open(&request("/", &from("192.0.2.1"))).await).await);
    let other = all(&mut served.open(&request("/", &from("192.0.2.2"))).await).await;
    assert!(other.ends_with("ok\n"), "{other}");
}

/// Has no descriptor for the first connections.
struct Short {
    listener: TcpListener,
    fails: AtomicU32,
}

impl Accept for Short {
    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let left = self.fails.load(Ordering::Relaxed);
        if left > 0 {
            self.fails.store(left - 1, Ordering::Relaxed);
            return Err(io::Error::from_raw_os_error(24));
        }
        Accept::accept(&self.listener).await
    }
}

#[tokio::test]
async fn connections_are_taken_again_once_there_are_descriptors() {
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let served = Served::over(Short { listener, fails: AtomicU32::new(2) }, address, wide(), &[]);
    assert!(served.ask("/").await.ends_with("ok\n"));
}

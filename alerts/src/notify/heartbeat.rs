//! The heartbeat: somebody outside notices when it stops.

use std::time::Duration;

use tokio::sync::watch;

/// A heartbeat that takes longer is missed; the next one comes soon.
const HEARTBEAT_TIMEOUT: Duration = Duration::from_secs(10);

/// Calls an address outside at intervals, until `stop` turns true.
pub async fn heartbeat(settings: config::Heartbeat, client: reqwest::Client, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(settings.every);
    let mut failed = false;
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = stop.changed() => return,
        }
        let answer = client.get(&settings.url).timeout(HEARTBEAT_TIMEOUT).send().await;
        let error = match answer.and_then(reqwest::Response::error_for_status) {
            Ok(_) => None,
            Err(error) => Some(error.without_url()),
        };
        if let Some(error) = error.as_ref().filter(|_| !failed) {
            tracing::warn!(%error, "the heartbeat is not heard");
        }
        failed = error.is_some();
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn the_heart_beats_until_it_is_stopped_whatever_the_answer() {
        let (beats, mut heard) = mpsc::unbounded_channel();
        let router = Router::new().route(
            "/ping",
            get(move || {
                let _ = beats.send(());
                async { axum::http::StatusCode::INTERNAL_SERVER_ERROR }
            }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ping", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (stop, stopped) = watch::channel(false);
        let settings = config::Heartbeat { url, every: Duration::from_millis(10) };
        let beating = tokio::spawn(heartbeat(settings, reqwest::Client::new(), stopped));
        for _ in 0..3 {
            heard.recv().await.unwrap();
        }
        stop.send(true).unwrap();
        beating.await.unwrap();
    }
}

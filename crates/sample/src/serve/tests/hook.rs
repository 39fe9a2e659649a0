//! The receiver of webhooks.

use super::*;

#[tokio::test]
async fn the_webhook_takes_each_key_once() {
    let app = hook_router();
    let post = |key: &str| Request::post("/hook").header("Idempotency-Key", key).body(Body::from("{}")).unwrap();
    assert_eq!(ask(&app, post("a")).await.json(), serde_json::json!({"accepted": true}));
    assert_eq!(ask(&app, post("b")).await.json(), serde_json::json!({"accepted": true}));
    assert_eq!(ask(&app, post("a")).await.json(), serde_json::json!({"repeat": true}));
    let without = ask(&app, Request::post("/hook").body(Body::empty()).unwrap()).await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST);
    let list = get(&app, "/hook").await.json();
    assert_eq!(list["accepted"], 2);
    assert_eq!(list["requests"], 3);
    assert_eq!(list["keys"], serde_json::json!(["a", "b"]));
    assert_eq!(list["counts"]["a"], 2);
}

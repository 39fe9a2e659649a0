//! The API of VK.

use super::*;

async fn vk(app: &axum::Router, method: &str, query: &str) -> Value {
    get(app, &format!("/vk/method/{method}?access_token={TOKEN}&v=5.199&{query}")).await.json()
}

#[tokio::test]
async fn the_pages_of_each_wall_reach_every_post_once() {
    let world = world();
    for now in [hours_before_end(20), end()] {
        let app = app(&world, now);
        for source in world.sources() {
            let Address::Vk { owner, .. } = source.address else { continue };
            let mut read: Vec<(i64, Value)> = Vec::new();
            loop {
                let query = format!("owner_id={owner}&count=100&offset={}", read.len());
                let response = vk(&app, "wall.get", &query).await["response"].clone();
                let items = response["items"].as_array().unwrap().clone();
                if items.is_empty() {
                    assert_eq!(response["count"], read.len());
                    break;
                }
                read.extend(items.into_iter().map(|item| (item["id"].as_i64().unwrap(), item)));
            }
            read.sort_by_key(|(id, _)| *id);
            let expected = live(&world, &source.id, now);
            assert_eq!(read.len(), expected.len(), "{}", source.id);
            for ((id, item), expected) in read.iter().zip(&expected) {
                assert_eq!(format!("vk:{owner}_{id}"), expected.id.as_str());
                assert_eq!(item["text"], expected.text.as_str());
                assert_eq!(item["date"], expected.published_at.as_second());
                assert_eq!(item["copy_history"][0]["text"].as_str(), expected.reposted.as_deref());
                assert_eq!(item["attachments"].to_string().contains("\"poll\""), expected.poll.is_some());
            }
        }
    }
}

#[tokio::test]
async fn the_pinned_post_stands_first() {
    let world = world();
    let page = vk(&app(&world, end()), "wall.get", "domain=adm_svetlorechensk&count=3").await;
    let items = page["response"]["items"].as_array().unwrap();
    assert_eq!(items[0]["is_pinned"], 1);
    assert!(items[0]["edited"].as_i64().unwrap() > items[0]["date"].as_i64().unwrap());
    assert!(items[1]["id"].as_i64() > items[0]["id"].as_i64() && items[1].get("is_pinned").is_none());
}

#[track_caller]
fn check_error(answer: &Value, code: i64) {
    assert_eq!(answer["error"]["error_code"], code, "{answer}");
    assert!(!answer.to_string().contains(TOKEN));
}

#[tokio::test]
async fn vk_answers_as_the_api_does() {
    let app = app(&world(), end());
    check_error(&get(&app, "/vk/method/wall.get?owner_id=-990000001&access_token=wrong").await.json(), 5);
    check_error(&get(&app, "/vk/method/wall.get?owner_id=-990000001").await.json(), 5);
    check_error(&vk(&app, "wall.get", "owner_id=-5").await, 15);
    check_error(&vk(&app, "wall.get", "owner_id=x").await, 100);
    check_error(&vk(&app, "wall.getById", "").await, 100);
    check_error(&vk(&app, "photos.get", "").await, 3);

    let form = format!("owner_id=-990000001&count=1&access_token={TOKEN}");
    let request = Request::post("/vk/method/wall.get")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form));
    let posted = ask(&app, request.unwrap()).await.json();
    let id = posted["response"]["items"][0]["id"].as_i64().unwrap();
    let by_id = vk(&app, "wall.getById", &format!("posts=-990000001_{id},-990000001_1")).await;
    assert_eq!(by_id["response"]["items"].as_array().unwrap().len(), 1);
    assert_eq!(by_id["response"]["items"][0]["id"], id);

    let groups = vk(&app, "groups.getById", "group_ids=adm_svetlorechensk,990000001").await;
    assert_eq!(groups["response"]["groups"][0]["id"], 990_000_002);
    assert_eq!(groups["response"]["groups"][1]["name"], "Подслушано Светлореченск");
    let name = vk(&app, "utils.resolveScreenName", "screen_name=adm_svetlorechensk").await;
    assert_eq!(name["response"]["object_id"], 990_000_002);
    assert_eq!(vk(&app, "utils.resolveScreenName", "screen_name=nobody").await["response"], serde_json::json!([]));
}

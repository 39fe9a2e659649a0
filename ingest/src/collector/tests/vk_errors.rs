//! Every error code of VK: the outcome of the poll, when the source is tried next, and what the token does meanwhile.

use serde_json::json;

use super::*;

/// A server of one wall that answers with errors while it holds codes, and what it was asked.
struct Api {
    codes: Vec<i64>,
    /// Tokens that get the error; none: all.
    token: Option<&'static str>,
}

fn error(code: i64) -> Response<Body> {
    let request = json!([{"key": "access_token", "value": "not-to-be-shown"}]);
    let mut error = json!({"error_code": code, "error_msg": "Refused", "request_params": request});
    if matches!(code, 14 | 17) {
        error["redirect_uri"] = "https://id.vk.ru/not_robot_captcha?session_token=not-to-be-shown".into();
    }
    answer(200, &[], json!({ "error": error }).to_string())
}

fn api(state: &mut Api, asked: &Asked) -> Response<Body> {
    let is_meant = state.token.is_none_or(|token| asked.body.contains(token));
    if is_meant && let Some(code) = state.codes.pop() {
        return error(code);
    }
    let date = time(START).as_second() - 60;
    let post = json!({"id": 1, "owner_id": -5, "from_id": -5, "date": date, "text": "Нет воды"});
    answer(200, &[], json!({"response": {"count": 1, "items": [post]}}).to_string())
}

/// One row: codes, outcome, seconds until the next attempt, whether another wall would be asked for meanwhile.
type Row = (&'static [i64], &'static str, i64, bool);

/// A day and a span of counting after the span of the first call.
const RESET_S: i64 = 24 * 3600 + 600;

const TABLE: [Row; 11] = [
    (&[1, 10], "vk_retry", 60, true),
    (&[6], "vk_too_fast", 1, true),
    (&[9], "vk_flood", 1800, false),
    (&[29], "vk_quota", RESET_S, false),
    (&[14, 17], "vk_human_needed", 3600, false),
    (&[5, 27, 28], "vk_token", 3600, false),
    (&[1051], "vk_id_token", 3600, false),
    (&[15, 18, 19, 30, 203], "vk_unavailable", 600, true),
    (&[12, 13, 36], "vk_batch", 600, true),
    (&[210, 211, 212, 213], "vk_object", 600, true),
    (&[2, 100, 9999], "vk_unknown", 600, true),
];

#[tokio::test]
async fn every_code_has_its_outcome_its_next_attempt_and_its_entry() {
    for (codes, name, pause, others) in TABLE {
        for &code in codes {
            let (site, server) = Site::serve(Api { codes: vec![code; 6], token: None }, api).await;
            let world = World::new(&server, &[Address::Vk(-5), Address::Vk(-6)], true);
            let coverage = world.poll().await;
            assert_eq!(coverage.outcome, name, "{code}");
            assert_eq!((coverage.covers_from, coverage.posts), (None, 0), "{code}: nothing is vouched for");
            let detail = coverage.detail.clone().unwrap();
            assert!(detail.contains(&format!("vk_error_{code}: Refused")), "{code}: {detail}");
            let page = "; to be confirmed at https://id.vk.ru/not_robot_captcha";
            assert_eq!(detail.ends_with(page), matches!(code, 14 | 17), "{code}: {detail}");
            let next = coverage.next_at.unwrap();
            assert_eq!(next.duration_since(coverage.at).as_secs(), pause, "{code}");
            let entries: Vec<Coverage> = world.journal.read(Stream::Coverage);
            assert_eq!(entries, std::slice::from_ref(&coverage), "{code}: the entry in the ledger");
            let status = &world.collector.status()[0];
            assert_eq!((status.failing_since, status.failures), (Some(coverage.at), 1), "{code}");
            assert!(!format!("{entries:?}{status:?}").contains("not-to-be-shown"), "{code}");

            let before = server.asked().len();
            world.collector.poll("s1").await.unwrap();
            assert_eq!(server.asked().len() > before, others, "{code}: another wall");

            site.change(|state| state.codes.clear());
            world.now.store(next.as_millisecond(), Ordering::Relaxed);
            let mended = world.poll().await;
            assert_eq!((mended.outcome.as_str(), mended.new), ("ok", 1), "{code}");
            assert_eq!(world.collector.status()[0].failing_since, None, "{code}");
        }
    }
}

#[tokio::test]
async fn too_fast_is_made_good_within_the_poll_by_waits_under_a_second() {
    let (_site, server) = Site::serve(Api { codes: vec![6, 6], token: None }, api).await;
    let world = World::new(&server, &[Address::Vk(-5)], true);
    let coverage = world.poll().await;
    // Two refused, the page, and the one past it that shows the end of the wall.
    assert_eq!((coverage.outcome.as_str(), coverage.new, server.asked().len()), ("ok", 1, 4));
    assert_eq!(coverage.at.duration_since(time(START)).as_millis(), 1400);
}

#[tokio::test]
async fn an_unavailable_wall_keeps_the_date_it_became_so() {
    let (_site, server) = Site::serve(Api { codes: vec![15; 9], token: None }, api).await;
    let world = World::new(&server, &[Address::Vk(-5)], true);
    let first = world.poll().await;
    world.wait(1200);
    let second = world.poll().await;
    assert_eq!(world.collector.status()[0].failing_since, Some(first.at));
    assert_eq!(second.next_at.unwrap().duration_since(second.at).as_secs(), 1200, "the pauses grow");
    let world = world.restart();
    assert_eq!(world.collector.status()[0].failing_since, Some(first.at), "a restart forgets nothing");
}

#[tokio::test]
async fn an_unavailable_wall_says_once_what_became_of_its_community() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/method/groups.getById" => {
            answer(200, &[], json!({"response": {"groups": [{"id": 5, "name": "Город", "is_closed": 1}]}}).to_string())
        }
        _ => error(15),
    })
    .await;
    let world = World::new(&server, &[Address::Vk(-5)], true);
    for _ in 0..2 {
        let detail = world.poll().await.detail.unwrap();
        assert_eq!(detail, "vk_error_15: Refused; сообщество закрыто: его читают только участники");
    }
    let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.target).collect();
    assert_eq!(asked, ["/method/wall.get", "/method/groups.getById", "/method/wall.get"]);
}

/// Two tokens, of which the first gets the code.
async fn with_two_tokens(code: i64) -> (World, Server) {
    let (_site, server) = Site::serve(Api { codes: vec![code; 9], token: Some("vk1.secret") }, api).await;
    let world = World::configured(&server, &[Address::Vk(-5), Address::Vk(-6)], true, |config| {
        let config::Secret::File(first) = &config.settings.vk.tokens[0].secret else { panic!("no file") };
        let other = first.with_file_name("other-token");
        std::fs::write(&other, "vk1.other").unwrap();
        let secret = config::Secret::File(other);
        config.settings.vk.tokens.push(config::VkToken { kind: config::TokenKind::User, secret });
    });
    (world, server)
}

#[tokio::test]
async fn what_one_token_may_no_longer_do_another_does() {
    for code in [5, 9, 14, 17, 27, 28, 29, 1051] {
        let (world, server) = with_two_tokens(code).await;
        for _ in 0..3 {
            let coverage = world.poll().await;
            assert_eq!((coverage.outcome.as_str(), coverage.posts), ("ok", 1), "{code}");
        }
        let refused = server.asked().iter().filter(|asked| asked.body.contains("vk1.secret")).count();
        assert_eq!(refused, 1, "{code}: the first token is left alone");
    }
}

#[tokio::test]
async fn requests_are_varied_after_flood_control() {
    let (_site, server) = Site::serve(Api { codes: vec![9], token: None }, api).await;
    let world = World::new(&server, &[Address::Vk(-5)], true);
    world.poll().await;
    world.wait(1800);
    assert_eq!(world.poll().await.outcome, "ok");
    let asked = server.asked();
    assert!(asked[0].body.contains("count=100") && asked[1].body.contains("count=99"), "{:?}", asked[1]);
}

#[tokio::test]
async fn a_day_that_is_spent_is_known_before_vk_says_so_and_after_a_restart() {
    let (_site, server) = Site::serve(Api { codes: vec![], token: None }, api).await;
    let limit = |config: &mut Config| config.settings.vk.limits.wall_get_per_day = 10;
    let world = World::configured(&server, &[Address::Vk(-5)], true, limit);
    for left in [8, 7, 6, 5, 4] {
        let coverage = world.poll().await;
        assert_eq!((coverage.outcome.as_str(), coverage.quota_left), ("ok", Some(left)));
    }
    let world = world.restart();
    let spent = world.poll().await;
    assert_eq!((spent.outcome.as_str(), server.asked().len()), ("vk_quota", 6), "counted ahead in tens");
    assert_eq!(spent.next_at.unwrap().duration_since(time(START)).as_secs(), RESET_S);
    world.wait(RESET_S);
    assert_eq!(world.poll().await.outcome, "ok");
}

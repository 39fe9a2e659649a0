//! Every error of MAX's API: the outcome of the poll, when the source is tried next, and what stands in the ledger.

use super::max_chats::{Api, address, api, message, with_token};
use super::*;
use crate::test_server::tls;

/// One row: status, body, outcome, seconds until the next attempt.
type Row = (u16, &'static str, &'static str, i64);

const DENIED: &str = r#"{"code":"chat.denied","message":"Key: error.chat.denied"}"#;

const TABLE: [Row; 16] = [
    (400, r#"{"code":"proto.payload","message":"count: must be at most 100"}"#, "max_refused", 600),
    (401, r#"{"code":"verify.token","message":"Invalid access_token"}"#, "max_token", 3600),
    (403, DENIED, "max_denied", 600),
    (404, r#"{"code":"not.found","message":"no chat"}"#, "not_found", 600),
    (405, r#"{"code":"method.not.allowed","message":"a webhook is set"}"#, "max_refused", 600),
    (429, r#"{"code":"too.many.requests","message":"slow down"}"#, "rate_limited", 60),
    (500, r#"{"code":"internal.error","message":"\u0007 later"}"#, "server_error", 60),
    (503, r#"{"code":"service.unavailable","message":"later"}"#, "server_error", 60),
    (503, "<html>502</html>", "server_error", 60),
    (418, r#"{"code":"new.code","message":"nobody knows"}"#, "max_refused", 600),
    // Not the API that answers, or not as it should.
    (200, "<html><title>Доступ ограничен</title></html>", "foreign_page", 60),
    (403, "<html>closed</html>", "forbidden", 600),
    (451, "", "foreign_page", 60),
    (200, "", "body_broken", 60),
    (200, r#"{"messages":[{"recipient""#, "broken", 600),
    (200, r#"{"chats":[]}"#, "not_this_format", 600),
];

#[tokio::test]
async fn every_error_has_its_outcome_its_next_attempt_and_its_entry() {
    for (status, body, name, pause) in TABLE {
        let state =
            Api { messages: vec![message(1, "Нет воды")], refusal: Some((status, body)), ..Api::default() };
        let (site, server) = Site::serve(state, api).await;
        let world = World::configured(&server, &address(), true, with_token);
        let coverage = world.poll().await;
        let case = format!("{status} {body}");
        assert_eq!(coverage.outcome, name, "{case}: {:?}", coverage.detail);
        assert_eq!((coverage.covers_from, coverage.posts), (None, 0), "{case}: nothing is vouched for");
        let next = coverage.next_at.unwrap();
        assert_eq!(next.duration_since(coverage.at).as_secs(), pause, "{case}");
        let entries: Vec<Coverage> = world.journal.read(Stream::Coverage);
        assert_eq!(entries, std::slice::from_ref(&coverage), "{case}: the entry in the ledger");
        let status = &world.collector.status()[0];
        assert_eq!((status.failing_since, status.failures), (Some(coverage.at), 1), "{case}");
        let told = format!("{entries:?}{status:?}");
        assert!(!told.contains("vk1.secret") && !told.contains('\u{7}'), "{case}");

        site.change(|api| api.refusal = None);
        world.now.store(next.as_millisecond(), Ordering::Relaxed);
        let mended = world.poll().await;
        assert_eq!((mended.outcome.as_str(), mended.new), ("ok", 1), "{case}");
        assert_eq!(world.collector.status()[0].failing_since, None, "{case}");
    }
}

#[tokio::test]
async fn an_error_says_in_the_ledger_what_max_said() {
    let (_site, server) = Site::serve(Api { refusal: Some((403, DENIED)), ..Api::default() }, api).await;
    let world = World::configured(&server, &address(), true, with_token);
    let detail = world.poll().await.detail.unwrap();
    assert_eq!(detail, "max_error_403: chat.denied: Key: error.chat.denied");
}

#[tokio::test]
async fn the_token_goes_to_no_other_host_and_a_pause_that_is_asked_for_is_kept() {
    let server = Server::start(|_| answer(302, &[("location", "http://elsewhere.invalid/x")], "")).await;
    let world = World::configured(&server, &address(), true, with_token);
    assert_eq!(world.poll().await.outcome, "foreign_page");
    let server = Server::start(|_| answer(429, &[("retry-after", "1200")], r#"{"code":"too.many.requests"}"#)).await;
    let world = World::configured(&server, &address(), true, with_token);
    let coverage = world.poll().await;
    let pause = coverage.next_at.unwrap().duration_since(coverage.at).as_secs();
    assert_eq!((coverage.outcome.as_str(), pause), ("rate_limited", 1200));
    world.poll().await;
    assert_eq!(server.asked().len(), 1, "nobody asks meanwhile");
}

#[tokio::test]
async fn a_certificate_of_the_state_is_trusted_where_its_file_is_given_and_nowhere_else() {
    let (base, authority) = tls::of_an_authority(json_answer).await;
    let known = |ca: bool| {
        let (base, authority) = (base.clone(), authority.clone());
        move |config: &mut Config| {
            with_token(config);
            config.settings.max.api = vec![base.clone()];
            let Some(config::Secret::File(token)) = &config.settings.max.token else { panic!("no file") };
            let file = token.with_file_name("ca.pem");
            std::fs::write(&file, &authority).unwrap();
            config.settings.max.ca_file = ca.then_some(file);
            let host = url::Url::parse(&base).unwrap();
            config.settings.fetch.allow_private = vec![host.host_str().unwrap().to_owned()];
        }
    };
    let server = Server::start(|_| answer(500, &[], "")).await;
    let coverage = World::configured(&server, &address(), true, known(true)).poll().await;
    assert_eq!(coverage.outcome, "empty", "{:?}", coverage.detail);
    let coverage = World::configured(&server, &address(), true, known(false)).poll().await;
    assert_eq!(coverage.outcome, "certificate", "{:?}", coverage.detail);
}

/// What the server with the certificate answers.
fn json_answer() -> &'static str {
    r#"{"messages":[]}"#
}

use jiff::tz::TimeZone;

use super::*;
use crate::Parsed;

fn moscow() -> TimeZone {
    TimeZone::get("Europe/Moscow").unwrap()
}

fn read(json: &str) -> Export {
    parse_export(json.as_bytes(), &moscow()).unwrap()
}

/// A channel with these messages.
fn channel(messages: &str) -> String {
    format!(r#"{{"name": "Gorod", "type": "public_channel", "id": 42, "messages": [{messages}]}}"#)
}

/// The numbers and texts of what is read.
fn posts(json: &str) -> Vec<(String, String)> {
    let numbered = |parsed: &Parsed| (parsed.post.id.to_string().replace("tg:c42/", ""), parsed.post.text.clone());
    read(json).page.posts.iter().map(numbered).collect()
}

fn pairs(expect: &[(&str, &str)]) -> Vec<(String, String)> {
    expect.iter().map(|(number, text)| ((*number).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn an_export_of_a_channel_is_read_without_names_of_persons() {
    let page = read(&channel(r#"
        {"id": 1, "type": "service", "date": "2026-11-01T10:00:00", "action": "create_channel"},
        {"id": 2, "type": "message", "date": "2026-11-01T10:00:00", "date_unixtime": "1793527200", "edited_unixtime": "1793527260",
         "from": "Gorod", "text": ["No water, ", {"type": "bold", "text": "Mira 5"}], "reply_to_message_id": 1},
        {"id": 3, "type": "message", "date": "2026-11-01T10:00:00", "text": "a", "forwarded_from": "Ivan", "forwarded_from_id": "user7"},
        {"id": 4, "type": "message", "date": "2026-11-01T10:00:00", "text": "b", "forwarded_from": "Ivan"},
        {"id": 5, "type": "message", "date": "2026-11-01T10:00:00", "text": "c", "forwarded_from": "News", "forwarded_from_id": "channel7"},
        {"id": 6, "type": "message", "text": "d"},
        {"id": 7, "type": "message", "date_unixtime": "1793527200", "text": "", "poll": {"question": "?", "answers": [{"text": "yes"}]},
         "reactions": [{"type": "emoji", "count": 3}, {"type": "paid", "count": 2}]}"#))
    .page;
    let post = |at: usize| &page.posts[at].post;
    assert_eq!((page.blocks, page.posts.len(), page.title.as_deref()), (6, 5, Some("Gorod")));
    assert_eq!((post(0).id.as_str(), post(0).text.as_str()), ("tg:c42/2", "No water, Mira 5"));
    assert_eq!(post(0).in_reply_to.as_deref(), Some("tg:c42/1"));
    assert_eq!(post(0).edited_at.unwrap().duration_since(post(0).published_at).as_secs(), 60);
    let origins: Vec<Option<&str>> = page.posts.iter().map(|parsed| parsed.post.forwarded_from.as_deref()).collect();
    assert_eq!(origins, [None, None, None, Some("News"), None]);
    assert_eq!(
        (post(4).poll.as_ref().unwrap().options.as_slice(), post(4).reactions),
        (&["yes".to_owned()][..], Some(5))
    );
    assert!(page.problems[0].reason.starts_with("no_date") && page.problems[0].position == "6", "{:?}", page.problems);
}

#[test]
fn chats_and_what_is_no_export_are_refused() {
    for (json, reason) in [
        (r#"{"type": "private_supergroup", "id": 1, "messages": []}"#, "not_this_format: the export is of a"),
        (r#"{"type": "public_channel"}"#, "not_this_format"),
        (r#"{"a": 1}"#, "not_this_format"),
        ("[]", "not_this_format"),
        ("{", "broken"),
        ("", "broken"),
    ] {
        assert!(parse_export(json.as_bytes(), &TimeZone::UTC).unwrap_err().to_string().starts_with(reason), "{json}");
    }
}

#[test]
fn escapes_that_are_none_cost_nothing() {
    let json =
        channel(r#"{"id": 2, "type": "message", "date": "2026-11-01T10:00:00", "text": "Нет\x0Cсвета \q \ud83d"}"#);
    assert_eq!(posts(&json), pairs(&[("2", "Нет\nсвета \\q \u{fffd}")]));
}

#[test]
fn a_clock_without_a_zone_is_of_the_installation() {
    let page = read(&channel(
        r#"{"id": 2, "type": "message", "date": "2019-06-04T00:01:59", "edited": "1970-01-01T03:00:00", "text": "a"},
           {"id": 3, "type": "message", "date": "2019-06-04T00:01:59", "edited": "2019-06-04T01:01:59", "text": "b"}"#,
    ))
    .page;
    assert_eq!(page.posts[0].post.published_at.to_string(), "2019-06-03T21:01:59Z");
    assert_eq!(page.posts[0].post.edited_at, None, "1970 is never");
    assert_eq!(page.posts[1].post.edited_at.unwrap().to_string(), "2019-06-03T22:01:59Z");
}

#[test]
fn numbers_of_channels_are_those_of_today_in_every_version() {
    let old = r#"{"name": "Gorod", "type": "public_channel", "id": 9824502482, "messages": [
        {"id": 2, "type": "message", "date": "2019-06-04T00:01:59", "from_id": 9824502482, "text": "a"}]}"#;
    assert_eq!(read(old).page.posts[0].post.id.as_str(), "tg:c1234567890/2");
    let new = old.replace("\"from_id\": 9824502482", "\"from_id\": \"channel9824502482\"");
    assert_eq!(read(&new).page.posts[0].post.id.as_str(), "tg:c9824502482/2");
}

#[test]
fn of_an_account_only_public_channels_are_read_and_the_others_counted() {
    let message =
        |text: &str| format!(r#"{{"id": 2, "type": "message", "date": "2026-11-01T10:00:00", "text": "{text}"}}"#);
    let chat = |kind: &str, text: &str| {
        format!(r#"{{"name": "X", "type": "{kind}", "id": 42, "messages": [{}]}}"#, message(text))
    };
    let json = format!(
        r#"{{"about": "x", "contacts": {{"list": [{{"first_name": "Тайный"}}]}}, "chats": {{"about": "", "list": [{}, {}, {{"type": "saved_messages", "messages": [7]}}]}},
            "left_chats": {{"list": [{}, {}, {{}}]}}}}"#,
        chat("personal_chat", "Тайное"),
        chat("public_channel", "Открытое"),
        chat("private_channel", "Тайное"),
        chat("public_supergroup", "Тайное"),
    );
    let export = read(&json);
    assert_eq!((export.page.posts.len(), export.chats_left_out), (1, 5));
    assert_eq!(export.page.posts[0].post.text, "Открытое");
    assert!(!format!("{export:?}").contains("Тайн"));
    let cut = &json[..json.find("left_chats").unwrap()];
    assert!(parse_export(cut.as_bytes(), &moscow()).unwrap().page.problems[0].reason.starts_with("cut"));
}

#[test]
fn what_a_chat_is_may_stand_after_its_messages() {
    let json = r#"{"messages": [{"id": 2, "type": "message", "date": "2026-11-01T10:00:00", "text": "a"}], "id": 42, "type": "public_channel"}"#;
    assert_eq!(posts(json), pairs(&[("2", "a")]));
}

/// Messages that were sent in one second: number, text and what else they have.
fn sent_at_once(messages: &[(u32, &str, &str)]) -> String {
    let message = |(number, text, more): &(u32, &str, &str)| {
        format!(
            r#"{{"id": {number}, "type": "message", "date": "2026-11-01T10:00:00", "date_unixtime": "1793527200", "text": "{text}", {more}}}"#
        )
    };
    channel(&messages.iter().map(message).collect::<Vec<_>>().join(","))
}

#[test]
fn an_album_is_one_post() {
    let (photo, video, voice) = (
        r#""photo": "a.jpg""#,
        r#""file": "a", "media_type": "video_file""#,
        r#""file": "a", "media_type": "voice_message""#,
    );
    let album = [(2, "Свалка", photo), (3, "", photo), (4, "", video)];
    assert_eq!(posts(&sent_at_once(&album)), pairs(&[("2", "Свалка")]));
    assert_eq!(
        posts(&sent_at_once(&[(2, "", photo), (3, "Свалка", photo), (4, "", photo)])),
        pairs(&[("2", "Свалка")])
    );
    assert_eq!(
        posts(&sent_at_once(&[(2, "Свалка", photo), (3, "Яма", photo)])),
        pairs(&[("2", "Свалка"), ("3", "Яма")])
    );
    assert_eq!(posts(&sent_at_once(&[(2, "Свалка", photo), (4, "", photo)])), pairs(&[("2", "Свалка"), ("4", "")]));
    assert_eq!(
        posts(&sent_at_once(&[(2, "Свалка", "\"a\": 1"), (3, "", photo)])),
        pairs(&[("2", "Свалка"), ("3", "")])
    );
    assert_eq!(posts(&sent_at_once(&[(2, "Свалка", photo), (3, "", voice)])), pairs(&[("2", "Свалка"), ("3", "")]));
    let later = sent_at_once(&album).replacen("1793527200\", \"text\": \"\"", "1793527201\", \"text\": \"\"", 2);
    assert_eq!(posts(&later), pairs(&[("2", "Свалка"), ("3", "")]), "3 and 4 were sent a second later");
    let many: Vec<(u32, &str, &str)> = (2..14).map(|number| (number, "", photo)).collect();
    assert_eq!(posts(&sent_at_once(&many)), pairs(&[("2", ""), ("12", "")]));
    let answer = sent_at_once(&[(2, "Свалка", photo), (3, "", photo), (5, "Вывезли", r#""reply_to_message_id": 3"#)]);
    assert_eq!(read(&answer).page.posts[1].post.in_reply_to.as_deref(), Some("tg:c42/2"));
}

#[test]
fn places_and_documents_say_something_without_a_text() {
    let json = sent_at_once(&[
        (2, "", r#""place_name": "Провал", "address": "Мира, 5", "location_information": {}"#),
        (4, "", r#""file": "(not included)", "file_name": "Приказ.pdf""#),
        (6, "", r#""text_entities": [{"type": "plain", "text": "Нет воды"}]"#),
    ]);
    assert_eq!(posts(&json), pairs(&[("2", "Провал\nМира, 5"), ("4", "Приказ.pdf"), ("6", "Нет воды")]));
}

#[test]
fn of_a_file_that_was_cut_whole_messages_are_taken_and_the_place_is_told() {
    let whole = sent_at_once(&[(2, "раз", "\"a\": 1"), (3, "два", "\"a\": 1"), (4, "три", "\"a\": 1")]);
    let cut = whole.find("три").unwrap() + 1;
    let export = parse_export(&whole.as_bytes()[..cut], &moscow()).unwrap();
    assert_eq!(export.page.posts.len(), 2);
    let problem = &export.page.problems[0];
    assert!(problem.reason.starts_with("cut: ") && problem.reason.contains("line 1, column "), "{problem:?}");
    let broken = whole.replacen("два\"", "два\" 7", 1);
    let export = read(&broken);
    assert_eq!(export.page.posts.len(), 1);
    assert!(export.page.problems[0].reason.starts_with("broken: "), "{:?}", export.page.problems);
}

#[test]
fn a_file_that_was_saved_in_another_encoding_is_read() {
    let json = sent_at_once(&[(2, "Нет воды на улице Мира с утра", "\"a\": 1")]);
    for bytes in [encoding_rs::WINDOWS_1251.encode(&json).0.into_owned(), format!("\u{feff}{json}").into_bytes()] {
        assert_eq!(parse_export(&bytes, &moscow()).unwrap().page.posts[0].post.text, "Нет воды на улице Мира с утра");
    }
}

use super::*;

#[track_caller]
fn refused(answer: &str, reason: &str) {
    let error = parse_wall(answer.as_bytes(), "s").unwrap_err().to_string();
    assert!(error.starts_with(reason), "{error}");
}

#[test]
fn an_answer_without_posts_is_told_from_an_empty_wall() {
    refused("", "not_this_format");
    refused("<html>", "not_this_format");
    refused("{\"response\":{\"items\":[", "broken");
    refused("{\"response\":1}", "not_this_format");
    refused(
        "{\"error\":{\"error_code\":\"6\",\"error_msg\":\"Too many\\nrequests\"}}",
        "vk_error_6: Too many requests",
    );
    refused(
        r#"{"error":{"error_code":14,"error_msg":"Captcha needed","captcha_sid":"1",
            "redirect_uri":"https://id.vk.ru/not_robot_captcha?domain=vk.ru&session_token=hidden"}}"#,
        "vk_error_14: Captcha needed; to be confirmed at https://id.vk.ru/not_robot_captcha",
    );
    refused("{\"response\":null,\"execute_errors\":[{\"error_code\":28,\"error_msg\":\"no\"}]}", "vk_error_28");
    for empty in ["{\"response\":{\"count\":0,\"items\":[]}}", "{\"response\":[0]}", "{\"response\":[]}"] {
        let page = parse_wall(empty.as_bytes(), "s").unwrap();
        assert_eq!((page.blocks, page.posts.len()), (0, 0), "{empty}");
    }
}

/// Reads one item of a wall and gives its id and text.
#[track_caller]
fn check(item: &str, id: &str, text: &str) {
    let page = parse_wall(format!("{{\"response\":{{\"items\":[{item}]}}}}").as_bytes(), "s").unwrap();
    assert_eq!(page.unread(), 0, "{:?}", page.problems);
    assert_eq!((page.posts[0].post.id.as_str(), page.posts[0].post.text.as_str()), (id, text));
}

#[test]
fn items_of_all_methods_are_read() {
    check(r#"{"id":2,"owner_id":-1,"date":1793607300,"text":"a\r\nb"}"#, "vk:-1_2", "a\nb");
    check(r#"{"id":"2","owner_id":"-1","date":"1793607300","text":null,"views":3,"likes":"x"}"#, "vk:-1_2", "");
    check(
        r#"{"type":"post","source_id":-1,"post_id":2,"date":1793607300,"text":"a","post_type":"post"}"#,
        "vk:-1_2",
        "a",
    );
    check(
        r#"{"id":2,"owner_id":-1,"date":1793607300,"text":"Итог: a","attachments":[{"type":"link","link":{"title":"a"}},{"type":"link"},7]}"#,
        "vk:-1_2",
        "Итог: a",
    );
}

#[test]
fn several_answers_of_one_execute_are_one_page() {
    let answer = r#"{"response":[{"count":1,"items":[{"id":2,"owner_id":-1,"date":1793607300,"text":"a"}]},false,
        {"items":[{"id":3,"owner_id":-2,"date":1793607300,"text":"b"}]}],"execute_errors":[{"error_code":15}]}"#;
    let page = parse_wall(answer.as_bytes(), "s").unwrap();
    let ids: Vec<_> = page.posts.iter().map(|parsed| parsed.post.id.as_str()).collect();
    assert_eq!(ids, ["vk:-1_2", "vk:-2_3"]);
}

#[test]
fn comments_of_old_versions_take_their_post_from_the_question() {
    let answer = r#"{"response":[2,{"cid":5,"uid":77,"from_id":77,"date":1793607300,"text":"раз<br>два"},
        {"cid":6,"from_id":-1,"date":1793607300,"text":"три"}]}"#;
    let page = parse_comments(answer.as_bytes(), "s", (-1, 4)).unwrap().page;
    assert_eq!(page.unread(), 0, "{:?}", page.problems);
    let first = &page.posts[0];
    assert_eq!((first.post.id.as_str(), first.post.text.as_str()), ("vk:-1_5", "раз\nдва"));
    assert_eq!(first.post.in_reply_to.as_deref(), Some("vk:-1_4"));
    assert_eq!((first.private_author.as_deref(), page.posts[1].private_author.as_deref()), (Some("77"), None));
}

#[test]
fn a_deletion_after_a_post_in_one_batch_of_events_is_not_lost() {
    let page = parse_wall(include_bytes!("../../../../fixtures/vk/events.json"), "s").unwrap();
    let deleted: Vec<_> = page.posts.iter().map(|parsed| (parsed.post.id.as_str(), parsed.deleted)).collect();
    assert_eq!(deleted, [("vk:-4242_950", false), ("vk:-4242_951", false), ("vk:-4242_951", true)]);
}

#[test]
fn a_thread_says_how_much_of_it_is_still_to_be_asked_for() {
    let answer = r#"{"response":{"count":14,"current_level_count":2,"items":[
        {"id":5,"date":1793607300,"text":"раз","thread":{"count":12,"items":[
            {"id":6,"date":1793607301,"text":"два","reply_to_user":77,"parents_stack":[5]}]}},
        {"id":7,"date":1793607302,"text":"три","thread":{"count":0,"items":[]}}]}}"#;
    let comments = parse_comments(answer.as_bytes(), "s", (-1, 4)).unwrap();
    assert_eq!((comments.level, comments.level_count, comments.open_threads), (2, Some(2), vec![5]));
    let ids: Vec<_> = comments.page.posts.iter().map(|parsed| parsed.post.id.as_str()).collect();
    assert_eq!(ids, ["vk:-1_5", "vk:-1_6", "vk:-1_7"]);
}

/// Reads items as one answer.
fn items(items: &str) -> crate::parsing::Page {
    parse_wall(format!("{{\"response\":{{\"items\":[{items}]}}}}").as_bytes(), "s").unwrap()
}

/// Where a repost of this item came from.
fn origin(copy: &str) -> Option<String> {
    let page = items(&format!(r#"{{"id":2,"owner_id":-1,"date":1793607300,"text":"a","copy_history":[{copy}]}}"#));
    page.posts[0].post.forwarded_from.clone()
}

#[test]
fn a_comment_that_is_reposted_or_found_is_opened_through_its_post() {
    let copy =
        |more: &str| format!(r#"{{"id":5,"owner_id":-7,"from_id":55,"date":1793607300,"text":"Нет света",{more}}}"#);
    assert_eq!(origin(&copy(r#""post_type":"post""#)).as_deref(), Some("https://vk.com/wall-7_5"));
    for above in
        [r#""post_type":"reply","reply_post_id":4"#, r#""post_type":"reply","post_id":4"#, r#""reply_post_id":4"#]
    {
        assert_eq!(origin(&copy(above)).as_deref(), Some("https://vk.com/wall-7_4?reply=5"), "{above}");
    }
    assert_eq!(
        origin(&copy(r#""post_type":"reply""#)).as_deref(),
        Some("https://vk.com/club7"),
        "its number is no post"
    );
    assert_eq!(origin(&copy(r#""post_type":"reply","reply_post_id":4"#).replace("-7", "7")), None, "a person's wall");
    for above in ["post_id", "reply_post_id"] {
        let page = items(&format!(
            r#"{{"id":5,"owner_id":-7,"from_id":55,"date":1793607300,"text":"a","post_type":"reply","{above}":4}}"#
        ));
        let post = &page.posts[0].post;
        assert_eq!(
            (post.url.as_deref(), post.in_reply_to.as_deref()),
            (Some("https://vk.com/wall-7_4?reply=5"), Some("vk:-7_4"))
        );
    }
    let page = items(r#"{"id":5,"owner_id":-7,"from_id":55,"date":1793607300,"text":"a","post_type":"reply"}"#);
    assert_eq!((page.posts[0].post.kind, page.posts[0].post.url.as_deref()), (model::Kind::Comment, None));
}

#[test]
fn deleted_comments_leave_the_others_where_they_are() {
    for deleted in [r#""parents_stack":[],"date":1793607300,"#, ""] {
        let page = items(&format!(
            r#"{{"id":5,"owner_id":-7,"post_id":4,"from_id":55,"date":1793607300,"text":"a","parents_stack":[]}},
               {{"id":6,{deleted}"deleted":true,"thread":{{"count":1,"items":[
                   {{"id":7,"owner_id":-7,"post_id":4,"from_id":56,"date":1793607300,"text":"b","parents_stack":[6],"reply_to_comment":6}}]}}}}"#
        ));
        let read: Vec<_> = page
            .posts
            .iter()
            .map(|parsed| (parsed.post.id.as_str(), parsed.deleted, parsed.post.in_reply_to.as_deref()))
            .collect();
        let under = Some("vk:-7_4");
        assert_eq!(
            read,
            [("vk:-7_5", false, under), ("vk:-7_6", true, under), ("vk:-7_7", false, under)],
            "{:?}",
            page.problems
        );
        assert_eq!(page.posts[2].post.answers.as_deref(), Some("vk:-7_6"));
    }
}

#[test]
fn a_post_for_those_who_pay_is_told_and_not_taken_for_an_empty_one() {
    let donut = |text: &str, donut: &str| {
        items(&format!(r#"{{"id":2,"owner_id":-1,"date":1793607300,"text":"{text}","donut":{donut}}}"#))
    };
    let placeholder = r#"{"is_donut":true,"placeholder":{"text":"Только донам"}}"#;
    for page in [donut("", placeholder), donut("Только донам", placeholder), donut("", r#"{"is_donut":true}"#)]
    {
        assert_eq!((page.posts.len(), page.hidden.len(), page.unread()), (0, 1, 0));
        assert!(page.problems[0].is_text_not_shown() && page.problems[0].position == "vk:-1_2", "{:?}", page.problems);
    }
    for page in [donut("Мост открыли", placeholder), donut("", r#"{"is_donut":false}"#)] {
        assert_eq!((page.posts.len(), page.hidden.len()), (1, 0));
    }
}

#[test]
fn who_signed_a_post_of_a_community_is_its_author() {
    let author = |more: &str| {
        let page = items(&format!(r#"{{"id":2,"owner_id":-1,"date":1793607300,"text":"a",{more}}}"#));
        (page.posts[0].private_author.clone(), page.posts[0].private_words)
    };
    assert_eq!(author(r#""from_id":-1,"signer_id":77"#), (Some("77".to_owned()), true));
    assert_eq!(author(r#""from_id":-1,"signer_id":0"#), (None, false));
    assert_eq!(author(r#""from_id":55,"signer_id":77"#), (Some("55".to_owned()), true));
}

#[test]
fn what_is_attached_says_what_somebody_wrote_of_it() {
    let text = |text: &str, attached: &str| {
        items(&format!(r#"{{"id":2,"owner_id":-1,"date":1793607300,"text":"{text}","attachments":[{attached}]}}"#))
            .posts[0]
            .post
            .text
            .clone()
    };
    let video = |title: &str| format!(r#"{{"type":"video","video":{{"title":"{title}"}}}}"#);
    assert_eq!(text("", &video("Прорыв на Мира")), "Прорыв на Мира");
    assert_eq!(text("", &video("Видео от Вымышленного Жителя")), "");
    assert_eq!(text("Вода", &video("Прорыв на Мира")), "Вода");
    assert_eq!(text("Вода", r#"{"type":"photo","photo":{"text":"Двор дома 5"}}"#), "Вода");
    assert_eq!(
        text("", r#"{"type":"link","link":{"title":"УК &quot;Заречье&quot; &amp; Ко"}}"#),
        "УК \"Заречье\" & Ко"
    );
    assert_eq!(
        text("", r#"{"type":"event","event":{"text":"Сход жителей"}},{"type":"doc","doc":{"title":"Приказ.pdf"}}"#),
        "Сход жителей\nПриказ.pdf"
    );
}

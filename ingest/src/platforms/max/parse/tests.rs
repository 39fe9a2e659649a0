use super::*;
use crate::parsing::{Page, PageError};
use crate::privacy::Masks;

const GROUP: &[u8] = include_bytes!("../../../../fixtures/max/group.json");

fn chat(id: i64) -> Chat {
    Chat { id: Some(id), source: "dom".into(), name: None }
}

fn group() -> Page {
    parse_messages(GROUP, &chat(-70_000_000_000_005)).unwrap()
}

#[test]
fn messages_of_a_group_are_read_with_what_they_answer_and_pass_on() {
    let page = group();
    let told = |text: &str| page.posts.iter().find(|parsed| parsed.post.text.contains(text)).unwrap();
    let answer = told("вы правы");
    let answered = told("Нет воды на Мира, 5");
    assert_eq!(answer.post.in_reply_to.as_deref(), Some(answered.post.id.as_str()));
    assert_eq!((answer.private_author.as_deref(), answer.post.author.as_deref()), (Some("1001"), None));
    assert_eq!(told("График").post.text, "График отключений.pdf\nРемонт водовода", "titles, and no contact");
    let of_a_channel = told("Воду дадут");
    assert_eq!(of_a_channel.post.text, "Смотрите\n\nВоду дадут к вечеру");
    assert!(of_a_channel.post.forwarded_from.as_deref().unwrap().starts_with("https://max.ru/c/-70000000000009/"));
    let of_a_person = told("на Лесной");
    assert_eq!((of_a_person.post.forwarded_from.as_deref(), of_a_person.private_words), (None, true));
    assert_eq!(told("Я бот").private_author, None);
    assert!(told("Без отправителя").private_words, "whoever wrote it is a person");
    let reasons: Vec<&str> = page.problems.iter().map(|problem| problem.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "other_chat: the message is of another chat",
            "no_id: the message has no mid",
            "no_date: the message has no time"
        ]
    );
}

#[test]
fn no_name_and_no_number_of_a_person_is_left() {
    let masks = Masks::default();
    for mut parsed in group().posts {
        masks.collected(&mut parsed.post, parsed.private_author.is_some() || parsed.private_words);
        let post = serde_json::to_string(&parsed.post).unwrap();
        for told in ["Имя", "Фамилия", "imya_f", "1001", "1002", "VCARD", "max.ru/u/"] {
            assert!(!post.contains(told), "{told} in {post}");
        }
    }
    assert_eq!(group().posts[0].post.text, "https://max.ru/u/1002, вы правы: воды нет и на Садовой");
}

#[test]
fn a_post_of_a_channel_is_the_channels_own_and_is_opened_under_its_public_name() {
    let json = include_bytes!("../../../../fixtures/max/channel.json");
    let own = Chat { name: Some("gorod31".into()), ..chat(-70_000_000_000_005) };
    let page = parse_messages(json, &own).unwrap();
    let [post, signed] = &page.posts[..] else { panic!("{page:?}") };
    assert_eq!((post.post.views, post.private_words, &post.private_author), (Some(1532), false, &None));
    assert!(post.post.url.as_deref().unwrap().starts_with("https://max.ru/gorod31/"), "{:?}", post.post.url);
    assert_eq!((signed.private_words, &signed.private_author), (true, &None));
}

#[test]
fn a_private_dialogue_is_never_read() {
    let json = include_bytes!("../../../../fixtures/max/dialogue.json");
    assert_eq!(parse_messages(json, &Chat::any("s")).unwrap_err(), PageError::Dialogue);
}

#[test]
fn events_are_told_apart_and_those_of_others_leave_only_the_chats() {
    let json = include_bytes!("../../../../fixtures/max/events.json");
    let updates = parse_updates(json, &[chat(-1), chat(-70_000_000_000_005)]).unwrap();
    assert_eq!((updates.marker, updates.pages[0].blocks), (Some(25_493_970), 0));
    let told: Vec<(&str, bool)> =
        updates.pages[1].posts.iter().map(|parsed| (parsed.post.text.as_str(), parsed.deleted)).collect();
    assert_eq!(told, [("Нет воды", false), ("Нет воды на Мира, 5", false), ("", true)]);
    let ids: std::collections::HashSet<_> = updates.pages[1].posts.iter().map(|parsed| &parsed.post.id).collect();
    assert_eq!(ids.len(), 1, "one message");
    let news = |change| ChatNews { chat: -70_000_000_000_007, change };
    let heard = || ChatNews { chat: -70_000_000_000_005, change: ChatChange::Heard { is_channel: false } };
    assert_eq!(
        updates.chats,
        [
            heard(),
            heard(),
            news(ChatChange::Admitted { is_channel: Some(true) }),
            news(ChatChange::Titled("Город сегодня".into())),
            news(ChatChange::Removed),
        ]
    );
    assert!(parse_updates(br#"{"messages":[]}"#, &[]).is_err());
}

#[test]
fn a_mention_is_cut_out_wherever_its_marks_are() {
    let read = |text: &str, from: i64, length: i64| {
        let mention = serde_json::json!({"type": "user_mention", "from": from, "length": length, "user_id": 5});
        mentions::without_mentions(&serde_json::json!({"text": text, "markup": [mention]}))
    };
    assert_eq!(read("Аня, вода?", 0, 3), "https://max.ru/u/5, вода?");
    assert_eq!(read("вода? Аня", 6, 3), "вода? https://max.ru/u/5");
    // Counted in UTF-16, or in characters: the name is gone in both.
    assert_eq!(read("😀😀 Аня тут", 5, 3), "😀😀 https://max.ru/u/5ут");
    assert_eq!(read("😀😀 Аня тут", 3, 3), "😀https://max.ru/u/5 тут");
    for (from, length) in [(100, 5), (0, 0), (-1, 5), (3, i64::MAX)] {
        assert!(read("Аня", from, length).len() <= "Аня".len() + 20);
    }
}

#[test]
fn a_chat_says_what_it_is_and_what_the_bot_may_do_there() {
    let read = |kind: &str, link: &str, is_public: bool| {
        let json = serde_json::json!({"chat_id": -7, "type": kind, "title": "Город\n31", "is_public": is_public, "link": link});
        parse_chat(json.to_string().as_bytes()).unwrap()
    };
    let channel = read("channel", "https://max.ru/gorod31", true);
    assert_eq!(
        (channel.kind, channel.name.as_deref(), channel.title.as_deref()),
        (ChatKind::Channel, Some("gorod31"), Some("Город 31"))
    );
    assert_eq!(read("chat", "https://max.ru/join/secret", false).name, None);
    assert_eq!((read("dialog", "", false).kind, read("new", "", false).kind), (ChatKind::Dialogue, ChatKind::Dialogue));
    let member = parse_membership(br#"{"is_admin":true,"permissions":["write","read_all_messages"]}"#).unwrap();
    assert!(member.is_admin && member.reads_all);
    let member = parse_membership(br#"{"is_admin":false,"permissions":null}"#).unwrap();
    assert!(!member.is_admin && !member.reads_all);
}

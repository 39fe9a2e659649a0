//! `sources.toml`, and the tokens of `[vk]` that its sources are read with.

use super::*;
use crate::{Address, TokenKind};

#[test]
fn a_page_of_news_is_read_by_valid_selectors_only() {
    let portal = |list: &str| format!("{SOURCE}url = 'https://city.example/news'\nlist = {list}\n");
    let sources = accept(&[("sources.toml", &portal("{ item = 'li.news', date = 'time' }"))]).sources;
    let list = sources[0].list.clone().unwrap();
    assert_eq!((list.item.as_str(), list.link.as_str(), list.date.as_deref()), ("li.news", "a[href]", Some("time")));
    let refuse = |list: &str, part| refuse_one("sources.toml", &portal(list), 5, part);
    refuse("{ item = 'li[' }", "не селектор CSS");
    refuse("{ title = 'h3' }", "нет ключа `item`");
    refuse("{ item = 'li', href = 'a' }", "незнакомый ключ `href`");
    refuse_one("sources.toml", &format!("{SOURCE}channel = 'gorod'\nidentity = 'link'\n"), 1, "только у портала");
}

#[test]
fn sources_are_refused_with_their_line() {
    let refuse = |rest: &str, line, part| refuse_one("sources.toml", &format!("{SOURCE}{rest}"), line, part);
    refuse("", 1, "нужен ровно один адрес");
    refuse("channel = 'news'\nurl = 'https://a.ru'", 1, "нужен ровно один адрес");
    refuse("chat = 0", 4, "0 — не чат");
    refuse("chat = -7\nlink = 'https://max.ru/c/-7'", 5, "не ссылка на канал или чат MAX");
    refuse("chat = -7\nlink = 'https://t.me/gorod'", 5, "не ссылка на канал или чат MAX");
    refuse("owner = -5\nlink = 'https://max.ru/gorod'", 1, "только у чата MAX");
    refuse("channel = '@news'", 4, "не имя открытого канала");
    refuse("channel = 'https://t.me/news'", 4, "не имя открытого канала");
    refuse("channel = '1news'", 4, "не имя открытого канала");
    refuse("owner = 5", 4, "номер сообщества отрицательный: -5");
    refuse("owner = 0", 4, "0 — не стена");
    refuse("url = 'file:///etc/passwd'", 4, "не http и не https");
    refuse("owner = -5\nevery = '5 minutes'", 5, "не длительность");
    refuse("owner = -5\nevery = '1s'", 5, "допустимо от");
    refuse("owner = -5\nenabled = 'yes'", 5, "нужно указать true или false");
    refuse("owner = -5\nevry = '5m'", 5, "незнакомый ключ `evry`");
    refuse("owner = -5\n[[source]]\nid = 'a'\nname = 'Б'\nowner = -6", 6, "источник `a`: уже есть в sources.toml:2");
    refuse("owner = -5\n[[source]]\nid = 'b'\nname = 'Б'\nowner = -5", 8, "уже есть в sources.toml:4");
    refuse("owner = -5\n[[source]]\nid = 'б'\nname = 'Б'\nowner = -6", 6, "латинских букв");
    refuse("owner = -5\n[[source]]\nname = 'Б'\nowner = -6", 5, "нет ключа `id`");
    refuse("owner = -5\n[[source]]\nid = 'b'\nname = ' '\nowner = -6", 7, "ключ `name` пуст");
}

#[test]
fn tokens_searches_and_events_of_vk_are_read() {
    let config = accept(&[
        (
            "otklik.toml",
            "[vk]\ntoken_file = 'a'\ncallback = '127.0.0.1:9'\n[[vk.token]]\nkind = 'user'\nenv = 'B'\n[vk.limits]\nwall_get_per_day = 7",
        ),
        (
            "sources.toml",
            "[[source]]\nid = 'own'\nname = 'Н'\nowner = -5\nweight = 4\n[source.events]\ntoken_env = 'C'\nconfirmation = 'd'\nsecret_file = 'e'\n\
             [[source]]\nid = 'q'\nname = 'П'\nsearch = ' вода '\ncomments = false",
        ),
    ]);
    let vk = &config.settings.vk;
    let kinds: Vec<TokenKind> = vk.tokens.iter().map(|token| token.kind).collect();
    assert_eq!((kinds, vk.limits.wall_get_per_day), (vec![TokenKind::Service, TokenKind::User], 7));
    assert!(vk.callback.is_some());
    let events = config.sources[0].events.as_ref().unwrap();
    assert!(
        events.long_poll.is_some() && events.callback.as_ref().is_some_and(|callback| callback.confirmation == "d")
    );
    assert_eq!(config.sources[1].address, Address::VkSearch("вода".into()));
    assert!(!config.sources[1].comments && config.sources[0].weight == 4.0);
}

#[test]
fn wrong_tokens_searches_and_events_are_refused_with_their_line() {
    refuse_one("otklik.toml", "[[vk.token]]\nkind = 'bot'\nenv = 'A'", 2, "не подходит");
    refuse_one("otklik.toml", "[[vk.token]]\nkind = 'user'", 1, "укажите, где лежит токен");
    refuse_one("otklik.toml", "[vk.limits]\nuser_per_second = 0", 2, "допустимо от 1 до 1000");
    refuse_one("sources.toml", &format!("{SOURCE}search = ' '"), 4, "пишите от 1 до 200 знаков");
    let events = |address: &str, keys: &str| format!("{SOURCE}{address}\n[source.events]\n{keys}");
    refuse_one("sources.toml", &events("channel = 'gorod'", "token_env = 'A'"), 5, "только у сообщества ВКонтакте");
    refuse_one("sources.toml", &events("owner = -5", ""), 5, "укажите `token_file`");
    refuse_one(
        "sources.toml",
        &events("owner = -5", "token_env = 'A'\nconfirmation = 'b'"),
        5,
        "для Callback API нужны",
    );
}

#[test]
fn a_chat_of_max_has_its_number_and_a_public_name_if_there_is_one() {
    let sources = "[[source]]\nid = 'a'\nname = 'А'\nchat = -7\nlink = 'https://web.max.ru/gorod_31'\n\
                   [[source]]\nid = 'b'\nname = 'Б'\nchat = -8\n[[source]]\nid = 'c'\nname = 'В'\nowner = -7\n";
    let sources = accept(&[("sources.toml", sources)]).sources;
    let [named, bare, _] = &sources[..] else { panic!("{sources:?}") };
    assert_eq!(named.address, Address::Max { chat: -7, name: Some("gorod_31".into()) });
    assert_eq!((named.platform().as_str(), named.address.identity().as_str()), ("max", "max:-7"));
    let lines = |address: &Address| (address.suggested_id(), address.setting(|text| format!("{text:?}")));
    let link = "chat = -7\nlink = \"https://max.ru/gorod_31\"".to_owned();
    assert_eq!(lines(&named.address), ("gorod_31".to_owned(), link));
    assert_eq!(lines(&bare.address), ("max-8".to_owned(), "chat = -8".to_owned()));
}

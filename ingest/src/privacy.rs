//! People are not the subject: what names a private person in a text is masked before the text leaves `ingest`.
//!
//! Mentions of private users are masked in every text. Telephone numbers and e-mail addresses are masked in what private
//! persons write: the numbers of a duty service in a community's or authority's own post are what its readers need.
//! A mask holds no letters, so that no search and no rule finds it.

use std::borrow::Cow;
use std::sync::LazyLock;

use model::{Kind, Post};
use regex::{Captures, Regex};

use crate::author::is_keyed_hash;

/// Stands for a mention of a private user.
pub const USER: &str = "@…";

/// Stands for a telephone number.
pub const PHONE: &str = "☎…";

/// Stands for an e-mail address.
pub const EMAIL: &str = "✉…";

/// Masks every text of a post. `private`: a private person wrote it.
pub fn mask_post(post: &mut Post, private: bool) {
    let poll = post.poll.iter_mut().flat_map(|poll| std::iter::once(&mut poll.question).chain(&mut poll.options));
    for text in std::iter::once(&mut post.text).chain(&mut post.title).chain(poll) {
        if let Cow::Owned(masked) = mask(text, private) {
            *text = masked;
        }
    }
    if let Some(origin) = &post.forwarded_from
        && mask_mentions(origin) != *origin
    {
        post.forwarded_from = None;
    }
}

/// Masks an imported post. Its author stays only if it is a keyed hash as ours are; a comment, or a post with any author, counts
/// as written by a private person.
pub fn mask_import(post: &mut Post) {
    mask_post(post, post.author.is_some() || post.kind == Kind::Comment);
    post.author = post.author.take().filter(|author| is_keyed_hash(author));
}

/// Masks mentions of private users and, in what a private person wrote, telephone numbers and e-mail addresses.
pub fn mask(text: &str, private: bool) -> Cow<'_, str> {
    let masked = mask_mentions(text);
    if !private {
        return masked;
    }
    match mask_contacts(&masked) {
        Cow::Borrowed(_) => masked,
        Cow::Owned(text) => Cow::Owned(text),
    }
}

/// `[id12|Имя]`, `@id12 (Имя)`, `*id12`, `vk.com/id12`, `tg://user?id=12` and `t.me/+79…`, which is a person's number.
fn mask_mentions(text: &str) -> Cow<'_, str> {
    // Most texts hold none of it, and looking for three characters is much cheaper than the expression.
    if !text.contains(['@', '[', '*']) && !text.contains("id") && !text.contains("t.me") {
        return Cow::Borrowed(text);
    }
    MENTION.replace_all(text, |found: &Captures<'_>| {
        format!("{}{USER}", found.get(1).map_or("", |before| before.as_str()))
    })
}

fn mask_contacts(text: &str) -> Cow<'_, str> {
    let masked = match text.contains('@') {
        true => MAIL.replace_all(text, EMAIL),
        false => Cow::Borrowed(text),
    };
    // A number of fewer digits is masked only after a word for telephones.
    if masked.bytes().filter(u8::is_ascii_digit).nth(4).is_none() {
        return masked;
    }
    let masked = match PHONES.replace_all(&masked, |found: &Captures<'_>| telephone(found)) {
        Cow::Borrowed(_) => masked,
        Cow::Owned(text) => Cow::Owned(text),
    };
    match LOCAL.replace_all(&masked, |found: &Captures<'_>| format!("{}{PHONE}", &found[1])) {
        Cow::Borrowed(_) => masked,
        Cow::Owned(text) => Cow::Owned(text),
    }
}

/// What stands for a chain of digits: itself, unless it is a number one can call.
fn telephone(found: &Captures<'_>) -> String {
    let (chain, before) = (&found[2], &found[1]);
    let digits: String = chain.chars().filter(char::is_ascii_digit).collect();
    let callable = match digits.as_bytes() {
        [b'7' | b'8', b'3' | b'4' | b'8' | b'9', ..] if digits.len() == 11 => true,
        [b'9', ..] if digits.len() == 10 => true,
        [b'3' | b'4' | b'8', ..] if digits.len() == 10 => chain.contains(['(', '-']),
        _ => chain.starts_with('+') && (10..=15).contains(&digits.len()),
    };
    if callable { format!("{before}{PHONE}") } else { found[0].to_owned() }
}

static MENTION: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) \[id[0-9]+ (?: :[^\]|\n]* )? \| [^\]\n]* \]   # VK's mention: [id12|Name], in an answer [id12:bp-1_2|Name]
        | (^|[^\w/]) [@*]id[0-9]+\b (?: \s? \( [^)\n]* \) )?   # as people type it: @id12 (Name)
        | (?: https?:// )? (?: (?: www | m ) \. )? vk \. (?: com | ru ) / id[0-9]+\b
        | tg://user\?id=[0-9]+
        | (?: https?:// )? t\.me/ \+ [0-9]{7,15}\b",
    )
});

static MAIL: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?i)[a-zа-яё0-9_.+-]+@(?:[a-zа-яё0-9-]+\.)+[a-zа-яё]{2,}"));

/// Chains of seven digits and more, with what people put between them, and the character before.
static PHONES: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(^|[^\w.,/№-])(\+?[0-9](?:[\s\u{2010}-\u{2014}().-]{0,3}[0-9]){8,14})\b"));

/// Town numbers of five to seven digits, which only a word before them tells from other figures.
static LOCAL: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) ( \b (?: тел (?:ефон\w*|\.)? | т\. | моб\w*\.? | звон\w+ | номер\w* | whatsapp | viber | вайбер\w* | ватсап\w* ) [\s:.—-]{0,4} )
        [0-9] (?: [\s-]? [0-9] ){4,6} \b",
    )
});

#[allow(clippy::expect_used)] // The expressions are constants, and the tests use each.
fn expression(text: &str) -> Regex {
    Regex::new(text).expect("a constant expression")
}

#[cfg(test)]
mod tests {
    use model::{Platform, Poll, PostId, Time};

    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(mask(text, true), expect, "{text}");
    }

    #[track_caller]
    fn same(text: &str) {
        check(text, text);
    }

    #[test]
    fn mentions_of_persons_are_masked_and_of_communities_kept() {
        check("[id123|Иван Петров], спасибо", "@…, спасибо");
        check("[id123|@ivan] и [id5|Анна]", "@… и @…");
        check("[id123:bp-45_678|Иван], а у нас нет", "@…, а у нас нет");
        check("@id123 (Иван) пишет", "@… пишет");
        check("спросите *id123 или @id7", "спросите @… или @…");
        check("https://vk.com/id123 тут", "@… тут");
        check("m.vk.com/id9, vk.ru/id10", "@…, @…");
        check("t.me/+79001234567", "@…");
        check("tg://user?id=555", "@…");
        same("[club123|Подслушано в Городе] и [public5|Вести]");
        same("vk.com/idea_club, vk.com/wall-1_2, https://t.me/gorod_news");
        same("@gorod_news пишет");
        same("ключ id123 и video123*id");
    }

    #[test]
    fn telephones_are_masked_however_they_are_written() {
        check("+7 (900) 123-45-67", "☎…");
        check("8-900-123-45-67, Мария", "☎…, Мария");
        check("звоните 89001234567.", "звоните ☎….");
        check("9001234567", "☎…");
        check("900 123 45 67 или 8 (47241) 5-23-45", "☎… или ☎…");
        check("(47241) 5-23-45", "(☎…");
        check("тел. 5-23-45", "тел. ☎…");
        check("телефон: 52345", "телефон: ☎…");
        check("т.2 34 56", "т.☎…");
        check("+375 29 123-45-67", "☎…");
        check("8 900 123 45 67", "☎…");
        check("8\u{a0}900\u{a0}123‑45‑67", "☎…");
    }

    #[test]
    fn other_figures_stay() {
        same("с 10.11.2026 12:30 до 18:00");
        same("2026-11-01 10:00");
        same("8 900 000 000 рублей");
        same("1 250 000 рублей за 2025 год");
        same("лицевой счёт №3100245871");
        same("звоните 112 или 01, тел. 112");
        same("ул. Мира, 5, кв. 10, код 309180");
        same("координаты 51.283611, 37.534722");
        same("дом 12 корпус 3, 4, 5, 6, 7, 8, 9, 10, 11, 12");
        same("ИНН 312700000000");
        same("запись 4500012345");
    }

    #[test]
    fn addresses_of_mail_are_masked() {
        check("пишите ivan.petrov+1@mail.example", "пишите ✉…");
        check("почта: мария@почта.рф, жду", "почта: ✉…, жду");
        same("@gorod и 5@ за штуку");
    }

    #[test]
    fn the_numbers_of_services_stay_in_their_own_posts() {
        let text = "Диспетчерская: 8 (47241) 5-23-45, edds@gorod.example";
        assert_eq!(mask(text, false), text);
        assert_eq!(mask("[id1|Глава], 8 (47241) 5-23-45", false), "@…, 8 (47241) 5-23-45");
    }

    #[test]
    fn every_text_of_a_post_is_masked_and_the_origin_dropped_where_it_is_a_person() {
        let id = PostId::new("vk:-1_2").unwrap();
        let text = "Звоните +79001234567".to_owned();
        let mut post = Post {
            title: Some("@id5".into()),
            poll: Some(Poll { question: "[id1|А]?".into(), options: vec!["a@b.example".into(), "нет".into()] }),
            forwarded_from: Some("https://vk.com/id5".into()),
            ..Post::new(id, Platform::Vk, "s", Time::UNIX_EPOCH, text)
        };
        mask_post(&mut post, true);
        let poll = post.poll.unwrap();
        assert_eq!((post.text.as_str(), post.title.as_deref()), ("Звоните ☎…", Some("@…")));
        assert_eq!((poll.question.as_str(), poll.options[0].as_str(), post.forwarded_from), ("@…?", "✉…", None));
    }

    #[test]
    fn an_import_brings_no_name() {
        let id = PostId::new("vk:-1_2").unwrap();
        let post = Post::new(id, Platform::Vk, "s", Time::UNIX_EPOCH, "8-900-123-45-67".into());
        let masked = |author: Option<&str>, kind| {
            let mut post = Post { author: author.map(Into::into), kind, ..post.clone() };
            mask_import(&mut post);
            (post.text, post.author)
        };
        assert_eq!(masked(None, Kind::Post), ("8-900-123-45-67".into(), None));
        assert_eq!(masked(None, Kind::Comment), (PHONE.into(), None));
        assert_eq!(masked(Some("Иван Петров"), Kind::Post), (PHONE.into(), None));
        assert_eq!(masked(Some("0123456789abcdef"), Kind::Post), (PHONE.into(), Some("0123456789abcdef".into())));
    }

    #[test]
    fn masking_twice_changes_nothing_more() {
        let once = mask("[id1|А] +79001234567 a@b.example тел. 5-23-45", true).into_owned();
        assert_eq!(mask(&once, true), once);
    }
}

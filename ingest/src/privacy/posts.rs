//! Whole posts: who speaks in one, and which of its fields are masked.

use std::borrow::Cow;
use std::sync::LazyLock;

use model::{Kind, Origin, Platform, Post, PostId};
use regex::Regex;

use super::authors::is_keyed_hash;
use super::find::{is_link_to_a_person, is_name_of_a_person};
use super::mask::Masks;
use super::table::{EMAIL, NUMBER, PHONE, PLATE, Voice};

impl Masks {
    /// Masks what a collector has read. `private`: a private person wrote it, or wrote what it repeats. Returns whether anything was masked.
    pub(crate) fn collected(&self, post: &mut Post, private: bool) -> bool {
        let voice = match private {
            true if post.kind == Kind::Comment => Voice::Comment,
            true => Voice::Person,
            false => self.own_voice(post),
        };
        self.fields(post, voice)
    }

    /// Masks an imported post, which an export may have brought with names. Its author stays only if it is a keyed hash as ours are.
    /// Nothing stays of a post on the wall of a private person.
    pub fn imported(&self, post: Post) -> Option<Post> {
        if is_on_a_private_wall(&post.id) {
            return None;
        }
        Some(self.without_names(Post { origin: Origin::Import, ..post }))
    }

    /// Masks a post that another build stored. Of one on the wall of a private person its tombstone is left.
    pub fn stored(&self, post: Post) -> Post {
        if is_on_a_private_wall(&post.id) {
            return Post { url: None, ..post.tombstone(post.deleted_at.unwrap_or(post.seen())) };
        }
        self.without_names(post)
    }

    fn without_names(&self, mut post: Post) -> Post {
        let voice = self.voice(&post);
        self.fields(&mut post, voice);
        post.forwarded_from = post.forwarded_from.take().filter(|origin| !is_name_of_a_person(origin));
        post.author = post.author.take().filter(|author| is_keyed_hash(author));
        post
    }

    /// Who speaks in a post of which only its own fields are known.
    fn voice(&self, post: &Post) -> Voice {
        let is_of_a_community =
            self.official.contains(&post.source) || matches!(post.origin, Origin::Live | Origin::Found);
        if post.kind == Kind::Comment && (post.author.is_some() || !is_of_a_community) {
            return Voice::Comment;
        }
        // An earlier mask of a private person's number says whose words they were.
        if post.author.is_some() || [PHONE, EMAIL, NUMBER, PLATE].iter().any(|mask| post.text.contains(mask)) {
            return Voice::Person;
        }
        self.own_voice(post)
    }

    /// Who speaks in what a community publishes: itself, or a resident whose words it passes on.
    fn own_voice(&self, post: &Post) -> Voice {
        let whole = || post.title.iter().map(String::as_str).chain([post.text.as_str()]);
        // Most texts hold nothing that a voice decides on.
        let is_the_same = || whole().all(|text| matches!(self.text(text, Voice::PassedOn), Cow::Borrowed(_)));
        if self.official.contains(&post.source) || is_the_same() {
            return Voice::Official;
        }
        let passed_on = whole().any(|text| PASSED_ON.is_match(text))
            || (post.platform != Platform::Portal && whole().any(|text| OF_ONESELF.is_match(text)));
        if passed_on { Voice::PassedOn } else { Voice::Official }
    }

    fn fields(&self, post: &mut Post, voice: Voice) -> bool {
        let poll = post.poll.iter_mut().flat_map(|poll| std::iter::once(&mut poll.question).chain(&mut poll.options));
        let mut changed = false;
        for text in std::iter::once(&mut post.text).chain(&mut post.title).chain(poll) {
            if let Cow::Owned(masked) = self.text(text, voice) {
                *text = masked;
                changed = true;
            }
        }
        for link in [&mut post.forwarded_from, &mut post.in_reply_to, &mut post.answers, &mut post.url] {
            if link.as_deref().is_some_and(|link| is_link_to_a_person(link) || is_post_of_a_person(link)) {
                *link = None;
                changed = true;
            }
        }
        changed
    }
}

/// Whether a post stands on the wall of a private person: VK numbers communities below zero.
pub fn is_on_a_private_wall(id: &PostId) -> bool {
    is_post_of_a_person(id.as_str())
}

fn is_post_of_a_person(id: &str) -> bool {
    id.strip_prefix("vk:").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Words by which communities say that they pass on what a resident wrote.
static PASSED_ON: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) (?: ^ | \W ) (?: анон \W | анонимн[оы] \b | подписчи[кц]\w* | предложк\w* | админ\w*,? \s+ (?:опублик|размест|пропуст|выложи)\w*
        | (?: здравствуйте | привет | добр\w+\s\w+ ),? \s админ\w* | опубликуйте | нам \s (?:пишут|написал\w*|прислал\w*|сообща\w+) | пишут \s нам
        | пишет \s (?: нам | [а-яё]*житель\w* | чита\w+ ) | (?: сообщение | письмо | обращение | вопрос ) \s от \s (?: подпис | жител | чита | мам )\w*
        | наш\w*\s+(?:чита|подпис)\w+ | прислал[аи]? \s (?: чита | жител | подпис )\w* )",
    )
});

/// Words by which one speaks of oneself.
static OF_ONESELF: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?i)(?:^|\W)(?:я|мне|меня|мой|моя|моё|мое|мои|моего|моей|моему|моих|продам|продаю|сдам|сдаю|куплю|отдам|потерял|потеряла|ищу)(?:\W|$)",
    )
});

#[allow(clippy::expect_used)] // The expressions are constants, and the tests use each.
fn expression(text: &str) -> Regex {
    Regex::new(text).expect("a constant expression")
}

#[cfg(test)]
mod tests {
    use model::{Poll, Time};

    use super::*;

    fn post(text: &str) -> Post {
        let id = PostId::new("vk:-1_2").unwrap();
        Post::new(id, Platform::Vk, "s", Time::UNIX_EPOCH, text.into())
    }

    #[test]
    fn every_text_of_a_post_is_masked_and_the_origin_dropped_where_it_is_a_person() {
        let mut post = Post {
            title: Some("@id5".into()),
            poll: Some(Poll { question: "[id1|А]?".into(), options: vec!["a@b.example".into(), "нет".into()] }),
            forwarded_from: Some("https://vk.com/id5".into()),
            ..post("Звоните +79001234567")
        };
        assert!(Masks::default().collected(&mut post, true));
        let poll = post.poll.unwrap();
        assert_eq!((post.text.as_str(), post.title.as_deref()), ("Звоните ☎…", Some("@…")));
        assert_eq!((poll.question.as_str(), poll.options[0].as_str(), post.forwarded_from), ("@…?", "✉…", None));
    }

    #[test]
    fn what_a_community_passes_on_is_masked_as_private_and_what_it_says_itself_is_not() {
        let official = Masks { official: ["official".to_owned()].into(), ..Masks::default() };
        let said = |source: &str, platform, text: &str| {
            let mut post = Post { source: source.into(), platform, ..post(text) };
            official.collected(&mut post, false);
            post.text
        };
        for text in [
            "Анонимно: сосед шумит, 8 900 123-45-67",
            "Пишет подписчица. 8 900 123-45-67",
            "Продам гараж, 8 900 123-45-67",
        ] {
            let masked = text.replace("8 900 123-45-67", "☎…");
            assert_eq!(said("s", Platform::Vk, text), masked);
            assert_eq!(said("official", Platform::Vk, text), text, "an authority's own words");
        }
        for text in ["Аварийная бригада: 8 900 123-45-67", "Приём граждан, 8 (47241) 5-23-45"]
        {
            assert_eq!(said("s", Platform::Telegram, text), text);
        }
        let quoted = "«Я не знаю», сказала жительница. Приёмная: 8 900 123-45-67";
        assert_eq!(said("s", Platform::Portal, quoted), quoted);
    }

    #[test]
    fn an_import_brings_no_name() {
        let text = "8-900-123-45-67";
        let masked = |author: Option<&str>, kind| {
            let brought = Post { author: author.map(Into::into), kind, ..post(text) };
            let post = Masks::default().imported(brought).unwrap();
            (post.text, post.author)
        };
        assert_eq!(masked(None, Kind::Post), (text.into(), None));
        assert_eq!(masked(None, Kind::Comment), (PHONE.into(), None));
        assert_eq!(masked(Some("Иван Петров"), Kind::Post), (PHONE.into(), None));
        assert_eq!(masked(Some("0123456789abcdef"), Kind::Post), (PHONE.into(), Some("0123456789abcdef".into())));
    }

    #[test]
    fn an_import_names_nobody_in_its_links() {
        for (origin, stays) in [
            ("Иван Петров", false),
            ("Ivan Petrov", false),
            ("Петрова А. И.", false),
            ("Анна", false),
            ("Гульнара Сафиуллина", false),
            ("https://vk.com/id5", false),
            ("vk.com/wall5_6", false),
            ("vk:5_6", false),
            ("Подслушано Губкин", true),
            ("Новости Ивановского района", true),
            ("Администрация города", true),
            ("https://vk.com/wall-5_6", true),
            ("https://t.me/gorod_news", true),
        ] {
            let brought = Post { forwarded_from: Some(origin.into()), ..post("") };
            assert_eq!(Masks::default().imported(brought).unwrap().forwarded_from.is_some(), stays, "{origin}");
        }
        for (answered, stays) in
            [("vk:-5_6", true), ("vk:5_6", false), ("https://vk.com/wall5_6", false), ("tg:gorod/5", true)]
        {
            let brought = Post { in_reply_to: Some(answered.into()), answers: Some(answered.into()), ..post("") };
            let kept = Masks::default().imported(brought).unwrap();
            assert_eq!((kept.in_reply_to.is_some(), kept.answers.is_some()), (stays, stays), "{answered}");
        }
    }

    #[test]
    fn nothing_stays_of_a_private_wall() {
        let wall =
            Post {
                id: PostId::new("vk:7_2").unwrap(), url: Some("https://vk.com/wall7_2".into()), ..post("Текст")
            };
        assert_eq!(Masks::default().imported(wall.clone()), None);
        let stored = Masks::default().stored(wall);
        assert_eq!((stored.is_deleted(), stored.text.as_str(), stored.url), (true, "", None));
    }

    #[test]
    fn what_is_stored_is_masked_anew_by_what_is_known_of_it() {
        let masked = |post: Post| Masks::default().stored(post).text;
        let text = "8_900_123_45_67";
        assert_eq!(masked(post(text)), text, "a community's own words");
        assert_eq!(masked(Post { author: Some("0123456789abcdef".into()), ..post(text) }), PHONE);
        assert_eq!(masked(post("☎… или 8_900_123_45_67")), "☎… или ☎…", "masked as a person's before");
        assert_eq!(masked(Post { kind: Kind::Comment, ..post(text) }), text, "a community's answer");
        assert_eq!(masked(Post { kind: Kind::Comment, origin: Origin::Import, ..post(text) }), PHONE);
    }
}

//! Masks a text: what is found in its plain form is replaced in the original.

use std::borrow::Cow;
use std::collections::HashSet;

use config::Config;

use super::find;
use super::plain::Plain;
use super::public_numbers::PublicNumbers;
use super::table::Voice;

/// Which masks these are. Raised when a change of the masks finds more or less, so that a replay masks anew what is stored, and a
/// collector that reads a post again knows that only the masks have changed.
pub const MASKS: u32 = 4;

/// A mask makes a text shorter, and words that tell what a number is come nearer: masked again, more may be found. So often at
/// most; a text made to go on for longer stays as it is then.
const MAX_PASSES: usize = 8;

/// The masks, and what the configuration says of them.
#[derive(Debug, Default)]
pub struct Masks {
    pub(super) public: PublicNumbers,
    /// Ids of the sources that are accounts of an authority or a service.
    pub(super) official: HashSet<String>,
}

impl Masks {
    /// The masks of a configuration: the numbers of its recipients stay, and so do those in what its official sources say.
    pub fn new(config: &Config) -> Masks {
        let official = config.sources.iter().filter(|source| source.official).map(|source| source.id.clone());
        Masks { public: PublicNumbers::of(config), official: official.collect() }
    }

    /// Masks what a voice says.
    pub fn text<'t>(&self, text: &'t str, voice: Voice) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for _ in 0..MAX_PASSES {
            match self.pass(&masked, voice) {
                Some(shorter) => masked = Cow::Owned(shorter),
                None => break,
            }
        }
        masked
    }

    fn pass(&self, text: &str, voice: Voice) -> Option<String> {
        let plain = Plain::new(text);
        let found = find::find(&plain, voice, &self.public);
        if found.is_empty() {
            return None;
        }
        let (mut masked, mut from) = (String::with_capacity(text.len()), 0);
        for (start, end, what) in found {
            masked.push_str(&text[from..plain.origin(start)]);
            masked.push_str(what.row().mask);
            from = plain.origin(end);
        }
        masked.push_str(&text[from..]);
        Some(masked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(Masks::default().text(text, Voice::Person), expect, "{text}");
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
        check("vk.ru/gorod?w=wall12_3_r4, m.vk.ru/wall12_3?reply=4&thread=5", "@…, @…");
        check("telegram.dog/+79001234567, tg://join?invite=AbC_1", "@…, ☎…");
        same("vk.ru/gorod?w=wall-12_3_r4, m.vk.ru/wall-12_3?reply=4, tg://resolve?domain=gorod_news&post=5");
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
        check("(47241) 5-23-45", "☎…");
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
        let masks = Masks::default();
        let text = "Диспетчерская: 8 (47241) 5-23-45, edds@gorod.example";
        assert_eq!(masks.text(text, Voice::Official), text);
        assert_eq!(masks.text("[id1|Глава], 8 (47241) 5-23-45", Voice::Official), "@…, 8 (47241) 5-23-45");
    }

    #[test]
    fn the_numbers_of_recipients_stay_wherever_they_are_written() {
        let recipients = "[[recipient]]\nid = 'a'\nname = 'А'\nsectors = ['jkh']\nphone = '+7 (47241) 2-34-56 доб. 3'";
        let files = config::Files::shipped().overlay([("recipients.toml".to_owned(), recipients.to_owned())]);
        let masks = Masks::new(&Config::parse(&files).unwrap());
        for (text, expect) in [
            ("Водоканал не отвечает, тел. 8-47241-2-34-56", "Водоканал не отвечает, тел. 8-47241-2-34-56"),
            ("мой 2-34-56, её 2-34-57", "мой 2-34-56, её ☎…"),
        ] {
            assert_eq!(masks.text(text, Voice::Person), expect);
        }
    }

    #[test]
    fn masking_twice_changes_nothing_more() {
        let once = Masks::default().text("[id1|А] +79001234567 a@b.example тел. 5-23-45", Voice::Person).into_owned();
        check(&once, &once);
    }
}

//! Sentences that end with their line.

use super::Place;
use crate::tokens::emoji::is_emoji;
use crate::words::fold;

/// Signs that stand before the points of a list.
const BULLETS: [char; 12] = ['-', '–', '—', '•', '·', '*', '▪', '►', '▸', '●', '○', '■'];

/// After one of these a sentence goes on, whatever stands in the next line.
const GO_ON: &[&str] = &[
    "а",
    "без",
    "бы",
    "в",
    "во",
    "для",
    "до",
    "за",
    "и",
    "из",
    "или",
    "к",
    "как",
    "когда",
    "который",
    "ли",
    "на",
    "над",
    "не",
    "ни",
    "но",
    "о",
    "об",
    "от",
    "по",
    "под",
    "при",
    "про",
    "с",
    "со",
    "у",
    "через",
    "что",
    "чтобы",
    "дом",
    "дома",
    "доме",
    "улица",
    "улицы",
    "улице",
    "улицу",
    "город",
    "города",
    "городе",
    "поселок",
    "поселке",
    "село",
    "селе",
    "деревня",
    "деревне",
    "переулок",
    "переулке",
    "проспект",
    "проспекте",
    "микрорайон",
    "микрорайоне",
    "район",
    "районе",
];

/// Points of a list have few digits: a longer number is a year or a house.
const MAX_LIST_NUMBER: u32 = 99;

impl Place<'_> {
    /// Whether the word is the last of its line and the next line begins a new sentence.
    pub(super) fn ends_line(&self) -> bool {
        let mut lines = self.between.split('\n');
        let (Some(end), Some(last)) = (lines.next(), lines.next_back()) else { return false };
        if lines.any(|line| line.trim().is_empty()) {
            return true;
        }
        let bullet = last.trim_start().starts_with(BULLETS) || self.next.starts_with(is_emoji);
        if bullet {
            return true;
        }
        let open = end.trim_end().ends_with([',', '-', '–', '—']) || GO_ON.contains(&self.folded().as_str());
        self.capital_follows() && !open && !self.is_shouted()
    }

    /// The number that the word is, where the sign of a point of a list follows it.
    pub(super) fn list_number(&self) -> Option<u32> {
        list_number(self.word, self.between)
    }

    /// As [`Place::list_number`] of the next word.
    pub(super) fn next_list_number(&self) -> Option<u32> {
        list_number(self.next, &self.text[self.next_at + self.next.len()..])
    }

    /// Whether a list may begin with the next word.
    pub(super) fn may_begin_list(&self) -> bool {
        self.between.contains('\n') || self.between.trim_end().ends_with([':', ';', '!', '?'])
    }

    /// Whether a number after the word is of a house or the like.
    pub(super) fn names_number(&self) -> bool {
        const NAMED: [&str; 12] =
            ["дом", "дома", "доме", "д", "кв", "квартира", "подъезд", "корпус", "к", "стр", "этаж", "номер"];
        NAMED.contains(&fold(self.word).as_str()) || self.between.contains('№')
    }
}

fn list_number(word: &str, after: &str) -> Option<u32> {
    let number = word.parse().ok().filter(|number| (1..=MAX_LIST_NUMBER).contains(number))?;
    let text = after.strip_prefix(['.', ')'])?;
    (!text.starts_with(|c: char| c.is_ascii_digit() || c == ',')).then_some(number)
}

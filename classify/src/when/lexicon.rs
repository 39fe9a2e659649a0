//! The words with which people state times.

use std::sync::LazyLock;

use jiff::civil::Weekday;

/// Parts of the day and the hours at which they begin, as people use the words.
pub(super) const PARTS: [(&str, i8); 14] = [
    ("ночи", 0),
    ("полуночи", 0),
    ("рассвета", 5),
    ("утра", 6),
    ("утречка", 6),
    ("полудня", 12),
    ("обеда", 13),
    ("вечера", 18),
    ("ночь", 0),
    ("утро", 6),
    ("утром", 6),
    ("днем", 12),
    ("вечером", 18),
    ("ночью", 0),
];

/// Beginnings of the months' names.
pub(super) const MONTHS: [&str; 12] =
    ["январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"];

/// Beginnings of the names of the days of the week.
pub(super) const WEEKDAYS: [(&str, Weekday); 7] = [
    ("понедельник", Weekday::Monday),
    ("вторник", Weekday::Tuesday),
    ("сред", Weekday::Wednesday),
    ("четверг", Weekday::Thursday),
    ("пятниц", Weekday::Friday),
    ("суббот", Weekday::Saturday),
    ("воскресень", Weekday::Sunday),
];

/// Numbers in words, in the cases that follow «с», «до» and «уже».
pub(super) const NUMBERS: [(&str, i64); 44] = [
    ("час", 1),
    ("часу", 1),
    ("один", 1),
    ("одна", 1),
    ("одни", 1),
    ("одну", 1),
    ("одного", 1),
    ("два", 2),
    ("две", 2),
    ("двух", 2),
    ("двое", 2),
    ("три", 3),
    ("трех", 3),
    ("трое", 3),
    ("четыре", 4),
    ("четырех", 4),
    ("четверо", 4),
    ("пять", 5),
    ("пяти", 5),
    ("пятеро", 5),
    ("шесть", 6),
    ("шести", 6),
    ("шестеро", 6),
    ("семь", 7),
    ("семи", 7),
    ("семеро", 7),
    ("восемь", 8),
    ("восьми", 8),
    ("девять", 9),
    ("девяти", 9),
    ("десять", 10),
    ("десяти", 10),
    ("одиннадцать", 11),
    ("одиннадцати", 11),
    ("двенадцать", 12),
    ("двенадцати", 12),
    ("пятнадцать", 15),
    ("двадцать", 20),
    ("несколько", 0),
    ("полтора", 0),
    ("полторы", 0),
    ("много", 0),
    ("пару", 2),
    ("пара", 2),
];

/// Beginnings of ordinals: «второй», «третью».
pub(super) const ORDINALS: [(&str, i64); 10] = [
    ("втор", 2),
    ("трет", 3),
    ("четверт", 4),
    ("пят", 5),
    ("шест", 6),
    ("седьм", 7),
    ("восьм", 8),
    ("девят", 9),
    ("десят", 10),
    ("двенадцат", 12),
];

/// What may stand between «с» and the moment: «с самого утра», «с раннего утра».
pub(super) const FILLERS: [&str; 7] = ["самого", "раннего", "позднего", "примерно", "где-то", "этой", "этого"];

/// Beginnings of other words with which a moment or a length of time can begin.
pub(super) const BEGINNINGS: [&str; 25] = [
    "мая",
    "май",
    "мае",
    "маю",
    "сегодня",
    "вчера",
    "позавчера",
    "завтра",
    "послезавтра",
    "прошл",
    "выходных",
    "понедельник",
    "вторник",
    "сред",
    "четверг",
    "пятниц",
    "суббот",
    "воскресень",
    "полчаса",
    "полдня",
    "полгода",
    "недел",
    "сут",
    "месяц",
    "час",
];

/// Whether a word has the first three letters of a word of the lists.
pub(super) fn known_beginning(word: &str) -> bool {
    /// By the first two letters: a bit for each third letter.
    static KNOWN: LazyLock<[u32; 32 * 32]> = LazyLock::new(|| {
        let mut known = [0; 32 * 32];
        let stems = MONTHS.iter().filter(|stem| stem.chars().count() > 2);
        let words = PARTS.iter().map(|part| part.0).chain(NUMBERS.iter().map(|number| number.0));
        let all = words.chain(ORDINALS.iter().map(|ordinal| ordinal.0)).chain(FILLERS).chain(BEGINNINGS);
        for [first, second, third] in all.chain(stems.copied()).filter_map(first_letters) {
            known[first * 32 + second] |= 1 << third;
        }
        known
    });
    first_letters(word).is_some_and(|[first, second, third]| KNOWN[first * 32 + second] & 1 << third != 0)
}

/// The numbers of the first three letters of a word, where they are Russian ones.
fn first_letters(word: &str) -> Option<[usize; 3]> {
    let mut letters = word.chars().map(|c| (c as usize).wrapping_sub('а' as usize)).filter(|number| *number < 32);
    Some([letters.next()?, letters.next()?, letters.next()?])
}

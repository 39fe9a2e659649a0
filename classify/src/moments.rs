//! How people write a moment or a length of time, word by word: «12 ноября», «8 утра», «вчерашнего вечера», «трое суток».

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Weekday, time};
use jiff::{Span, ToSpan};

/// Hours that parts of the day begin at, as people use the words.
const PARTS: [(&str, i8); 14] = [
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
const MONTHS: [&str; 12] =
    ["январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("понедельник", Weekday::Monday),
    ("вторник", Weekday::Tuesday),
    ("сред", Weekday::Wednesday),
    ("четверг", Weekday::Thursday),
    ("пятниц", Weekday::Friday),
    ("суббот", Weekday::Saturday),
    ("воскресень", Weekday::Sunday),
];

/// Numbers in words, in the cases that follow «с», «до» and «уже».
const NUMBERS: [(&str, i64); 44] = [
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

const ORDINALS: [(&str, i64); 10] = [
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
const FILLERS: [&str; 7] = ["самого", "раннего", "позднего", "примерно", "где-то", "этой", "этого"];

/// Beginnings of all words in the lists here, and of the others that begin a moment or a length of time.
const BEGINNINGS: [&str; 25] = [
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

/// Words and numbers of a text in small letters, ё as е, with what stands after each.
pub struct Pieces {
    text: String,
    /// First byte, one past the last.
    words: Vec<(usize, usize)>,
}

/// What a character makes of the word it stands in.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Letter,
    Digit,
    Other,
}

/// A place among the pieces of one sentence.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    pieces: &'a Pieces,
    at: usize,
    end: usize,
}

/// A moment as far as it is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub date: Option<Date>,
    pub time: Option<jiff::civil::Time>,
    /// A number that nothing says to be an hour; up to 31, since it can be a day: «с 25 по 27 ноября».
    pub number: Option<i8>,
    pub bare: bool,
    /// A bare number that ends its clause or is followed by a day: «с 9 до 17 завтра».
    pub closes: bool,
}

impl Pieces {
    /// The pieces of the first bytes of a text.
    pub fn new(text: &str, max_bytes: usize) -> Pieces {
        let end = text.floor_char_boundary(max_bytes);
        let mut pieces = Pieces { text: String::with_capacity(end), words: Vec::with_capacity(end / 8) };
        let mut last = Kind::Other;
        for c in text[..end].chars() {
            // Nearly all letters are these, and need no table.
            match c {
                'а'..='я' => pieces.push(c, Kind::Letter, &mut last),
                'А'..='Я' => {
                    let small = char::from_u32(c as u32 + ('а' as u32 - 'А' as u32)).unwrap_or(c);
                    pieces.push(small, Kind::Letter, &mut last);
                }
                'ё' | 'Ё' => pieces.push('е', Kind::Letter, &mut last),
                '0'..='9' => pieces.push(c, Kind::Digit, &mut last),
                _ if c.is_ascii() => {
                    let kind = if c.is_ascii_alphabetic() { Kind::Letter } else { Kind::Other };
                    pieces.push(c.to_ascii_lowercase(), kind, &mut last);
                }
                _ => c.to_lowercase().for_each(|c| {
                    let kind = if c.is_alphanumeric() { Kind::Letter } else { Kind::Other };
                    pieces.push(c, kind, &mut last);
                }),
            }
        }
        pieces
    }

    fn push(&mut self, c: char, kind: Kind, last: &mut Kind) {
        let at = self.text.len();
        self.text.push(c);
        if kind != Kind::Other {
            match self.words.last_mut() {
                Some(word) if *last == kind => word.1 = self.text.len(),
                _ => self.words.push((at, self.text.len())),
            }
        }
        *last = kind;
    }

    /// The sentences. A point between numbers or after a short word ends none.
    pub fn sentences(&self) -> impl Iterator<Item = Cursor<'_>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            if at >= self.words.len() {
                return None;
            }
            let start = at;
            while at < self.words.len() {
                at += 1;
                if self.ends_sentence(at - 1) {
                    break;
                }
            }
            Some(Cursor { pieces: self, at: start, end: at })
        })
    }

    fn ends_sentence(&self, word: usize) -> bool {
        let glue = self.glue(word);
        let long = self.words[word].1 - self.words[word].0 > 3 * 2;
        glue.contains(['!', '?', '…', '\n']) || (glue.contains('.') && long)
    }

    fn glue(&self, word: usize) -> &str {
        let next = self.words.get(word + 1).map_or(self.text.len(), |next| next.0);
        &self.text[self.words[word].1..next]
    }
}

impl<'a> Cursor<'a> {
    /// Its number among the pieces of the text.
    pub fn at(self) -> usize {
        self.at
    }

    /// The word here; none at the end of the sentence.
    pub fn word(self) -> Option<&'a str> {
        let (start, end) = *self.pieces.words.get(self.at).filter(|_| self.at < self.end)?;
        Some(&self.pieces.text[start..end])
    }

    /// Whether a moment or a length of time may begin here: settles most words at a glance.
    pub fn may_tell(self) -> bool {
        self.word().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()) || known_beginning(word))
    }

    /// So many words further.
    #[must_use]
    pub fn skip(self, words: usize) -> Cursor<'a> {
        Cursor { at: self.at + words, ..self }
    }

    /// What stands after the word here.
    fn glue(self) -> &'a str {
        self.word().map_or("", |_| self.pieces.glue(self.at))
    }

    fn digits(self) -> Option<i64> {
        self.word().filter(|word| word.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
    }

    /// A number in digits or words.
    fn number(self) -> Option<i64> {
        let word = self.word()?;
        self.digits().or_else(|| NUMBERS.iter().find(|known| known.0 == word).map(|known| known.1))
    }
}

/// Whether a word begins with the three letters of one of the lists.
fn known_beginning(word: &str) -> bool {
    /// A bit for each three letters: by the third, under the number of the first two.
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

/// The moment that begins here, and what follows it.
pub fn moment(cursor: Cursor, now: DateTime) -> Option<(Moment, Cursor)> {
    let mut cursor = cursor;
    while cursor.word().is_some_and(|word| FILLERS.contains(&word)) {
        cursor = cursor.skip(1);
    }
    if let Some((date, rest)) = date(cursor, now) {
        // «25 ноября с 9 до 17» states the hour elsewhere; «25 ноября 10:00» here.
        let clock = clock(rest).filter(|(moment, _)| !moment.bare);
        let (time, rest) = clock.map_or((None, rest), |(clock, rest)| (clock.time, rest));
        return Some((Moment { date: Some(date), time, number: None, bare: false, closes: false }, rest));
    }
    if let Some((day, rest)) = day_word(cursor, now) {
        let part = part(rest);
        let time = part.map(|(hour, _)| time(hour, 0, 0, 0));
        let rest = part.map_or(rest, |(_, rest)| rest);
        return Some((Moment { date: Some(day), time, number: None, bare: false, closes: false }, rest));
    }
    if let Some((hour, rest)) = part(cursor) {
        let time = Some(time(hour, 0, 0, 0));
        return Some((Moment { date: None, time, number: None, bare: false, closes: false }, rest));
    }
    let (mut clock, rest) = clock(cursor)?;
    match date(rest, now).or_else(|| day_word(rest, now)) {
        Some((date, rest)) if !clock.bare => {
            clock.date = Some(date);
            Some((clock, rest))
        }
        found => {
            clock.closes = found.is_some() || rest.word().is_none() || !rest_is_counted(cursor, rest);
            Some((clock, rest))
        }
    }
}

/// Whether a bare number counts the next word: «до 5 рублей» and not «до 17 отключат».
fn rest_is_counted(number: Cursor, rest: Cursor) -> bool {
    let last = Cursor { at: rest.at - 1, ..number };
    let verb = rest.word().is_some_and(|word| word.ends_with("ат") || word.ends_with("ут") || word.ends_with("ет"));
    let apart = last.glue().contains([',', ';', ')', '.', '!', '?', '\n']);
    !verb && !apart
}

/// «12 ноября», «12 ноября 2025 года», «12.11», «12.11.2026», «12-го числа», «октября».
fn date(cursor: Cursor, now: DateTime) -> Option<(Date, Cursor)> {
    if let Some(month) = cursor.word().and_then(month) {
        let (year, rest) = year(cursor.skip(1));
        // «в мае», «с мая»: the first of the month.
        return Some((nearest(1, month, year, now)?, rest));
    }
    let day = i8::try_from(cursor.digits()?).ok().filter(|day| (1..=31).contains(day))?;
    let mut after = cursor.skip(1);
    let ending = after.word().filter(|word| cursor.glue().is_empty() || *word == "го" || *word == "ого");
    if ending.is_some_and(|word| ["го", "ого", "е"].contains(&word)) && cursor.glue().len() <= 1 {
        after = after.skip(1);
        if after.word() == Some("числа") {
            return Some((nearest_day(day, now)?, after.skip(1)));
        }
    }
    if after.word() == Some("числа") {
        return Some((nearest_day(day, now)?, after.skip(1)));
    }
    if let Some(month) = after.word().and_then(month) {
        let (year, rest) = year(after.skip(1));
        return Some((nearest(day, month, year, now)?, rest));
    }
    // «12.11»: two digits on the right, or a year after them; «16.00» is a time.
    if cursor.glue() == "." && after.word().is_some_and(|word| word.len() == 2) {
        let month = i8::try_from(after.digits()?).ok().filter(|month| (1..=12).contains(month))?;
        let year = after.skip(1).digits().filter(|_| after.glue() == ".").and_then(full_year);
        let rest = if year.is_some() { after.skip(2) } else { after.skip(1) };
        return Some((nearest(day, month, year, now)?, rest));
    }
    None
}

fn month(word: &str) -> Option<i8> {
    let is = |stem: &&str| match *stem {
        "ма" => ["мая", "май", "мае", "маю"].contains(&word),
        "март" => ["март", "марта", "марте", "марту"].contains(&word),
        stem => word.strip_prefix(stem).is_some_and(|ending| ending.chars().count() <= 2),
    };
    MONTHS.iter().position(is).map(|month| month as i8 + 1)
}

/// «2025 года», «2025».
fn year(cursor: Cursor) -> (Option<i16>, Cursor) {
    match cursor.digits().filter(|year| (1900..2100).contains(year)) {
        Some(year) => {
            let rest = cursor.skip(1);
            let named = rest.word().is_some_and(|word| ["года", "году", "год", "г"].contains(&word));
            (Some(year as i16), if named { rest.skip(1) } else { rest })
        }
        None => (None, cursor),
    }
}

fn full_year(digits: i64) -> Option<i16> {
    match digits {
        0..=99 => Some(2000 + digits as i16),
        1900..=2100 => Some(digits as i16),
        _ => None,
    }
}

/// The date of the year that is nearest to now.
fn nearest(day: i8, month: i8, year: Option<i16>, now: DateTime) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let distance = |date: &Date| now.date().until(*date).map_or(i32::MAX, |span| span.get_days().abs());
    (now.year() - 1..=now.year() + 1).filter_map(|year| Date::new(year, month, day).ok()).min_by_key(distance)
}

/// The day of this month, or of the last one if it has not come yet.
fn nearest_day(day: i8, now: DateTime) -> Option<Date> {
    let this = Date::new(now.year(), now.month(), day).ok();
    this.filter(|date| *date <= now.date()).or_else(|| {
        let last = now.date().first_of_month().checked_sub(1.day()).ok()?;
        Date::new(last.year(), last.month(), day).ok()
    })
}

/// «вчера», «вчерашнего вечера», «сегодняшнего дня», «завтра», «понедельника», «прошлой недели», «выходных».
fn day_word(cursor: Cursor, now: DateTime) -> Option<(Date, Cursor)> {
    let word = cursor.word()?;
    let next = cursor.skip(1);
    let today = now.date();
    let days = match word {
        "сегодня" | "сегодняшнего" | "сегодняшней" => 0,
        "вчера" | "вчерашнего" | "вчерашней" => -1,
        "позавчера" | "позавчерашнего" => -2,
        "завтра" | "завтрашнего" => 1,
        "послезавтра" => 2,
        "прошлой" | "прошлого" | "прошлую" => return last_one(next, today),
        "выходных" => {
            let since = i64::from(today.weekday().since(Weekday::Saturday));
            return Some((today.checked_sub(since.days()).ok()?, next));
        }
        _ => return weekday(cursor, today),
    };
    let rest = if next.word() == Some("дня") { next.skip(1) } else { next };
    Some((today.checked_add(days.days()).ok()?, rest))
}

/// After «прошлой», «прошлого»: a week, a month, a year ago.
fn last_one(cursor: Cursor, today: Date) -> Option<(Date, Cursor)> {
    let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
    let date = match cursor.word()? {
        "недели" | "неделе" => monday.checked_sub(1.week()).ok()?,
        "месяца" => today.first_of_month().checked_sub(1.month()).ok()?,
        "года" => Date::new(today.year() - 1, 1, 1).ok()?,
        _ => return weekday(cursor, today),
    };
    Some((date, cursor.skip(1)))
}

/// The last day of that name; after «до» and «по» the caller's sentence means the next one.
fn weekday(cursor: Cursor, today: Date) -> Option<(Date, Cursor)> {
    let word = cursor.word()?;
    let ends = |stem: &str| word.strip_prefix(stem).is_some_and(|ending| ending.chars().count() <= 1);
    let (_, weekday) = WEEKDAYS.iter().find(|(stem, _)| ends(stem))?;
    let back = match i64::from(today.weekday().since(*weekday)) {
        0 => 7,
        days => days,
    };
    let ahead = cursor.at > 0 && matches!(Cursor { at: cursor.at - 1, ..cursor }.word(), Some("до" | "по"));
    let days = if ahead { 7 - back % 7 } else { -back };
    Some((today.checked_add(days.days()).ok()?, cursor.skip(1)))
}

/// «утра», «вечера».
fn part(cursor: Cursor) -> Option<(i8, Cursor)> {
    let word = cursor.word()?;
    let (_, hour) = PARTS.iter().find(|(part, _)| *part == word)?;
    Some((*hour, cursor.skip(1)))
}

/// «8:00», «16.00», «8 утра», «двух часов ночи», «17 часов», «9».
fn clock(cursor: Cursor) -> Option<(Moment, Cursor)> {
    let is_number = cursor.digits().is_some();
    let number = i8::try_from(cursor.number()?).ok().filter(|number| (0..=31).contains(number))?;
    let mut rest = cursor.skip(1);
    let mut minute = 0;
    let mut bare = true;
    if is_number && matches!(cursor.glue(), ":" | "." | "-") && rest.word().is_some_and(|word| word.len() == 2) {
        minute = i8::try_from(rest.digits()?).ok().filter(|minute| (0..60).contains(minute))?;
        rest = rest.skip(1);
        bare = false;
    }
    if rest.word().is_some_and(|word| ["час", "часа", "часов", "часам", "ч", "ч."].contains(&word)) {
        rest = rest.skip(1);
        bare = false;
        if let Some(found) = rest.digits().filter(|_| rest.skip(1).word().is_some_and(|word| word.starts_with("мин")))
        {
            minute = i8::try_from(found).ok().filter(|minute| (0..60).contains(minute))?;
            rest = rest.skip(2);
        }
    }
    let mut hour = number;
    if let Some(part) = rest.word().filter(|word| ["утра", "дня", "вечера", "ночи"].contains(word)) {
        hour = match (part, hour) {
            ("дня" | "вечера", 1..=11) => hour + 12,
            ("ночи", 12) => 0,
            _ => hour,
        };
        rest = rest.skip(1);
        bare = false;
    } else if !is_number && bare {
        return None;
    }
    let time = jiff::civil::Time::new(hour % 24, minute, 0, 0).ok().filter(|_| hour <= 24);
    if time.is_none() && !bare {
        return None;
    }
    Some((Moment { date: None, time, number: Some(number).filter(|_| bare), bare, closes: false }, rest))
}

/// «третий день»: two days ago; «вторую неделю», «3-й час».
pub fn ordinal(cursor: Cursor) -> Option<(Span, Cursor)> {
    let word = cursor.word()?;
    let (count, after) = match cursor.digits() {
        Some(count) => {
            let ending = cursor.skip(1);
            let is_ending =
                ["й", "и", "е", "ю", "ый", "ий", "ья", "ьи", "ые", "ую", "ая", "го"].contains(&ending.word()?);
            if !is_ending || cursor.glue().len() > 1 {
                return None;
            }
            (count, ending.skip(1))
        }
        None => {
            let (_, count) = ORDINALS.iter().find(|(stem, _)| {
                let ending = word.strip_prefix(stem);
                ending.is_some_and(|ending| {
                    ["ый", "ой", "ий", "ые", "ие", "ьи", "ую", "ью", "ая", "ья", "ого", "ьего"].contains(&ending)
                })
            })?;
            (*count, cursor.skip(1))
        }
    };
    let after = if after.word() == Some("уже") { after.skip(1) } else { after };
    Some((unit(after.word()?, count - 1)?, after.skip(1)))
}

/// «2 часа», «трое суток», «неделю», «полчаса».
pub fn duration(cursor: Cursor) -> Option<(Span, Cursor)> {
    let word = cursor.word()?;
    match word {
        "полчаса" => return Some((30.minutes(), cursor.skip(1))),
        "полдня" => return Some((6.hours(), cursor.skip(1))),
        "полгода" => return Some((6.months(), cursor.skip(1))),
        "неделю" | "сутки" | "суток" | "месяц" | "недели" | "месяца" | "час" => {
            return Some((unit(word, 1)?, cursor.skip(1)));
        }
        _ => {}
    }
    let count = cursor.number().filter(|count| (1..=366).contains(count))?;
    let after = cursor.skip(1);
    Some((unit(after.word()?, count)?, after.skip(1)))
}

fn unit(word: &str, count: i64) -> Option<Span> {
    let span = match word {
        "минут" | "минуты" | "минуту" | "мин" => Span::new().try_minutes(count),
        "час" | "часа" | "часов" | "ч" => Span::new().try_hours(count),
        "день" | "дня" | "дней" | "дн" | "сутки" | "суток" | "ночь" | "ночи" | "ночей" | "вечер" | "вечера" => {
            Span::new().try_days(count)
        }
        "неделя" | "неделю" | "недели" | "недель" => Span::new().try_weeks(count),
        "месяц" | "месяца" | "месяцев" => Span::new().try_months(count),
        _ => return None,
    };
    span.ok()
}

#[cfg(test)]
mod tests;

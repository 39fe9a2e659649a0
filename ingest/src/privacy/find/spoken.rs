//! Telephone numbers in words: `восемь девятьсот сто двадцать три, сорок пять, шестьдесят семь`.

use super::Found;
use crate::privacy::public_numbers::PublicNumbers;
use crate::privacy::table::What;

/// Words and digits that follow one another, read as one row of digits.
#[derive(Default)]
struct Row {
    start: usize,
    end: usize,
    digits: String,
    /// Words among them: digits alone are looked at elsewhere.
    words: usize,
    /// How many digits the next word may still fill: after `двадцать` comes `три`, and the two are 23.
    open: usize,
}

/// Finds them.
pub(super) fn find(text: &str, public: &PublicNumbers, found: &mut Found) {
    let mut row = Row::default();
    for (start, word) in words(text) {
        let lower = word.to_lowercase().replace('ё', "е");
        let value = match lower.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Some((lower.clone(), 0)),
            false => value(&lower),
        };
        let Some((digits, open)) = value else {
            close(&mut row, public, found);
            continue;
        };
        if row.digits.is_empty() {
            row.start = start;
        }
        let is_word = !word.starts_with(|c: char| c.is_ascii_digit());
        row.words += usize::from(is_word);
        row.end = start + word.len();
        row.take(&digits, open, is_word);
    }
    close(&mut row, public, found);
}

impl Row {
    /// Adds digits; a numeral fills what one before it left open: `сто`, `двадцать`, `три` are 123.
    fn take(&mut self, digits: &str, open: usize, is_word: bool) {
        if is_word && digits.len() <= self.open && !digits.starts_with('0') {
            self.digits.truncate(self.digits.len() - digits.len());
        }
        self.open = open;
        self.digits.push_str(digits);
    }
}

/// Ends a row, which is a number where it has a number's digits.
fn close(row: &mut Row, public: &PublicNumbers, found: &mut Found) {
    let row = std::mem::take(row);
    let code = match row.digits.len() {
        11 if row.digits.starts_with(['7', '8']) => &row.digits[1..],
        10 => &row.digits[..],
        _ => return,
    };
    let hot_line = code.starts_with("800");
    if row.words >= 3 && code.starts_with(['3', '4', '8', '9']) && !hot_line && !public.contains(&row.digits) {
        found.push(row.start, row.end, What::Phone);
    }
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric();
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(is_part)?;
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |length| start + length);
        rest = end;
        Some((start, &text[start..end]))
    })
}

/// The digits of a numeral, and how many of them smaller numerals after it may still fill.
fn value(word: &str) -> Option<(String, usize)> {
    let one = |number: usize, open| Some((number.to_string(), open));
    if let Some(at) = UNITS.iter().position(|unit| *unit == word) {
        return one(at, 0);
    }
    if let Some(at) = TEENS.iter().position(|teen| *teen == word) {
        return one(10 + at, 0);
    }
    if let Some(at) = TENS.iter().position(|ten| *ten == word) {
        return one(20 + 10 * at, 1);
    }
    if let Some(at) = HUNDREDS.iter().position(|hundred| *hundred == word) {
        return one(100 + 100 * at, 2);
    }
    match word {
        "плюс" => Some((String::new(), 0)),
        "нуль" => one(0, 0),
        _ => None,
    }
}

const UNITS: [&str; 10] = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"];

const TEENS: [&str; 10] = [
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
];

const TENS: [&str; 8] =
    ["двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"];

const HUNDREDS: [&str; 9] =
    ["сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот"];

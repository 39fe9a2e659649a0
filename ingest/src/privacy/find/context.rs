//! What the words around a number say it is.

use std::sync::LazyLock;

use regex::Regex;

use super::expression;

/// How far before a number words are looked at: further away they speak of something else.
const BEFORE: usize = 64;

/// What the nearest telling word before a number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nearest {
    Telephone,
    /// An account, a case, a reading, an article.
    Other,
    Nothing,
}

/// The text before a position, as far as it is looked at.
pub(super) fn before(text: &str, at: usize) -> &str {
    before_within(text, at, BEFORE)
}

/// The text before a position, so many bytes of it at most.
pub(super) fn before_within(text: &str, at: usize, bytes: usize) -> &str {
    &text[text.ceil_char_boundary(at.saturating_sub(bytes))..at]
}

/// The text after a position, so many bytes of it at most.
pub(super) fn after_within(text: &str, at: usize, bytes: usize) -> &str {
    &text[at..text.floor_char_boundary((at + bytes).min(text.len()))]
}

/// What the nearest telling word says.
pub(super) fn nearest(text: &str, at: usize) -> Nearest {
    let last = TELLING.captures_iter(before(text, at)).last();
    match last {
        Some(found) if found.get(1).is_some() => Nearest::Telephone,
        Some(_) => Nearest::Other,
        None => Nearest::Nothing,
    }
}

/// Whether a number is given as that of a service, which everybody may call: `диспетчерская: 2-34-56`.
pub(super) fn is_of_a_service(text: &str, at: usize) -> bool {
    SERVICE.is_match(before_within(text, at, 2 * BEFORE))
}

/// Whether a position lies within an address of a page or a name of a file.
pub(super) fn is_in_address(text: &str, at: usize) -> bool {
    let start =
        text[..at].rfind(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '«')).map_or(0, |space| space + 1);
    let start = text.ceil_char_boundary(start);
    let token = text[start..at].to_ascii_lowercase();
    if token.contains("://") {
        return true;
    }
    let word = token.trim_end_matches(|c: char| !c.is_alphanumeric());
    let leads_on = token.ends_with(|c: char| c.is_ascii_alphabetic() || "/=&_-%@?#.".contains(c));
    leads_on && word.contains(|c: char| c.is_ascii_alphabetic()) && !CALLS.iter().any(|call| word.ends_with(call))
}

/// Latin words that are followed by a number to call.
const CALLS: [&str; 9] = ["tel", "phone", "mob", "whatsapp", "watsapp", "viber", "telegram", "sms", "max"];

static TELLING: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) \b (?:
        ( тел(?:ефон\w*)?\b | т\. | моб\w* | сот\w*\. | звон\w+ | позвон\w+ | набе?р\w+ | перезвон\w* | whats?app | viber | вайб\w* | в[ао]тс?[ао]п\w*
        | связ\w+ | контакт\w* | пишите )
        | лиц\w*\.?\s*сч\w* | л/с | л\.с\. | сч[её]т\w* | договор\w* | заяв\w* | обращени\w* | дел[оау] | артикул\w* | код\w* | кадастр\w*
        | инвентар\w* | прибор\w* | показан\w* | инн | огрн\w* | кпп | бик | р/с | к/с | уин | штрих\w* | трек\w* | отслежив\w* | заказ\w* | квитанц\w*
        | чек\w* | сери[яий] | постановлен\w* | распоряжен\w* | регистр\w* | идентифик\w* | абонент\w* | id | протокол\w* | запис[ьи] | талон\w* | сообщени\w* | бортов\w*
        | указани\w* | снилс | инвойс | накладн\w* | опс | лс | входящ\w* | исходящ\w* | вх\. | исх\. )",
    )
});

/// A service, and no more than a word for telephones between it and the number.
static SERVICE: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) \b (?: диспетчер\w* | аварийн\w*(?:\s+служб\w*)? | горяч\w+\s+лини\w+ | горяч\w+\s+телефон\w* | при[её]мн\w+ | администраци\w+ | едд[сc]\w*
        | регистратур\w* | поликлиник\w* | водоканал\w* | горгаз\w* | райгаз\w* | газов\w+\s+служб\w* | энергосбыт\w* | мфц | полици\w+ | дежурн\w+(?:\s+част\w+)?
        | участков\w+\s+пункт\w* | справочн\w+ | колл?-?\s?центр\w* | call-?\s?центр\w* | единый\s+номер | управляющ\w+\s+компани\w+ | \bук\b | \bжэ[ку]\w* | \bтсж\b
        | оператор\w* | прокуратур\w* | роспотребнадзор\w* | соцзащит\w* | доверия | подстанци\w+ | \bрэс\w* | скорая | теплосет\w* | электросет\w* )
        (?: \s+ [«\x22]? [а-яё]+ [»\x22]? ){0,2}
        [\s:.,(-]* (?: по | на )? \s* (?: тел (?:ефон\w*)? \.? | т\. | номер\w* | звон\w+ | № )? [\s:.(№+-]* $",
    )
});

//! The one line that an officer would write in the log: what, where.

use std::collections::BTreeMap;

use model::Tags;
use text::Awake;

use crate::places::Located;
use crate::quote::Words;
use crate::rules::Rules;

/// Words that announce a street, as a lemma or as written, and how its name is written then.
pub const STREET_KINDS: [(&str, &str); 12] = [
    ("ул", "ул."),
    ("улица", "ул."),
    ("улка", "ул."),
    ("пер", "пер."),
    ("переулок", "пер."),
    ("проспект", "пр-т"),
    ("пр-т", "пр-т"),
    ("бульвар", "б-р"),
    ("шоссе", "ш."),
    ("мкр", "мкр."),
    ("микрорайон", "мкр."),
    ("площадь", "пл."),
];

/// What, where: the worst risk or else the strongest topic; the most exact place of ours with its house and its settlement, or
/// the street as the text names it.
pub fn subject(rules: &Rules, awake: &Awake, tags: &Tags, located: &Located, words: &Words) -> Option<String> {
    let config = &rules.config;
    let risk = tags.risks.first().map(|risk| config.risk_name(&risk.kind));
    let mut subject = risk.or_else(|| tags.topics.first().map(|topic| config.topic_name(topic)))?.to_owned();
    let mut places = located.places.iter().map(|found| (&config.places[found.place], found));
    let exact = places.next();
    let street = exact.is_none_or(|(place, _)| place.kind != "street" && place.kind != "institution");
    if let Some(written) = street.then(|| written_street(&rules.word_lists.streets(awake), words)).flatten() {
        push(&mut subject, &written);
    }
    if let Some((place, found)) = exact {
        push(&mut subject, &place.name);
        if place.kind == "street"
            && let Some(house) = found.words.last().and_then(|last| house(words, words.at(*last)? + 1))
        {
            push(&mut subject, &house);
        }
        let settlement = places.find(|(other, _)| other.kind == "settlement" && place.kind != "settlement");
        if let Some((settlement, _)) = settlement {
            push(&mut subject, &settlement.name);
        }
    }
    Some(subject)
}

fn push(subject: &mut String, part: &str) {
    subject.push_str(", ");
    subject.push_str(part);
}

/// «ул. Лесной, 14» as «ул. Лесная, 14».
fn written_street(streets: &BTreeMap<u32, usize>, words: &Words) -> Option<String> {
    let tokens = words.tokens();
    for (position, kind) in streets {
        let Some(at) = words.at(*position) else { continue };
        let (_, kind) = STREET_KINDS[*kind];
        let Some(name) = tokens.get(at + 1).map(|_| words.written(at + 1)) else { continue };
        if words.ends_field(at) || !name.starts_with(char::is_uppercase) || name.chars().count() < 3 {
            continue;
        }
        let feminine = matches!(kind, "ул." | "пл.");
        let name = if feminine { nominative(name) } else { name.to_owned() };
        let house = house(words, at + 2).map_or(String::new(), |house| format!(", {house}"));
        return Some(format!("{kind} {name}{house}"));
    }
    None
}

/// «Лесной», «Лесную» as «Лесная»; «Мира», «Горького» stay as they are.
fn nominative(name: &str) -> String {
    let hard = ["ой", "ую"].iter().find_map(|ending| name.strip_suffix(ending)).map(|stem| (stem, "ая"));
    let soft = ["ней", "нюю"].iter().find_map(|ending| name.strip_suffix(ending)).map(|stem| (stem, "няя"));
    match soft.or(hard) {
        Some((stem, ending)) if stem.chars().count() > 2 => format!("{stem}{ending}"),
        _ => name.to_owned(),
    }
}

/// The number of a house: «12», «12а», «д. 12», «дом 12».
fn house(words: &Words, from: usize) -> Option<String> {
    let tokens = words.tokens();
    let mut at = from;
    if tokens.get(at).is_some_and(|token| matches!(&*token.form, "д" | "дом" | "доме" | "дома")) {
        at += 1;
    }
    let number = tokens.get(at)?;
    if at > 0
        && (words.ends_field(at - 1) || words.after(at - 1).is_none_or(|between| between.contains(['!', '?', '\n'])))
    {
        return None;
    }
    let digits = number.form.chars().take_while(char::is_ascii_digit).count();
    let letters = number.form.chars().count() - digits;
    if !(1..=3).contains(&digits) || letters > 1 {
        return None;
    }
    let letter = tokens.get(at + 1).filter(|token| words.after(at) == Some("") && token.form.chars().count() == 1);
    Some(letter.map_or_else(|| number.form.to_string(), |letter| format!("{}{}", number.form, letter.form)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_street_of_adjectives_is_named_in_the_nominative() {
        for (written, named) in [
            ("Лесной", "Лесная"),
            ("Лесную", "Лесная"),
            ("Верхней", "Верхняя"),
            ("Мира", "Мира"),
            ("Горького", "Горького"),
            ("Лесная", "Лесная"),
        ] {
            assert_eq!(nominative(written), named);
        }
    }
}

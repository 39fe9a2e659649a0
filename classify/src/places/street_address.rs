//! Addresses as a text writes them: streets that are not configured, and houses.

use std::collections::BTreeMap;

use crate::post_words::PostWords;

/// «ул. Лесной, 14» as «ул. Лесная, 14».
pub(super) fn written_street(streets: &BTreeMap<u32, &str>, words: &PostWords) -> Option<String> {
    let tokens = words.tokens();
    for (position, kind) in streets {
        let Some(at) = words.at(*position) else { continue };
        let Some(name) = tokens.get(at + 1).map(|_| words.written(at + 1)) else { continue };
        if words.ends_field(at) || !name.starts_with(char::is_uppercase) || name.chars().count() < 3 {
            continue;
        }
        let feminine = matches!(*kind, "ул." | "пл.");
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
pub(super) fn house(words: &PostWords, from: usize) -> Option<String> {
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

//! Names of places as words to search for, and in Latin letters as ids.

/// The words and numbers of a name in small letters, ё as е.
pub fn name_words(name: &str) -> Vec<String> {
    let name = name.to_lowercase().replace('ё', "е");
    name.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A name in Latin letters, for an id: «ул. Лесная» as «ul-lesnaya».
pub fn latin(name: &str) -> String {
    const LETTERS: [(&str, &str); 33] = [
        ("а", "a"),
        ("б", "b"),
        ("в", "v"),
        ("г", "g"),
        ("д", "d"),
        ("е", "e"),
        ("ё", "e"),
        ("ж", "zh"),
        ("з", "z"),
        ("и", "i"),
        ("й", "y"),
        ("к", "k"),
        ("л", "l"),
        ("м", "m"),
        ("н", "n"),
        ("о", "o"),
        ("п", "p"),
        ("р", "r"),
        ("с", "s"),
        ("т", "t"),
        ("у", "u"),
        ("ф", "f"),
        ("х", "h"),
        ("ц", "ts"),
        ("ч", "ch"),
        ("ш", "sh"),
        ("щ", "sch"),
        ("ъ", ""),
        ("ы", "y"),
        ("ь", ""),
        ("э", "e"),
        ("ю", "yu"),
        ("я", "ya"),
    ];
    let letter = |c: char| {
        let known = LETTERS.iter().find(|(letter, _)| letter.starts_with(c));
        known.map_or_else(|| c.to_string(), |(_, latin)| (*latin).to_owned())
    };
    name_words(name).iter().map(|word| word.chars().map(letter).collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_latin() {
        assert_eq!(latin("ул. Лесная"), "ul-lesnaya");
        assert_eq!(latin("Школа № 5"), "shkola-5");
    }
}

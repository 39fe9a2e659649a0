//! `[[street]]` and `[[institution]]` in `places/*.toml`: a name is enough, and the queries that find it are written here.

use super::names::Names;
use super::places::within;
use super::reader::{Located, Table};
use super::rules::{AllowedFields, pattern};
use super::transliteration::{latin, name_words};
use crate::places::Place;

/// What a street can be; the first is the default.
const STREET_KINDS: [(&str, &str); 11] = [
    ("улица", "ул."),
    ("переулок", "пер."),
    ("проспект", "пр-т"),
    ("бульвар", "б-р"),
    ("площадь", "пл."),
    ("шоссе", "ш."),
    ("проезд", "пр-д"),
    ("тупик", "туп."),
    ("набережная", "наб."),
    ("микрорайон", "мкр."),
    ("квартал", "кв-л"),
];

/// Words before the bare name of a street: «на Лесной», «по Мира». Without one of these «мира» in «чемпионат мира» would be a street.
const BEFORE_STREET: [&str; 7] = ["на", "по", "с", "у", "до", "угол", "перекресток"];

/// Words for an institution, any of which may stand for the first: «школа № 5», «СОШ 5».
const SAME: [&[&str]; 6] = [
    &["школа", "сош", "сш", "оош"],
    &["садик", "детсад", "сад", "доу", "мбдоу"],
    &["поликлиника"],
    &["больница", "горбольница"],
    &["гимназия"],
    &["лицей"],
];

/// Stems of the ordinals, from the first on: people write «пятая школа».
const ORDINALS: [&str; 20] = [
    "первый",
    "второй",
    "третий",
    "четвертый",
    "пятый",
    "шестой",
    "седьмой",
    "восьмой",
    "девятый",
    "десятый",
    "одиннадцатый",
    "двенадцатый",
    "тринадцатый",
    "четырнадцатый",
    "пятнадцатый",
    "шестнадцатый",
    "семнадцатый",
    "восемнадцатый",
    "девятнадцатый",
    "двадцатый",
];

/// A `[[street]]`: `name`, and where wanted `type`, `id`, `also`.
pub fn street(mut table: Table, names: &mut Names) -> Option<Place> {
    let name = table.required("name");
    let kind =
        table.parsed("type", |word| {
            STREET_KINDS.iter().find(|(kind, _)| *kind == word).copied().ok_or_else(|| {
                format!("{word:?} — не вид улицы; бывают {}", STREET_KINDS.map(|(kind, _)| kind).join(", "))
            })
        });
    let (kind, short) = kind.unwrap_or(STREET_KINDS[0]);
    finish(table, names, name, "street", |name| format!("{short} {name}"), |name| street_queries(kind, name))
}

/// An `[[institution]]`: `name`, and where wanted `id`, `also`.
pub fn institution(mut table: Table, names: &mut Names) -> Option<Place> {
    let name = table.required("name");
    finish(table, names, name, "institution", str::to_owned, institution_queries)
}

fn finish(
    mut table: Table,
    names: &mut Names,
    name: Option<Located<String>>,
    kind: &str,
    shown: impl Fn(&str) -> String,
    queries: impl Fn(&str) -> Vec<String>,
) -> Option<Place> {
    let id = table.string("id");
    let also = table.list("also");
    let id =
        id.or_else(|| name.as_ref().map(|name| Located { value: latin(&shown(&name.value)), at: name.at.clone() }));
    let within = within(&mut table, id.as_ref(), names);
    table.finish_ref();
    let (id, name) = (id?, name?);
    if let Some(empty) = std::iter::once(&name).chain(&also).find(|written| name_words(&written.value).is_empty()) {
        table
            .report()
            .add(&empty.at, format!("в {:?} нет слова, которое можно искать; напишите название", empty.value));
        return None;
    }
    names.places.add(table.report(), &id);
    let mut aliases = Vec::new();
    for written in std::iter::once(&name).chain(&also) {
        for query in queries(&written.value) {
            let query = Located { value: query, at: written.at.clone() };
            aliases.extend(pattern(&table, query, AllowedFields::None, names));
        }
    }
    let (name, kind) = (shown(&name.value), kind.to_owned());
    Some(Place { id: id.value, name, kind, within, aliases, unsure: Vec::new(), doubt: None })
}

/// «улица Лесная» in all its forms, «на Лесной», «по Мира».
fn street_queries(kind: &str, name: &str) -> Vec<String> {
    let forms = street_forms(name);
    let mut queries = vec![format!("\"{kind} {}\"", name_words(name).join(" "))];
    for form in &forms {
        queries.push(format!("\"{kind} {form}\""));
        queries.push(format!("\"{form} {kind}\""));
        queries.extend(BEFORE_STREET.iter().map(|before| format!("\"{before} {form}\"")));
    }
    queries
}

/// A name as it stands in sentences, exactly so: «Лесная» is declined, «Мира» and «Карла Маркса» are not.
fn street_forms(name: &str) -> Vec<String> {
    let exact = |words: &[String]| words.iter().map(|word| format!("={word}")).collect::<Vec<_>>().join(" ");
    let words = name_words(name);
    let endings: &[&str] = match words.as_slice() {
        [word] if word.ends_with("ая") => &["ая", "ой", "ую"],
        [word] if word.ends_with("яя") => &["яя", "ей", "юю"],
        _ => return vec![exact(&words)],
    };
    let stem = &words[0][..words[0].len() - "ая".len()];
    endings.iter().map(|ending| format!("={stem}{ending}")).collect()
}

/// «школа № 5» as «школа 5», «5 школа», «пятая школа», «5-я школа», «сш5»; other names as a phrase.
fn institution_queries(name: &str) -> Vec<String> {
    let words = name_words(name);
    let number = words.iter().position(|word| word.bytes().all(|b| b.is_ascii_digit()));
    let Some(number) = number.filter(|at| *at > 0 && words.len() == at + 1).map(|at| &words[at]) else {
        return vec![format!("\"{}\"", words.join(" "))];
    };
    let kind = &words[..words.len() - 1];
    let last = &kind[kind.len() - 1];
    let own = [last.as_str()];
    let same = SAME.iter().find(|same| same.contains(&last.as_str())).map_or(&own[..], |same| same);
    let mut queries = Vec::new();
    for word in same {
        queries.push(format!("\"{word} {number}\""));
        queries.push(format!("\"{number} {word}\""));
        queries.push(format!("={word}{number}"));
        if let Some(ordinal) = number.parse::<usize>().ok().and_then(|n| ORDINALS.get(n.checked_sub(1)?)) {
            queries.push(format!("\"{ordinal} {word}\""));
        }
        queries.extend(
            ["я", "й", "ю", "ая", "ой", "ую", "ый", "м", "го"].map(|end| format!("\"={number}-{end} {word}\"")),
        );
    }
    queries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_streets_are_declined_where_they_are() {
        assert_eq!(street_forms("Лесная"), ["=лесная", "=лесной", "=лесную"]);
        assert_eq!(street_forms("Верхняя"), ["=верхняя", "=верхней", "=верхнюю"]);
        assert_eq!(street_forms("Карла Маркса"), ["=карла =маркса"]);
        assert!(street_queries("улица", "Мира").contains(&"\"на =мира\"".to_owned()));
    }

    #[test]
    fn a_number_is_read_as_people_say_it() {
        let queries = institution_queries("Школа № 5");
        for query in ["\"школа 5\"", "\"5 школа\"", "\"пятый школа\"", "=сш5", "\"=5-я школа\""]
        {
            assert!(queries.contains(&query.to_owned()), "{query}: {queries:?}");
        }
        assert_eq!(institution_queries("Дворец спорта"), ["\"дворец спорта\""]);
        assert!(institution_queries("Детский сад № 12").contains(&"\"садик 12\"".to_owned()));
    }
}

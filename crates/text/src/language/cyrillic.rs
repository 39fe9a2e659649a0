//! Languages written in Cyrillic letters.

use std::collections::HashMap;
use std::sync::LazyLock;

use quick_cache::DefaultHashBuilder;

use super::letters::Letters;
use crate::words::is_letter;

/// Alphabets with letters beyond the Russian ones, neighbours first: where a text shows letters that several have, the first is meant.
const ALPHABETS: [(&str, &str); 12] = [
    ("tt", "әөүҗңһ"),
    ("ba", "ғҙҡңөҫүһә"),
    ("kk", "әғқңөұүһі"),
    ("cv", "ӑӗҫӳ"),
    ("ky", "ңөү"),
    ("tg", "ғӣқӯҳҷ"),
    ("os", "ӕ"),
    ("sr", "ђјљњћџ"),
    ("mk", "ѓѕјљњќџ"),
    ("mn", "өү"),
    ("be", "іў"),
    ("uk", "іїєґ"),
];

/// Words that Russian does not have. Each text is compared with each list: words that several languages share stand in several.
const WORDS: [(&str, &[&str]); 4] = [
    (
        "uk",
        &[
            "що",
            "це",
            "але",
            "вже",
            "або",
            "немає",
            "коли",
            "від",
            "його",
            "ми",
            "ви",
            "вони",
            "треба",
            "дуже",
            "зараз",
            "буде",
            "води",
            "щоб",
            "чому",
            "ще",
            "вулиця",
            "вулиці",
            "будинок",
            "будинку",
            "вчора",
            "знову",
            "дякую",
            "сміття",
            "подвір'я",
            "світла",
            "світло",
            "після",
            "тільки",
            "будь",
        ],
    ),
    (
        "be",
        &[
            "няма",
            "вады",
            "вада",
            "дзень",
            "гэта",
            "яшчэ",
            "вельмі",
            "калі",
            "вуліца",
            "вуліцы",
            "дзе",
            "трэба",
            "зноў",
            "святла",
            "святло",
            "цяпла",
            "вадзе",
            "смецце",
            "толькі",
            "чаму",
            "людзі",
            "дарога",
            "дарогі",
        ],
    ),
    ("bg", &["се", "са", "със", "във", "че", "ще", "беше", "като", "това", "този", "тази", "няма", "сме", "съм"]),
    (
        "tt",
        &[
            "юк",
            "инде",
            "бит",
            "белән",
            "монда",
            "урамда",
            "авылда",
            "йортта",
            "безнең",
            "безгә",
            "кичә",
            "бүген",
            "су",
            "ут",
        ],
    ),
];

/// Words that Russian has and its neighbours have not, or seldom.
const RUSSIAN: &[&str] = &[
    "и",
    "в",
    "что",
    "с",
    "как",
    "это",
    "но",
    "из",
    "от",
    "так",
    "нет",
    "когда",
    "уже",
    "или",
    "для",
    "где",
    "воды",
    "свет",
    "света",
    "опять",
    "почему",
    "улица",
    "улице",
    "день",
];

pub(super) fn language(text: &str, letters: &Letters) -> &'static str {
    if letters.enough(letters.foreign) && letters.foreign > letters.ukrainian + letters.belarusian {
        return by_alphabet(text);
    }
    if letters.enough(letters.belarusian) {
        return "be";
    }
    if letters.enough(letters.ukrainian) || (letters.enough(letters.dotted) && letters.russian == 0) {
        return "uk";
    }
    if letters.enough(letters.dotted) {
        return "be";
    }
    by_words(text, letters)
}

/// The alphabet that has most of the letters that Russian lacks.
fn by_alphabet(text: &str) -> &'static str {
    let foreign =
        || text.chars().flat_map(char::to_lowercase).filter(|c| !matches!(c, 'а'..='я' | 'ё') && is_letter(*c));
    let shown = |letters: &str| foreign().filter(|c| letters.contains(*c)).count();
    let most = ALPHABETS.iter().rev().max_by_key(|(_, letters)| shown(letters));
    most.map_or("ru", |(language, _)| language)
}

/// In how many lists words are counted: those of [`WORDS`], then [`RUSSIAN`].
const LISTS: usize = WORDS.len() + 1;

/// Each word with a bit for each list that it stands in: every word of every post is looked up.
static KNOWN: LazyLock<HashMap<&'static str, u8, DefaultHashBuilder>> = LazyLock::new(|| {
    let mut known = HashMap::default();
    let lists = WORDS.iter().map(|(_, list)| *list).chain([RUSSIAN]);
    for (number, list) in lists.enumerate() {
        list.iter().for_each(|word| *known.entry(*word).or_default() |= 1 << number);
    }
    known
});

/// Bytes of the longest of them.
static LONGEST: LazyLock<usize> = LazyLock::new(|| KNOWN.keys().map(|word| word.len()).max().unwrap_or_default());

/// How many words of a text stand in each list.
fn count_known(text: &str) -> [usize; LISTS] {
    let longest = *LONGEST;
    let mut counts = [0; LISTS];
    let mut small = String::with_capacity(longest);
    let words = text.split(|c: char| !is_letter(c) && c != '\'').filter(|word| (1..=longest).contains(&word.len()));
    for word in words {
        small.clear();
        small.extend(word.chars().flat_map(char::to_lowercase));
        let lists = KNOWN.get(&*small).copied().unwrap_or_default();
        counts.iter_mut().enumerate().for_each(|(list, count)| *count += usize::from(lists >> list & 1));
    }
    counts
}

fn by_words(text: &str, letters: &Letters) -> &'static str {
    let counts = count_known(text);
    let russian = counts[WORDS.len()];
    let fits = |((language, _), count): &(&(&'static str, &[&str]), &usize)| {
        let count = **count;
        match *language {
            // ы, э, ъ and ё are not Ukrainian; one word decides, since nobody writes it in Russian.
            "uk" => count > russian && letters.russian == 0,
            "be" => count > russian && !text.contains(['и', 'И', 'щ', 'Щ', 'ъ']),
            // Bulgarian writes ъ and shares most letters with Russian.
            "bg" => count > russian.max(1) && !text.contains(['ы', 'э', 'Ы', 'Э']),
            _ => count > russian.max(1),
        }
    };
    let found = WORDS.iter().zip(&counts).filter(fits).max_by_key(|(_, count)| **count);
    found.map_or("ru", |((language, _), _)| language)
}

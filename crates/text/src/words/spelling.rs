//! Words written as they sound: «прарвало», «агонь», «пахнит», «льеца».
//!
//! A vowel without stress, a consonant before another or at the end, -тся and -его are heard alike and written differently; a consonant
//! before a vowel is heard as it is, so that «калужка» is no «галушка». Of the spellings that sound the same, the one with the fewest changes that the dictionary knows is meant.

use super::stretched::is_vowel;

/// Shorter words become others too easily.
const MIN_LETTERS: usize = 4;

/// Letters of a word for each change allowed: a short word with two changes is another word.
const LETTERS_PER_CHANGE: usize = 3;

const MAX_CHANGES: usize = 3;

/// Spellings tried for one word, which is then cached. Enough for two changes in a word of twenty letters.
const MAX_TRIES: usize = 400;

/// Letters that sound alike where they are not stressed or stand before others.
const ALIKE: [(char, char); 22] = [
    ('а', 'о'),
    ('о', 'а'),
    ('е', 'и'),
    ('и', 'е'),
    ('я', 'е'),
    ('е', 'я'),
    ('и', 'я'),
    ('ы', 'и'),
    ('и', 'ы'),
    ('э', 'е'),
    ('т', 'д'),
    ('д', 'т'),
    ('с', 'з'),
    ('з', 'с'),
    ('ф', 'в'),
    ('в', 'ф'),
    ('п', 'б'),
    ('б', 'п'),
    ('к', 'г'),
    ('г', 'к'),
    ('ш', 'ж'),
    ('ж', 'ш'),
];

/// Endings as they sound and as they are written.
const ENDINGS: [(&str, &str); 8] = [
    ("цца", "ться"),
    ("ца", "тся"),
    ("ца", "ться"),
    ("ится", "иться"),
    ("ево", "его"),
    ("ово", "ого"),
    ("ава", "ого"),
    ("во", "го"),
];

/// The known word that an unknown one, folded, sounds like.
pub(crate) fn corrected(word: &str, is_known: &dyn Fn(&str) -> bool) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < MIN_LETTERS {
        return None;
    }
    let mut search = Search { is_known, tries: 0, word: String::with_capacity(word.len() + 4) };
    let ending = |(sound, written): &(&str, &str)| Some(format!("{}{written}", word.strip_suffix(sound)?));
    let spelled: Vec<String> =
        ENDINGS.iter().filter_map(ending).chain([format!("{word}ь"), double(&letters)]).collect();
    let most = (letters.len() / LETTERS_PER_CHANGE).clamp(1, MAX_CHANGES);
    for changes in 1..=most {
        if let Some(found) = search.with_changes(&mut letters.clone(), 0, changes) {
            return Some(found);
        }
        // An ending and the rest of the changes.
        for other in &spelled {
            let found = search.with_changes(&mut other.chars().collect::<Vec<_>>(), 0, changes - 1);
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// The first single «н» or «с» between vowels doubled: «длиный».
fn double(letters: &[char]) -> String {
    let at =
        letters.windows(3).position(|three| is_vowel(three[0]) && matches!(three[1], 'н' | 'с') && is_vowel(three[2]));
    let (before, after) = letters.split_at(at.map_or(0, |at| at + 1));
    let doubled = at.and(after.first());
    before.iter().chain(doubled).chain(after).collect()
}

struct Search<'a> {
    is_known: &'a dyn Fn(&str) -> bool,
    tries: usize,
    /// The spelling that is tried.
    word: String,
}

impl Search<'_> {
    /// A known word that differs in exactly `changes` letters at or after `from`.
    fn with_changes(&mut self, letters: &mut [char], from: usize, changes: usize) -> Option<String> {
        if changes == 0 {
            self.tries += 1;
            if self.tries > MAX_TRIES {
                return None;
            }
            self.word.clear();
            self.word.extend(letters.iter());
            return (self.is_known)(&self.word).then(|| self.word.clone());
        }
        for at in from..letters.len() {
            let own = letters[at];
            if !is_vowel(own) && own != 'ф' && letters.get(at + 1).is_some_and(|next| is_vowel(*next)) {
                continue;
            }
            for (_, other) in ALIKE.iter().filter(|(letter, _)| *letter == own) {
                letters[at] = *other;
                let found = self.with_changes(letters, at + 1, changes - 1);
                letters[at] = own;
                if found.is_some() || self.tries > MAX_TRIES {
                    return found;
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, known: &[&str], expect: Option<&str>) {
        assert_eq!(corrected(word, &|word| known.contains(&word)).as_deref(), expect, "{word}");
    }

    #[test]
    fn words_written_as_they_sound() {
        let known = ["прорвало", "огонь", "пахнет", "газ", "льется", "ничего", "длинный", "подвале", "вода", "соседей"];
        for (word, meant) in [
            ("прарвало", "прорвало"),
            ("агонь", "огонь"),
            ("пахнит", "пахнет"),
            ("льеца", "льется"),
            ("ничиво", "ничего"),
            ("длиный", "длинный"),
            ("падвале", "подвале"),
            ("вада", "вода"),
            ("сасидей", "соседей"),
        ] {
            check(word, &known, Some(meant));
        }
    }

    #[test]
    fn what_sounds_like_nothing_known_stays() {
        check("гас", &["газ"], None);
        check("калужка", &["галушка"], None);
        check("варабурами", &["вода"], None);
        check(&"а".repeat(500), &["вода"], None);
    }
}

//! Folding: the one spelling under which a word is indexed and looked up.

/// Longer words are cut: they are noise, and the index keeps every distinct one.
pub(crate) const MAX_WORD_CHARS: usize = 64;

/// A run of one letter longer than this adds nothing; cutting it here keeps a scream of a thousand letters one short word.
const MAX_RUN: usize = 3;

/// Appends a word in its folded spelling: lower case, ё as е, without invisible characters and accents, Latin look-alikes
/// inside a Cyrillic word replaced.
pub(crate) fn fold_into(raw: &str, folded: &mut String) {
    let before = folded.len();
    if !fold_plain(raw, folded) {
        folded.truncate(before);
        fold_any(raw, folded);
    }
}

/// Folds a word of Russian letters only, which nearly all are; false where it is not one, or has letters to cut.
fn fold_plain(raw: &str, folded: &mut String) -> bool {
    let (mut last, mut run, mut count) = ('\0', 0, 0);
    for c in raw.chars() {
        let c = match c {
            'а'..='я' => c,
            'А'..='Я' => char::from_u32(c as u32 + ('а' as u32 - 'А' as u32)).unwrap_or(c),
            'ё' | 'Ё' => 'е',
            _ => return false,
        };
        run = if c == last { run + 1 } else { 1 };
        count += 1;
        if run > MAX_RUN || count > MAX_WORD_CHARS {
            return false;
        }
        last = c;
        folded.push(c);
    }
    true
}

fn fold_any(raw: &str, folded: &mut String) {
    let mend = is_disguised(raw);
    let (mut last, mut run, mut count) = ('\0', 0, 0);
    for c in raw.chars() {
        let c = match c {
            // A decomposed й is a letter of its own; every other accent, ё's dots included, is dropped.
            '\u{306}' if last == 'и' => {
                folded.pop();
                last = 'й';
                folded.push('й');
                continue;
            }
            _ if is_invisible(c) => continue,
            '’' | 'ʼ' => '\'',
            _ if mend => look_alike(c).unwrap_or(c),
            _ => c,
        };
        for c in c.to_lowercase() {
            let c = if c == 'ё' { 'е' } else { c };
            if is_invisible(c) {
                continue;
            }
            run = if c == last { run + 1 } else { 1 };
            last = c;
            if (run <= MAX_RUN || c.is_numeric()) && count < MAX_WORD_CHARS {
                folded.push(c);
                count += 1;
            }
        }
    }
}

/// The folded spelling of a lemma or a name.
pub(crate) fn fold(raw: &str) -> String {
    let mut folded = String::with_capacity(raw.len());
    fold_into(raw, &mut folded);
    folded
}

/// Characters inside a word that are not part of it: soft hyphen, zero width, direction marks, variation selectors, accents.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}')
}

/// `char::is_alphabetic`, without a table lookup for the letters of nearly all texts.
pub(crate) fn is_letter(c: char) -> bool {
    match c {
        'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' | 'a'..='z' | 'A'..='Z' => true,
        // Quotation marks, dashes and the like, and emoji.
        '\u{ab}' | '\u{bb}' | '\u{2010}'..='\u{2027}' | '\u{1f300}'..='\u{1faff}' => false,
        _ if c.is_ascii() => false,
        _ => c.is_alphabetic(),
    }
}

/// Whether a letter is of the Cyrillic alphabets.
pub(crate) fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

/// A Cyrillic word some of whose letters are Latin ones that look the same.
fn is_disguised(raw: &str) -> bool {
    raw.bytes().any(|b| b.is_ascii_alphabetic())
        && raw.chars().any(is_cyrillic)
        && raw.chars().filter(char::is_ascii_alphabetic).all(|c| look_alike(c).is_some())
}

/// The Cyrillic letter a Latin one is taken for. Case matters: B looks like В, b like ь.
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'a' | 'A' => 'а',
        'B' => 'в',
        'b' => 'ь',
        'c' | 'C' => 'с',
        'e' | 'E' => 'е',
        'H' | 'h' => 'н',
        'k' | 'K' => 'к',
        'm' | 'M' => 'м',
        'o' | 'O' => 'о',
        'p' | 'P' => 'р',
        't' | 'T' => 'т',
        'x' | 'X' => 'х',
        'y' | 'Y' => 'у',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, expect: &str) {
        assert_eq!(fold(raw), expect);
    }

    #[test]
    fn letters_are_what_unicode_says() {
        assert!(('\0'..=char::MAX).all(|c| is_letter(c) == c.is_alphabetic()));
    }

    #[test]
    fn one_spelling_for_all_disguises() {
        check("Ёлка", "елка");
        check("вoда", "вода");
        check("BОДА", "вода");
        check("водоснаб\u{ad}жение", "водоснабжение");
        check("во\u{200b}да\u{feff}", "вода");
        check("вода\u{301}", "вода");
        check("и\u{306}од", "йод");
        check("е\u{308}лка", "елка");
        check("don’t", "don't");
    }

    #[test]
    fn a_mixed_word_that_is_no_disguise_and_a_latin_word_stay() {
        check("SMSка", "smsка");
        check("HOME", "home");
    }

    #[test]
    fn long_runs_and_long_words_are_cut() {
        check("водааааааа", "водааа");
        check("1000000", "1000000");
        assert_eq!(fold(&"вода".repeat(100)).chars().count(), MAX_WORD_CHARS);
    }
}

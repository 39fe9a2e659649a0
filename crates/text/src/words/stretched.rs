//! Stretched letters: «водааа», «нееет».

use super::dictionary::is_known;

/// Stretched letters are tried short and double in every combination; four runs in one word make sixteen.
const MAX_STRETCHED: usize = 4;

/// Undoes stretching («водааа», «нееет»): of one and two letters for each run, the first combination the dictionary knows.
///
/// A vowel is tried single first, a consonant double first («ссора» is a word, and so is «сора»).
pub(super) fn unstretch(word: &str) -> String {
    let mut before = ('\0', '\0');
    let thrice = |c: char| {
        let thrice = before == (c, c);
        before = (before.1, c);
        thrice
    };
    if !word.chars().any(thrice) {
        return word.to_owned();
    }
    let mut runs: Vec<(char, usize)> = Vec::new();
    for c in word.chars() {
        match runs.last_mut() {
            Some((last, count)) if *last == c && c.is_alphabetic() => *count += 1,
            _ => runs.push((c, 1)),
        }
    }
    let stretched: Vec<usize> = (0..runs.len()).filter(|&i| runs[i].1 >= 3).collect();
    if stretched.is_empty() || is_known(word) {
        return word.to_owned();
    }
    let spell = |double: &dyn Fn(usize, char) -> bool| -> String {
        let mut spelled = String::with_capacity(word.len());
        for (i, &(c, count)) in runs.iter().enumerate() {
            let count = if count < 3 { count } else { 1 + usize::from(double(i, c)) };
            spelled.extend(std::iter::repeat_n(c, count));
        }
        spelled
    };
    for choice in 0..1_u32 << stretched.len().min(MAX_STRETCHED) {
        let candidate = spell(&|i, c| {
            let other = stretched.iter().position(|&s| s == i).is_some_and(|bit| bit < 32 && choice >> bit & 1 == 1);
            other == is_vowel(c)
        });
        if is_known(&candidate) {
            return candidate;
        }
    }
    spell(&|_, _| false)
}

pub(super) fn is_vowel(c: char) -> bool {
    "аеиоуыэюя".contains(c)
}

//! The hand of residents: they write in a hurry, from a phone, angry or glad.

use crate::content::Kind;
use crate::rng::Rng;

const ANGRY: [&str; 10] = ["😡", "🤬", "😤", "🙏", "😢", "🤦", "🤷‍♀️", "❗️❗️❗️", "(((", "😱"];
const CALM: [&str; 6] = ["🙏", "🤔", ":)", "))", "🙏🙏", "👀"];
const GLAD: [&str; 7] = ["❤️", "👍", "🙏🙏🙏", "😊", ")))", "👏👏", "🔥"];

/// Rewrites a clean text as a resident might have typed it.
pub(super) fn by_hand(text: &str, kind: Kind, rng: &mut Rng) -> String {
    let mut text = text.to_owned();
    if rng.chance(0.3) {
        text = text.replace('ё', "е");
    }
    if rng.chance(0.12) {
        text = text.replace(',', "");
    }
    if rng.chance(0.2) {
        text = lower_first(&text);
    }
    if rng.chance(0.12) {
        text = swap_letters(&text, rng);
    }
    if rng.chance(0.3) && text.ends_with('.') {
        text.pop();
    } else if rng.chance(0.15) && text.ends_with(['.', '!', '?']) {
        let mark = if text.ends_with('?') { "???" } else { "!!!" };
        text.pop();
        text.push_str(mark);
    }
    if text.chars().count() <= 140 && rng.chance(0.06) {
        text = text.to_uppercase();
    }
    if rng.chance(0.16) {
        text.push(' ');
        let endings: &[&str] = match kind {
            Kind::Complaint => &ANGRY,
            Kind::Praise => &GLAD,
            _ => &CALM,
        };
        text.push_str(endings[rng.below(endings.len())]);
    }
    text
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Swaps two neighbouring letters inside one long word that is no name.
fn swap_letters(text: &str, rng: &mut Rng) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|&i| words[i].chars().count() >= 7 && words[i].chars().all(|c| c.is_lowercase() && c.is_alphabetic()))
        .collect();
    if long.is_empty() {
        return text.to_owned();
    }
    let word = &mut words[*rng.pick(&long)];
    let mut letters: Vec<char> = word.chars().collect();
    let at = 2 + rng.below(letters.len() - 4);
    letters.swap(at, at + 1);
    *word = letters.into_iter().collect();
    words.join(" ")
}

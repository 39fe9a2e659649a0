//! A fingerprint that near-copies share: reposts, and copies with a word or an emoji changed.

use model::Signature;

use crate::analysis::Document;

/// Shorter texts have none: two different complaints of five words differ in as few bits as a text and its copy.
const MIN_WORDS: usize = 8;

/// The simhash of a document over the first lemmas of its words.
///
/// Each distinct lemma votes on 64 bits; an edited copy keeps most words and so most bits. Single words distinguish edited copies from
/// other texts better than pairs and triples do, of which every edit breaks two or three. Emoji do not vote. The hash is fixed, since
/// signatures are stored and compared across versions of the program.
pub fn signature(document: &Document) -> Option<Signature> {
    let mut features: Vec<u64> = document.tokens.iter().filter_map(|token| token.hash).collect();
    if features.len() < MIN_WORDS {
        return None;
    }
    features.sort_unstable();
    features.dedup();
    Some(Signature(majority(&features)))
}

/// The bits set in more than half of the features.
///
/// Counted in all 64 columns at once: `planes[k]` holds bit k of each column's count, and adding a feature is one ripple of carries.
fn majority(features: &[u64]) -> u64 {
    let mut planes = Vec::new();
    for &feature in features {
        let mut carry = feature;
        for plane in &mut planes {
            (*plane, carry) = (*plane ^ carry, *plane & carry);
        }
        if carry != 0 {
            planes.push(carry);
        }
    }
    let count = |bit: usize| planes.iter().rev().fold(0, |count, plane| count << 1 | (plane >> bit & 1) as usize);
    (0..64).filter(|&bit| count(bit) * 2 > features.len()).fold(0, |bits, bit| bits | 1 << bit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analyzer;

    const TEXT: &str = "С утра в доме на Садовой нет горячей воды, в управляющей компании трубку не берут, жильцы третий день греют воду \
        на плите и просят администрацию разобраться с аварией на теплотрассе";

    fn of(text: &str) -> Option<Signature> {
        signature(&Analyzer::new().document(None, text))
    }

    #[track_caller]
    fn distance(a: &str, b: &str) -> u32 {
        (of(a).unwrap().0 ^ of(b).unwrap().0).count_ones()
    }

    #[test]
    fn a_copy_is_near_and_another_text_is_far() {
        assert_eq!(distance(TEXT, &format!("🔥 {}!!!", TEXT.to_uppercase())), 0);
        assert!(distance(TEXT, &TEXT.replace("третий", "второй")) <= 12);
        let other = "Автобус номер пять снова не пришёл на остановку, люди опоздали на работу и спрашивают, когда перевозчик починит технику";
        assert!(distance(TEXT, other) >= 20);
    }

    #[test]
    fn a_short_text_has_none() {
        assert_eq!(of("Нет воды третий день"), None);
    }

    #[test]
    fn the_majority_of_each_bit_decides() {
        assert_eq!(majority(&[0b011, 0b001, 0b101]), 0b001);
        assert_eq!(majority(&[0b01, 0b10]), 0);
        assert_eq!(majority(&[u64::MAX; 1000]), u64::MAX);
    }
}

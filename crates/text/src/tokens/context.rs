//! What stands beside a word.

use crate::words::{Context, Joint, Neighbour};

/// Spaces between a word and its neighbour.
const SPACES: [char; 3] = [' ', '\u{a0}', '\u{202f}'];

/// Numbers that may be years.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2100;

/// The word before the one that is read.
#[derive(Default)]
pub(super) struct Before {
    end: usize,
    kind: Neighbour,
}

impl Before {
    /// Of a folded word that ends at a byte.
    pub(super) fn of(word: &str, end: usize) -> Before {
        let kind = match word {
            "и" => Neighbour::And,
            _ if !word.starts_with(|c: char| c.is_ascii_digit()) => Neighbour::Other,
            _ if word.parse().is_ok_and(|number| YEARS.contains(&number)) => Neighbour::YearOrName,
            _ => Neighbour::Number,
        };
        Before { end, kind }
    }

    /// Where a word stands, at these bytes of a text.
    pub(super) fn context(&self, text: &str, start: usize, end: usize) -> Context {
        let gap = &text[self.end..start];
        let before = if gap.chars().all(|c| SPACES.contains(&c)) { self.kind } else { Neighbour::Other };
        let glued = gap.is_empty() && matches!(before, Neighbour::Number | Neighbour::YearOrName);
        let rest = &text[end..];
        let (joint, rest) = match rest.strip_prefix('.') {
            Some(rest) => (Joint::Point, rest),
            None if rest.starts_with(char::is_alphanumeric) => (Joint::Glued, rest),
            None => (Joint::Space, rest),
        };
        let next = rest.trim_start_matches(SPACES).trim_start_matches(['«', '"']);
        let after = match next.chars().next() {
            Some(c) if c.is_ascii_digit() => Neighbour::Number,
            Some(c) if c.is_uppercase() => Neighbour::YearOrName,
            _ => Neighbour::Other,
        };
        Context { before, glued, joint, after }
    }
}

#[cfg(test)]
mod tests {
    use crate::tokens::scan;
    use crate::words::{Context, Joint, Neighbour};

    #[track_caller]
    fn check(text: &str, word: &str, expect: Context) {
        let mut found = None;
        scan(text, &mut |scanned| {
            found = found.or((scanned.word == word).then_some(scanned.context));
            true
        });
        assert_eq!(found, Some(expect), "{text}");
    }

    #[test]
    fn numbers_names_and_points_beside_a_word_are_seen() {
        let none = Context::default();
        let counted = Context { before: Neighbour::Number, ..none };
        check("5 см воды", "см", counted);
        check("5см воды", "см", Context { glued: true, ..counted });
        check("см. фото", "см", Context { joint: Joint::Point, ..none });
        check("в 2022 г", "г", Context { before: Neighbour::YearOrName, ..none });
        let point = Context { joint: Joint::Point, ..none };
        check("г. Курск", "г", Context { after: Neighbour::YearOrName, ..point });
        check("д.20А", "д", Context { after: Neighbour::Number, ..point });
        check("к2", "к", Context { joint: Joint::Glued, after: Neighbour::Number, ..none });
        check("и пр.", "пр", Context { before: Neighbour::And, ..point });
        check("5, м", "м", none);
    }
}

//! Groups of digits in a text, and the chains that they form with what people put between them.

/// Letters that people write for a digit, to outwit a filter or by mistake.
const LOOK_ALIKES: [(char, u8); 7] = [('О', 0), ('о', 0), ('O', 0), ('o', 0), ('З', 3), ('з', 3), ('l', 1)];

/// More characters between two groups part them: what follows is another number.
const MAX_BETWEEN: usize = 4;

/// Digits without anything between them.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub start: usize,
    pub end: usize,
    pub digits: String,
}

/// How a group is joined to the one before it in its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// By a space, a hyphen, brackets and the like, as within one number.
    Close,
    /// By what parts numbers as well: a comma, a slash, a colon, a line break.
    Loose,
}

/// Groups with nothing but separators between them.
#[derive(Debug)]
pub(super) struct Chain {
    pub groups: Vec<Group>,
    /// Of each group but the first.
    pub joins: Vec<Join>,
}

/// All chains of a plain text.
pub(super) fn chains(text: &str) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    for group in groups(text) {
        if let Some(chain) = chains.last_mut()
            && let Some(before) = chain.groups.last()
            && let Some(join) = join(&text[before.end..group.start])
        {
            chain.joins.push(join);
            chain.groups.push(group);
            continue;
        }
        chains.push(Chain { groups: vec![group], joins: Vec::new() });
    }
    chains
}

impl Chain {
    /// The chain cut where its groups are joined loosely.
    pub(super) fn parts(&self) -> impl Iterator<Item = &[Group]> {
        let mut ends: Vec<usize> =
            self.joins.iter().enumerate().filter(|(_, join)| **join == Join::Loose).map(|(at, _)| at + 1).collect();
        ends.push(self.groups.len());
        let mut start = 0;
        ends.into_iter().map(move |end| &self.groups[std::mem::replace(&mut start, end)..end])
    }
}

/// The digits of groups, one after another.
pub(super) fn digits(groups: &[Group]) -> String {
    groups.iter().map(|group| group.digits.as_str()).collect()
}

fn groups(text: &str) -> Vec<Group> {
    let value = |c: char| match c {
        '0'..='9' => Some(c as u8 - b'0'),
        _ => LOOK_ALIKES.iter().find(|(letter, _)| *letter == c).map(|(_, digit)| *digit),
    };
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(first) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        // Letters that stand for digits count where they touch digits and no other letters.
        let (mut start, mut end) = (first, first);
        for (at, c) in text[from..first].char_indices().rev() {
            if value(c).is_none() {
                break;
            }
            start = from + at;
        }
        if text[..start].chars().next_back().is_some_and(char::is_alphabetic) {
            start = first;
        }
        let mut plain_end = first;
        for (at, c) in text[first..].char_indices() {
            if value(c).is_none() {
                break;
            }
            end = first + at + c.len_utf8();
            if c.is_ascii_digit() {
                plain_end = end;
            }
        }
        if text[end..].chars().next().is_some_and(char::is_alphabetic) {
            end = plain_end;
        }
        let digits = text[start..end].chars().filter_map(value).map(|digit| char::from(b'0' + digit)).collect();
        found.push(Group { start, end, digits });
        from = end;
    }
    found
}

/// How two groups with this between them are joined, if at all.
fn join(between: &str) -> Option<Join> {
    let mut loose = false;
    for (n, c) in between.chars().enumerate() {
        if n >= MAX_BETWEEN {
            return None;
        }
        match c {
            ' ' | '\t' | '-' | '_' | '*' | '.' | '(' | ')' | '[' | ']' | '~' | '•' | '·' | '\'' | '`' | '\\' | '^' =>
                {}
            ',' | ';' | ':' | '/' | '|' | '\n' | '\r' | '#' => loose = true,
            _ => return None,
        }
    }
    Some(if loose { Join::Loose } else { Join::Close })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let found = chains(text);
        let parts = found
            .iter()
            .flat_map(|chain| chain.parts())
            .map(|part| part.iter().map(|group| group.digits.as_str()).collect::<Vec<_>>().join(" "));
        assert_eq!(parts.collect::<Vec<_>>(), expect, "{text}");
    }

    #[test]
    fn digits_are_gathered_over_what_people_put_between_them() {
        check("8 (900) 123-45_67 и 5", &["8 900 123 45 67", "5"]);
        check("8*900, 7/8: 9\n10", &["8 900", "7", "8", "9", "10"]);
        check("1 ..... 2", &["1", "2"]);
    }

    #[test]
    fn letters_that_look_like_digits_count_among_digits_alone() {
        check("8 9ОО 12З 45", &["8 900 123 45"]);
        check("89001234567Ольга, 5з", &["89001234567", "53"]);
        check("до 5 о 6", &["5", "6"]);
    }
}

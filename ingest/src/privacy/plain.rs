//! A text as a reader sees it: without invisible characters, with digits, dashes and spaces in their plainest form.
//!
//! What is found in it is masked in the original, at the positions that this file keeps.

use std::borrow::Cow;

/// A plain text, and where each byte of it stood.
pub(super) struct Plain<'t> {
    pub text: Cow<'t, str>,
    /// For each byte of the text and for its end, the byte of the original; empty where the two are the same.
    origin: Vec<u32>,
    /// Digits in it.
    pub digits: usize,
}

/// With fewer digits nothing but links, mail and mentions can be found, which do not mind dashes and spaces.
const FEW_DIGITS: usize = 4;

impl<'t> Plain<'t> {
    pub(super) fn new(text: &'t str) -> Plain<'t> {
        let (mut digits, mut odd, mut spaced) = (0, false, false);
        for c in text.chars() {
            match c {
                '0'..='9' => digits += 1,
                '\0'..='\u{a0}' | '\u{400}'..='\u{4ff}' => spaced |= c == '\u{a0}',
                _ if is_dash(c) || c.is_whitespace() => spaced = true,
                _ => {
                    odd |= is_invisible(c) || folded(c) != c;
                    digits += usize::from(digit(c).is_some());
                }
            }
        }
        let is_odd = odd || spaced && digits >= FEW_DIGITS;
        if !is_odd {
            return Plain { text: Cow::Borrowed(text), origin: Vec::new(), digits };
        }
        let (mut plain, mut origin) = (String::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
        for (at, c) in text.char_indices().filter(|(_, c)| !is_invisible(*c)) {
            plain.push(folded(c));
            origin.resize(plain.len(), at as u32);
        }
        origin.push(text.len() as u32);
        Plain { text: Cow::Owned(plain), origin, digits }
    }

    /// Where a byte of the plain text stood.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origin.get(at).map_or(at, |origin| *origin as usize)
    }
}

/// A character in its plainest form. A line break stays one: it parts what stands on two lines.
fn folded(c: char) -> char {
    match c {
        _ if c.is_ascii() => c,
        _ if is_dash(c) => '-',
        '\u{2028}' | '\u{2029}' => '\n',
        _ if c.is_whitespace() => ' ',
        // Full width.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => digit(c).unwrap_or(c),
    }
}

/// The digit that a character shows, other than the ASCII ones.
fn digit(c: char) -> Option<char> {
    let zeros = match c {
        '\u{b9}' => return Some('1'),
        '\u{b2}' | '\u{b3}' => return None, // м², м³
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{2080}'..='\u{2089}' => 0x2080,
        '\u{2460}'..='\u{2468}' => 0x245f,
        '\u{24ea}' => 0x24ea,
        '\u{2776}'..='\u{277e}' => 0x2775,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        '\u{1d7ce}'..='\u{1d7ff}' => 0x1d7ce + (c as u32 - 0x1d7ce) / 10 * 10,
        _ => return None,
    };
    char::from_digit(c as u32 - zeros, 10)
}

fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// What takes no room on the screen: zero-width characters, marks of direction, and what turns a digit into a picture of it.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(Plain::new(text).text, expect, "{text:?}");
    }

    #[test]
    fn digits_dashes_and_spaces_take_their_plainest_form() {
        check("８９００", "8900");
        check("𝟖𝟗𝟢𝟘 ⑧⓪ ٨٩ ₈", "8900 80 89 8");
        check("8️⃣9️⃣", "89");
        check("8\u{200b}9\u{ad}0\u{2060}0", "8900");
        check("8900\u{a0}123—45", "8900 123-45");
        check("ｉｖａｎ＠mail．ru", "ivan@mail.ru");
        check("дом — 5 м²", "дом — 5 м²");
    }

    #[test]
    fn positions_lead_back_to_the_original() {
        let text = "я ８\u{200b}9, ё";
        let plain = Plain::new(text);
        let at = plain.text.find("89").unwrap();
        assert_eq!(&text[plain.origin(at)..plain.origin(at + 2)], "８\u{200b}9");
        assert_eq!(plain.origin(plain.text.len()), text.len());
    }
}

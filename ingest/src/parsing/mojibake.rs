//! Texts in UTF-8 that a site took for a text of one byte a letter and wrote as UTF-8 again: `Рќет` is what becomes of `Нет` then. Not a word
//! of them can be searched for.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1251, WINDOWS_1252};

/// Some sites do it to each other in turn; more than this was never met.
const MAX_TIMES: usize = 3;

/// Fewer Cyrillic letters prove nothing.
const LEAST_LETTERS: usize = 2;

/// The text as it was meant: where all of it goes back to the bytes of a text with Cyrillic letters. Honest Russian does not: no two of its
/// letters are the bytes of a letter in UTF-8.
pub(crate) fn mended(text: &str) -> Cow<'_, str> {
    let mut mended = Cow::Borrowed(text);
    for _ in 0..MAX_TIMES {
        match back(&mended) {
            Some(before) => mended = Cow::Owned(before),
            None => break,
        }
    }
    mended
}

/// The text before it was written wrongly once.
fn back(text: &str) -> Option<String> {
    // The first bytes of Cyrillic letters, as the two encodings read them.
    [("РС", WINDOWS_1251), ("ÐÑ", WINDOWS_1252)]
        .into_iter()
        .filter(|(first, _)| text.contains(|c| first.contains(c)))
        .find_map(|(_, encoding)| String::from_utf8(bytes(text, encoding)?).ok())
        .filter(|text| text.chars().filter(|c| matches!(c, 'Ѐ'..='ӿ')).count() >= LEAST_LETTERS)
}

/// The bytes of a text in an encoding of one byte a letter; none where it has a letter that the encoding has not.
fn bytes(text: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    for c in text.chars() {
        // What has no letter in windows-1252 is read by some as the control character of that number.
        let plain =
            if encoding == WINDOWS_1252 { u8::try_from(c).ok() } else { u8::try_from(c).ok().filter(u8::is_ascii) };
        if let Some(byte) = plain {
            bytes.push(byte);
            continue;
        }
        match encoding.encode(c.encode_utf8(&mut buffer)) {
            (byte, _, false) => bytes.extend_from_slice(&byte),
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The text as a site spoils it.
    fn spoilt(text: &str, encoding: &'static Encoding) -> String {
        encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    #[test]
    fn what_was_encoded_twice_is_read_and_honest_texts_stay() {
        for text in ["Нет воды на Лесной", "ИЮЛЬ: свет — «дали» №5 😀", "<p>Ремонт</p> Шпиль Щит"]
        {
            for encoding in [WINDOWS_1251, WINDOWS_1252] {
                assert_eq!(mended(&spoilt(text, encoding)), text);
            }
            assert_eq!(mended(&spoilt(&spoilt(text, WINDOWS_1251), WINDOWS_1251)), text);
            assert_eq!(mended(text), text);
        }
        for honest in ["", "РОССИЯ", "Р. С.", "РЁ № «РС»", "СССР", "Ñandú", "plain", "Р–С"] {
            assert_eq!(mended(honest), honest);
        }
    }

    proptest! {
        #[test]
        fn russian_stays(text in "[А-Яа-яё .,!–«»№0-9]{0,60}") {
            prop_assert_eq!(mended(&text), text.as_str());
        }
    }
}

//! Mending JSON that programs really write and strict readers refuse: one bad escape must not cost a whole file.

use std::borrow::Cow;

/// The text with what no strict reader takes written otherwise: `\x0C` (Telegram Desktop writes control characters so), other escapes that JSON
/// has not, bare control characters in strings, and halves of surrogate pairs, which become U+FFFD. What is right stays as it is.
pub(crate) fn mended(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let (mut out, mut copied) = (String::new(), 0);
    // Puts `instead` in the place of so many bytes. All of them are ASCII, so that no character is cut.
    let mut replace = |at: usize, length: usize, instead: &str| {
        out.push_str(&json[copied..at]);
        out.push_str(instead);
        copied = at + length;
    };
    let (mut at, mut in_string) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        let mut length = 1;
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                let (escape, instead) = escape(&bytes[at..]);
                length = escape;
                if let Some(instead) = instead {
                    replace(at, length, &instead);
                }
            }
            0..0x20 if in_string => replace(at, 1, &format!("\\u{byte:04x}")),
            _ => {}
        }
        at += length;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(&json[copied..]);
    Cow::Owned(out)
}

/// How many bytes the escape at the beginning takes, and what to write for it where it is none of JSON's.
fn escape(bytes: &[u8]) -> (usize, Option<String>) {
    match bytes.get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => (2, None),
        Some(b'u') => match hex(bytes, 4) {
            Some(0xd800..0xdc00) if matches!(bytes.get(6..).and_then(low), Some(0xdc00..0xe000)) => (12, None),
            Some(0xd800..0xe000) => (6, Some("\\ufffd".into())),
            Some(_) => (6, None),
            None => (1, Some("\\\\".into())),
        },
        Some(b'x') => match hex(bytes, 2) {
            Some(unit) => (4, Some(format!("\\u{unit:04x}"))),
            None => (1, Some("\\\\".into())),
        },
        Some(b'\'') => (2, Some("'".into())),
        // A backslash that somebody forgot to double, or the last byte of a file that was cut.
        Some(_) => (1, Some("\\\\".into())),
        None => (1, None),
    }
}

/// The unit of a `\uXXXX` that follows.
fn low(bytes: &[u8]) -> Option<u32> {
    if bytes.starts_with(b"\\u") { hex(bytes, 4) } else { None }
}

/// The number in so many hexadecimal digits after `\u` or `\x`.
fn hex(bytes: &[u8], digits: usize) -> Option<u32> {
    let digits = std::str::from_utf8(bytes.get(2..2 + digits)?).ok()?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(json: &str, expect: &str) {
        let mended = mended(json);
        assert_eq!(serde_json::from_str::<String>(&mended).unwrap(), expect, "{json} became {mended}");
    }

    #[test]
    fn escapes_that_json_has_not_are_written_otherwise() {
        check(r#""a\x0Cb\x1f""#, "a\u{c}b\u{1f}");
        check(r#""C:\дом \q \u12 \xg1""#, "C:\\дом \\q \\u12 \\xg1");
        check(r#""it\'s""#, "it's");
        check("\"a\tb\nc\"", "a\tb\nc");
        check(r#""\\x41 \\u0041 \\""#, "\\x41 \\u0041 \\");
    }

    #[test]
    fn half_a_pair_is_replaced_and_a_whole_one_stays() {
        check(r#""\ud83d вода \ude00 \ud83d\ude00 \ud83d\u0041""#, "\u{fffd} вода \u{fffd} 😀 \u{fffd}A");
    }

    #[test]
    fn what_is_right_is_not_copied() {
        let right = "{\n \"a\": \"b\\n\\u0041 \\ud83d\\ude00 /\"}";
        assert!(matches!(mended(right), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn json_stays_what_it_was(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&mended(&json)).unwrap(), text);
        }

        #[test]
        fn any_content_of_a_string_can_be_read(text in "[^\"\\\\]{0,8}(\\\\[^\"]){0,4}[^\"\\\\]{0,8}") {
            let json = format!("\"{text}\"");
            prop_assert!(serde_json::from_str::<String>(&mended(&json)).is_ok(), "{}", json);
        }
    }
}

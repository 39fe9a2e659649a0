//! Texts as channels need them: cut to a length, with links in place of buttons.

use super::message::{Button, Message};

/// Written before a message that may have been delivered already, where the channel would not recognise the duplicate.
const REPEATED: &str = "Повтор: ";

/// Between subject and text.
pub const BETWEEN: &str = "\n\n";

/// A text is cut at the end of a line or a word, if one is this near.
const NEAR: usize = 120;

/// Subject and text for a channel that does not recognise duplicates, within its limit of UTF-16 units, which is what messengers count.
pub fn marked_if_repeat(message: &Message, most: usize) -> (String, String) {
    let repeated = if message.repeat { REPEATED } else { "" };
    let subject = cut(&format!("{repeated}{}", message.subject), most / 4);
    let room = most.saturating_sub(units(&subject));
    (subject, cut(&message.text, room))
}

/// A text of at most so many UTF-16 units, cut where it reads best.
pub fn cut(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    // Room for the sign that something was cut off.
    let mut left = most.saturating_sub(1);
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if c.len_utf16() > left {
            break;
        }
        left -= c.len_utf16();
        end = at + c.len_utf8();
    }
    let whole = &text[..end];
    let near = |at: &usize| whole[*at..].chars().count() <= NEAR;
    let at = whole.rfind('\n').filter(near).or_else(|| whole.rfind(char::is_whitespace).filter(near)).unwrap_or(end);
    if most == 0 { String::new() } else { format!("{}…", whole[..at].trim_end()) }
}

/// The length of a text as messengers count it.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Links in place of buttons, a line each.
pub fn links(buttons: &[Button]) -> String {
    let lines = buttons.iter().filter_map(|button| Some(format!("{}: {}\n", button.label, button.url.as_ref()?)));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cut_text_fits_and_is_a_beginning(text in "(?s).{0,300}", most in 0usize..300) {
            let cut = cut(&text, most);
            prop_assert!(units(&cut) <= most, "{} > {most}", units(&cut));
            prop_assert!(text.starts_with(cut.strip_suffix('…').unwrap_or(&cut)));
        }
    }

    #[test]
    fn a_cut_is_made_between_lines_or_words() {
        let text = "Первая строка\nвторая строка с адресом";
        assert_eq!(cut(text, 30), "Первая строка…");
        assert_eq!(cut("слово другое третье", 14), "слово другое…");
        assert_eq!(cut(&"ж".repeat(300), 200), format!("{}…", "ж".repeat(199)));
        assert_eq!(cut("👩‍🚒👩‍🚒", 3), "👩…");
        assert_eq!(cut(text, 1000), text);
    }
}

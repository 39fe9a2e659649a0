//! How MAX names its messages: by a `mid` in its API and by the end of a link on its pages, which hold the same number.
//!
//! A `mid` is `mid.`, the chat's number as sixteen hexadecimal digits and `seq`, the message's number in the chat, as sixteen more; a link
//! ends with `seq` in base64. No document says so. The answers that the makers' own client keeps as samples
//! (<https://github.com/max-messenger/max-bot-api-client-go>, `stabs/`) and public links to messages agree on it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::PostId;

/// A message of a chat or channel of MAX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxMessage {
    /// The chat's number. Those of groups and channels are below zero.
    pub chat: i64,
    /// The message's number there, ascending with time.
    pub number: u64,
}

impl MaxMessage {
    /// Reads a `mid`; none where it is written otherwise.
    pub fn of_mid(mid: &str) -> Option<MaxMessage> {
        let (chat, number) = mid.strip_prefix("mid.").filter(|digits| digits.len() == 32)?.split_at_checked(16)?;
        // A number may have a sign before it, a `mid` has digits alone.
        let read = |digits: &str| {
            let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            all.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
        };
        Some(MaxMessage { chat: read(chat)?.cast_signed(), number: read(number)? })
    }

    /// Its `mid`.
    pub fn mid(self) -> String {
        format!("mid.{:016x}{:016x}", self.chat.cast_unsigned(), self.number)
    }

    /// Its id, as the collectors give it.
    pub fn id(self) -> Option<PostId> {
        PostId::new(format!("max:{}/{}", self.chat, self.mid())).ok()
    }

    /// How a link to the message of a number ends.
    pub(crate) fn end_of_link(number: u64) -> String {
        URL_SAFE_NO_PAD.encode(number.to_be_bytes())
    }

    /// The number of the message that a link with such an end leads to.
    pub(crate) fn of_end_of_link(end: &str) -> Option<u64> {
        let bytes = URL_SAFE_NO_PAD.decode(end).ok()?;
        bytes.try_into().ok().map(u64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mid_holds_chat_and_number_and_anything_else_is_none() {
        let message = MaxMessage { chat: -73_455_901_853_123, number: 116_398_669_919_027_431 };
        assert_eq!(message.mid(), "mid.ffffbd3137103a3d019d87f93cda00e7");
        assert_eq!(MaxMessage::of_mid(&message.mid()), Some(message));
        let dialogue = MaxMessage::of_mid("mid.000000000adf429c019d47b1ce4600ff").unwrap();
        assert_eq!((dialogue.chat, dialogue.number), (182_403_740, 116_327_994_376_978_687));
        for mid in [
            "mid.5",
            "ffffbd3137103a3d019d87f93cda00e7",
            "mid.ffffbd3137103a3d019d87f93cda00eг",
            "mid.+fffbd3137103a3d019d87f93cda00e7",
        ] {
            assert_eq!(MaxMessage::of_mid(mid), None, "{mid}");
        }
        assert_eq!(MaxMessage::of_end_of_link(&MaxMessage::end_of_link(message.number)), Some(message.number));
        assert_eq!(MaxMessage::of_end_of_link("settings"), None);
    }
}

//! An album: several pictures that were sent as one. On the page it is one post; an export has a message for each picture.

use serde_json::Value;

use crate::Page;

/// Telegram puts no more pictures into an album.
const MAX_PARTS: usize = 10;

/// The album, or what may become one, that was met last.
#[derive(Debug, Default)]
pub(super) struct Album {
    /// Which of the page's posts it is.
    post: usize,
    /// The number of its first message and of its last.
    numbers: Option<(i64, i64)>,
    parts: usize,
    second: String,
    origin: Value,
}

impl Album {
    /// Begins with a message that became a post of the page. What has no picture is none.
    pub(super) fn begin(&mut self, post: usize, message: &Value) {
        let number = message["id"].as_i64().filter(|_| has_media(message));
        *self = Album {
            post,
            numbers: number.map(|number| (number, number)),
            parts: 1,
            second: second(message),
            origin: message["forwarded_from"].clone(),
        };
    }

    /// Takes a message into the album if it is the next picture of it: sent in the same second under the next number, and one of all has words.
    /// Returns the number of the first.
    pub(super) fn join(&mut self, page: &mut Page, message: &Value, words: String) -> Option<i64> {
        let ((first, last), number) = self.numbers.zip(message["id"].as_i64())?;
        let post = &mut page.posts.get_mut(self.post)?.post;
        let is_next = last.checked_add(1) == Some(number) && self.parts < MAX_PARTS;
        let is_alike = second(message) == self.second && message["forwarded_from"] == self.origin;
        let one_has_words = post.text.is_empty() || words.is_empty();
        if !(is_next && is_alike && one_has_words && has_media(message)) {
            return None;
        }
        if post.text.is_empty() {
            post.text = words;
        }
        self.numbers = Some((first, number));
        self.parts += 1;
        Some(first)
    }
}

fn second(message: &Value) -> String {
    message["date_unixtime"].as_str().or(message["date"].as_str()).unwrap_or_default().to_owned()
}

/// Pictures, videos and documents make albums; stickers, voices and round videos do not.
fn has_media(message: &Value) -> bool {
    let kind = message["media_type"].as_str();
    let makes_albums = matches!(kind, None | Some("video_file" | "audio_file" | "animation"));
    makes_albums && (message.get("photo").is_some() || message.get("file").is_some())
}

//! One message of the preview: the block that collectors read.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Poll, Time};

use super::super::Sample;
use super::super::escape::escape;
use super::Channel;
use crate::rng::hash;
use crate::world::{View, link};

/// A message as it stands in a channel's history.
pub(super) fn wrapped(sample: &Sample, channel: &Channel<'_>, view: &View<'_>, now: Time) -> String {
    let message = message(sample, channel, view, now, "");
    format!(r#"<div class="tgme_widget_message_wrap js-widget_message_wrap">{message}</div>"#)
}

/// The message itself; `id` is an attribute that only the embedded form has.
pub(super) fn message(sample: &Sample, channel: &Channel<'_>, view: &View<'_>, now: Time, id: &str) -> String {
    let post = view.post;
    let (title, name, number) = (escape(&channel.source.name), channel.name, post.number);
    let body = [
        forwarded(sample, view),
        reply(sample, view, &title),
        if post.photo { photo(name, number) } else { String::new() },
        post.poll.as_ref().map_or_else(String::new, poll),
        text_block(view.text),
        reactions(view),
    ]
    .concat();
    let edited = if view.edited_at.is_some() { "edited &nbsp;" } else { "" };
    format!(
        r#"<div {id}class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="{name}/{number}" data-view="{data_view}">
  <div class="tgme_widget_message_user"><a href="https://t.me/{name}"><i class="tgme_widget_message_user_photo bgcolor2" data-content="{initial}"></i></a></div>
  <div class="tgme_widget_message_bubble">
    <div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" href="https://t.me/{name}"><span dir="auto">{title}</span></a></div>
{body}<div class="tgme_widget_message_footer compact js-message_footer">
  <div class="tgme_widget_message_info short js-message_info">
    <span class="tgme_widget_message_views">{views}</span><span class="copyonly"> views</span><span class="tgme_widget_message_meta">{edited}<a class="tgme_widget_message_date" href="https://t.me/{name}/{number}"><time datetime="{time}" class="time">{clock}</time></a></span>
  </div>
</div>
  </div>
</div>"#,
        data_view = data_view(channel.number, number, now),
        initial = escape(&channel.source.name.chars().take(1).collect::<String>()),
        views = short(view.views),
        time = post.published_at.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        clock = post.published_at.strftime("%H:%M"),
    )
}

/// Carries the channel's number, which stays when the channel is renamed.
fn data_view(channel: u64, number: u64, now: Time) -> String {
    let check = hash(format!("{channel}/{number}").as_bytes());
    URL_SAFE_NO_PAD
        .encode(format!(r#"{{"c":-{channel},"p":"{number}g","t":{},"h":"{check:016x}18"}}"#, now.as_second()))
}

fn forwarded(sample: &Sample, view: &View<'_>) -> String {
    let Some(original) = view.post.repost_of.and_then(|at| sample.world.posts().get(at)) else { return String::new() };
    let source = &sample.world.sources()[original.source];
    format!(
        r#"<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;<a class="tgme_widget_message_forwarded_from_name" href="{}"><span dir="auto">{}</span></a></div>
"#,
        escape(&link(source, original)),
        escape(&source.name),
    )
}

/// The quote of the answered post has the class of a text too: a collector must keep them apart.
fn reply(sample: &Sample, view: &View<'_>, title: &str) -> String {
    let Some(answered) = view.post.reply_to.and_then(|at| sample.world.posts().get(at)) else { return String::new() };
    let source = &sample.world.sources()[answered.source];
    let start: String = answered.text.replace('\n', " ").chars().take(80).collect();
    format!(
        r#"<a class="tgme_widget_message_reply user-color-default" href="{}">
<div class="tgme_widget_message_author accent_color">
  <span class="tgme_widget_message_author_name" dir="auto">{title}</span>
</div>
<div class="tgme_widget_message_text js-message_reply_text" dir="auto">{}</div>
</a>
"#,
        escape(&link(source, answered)),
        rich(&start),
    )
}

fn photo(name: &str, number: u64) -> String {
    format!(
        r#"<a class="tgme_widget_message_photo_wrap" href="https://t.me/{name}/{number}" style="width:800px;background-image:url('https://cdn4.telesco.example/file/{number}.jpg')">
  <div class="tgme_widget_message_photo" style="padding-top:75%"></div>
</a>"#
    )
}

fn poll(poll: &Poll) -> String {
    let mut options = String::new();
    for (at, option) in poll.options.iter().enumerate() {
        let percent = 100 / poll.options.len() + usize::from(at == 0);
        let _ = write!(
            options,
            r#"<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">{percent}%</div><div class="tgme_widget_message_poll_option_value"><div class="tgme_widget_message_poll_option_text">{}</div><div class="tgme_widget_message_poll_option_bar" style="width:{percent}%"></div></div></div>"#,
            escape(option),
        );
    }
    format!(
        r#"<div class="tgme_widget_message_poll js-poll"><div class="tgme_widget_message_poll_question">{}</div><div class="tgme_widget_message_poll_type">Anonymous Poll</div><div class="tgme_widget_message_poll_options">{options}</div></div>
"#,
        escape(&poll.question),
    )
}

fn text_block(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!(r#"<div class="tgme_widget_message_text js-message_text" dir="auto">{}</div>"#, rich(text))
}

fn reactions(view: &View<'_>) -> String {
    const KINDS: [&str; 3] = ["👍", "😢", "🔥"];
    if view.likes == 0 {
        return String::new();
    }
    // The most are of the first kind; the sum is the number of likes.
    let second = view.likes / 4;
    let custom = view.likes / 9;
    let shares = [(KINDS[view.post.number as usize % KINDS.len()], view.likes - second - custom), ("😱", second)];
    let mut spans = String::new();
    for (kind, count) in shares.iter().filter(|(_, count)| *count > 0) {
        let _ = write!(spans, r#"<span class="tgme_reaction">{}{}</span>"#, emoji(kind), short(*count));
    }
    if custom > 0 {
        let kind = r#"<tg-emoji emoji-id="5265077361648368841"></tg-emoji>"#;
        let _ = write!(spans, r#"<span class="tgme_reaction">{kind}{}</span>"#, short(custom));
    }
    format!(r#"<div class="tgme_widget_message_reactions js-message_reactions">{spans}</div>"#)
}

/// A number as the preview shortens it: 999, 1.2K, 12.5K, 125K, 1.2M.
pub(super) fn short(number: u64) -> String {
    let scaled = |unit: u64, letter: char| {
        let tenths = number * 10 / unit;
        if tenths >= 1000 || tenths.is_multiple_of(10) {
            format!("{}{letter}", tenths / 10)
        } else {
            format!("{}.{}{letter}", tenths / 10, tenths % 10)
        }
    };
    match number {
        0..=999 => number.to_string(),
        1000..=999_999 => scaled(1000, 'K'),
        _ => scaled(1_000_000, 'M'),
    }
}

/// Text as the preview writes it: line breaks, links, hashtags, emoji as pictures.
fn rich(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            html.push_str("<br/>");
        }
        for (at, word) in line.split(' ').enumerate() {
            if at > 0 {
                html.push(' ');
            }
            html.push_str(&rich_word(word));
        }
    }
    html
}

fn rich_word(word: &str) -> String {
    let tag = word.trim_end_matches(['.', ',', '!', '?', ')', ':']);
    let rest = &word[tag.len()..];
    if tag.starts_with("https://") {
        let url = escape(tag);
        return format!(r#"<a href="{url}" target="_blank" rel="noopener">{url}</a>{}"#, escape(rest));
    }
    if let Some(name) = tag.strip_prefix('#').filter(|name| name.chars().any(char::is_alphabetic)) {
        let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        return format!(r#"<a href="?q=%23{encoded}">#{}</a>{}"#, escape(name), escape(rest));
    }
    emoji_in(word)
}

fn emoji_in(word: &str) -> String {
    let mut html = String::new();
    let mut rest = word;
    while let Some(start) = rest.find(is_emoji) {
        html.push_str(&escape(&rest[..start]));
        rest = &rest[start..];
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let mut len = first;
        let mut joined = false;
        for c in rest[first..].chars() {
            if !(joined || is_joiner(c)) {
                break;
            }
            joined = c == '\u{200d}';
            len += c.len_utf8();
        }
        html.push_str(&emoji(&rest[..len]));
        rest = &rest[len..];
    }
    html.push_str(&escape(rest));
    html
}

fn emoji(emoji: &str) -> String {
    let code: String = emoji.bytes().map(|byte| format!("{byte:02X}")).collect();
    format!(
        r#"<i class="emoji" style="background-image:url('//telegram.org/img/emoji/40/{code}.png')"><b>{emoji}</b></i>"#
    )
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}

/// What goes on with the emoji before it: variation, joiner, skin tone.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: u64, expect: &str) {
        assert_eq!(short(number), expect);
    }

    #[test]
    fn numbers_are_shortened() {
        check(999, "999");
        check(1000, "1K");
        check(1250, "1.2K");
        check(99_950, "99.9K");
        check(125_400, "125K");
        check(1_290_000, "1.2M");
    }

    #[test]
    fn text_becomes_html() {
        assert_eq!(rich("a<b\nc & d"), "a&lt;b<br/>c &amp; d");
        assert_eq!(
            rich("x https://a.example/?a=1&b=2."),
            r#"x <a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener">https://a.example/?a=1&amp;b=2</a>."#
        );
        assert_eq!(rich("#жкх!"), r#"<a href="?q=%23%D0%B6%D0%BA%D1%85">#жкх</a>!"#);
        assert!(rich("ок🤷‍♀️❤️.").contains("<b>🤷‍♀️</b>") && rich("ок🤷‍♀️❤️.").contains("<b>❤️</b></i>."));
    }
}

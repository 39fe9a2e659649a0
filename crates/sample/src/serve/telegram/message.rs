//! One message of the preview: the block that collectors read.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{Poll, Time};

use super::channel::Channel;
use super::rich_text::{emoji, rich, short};
use crate::links::link;
use crate::post::View;
use crate::rng::hash;
use crate::serve::html::escape;
use crate::serve::state::Sample;

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

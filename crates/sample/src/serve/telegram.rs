//! The public web preview of Telegram channels (t.me/s/…), as its pages are built.

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::Sample;
use super::escape::escape;
use crate::content::{Address, Source};
use crate::world::View;

mod message;

/// Posts on a page of the preview.
const PAGE: usize = 20;

#[derive(Deserialize)]
pub(super) struct Before {
    before: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct Embed {
    #[serde(default)]
    embed: Option<String>,
}

/// A channel of the sample.
struct Channel<'s> {
    at: usize,
    source: &'s Source,
    name: &'s str,
    number: u64,
}

fn channel<'s>(sample: &'s Sample, wanted: &str) -> Option<Channel<'s>> {
    let wanted = wanted.to_lowercase();
    sample.world.sources().iter().enumerate().find_map(|(at, source)| match &source.address {
        Address::Telegram { channel, number } if *channel == wanted => {
            Some(Channel { at, source, name: channel, number: *number })
        }
        _ => None,
    })
}

/// `/s/{channel}?before=N`: up to twenty posts below a number, oldest first.
pub(super) async fn history(
    State(sample): State<Sample>,
    Path(name): Path<String>,
    Query(Before { before }): Query<Before>,
) -> Response {
    let Some(channel) = channel(&sample, &name) else { return Html(no_such_name(&name)).into_response() };
    let now = sample.now();
    let below = |view: &View<'_>| before.is_none_or(|before| view.post.number < before);
    let mut posts: Vec<View<'_>> =
        sample.world.visible_of(channel.at, now).rev().filter(below).take(PAGE + 1).collect();
    let more = posts.len() > PAGE;
    posts.truncate(PAGE);
    posts.reverse();
    let oldest = posts.first().filter(|_| more).map(|view| view.post.number);
    let messages: String = posts.iter().map(|view| message::wrapped(&sample, &channel, view, now)).collect();
    Html(page(&channel, before, oldest, &messages)).into_response()
}

/// `/{channel}/{number}?embed=1`: one post, or the block that says there is none.
pub(super) async fn single(
    State(sample): State<Sample>,
    Path((name, number)): Path<(String, u64)>,
    Query(Embed { embed }): Query<Embed>,
) -> Response {
    if embed.is_none() {
        return landing(State(sample), Path(name)).await;
    }
    let now = sample.now();
    let Some(channel) = channel(&sample, &name) else {
        return Html(widget(&format!(
            "<div class=\"tgme_widget_message_error\">Channel with username <b>@{}</b> not found</div>",
            escape(&name)
        )))
        .into_response();
    };
    let found = sample.world.visible_of(channel.at, now).find(|view| view.post.number == number);
    let block = match found {
        Some(view) => message::message(&sample, &channel, &view, now, "id=\"widget_message\" "),
        None => "<div class=\"tgme_widget_message_error\">Post not found</div>".to_owned(),
    };
    Html(widget(&block)).into_response()
}

/// `/{channel}`: the landing page of a channel, or of a name that nobody has.
pub(super) async fn landing(State(sample): State<Sample>, Path(name): Path<String>) -> Response {
    let Some(channel) = channel(&sample, &name) else { return Html(no_such_name(&name)).into_response() };
    let title = escape(&channel.source.name);
    let body = format!(
        r#"<div class="tgme_page_title" dir="auto">
  <span dir="auto">{title}</span>
</div>
<div class="tgme_page_extra">{} subscribers</div>
<div class="tgme_page_description" dir="auto">{}</div>
<div class="tgme_page_action">
  <a class="tgme_action_button_new shine" href="tg://resolve?domain={name}">View in Telegram</a>
</div>
<div class="tgme_page_context_link_wrap"><a class="tgme_page_context_link" href="/s/{name}">Preview channel</a></div>
<div class="tgme_page_additional">
  If you have <strong>Telegram</strong>, you can view and join <br><strong>{title}</strong> right away.
</div>"#,
        channel.source.reach,
        escape(&channel.source.about),
        name = channel.name,
    );
    Html(landing_page(&format!("Telegram: View @{}", channel.name), &title, &body)).into_response()
}

/// The preview of a name that nobody has leads to its landing page, which offers to write to it.
fn no_such_name(name: &str) -> String {
    let name = escape(name);
    let title = format!("Telegram: Contact @{name}");
    let body = format!(
        r#"<div class="tgme_page_icon">
  <i class="tgme_icon_user"></i>
</div>
<div class="tgme_page_description">
  If you have <strong>Telegram</strong>, you can contact <a class="tgme_username_link" href="tg://resolve?domain={name}">@{name}</a> right away.
</div>
<div class="tgme_page_action">
  <a class="tgme_action_button_new" href="tg://resolve?domain={name}">Send Message</a>
</div>"#
    );
    landing_page(&title, &title, &body)
}

fn landing_page(title: &str, og_title: &str, body: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8">
    <title>{title}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1.0">
    <meta property="og:title" content="{og_title}">
    <meta property="og:site_name" content="Telegram">
  </head>
  <body class="no_transition">
    <div class="tgme_page_wrap">
      <div class="tgme_body_wrap">
        <div class="tgme_page">
          {body}
        </div>
      </div>
    </div>
    <div id="tgme_frame_cont"></div>
  </body>
</html>
"#
    )
}

fn widget(block: &str) -> String {
    format!(
        r#"<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8">
    <title>Telegram Widget</title>
    <base target="_blank">
    <link href="//telegram.org/css/widget-frame.css?74" rel="stylesheet" media="screen">
  </head>
  <body class="widget_frame_base tgme_widget body_widget_post emoji_image nodark">
    {block}
    <script src="//telegram.org/js/widget-frame.js?67"></script>
  </body>
</html>
"#
    )
}

fn page(channel: &Channel<'_>, before: Option<u64>, oldest: Option<u64>, messages: &str) -> String {
    let (title, name) = (escape(&channel.source.name), channel.name);
    let prev =
        oldest.map_or_else(String::new, |oldest| format!("<link rel=\"prev\" href=\"/s/{name}?before={oldest}\">\n"));
    let canonical = before.map_or_else(|| format!("/s/{name}"), |before| format!("/s/{name}?before={before}"));
    let more = oldest.map_or_else(String::new, |oldest| {
        format!(
            r#"<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/{name}?before={oldest}" class="tme_messages_more js-messages_more" data-before="{oldest}"></a></div>"#
        )
    });
    format!(
        r#"<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8">
    <title>{title} – Telegram</title>
    <meta name="viewport" content="width=device-width, initial-scale=1.0, minimum-scale=1.0, maximum-scale=1.0, user-scalable=no" />
    <meta property="og:title" content="{title}">
    <meta property="og:site_name" content="Telegram">
    <meta property="og:description" content="{about}">
    {prev}<link rel="canonical" href="{canonical}">
    <link href="//telegram.org/css/widget-frame.css?74" rel="stylesheet" media="screen">
    <script>TBaseUrl='/';</script>
  </head>
  <body class="widget_frame_base tgme_webpreview emoji_image thin_box_shadow tme_mode no_transitions">
    <header class="tgme_header search_collapsed">
  <div class="tgme_container">
    <div class="tgme_header_right_column">
      <section class="tgme_right_column">
        <div class="tgme_channel_info">
          <div class="tgme_channel_info_header">
            <div class="tgme_channel_info_header_title_wrap">
              <div class="tgme_channel_info_header_title"><span dir="auto">{title}</span></div>
            </div>
            <div class="tgme_channel_info_header_username"><a href="https://t.me/{name}">@{name}</a></div>
          </div>
          <div class="tgme_channel_info_counters"><div class="tgme_channel_info_counter"><span class="counter_value">{subscribers}</span> <span class="counter_type">subscribers</span></div></div>
          <div class="tgme_channel_info_description">{about}</div>
        </div>
      </section>
    </div>
  </div>
</header>
<main class="tgme_main" data-url="/{name}">
  <div class="tgme_container">
    <section class="tgme_channel_history js-message_history">
      {more}{messages}
    </section>
  </div>
</main>
    <script src="//telegram.org/js/jquery.min.js"></script>
    <script src="//telegram.org/js/widget-frame.js?67"></script>
    <script src="//telegram.org/js/telegram-web.js?14"></script>
    <script>TWeb.init();
</script>
  </body>
</html>
<!-- page generated in 9.41ms -->
"#,
        about = escape(&channel.source.about),
        subscribers = message::short(u64::from(channel.source.reach)),
    )
}

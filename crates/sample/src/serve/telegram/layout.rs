//! The pages around the messages.

use super::channel::Channel;
use super::rich_text::short;
use crate::serve::html::escape;

/// The preview of a name that nobody has leads to its landing page, which offers to write to it.
pub(super) fn no_such_name(name: &str) -> String {
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

/// The page of a channel or a name.
pub(super) fn landing_page(title: &str, og_title: &str, body: &str) -> String {
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

/// The embedded form of one post.
pub(super) fn widget(block: &str) -> String {
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

/// The history of a channel.
pub(super) fn page(channel: &Channel<'_>, before: Option<u64>, oldest: Option<u64>, messages: &str) -> String {
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
        subscribers = short(u64::from(channel.source.reach)),
    )
}

//! What is answered at each path.

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::channel::channel;
use super::layout::{landing_page, no_such_name, page, widget};
use super::message;
use crate::post::View;
use crate::serve::html::escape;
use crate::serve::state::Sample;

/// Posts on a page of the preview.
const PAGE: usize = 20;

#[derive(Deserialize)]
pub(in crate::serve) struct Before {
    before: Option<u64>,
}

#[derive(Deserialize)]
pub(in crate::serve) struct Embed {
    #[serde(default)]
    embed: Option<String>,
}

/// `/s/{channel}?before=N`: up to twenty posts below a number, oldest first.
pub(in crate::serve) async fn history(
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
pub(in crate::serve) async fn single(
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
pub(in crate::serve) async fn landing(State(sample): State<Sample>, Path(name): Path<String>) -> Response {
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

//! Asks for the texts of posts that the preview does not show: the widget of the post may show it, and the page that links to it says what is in it.

use std::collections::HashSet;

use super::client::TelegramClient;
use super::parse::{EmbeddedPost, parse_described_post, parse_post_embed};
use crate::outcome::PollOutcome;
use crate::parsing::Parsed;
use crate::poll::{Failure, Poll, PollResult, number};

/// Posts asked for in one poll, two requests each; the others' turn comes with the next polls.
const MAX_ASKED: usize = 5;

/// Asks for the posts of a result that are hidden, were never read and were not asked for in vain before. Those that are found are moved to the
/// others.
pub(super) async fn ask_for_hidden(
    telegram: TelegramClient<'_>,
    channel: &str,
    poll: Poll<'_>,
    result: &mut PollResult,
) {
    let unknown = poll.never_read(&result.hidden).await;
    let wanted: Vec<Parsed> =
        result.hidden.iter().filter(|parsed| unknown.contains(&parsed.post.id)).take(MAX_ASKED).cloned().collect();
    let mut found = HashSet::new();
    let mut asked = HashSet::new();
    for hidden in wanted {
        let id = hidden.post.id.clone();
        match ask(telegram, channel, poll.id(), hidden, result.about.clone()).await {
            Ok(Some(parsed)) => {
                found.insert(id);
                result.add_extra([parsed]);
            }
            Ok(None) => drop(asked.insert(id)),
            Err(_) => break,
        }
    }
    result.hidden.retain(|parsed| !found.contains(&parsed.post.id));
    result.asked_in_vain = Some(asked);
}

/// The post as one of the two pages shows it; none where neither does.
async fn ask(
    telegram: TelegramClient<'_>,
    channel: &str,
    source: &str,
    mut hidden: Parsed,
    about: Option<String>,
) -> Result<Option<Parsed>, Failure> {
    let Some(number) = number(&hidden.post.id) else { return Ok(None) };
    if let Some(body) = body(telegram, &format!("{channel}/{number}?embed=1")).await? {
        let source = source.to_owned();
        let parser = telegram.net.parsers.run(body.len(), move |budget| Ok(parse_post_embed(&body, &source, budget)));
        match parser.await? {
            EmbeddedPost::Post(parsed) if parsed.post.id == hidden.post.id => return Ok(Some(*parsed)),
            _ => {}
        }
    }
    let Some(body) = body(telegram, &format!("{channel}/{number}")).await? else { return Ok(None) };
    let parser =
        telegram.net.parsers.run(body.len(), move |budget| Ok(parse_described_post(&body, about.as_deref(), budget)));
    let text = parser.await?;
    Ok(text.map(|text| {
        hidden.post.text = text;
        hidden
    }))
}

/// What stands at a path; none where there is nothing. A host that asks for a pause, or does not answer, is left alone.
async fn body(telegram: TelegramClient<'_>, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    match telegram.get(path).await {
        Ok(response) => Ok(Some(response.body)),
        Err(failure) if failure.outcome == PollOutcome::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}

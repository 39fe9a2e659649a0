//! Polls a public channel through its web preview, pages backwards, and asks after posts that left the page.

use model::PostId;

use super::reading::{Failure, Goal, Net, Reading, number, parse};
use crate::outcome::Outcome;
use crate::state::Known;
use crate::telegram::{EmbedOutcome, parse_page, parse_post_embed};

/// Posts asked after in one poll, each a request of its own; the others' turn comes with the next polls.
pub(crate) const MAX_CHECKS: usize = 20;

/// Reads the channel down to the goal, from where the reading stands.
pub(crate) async fn read(net: Net<'_>, channel: &str, source: &str, goal: Goal, reading: &mut Reading) {
    let base = format!("{}/s/{channel}", net.settings.telegram.preview.trim_end_matches('/'));
    let mut before = reading.next.take();
    loop {
        let url = match &before {
            None => base.clone(),
            Some(cursor) => {
                let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("before", cursor).finish();
                format!("{base}?{query}")
            }
        };
        let page = match page(net, &url, source).await {
            Ok(page) => page,
            Err(failure) => return reading.fail(failure),
        };
        let older = page.older.clone();
        reading.add(page);
        reading.beginning = older.is_none();
        // A page that is its own predecessor would be read for ever.
        let stuck = older == before;
        if goal.reached(reading) || reading.beginning || stuck {
            reading.next = older.filter(|_| !stuck);
            return;
        }
        before = older;
    }
}

async fn page(net: Net<'_>, url: &str, source: &str) -> Result<crate::Page, Failure> {
    let response = net.get(url).await?;
    let source = source.to_owned();
    parse(move || parse_page(&response.body, &source)).await
}

/// Asks after remembered posts that are not on the pages where they should be. Only the structural «not found» is a deletion.
pub(crate) async fn check(
    net: Net<'_>,
    channel: &str,
    source: &str,
    missing: Vec<(PostId, Known)>,
    reading: &mut Reading,
) {
    let preview = net.settings.telegram.preview.trim_end_matches('/');
    for (id, known) in missing.into_iter().take(MAX_CHECKS) {
        let Some(number) = number(&id) else { continue };
        let embed = match net.get(&format!("{preview}/{channel}/{number}?embed=1")).await {
            Ok(response) => {
                let source = source.to_owned();
                parse(move || Ok(parse_post_embed(&response.body, &source))).await
            }
            Err(failure) => Err(failure),
        };
        match embed {
            Ok(EmbedOutcome::NotFound) => reading.gone.push((id, known)),
            Ok(EmbedOutcome::Post(parsed)) => {
                reading.add_one(*parsed);
                reading.unclear.push((id, known));
            }
            Ok(EmbedOutcome::Other) => reading.unclear.push((id, known)),
            Err(Failure { outcome: Outcome::RateLimited { .. }, .. }) => return,
            Err(_) => reading.unclear.push((id, known)),
        }
    }
}

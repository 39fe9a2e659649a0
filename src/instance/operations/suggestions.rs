//! Sources that could be added: channels and communities that posts of the archive lead to and that no source reads.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::{Context, Result};
use config::Address;
use serde::{Deserialize, Serialize};
use store::facts::{PostsFilter, SuggestedSource};

use crate::instance::Instance;

/// Names of `t.me` that are pages of Telegram's own.
const NO_CHANNELS: [&str; 7] = ["joinchat", "addstickers", "addemoji", "share", "proxy", "socks", "boost"];

/// What is asked: posts of so many last days, so many at least, so many shown.
#[derive(Debug, Serialize, Deserialize)]
pub struct Query {
    /// Posts of so many last days are looked through.
    pub days: u16,
    /// Posts that must lead to one at least.
    pub least: u64,
    /// Shown at most.
    pub limit: usize,
}

/// A channel or community to add.
#[derive(Debug, Serialize, Deserialize)]
pub struct Suggestion {
    /// `telegram` or `vk`.
    pub platform: String,
    /// Name or number there.
    pub name: String,
    /// Posts that lead there.
    pub posts: u64,
    /// Sources these are of.
    pub sources: u64,
    /// Where a person opens it.
    pub address: String,
    /// The newest of the posts.
    pub samples: Vec<Sample>,
    /// Lines for `sources.toml`.
    pub toml: String,
}

/// A post that leads somewhere.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sample {
    /// Its id.
    pub id: String,
    /// Where it is opened.
    pub url: Option<String>,
    /// Its text.
    pub text: String,
}

impl Instance {
    /// Finds what no source reads, enabled or not: one that is switched off is known.
    pub async fn suggest(&self, query: &Query) -> Result<Vec<Suggestion>> {
        let facts = self.facts.as_ref().context("the figures do not run here")?;
        let now = (self.clock)();
        let from = now.checked_sub(Duration::from_secs(u64::from(query.days) * 86_400))?;
        let known: HashSet<&Address> = self.config.sources.iter().map(|source| &source.address).collect();
        // The known ones are among the first, so more are asked for than shown.
        let leads =
            facts.suggested_sources(from, now, query.limit.saturating_add(known.len() + NO_CHANNELS.len())).await?;
        let mut suggestions = Vec::new();
        for lead in leads.into_iter().filter(|lead| lead.posts >= query.least) {
            let Some(address) = address(&lead).filter(|address| !known.contains(address)) else { continue };
            let filter = PostsFilter { ids: lead.samples, ..PostsFilter::default() };
            let samples = facts.posts(&filter, filter.ids.len()).await?.into_iter().map(|tagged| Sample {
                id: tagged.post.id.to_string(),
                url: tagged.post.url,
                text: tagged.post.text,
            });
            suggestions.push(Suggestion {
                address: match &address {
                    Address::Vk(owner) => format!("https://vk.com/club{}", owner.unsigned_abs()),
                    _ => format!("https://t.me/s/{}", lead.name),
                },
                toml: ingest::source_lines(&address, None),
                samples: samples.collect(),
                platform: lead.platform,
                name: lead.name,
                posts: lead.posts,
                sources: lead.sources,
            });
            if suggestions.len() == query.limit {
                break;
            }
        }
        Ok(suggestions)
    }
}

/// The address a lead names, if it can be a source.
fn address(lead: &SuggestedSource) -> Option<Address> {
    match lead.platform.as_str() {
        "vk" => Some(Address::Vk(-lead.name.parse::<i64>().ok().filter(|number| *number > 0)?)),
        _ if NO_CHANNELS.contains(&lead.name.as_str()) || lead.name.ends_with("bot") => None,
        _ => Some(Address::Telegram(lead.name.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(platform: &str, name: &str, expect: Option<Address>) {
        let (platform, name) = (platform.to_owned(), name.to_owned());
        let lead = SuggestedSource { platform, name, posts: 1, sources: 1, samples: Vec::new() };
        assert_eq!(address(&lead), expect, "{lead:?}");
    }

    #[test]
    fn only_channels_and_communities_are_suggested() {
        check("vk", "123", Some(Address::Vk(-123)));
        check("vk", "0", None);
        check("vk", "99999999999999999999", None);
        check("telegram", "gorod_news", Some(Address::Telegram("gorod_news".into())));
        check("telegram", "joinchat", None);
        check("telegram", "gorod_bot", None);
    }
}

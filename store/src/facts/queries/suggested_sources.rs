//! Channels and communities that posts lead to, as suggestions for new sources.

use clickhouse::Row;
use model::Time;
use serde::{Deserialize, Serialize};

use crate::facts::client::{Facts, FactsError};

/// Links that only public channels have, in the forms of [`model::PostLink`]: the preview, and a post by its number. A bare
/// `t.me/name` may be a person.
const TELEGRAM: [&str; 4] = [
    r"(?i)\b(?:t\.me|telegram\.me|telegram\.dog)/s/([a-z][a-z0-9_]{3,31})\b",
    r"(?i)\b(?:t\.me|telegram\.me|telegram\.dog)/([a-z][a-z0-9_]{3,31})/[0-9]",
    r"(?i)\b([a-z][a-z0-9_]{3,31})\.t\.me/[0-9]",
    r"(?i)\btg://resolve\?domain=([a-z][a-z0-9_]{3,31})&post=[0-9]",
];

/// Links and mentions that only communities have: those by number. A screen name may be a person's.
const VK: [&str; 3] = [
    r"(?i)\bvk\.(?:com|ru)/(?:wall-|club|public|event)([0-9]+)",
    r"(?i)\bvk\.(?:com|ru)/\S*[?&]w=wall-([0-9]+)_",
    r"(?i)\[(?:club|public|event)([0-9]+)\|",
];

/// Posts on the walls of communities, as searches bring them.
const VK_WALL: &str = "^vk:-([0-9]+)_";

/// A channel or community that posts lead to.
#[derive(Debug, Clone, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct SuggestedSource {
    /// `telegram` or `vk`.
    pub platform: String,
    /// Name of the channel in lower case, or number of the community.
    pub name: String,
    /// Posts that lead there.
    pub posts: u64,
    /// Sources that these posts are of.
    pub sources: u64,
    /// Ids of the newest of them, at most three.
    pub samples: Vec<String>,
}

impl Facts {
    /// Channels and communities that posts published in `[from, to)` were forwarded from, link to, or stand on. Those that
    /// most posts lead to come first.
    pub async fn suggested_sources(
        &self,
        from: Time,
        to: Time,
        limit: usize,
    ) -> Result<Vec<SuggestedSource>, FactsError> {
        let sql = "SELECT lead.1 AS platform, lead.2 AS name, count() AS posts, uniqExact(source) AS sources, \
                       arrayMap(post -> post.2, arraySlice(arrayReverseSort(groupArray((seen, id))), 1, 3)) AS samples \
                   FROM (SELECT id, toString(source) AS source, toUnixTimestamp64Milli(published_at) AS seen, \
                       concat(JSONExtractString(body, 'title'), ' ', JSONExtractString(body, 'text'), ' ', \
                              JSONExtractString(body, 'forwarded_from')) AS words, \
                       arrayJoin(arrayDistinct(arrayConcat( \
                           arrayMap(name -> ('telegram', lower(name)), \
                                    arrayConcat(extractAll(words, ?), extractAll(words, ?), extractAll(words, ?), \
                                                extractAll(words, ?))), \
                           arrayMap(name -> ('vk', name), \
                                    arrayConcat(extractAll(words, ?), extractAll(words, ?), extractAll(words, ?), \
                                                extractAll(id, ?)))))) AS lead \
                       FROM posts FINAL WHERE published_at >= fromUnixTimestamp64Milli(?, 'UTC') \
                           AND published_at < fromUnixTimestamp64Milli(?, 'UTC')) \
                   GROUP BY platform, name ORDER BY posts DESC, platform, name LIMIT ?";
        let query = TELEGRAM.iter().chain(&VK).fold(self.client.query(sql), |query, pattern| query.bind(*pattern));
        let query = query.bind(VK_WALL).bind(from.as_millisecond()).bind(to.as_millisecond());
        self.all(query.bind(limit as u64)).await
    }
}

//! A post as the alerts keep it.

use config::Config;
use model::{Event, Level, Origin, PostId, Risk, SaidLevel, Signature, Sketch, TaggedPost, Tags};

/// Characters of a quote: an alert is read on a phone.
const QUOTE_CHARS: usize = 300;

/// Topics and places that one post counts for: a post that lists everything is about nothing.
const MAX_KEYS: usize = 8;

/// Events that are kept of one post: whoever lists more tells of none of them in particular.
const MAX_EVENTS: usize = 3;

/// A post with what it counts for.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPost {
    pub id: PostId,
    pub version: i64,
    /// Publication, in milliseconds.
    pub at: i64,
    pub story: Option<String>,
    pub risk: Option<String>,
    pub level: Option<Level>,
    pub sector: String,
    pub place: Option<String>,
    pub recipient: Option<String>,
    /// What it is counted under: `sector:jkh topic:jkh.water place:mira`.
    pub keys: String,
    /// What it mainly tells: its gravest event, and those of the same kind told in one breath, as with cold and hot water.
    pub events: Vec<Event>,
    /// Since when that is so, as the post states it, in milliseconds.
    pub since: Option<i64>,
    pub source: String,
    /// Whose voice it is: the author's hash, else the source. `None`: a near-copy, which is no voice of its own.
    pub voice: Option<String>,
    pub reply_to: Option<String>,
    pub url: Option<String>,
    pub text: String,
    pub why: Vec<String>,
    pub views: u64,
    pub reposts: u64,
    pub counted_at: i64,
    pub signature: Option<Signature>,
    pub sketch: Option<Sketch>,
    /// It came live, not from an import or a replay: only then it may notify.
    pub live: bool,
}

impl StoredPost {
    /// What a version of a post counts for; `None` where it counts for nothing: deleted, elsewhere, or about nothing known.
    pub fn of(tagged: &TaggedPost, version: i64) -> Option<StoredPost> {
        let (post, tags) = (&tagged.post, &tagged.tags);
        // The worst risk comes first, and the post's subject is about the same.
        let risk = tags.risks.first();
        let about = risk.is_some() || !tags.topics.is_empty() || !tags.matched.is_empty();
        if post.is_deleted() || tags.elsewhere.is_some() || !about {
            return None;
        }
        let mut keys = vec![format!("sector:{}", tags.sector.as_str())];
        keys.extend(tags.topics.iter().take(MAX_KEYS).map(|topic| format!("topic:{topic}")));
        keys.extend(tags.places.iter().take(MAX_KEYS).map(|place| format!("place:{place}")));
        Some(StoredPost {
            id: post.id.clone(),
            version,
            at: post.published_at.as_millisecond(),
            story: None,
            risk: risk.map(|risk| risk.kind.clone()),
            level: risk.map(|risk| risk.level),
            sector: tags.sector.as_str().to_owned(),
            place: tags.places.first().cloned(),
            recipient: tags.recipient.clone(),
            keys: keys.join(" "),
            events: main_events(tags),
            since: tags.since.map(model::Time::as_millisecond),
            source: post.source.clone(),
            voice: Some(post.author.clone().unwrap_or_else(|| post.source.clone())),
            reply_to: post.in_reply_to.clone(),
            url: post.url.clone(),
            text: cut(post.title.as_deref(), &post.text),
            why: risk.map(|risk| risk.why.clone()).unwrap_or_default(),
            views: post.views.unwrap_or(0),
            reposts: post.reposts.unwrap_or(0),
            counted_at: post.seen().as_millisecond(),
            signature: tags.signature.filter(|_| !is_cleared(tags)),
            sketch: tags.sketch.clone().filter(|_| !is_cleared(tags)),
            live: post.origin == Origin::Live,
        })
    }

    /// What it is about: its risk, else its topic, else the search that it matched.
    pub fn kind(&self, tagged: &TaggedPost) -> String {
        let tags = &tagged.tags;
        self.risk
            .clone()
            .or_else(|| tags.topics.first().cloned())
            .or_else(|| tags.matched.first().cloned())
            .unwrap_or_default()
    }

    /// What it is counted under.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.split(' ').filter(|key| !key.is_empty())
    }
}

/// Whether a person said that the post reports no risk: then neither its event nor its words put it among those that do.
fn is_cleared(tags: &Tags) -> bool {
    tags.corrected.as_ref().is_some_and(|corrected| corrected.correction.level == Some(SaidLevel::None))
}

/// Whether a person gave the post another kind of risk than the rules: then it is not about the event that they found.
fn is_of_another_kind(tags: &Tags) -> bool {
    let kind = |risks: &[Risk]| risks.first().map(|risk| risk.kind.clone());
    tags.corrected.as_ref().is_some_and(|corrected| kind(&corrected.was.risks) != kind(&tags.risks))
}

/// The gravest event, and those that share its state and its reach. Their words are the post's own text and are not kept.
fn main_events(tags: &Tags) -> Vec<Event> {
    if is_cleared(tags) || is_of_another_kind(tags) {
        return Vec::new();
    }
    let Some(main) = tags.events.first() else { return Vec::new() };
    let alike =
        |event: &&Event| (&event.state, event.actuality, event.scale) == (&main.state, main.actuality, main.scale);
    let bare = |event: &Event| Event { words: Vec::new(), ..event.clone() };
    tags.events.iter().filter(alike).take(MAX_EVENTS).map(bare).collect()
}

/// What, where: the line above everything else.
pub fn headline(tagged: &TaggedPost, kind: &str, config: &Config) -> String {
    let name = kind_name(config, kind);
    match (&tagged.tags.subject, tagged.tags.places.first()) {
        (Some(subject), _) => subject.clone(),
        (None, Some(place)) => format!("{name}, {}", config.place_name(place)),
        (None, None) => name.to_owned(),
    }
}

/// The name people see for a kind of risk, a topic or a saved search.
pub fn kind_name<'a>(config: &'a Config, kind: &'a str) -> &'a str {
    match config.risk_name(kind) {
        name if name != kind => name,
        _ => match config.topic_name(kind) {
            name if name != kind => name,
            _ => config.search_name(kind),
        },
    }
}

/// Title and text on one line, cut for a quote.
fn cut(title: Option<&str>, text: &str) -> String {
    let whole: Vec<&str> = title.into_iter().chain([text]).flat_map(str::split_whitespace).collect();
    let line = whole.join(" ");
    match line.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

//! The district's names, texts and stories: data of this crate, compiled in.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use model::{Poll, Sector};

/// Everything written by hand.
#[derive(Debug)]
pub(crate) struct Content {
    pub district: District,
    pub sources: Vec<Source>,
    pub groups: Vec<Group>,
    pub stories: Vec<Story>,
    pub changes: Changes,
}

/// `district.toml`: what the slots of a text are filled with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct District {
    /// Nominative and prepositional: «Ткацкая», «Ткацкой».
    pub streets: Vec<[String; 2]>,
    /// Nominative, prepositional, genitive.
    pub villages: Vec<[String; 3]>,
    /// Nominative and prepositional.
    pub quarters: Vec<[String; 2]>,
    /// Single values by the name of their slot.
    pub words: std::collections::BTreeMap<String, Vec<String>>,
}

/// A source of the sample, as the world has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its id in the `sources.toml` of [`crate::config_files()`].
    pub id: String,
    /// The name people see.
    pub name: String,
    /// Where it is served.
    pub address: Address,
    /// What its page says of itself.
    pub about: String,
    /// Background posts a day.
    pub(crate) per_day: f64,
    /// Readers: what views grow towards.
    pub(crate) reach: u32,
    /// When its posts come.
    pub(crate) rhythm: Rhythm,
    /// Number of its first post.
    pub(crate) first: u64,
    /// Written by private people rather than in the source's own name.
    #[serde(default)]
    pub(crate) private: bool,
    /// Hours of the last day in which it answers 503: first and last, counted from the start of the story of the water main.
    #[serde(default)]
    pub(crate) down: Option<[f64; 2]>,
}

/// Where a source of the sample is served.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Address {
    /// A community's wall, by its negative owner id and short name.
    Vk {
        /// Negative: a community.
        owner: i64,
        /// Name in links.
        screen_name: String,
    },
    /// A channel, by its public name and number.
    Telegram {
        /// Name in links, lower case.
        channel: String,
        /// Number in `data-view`.
        number: u64,
    },
    /// A feed, by the last part of its path.
    Feed {
        /// `/feeds/{file}`.
        file: String,
        /// Format.
        format: Format,
        /// The site that its links lead to.
        site: String,
    },
}

/// Formats of the sample's feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RSS 2.0, UTF-8, full text in `content:encoded`.
    Rss,
    /// RSS 2.0 in windows-1251.
    Rss1251,
    /// Atom 1.0.
    Atom,
}

/// When posts come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rhythm {
    /// Working hours, little at weekends.
    Office,
    /// From morning to late evening.
    People,
}

/// What a post is, for the generator and for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Something is wrong.
    Complaint,
    /// Asks neighbours or the authorities.
    Question,
    /// Thanks.
    Praise,
    /// Advertisement.
    Ad,
    /// An authority or service announces.
    Notice,
    /// An authority answers.
    Answer,
    /// News.
    News,
    /// Everything else people write.
    Talk,
    /// A short reply to another post.
    Reply,
    /// A repost or forward.
    Repost,
    /// A near-copy of another post.
    Copy,
    /// A poll.
    Poll,
    /// Part of a story.
    Story,
}

/// Texts of one kind about one sector.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub sector: Sector,
    pub kind: Kind,
    /// Where such posts stand.
    pub sources: Vec<String>,
    /// Share among the groups of a source.
    #[serde(default = "one")]
    pub weight: f64,
    /// For a source with titles the first line is the title.
    pub texts: Vec<String>,
    /// Polls to choose from; with them `texts` stand above the poll.
    #[serde(default)]
    pub polls: Vec<Poll>,
}

fn one() -> f64 {
    1.0
}

/// `changes.toml`: what happens to posts later.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    /// Added below a complaint by its author.
    pub complaint_updates: Vec<String>,
    /// Added below a notice.
    pub notice_updates: Vec<String>,
    /// Around a text that somebody carries to another place; `{text}` is the text.
    pub copies: Vec<String>,
    /// Above a repost.
    pub comments: Vec<String>,
    /// Which source reposts from which.
    pub reposts: Vec<[String; 2]>,
}

/// A file of `stories/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    pub id: String,
    pub sector: Sector,
    /// When it begins, in hours before the end of the world.
    pub before_end_h: f64,
    /// Hours of the day in which it may begin, the last excluded; otherwise it waits for the next such hour.
    #[serde(default)]
    pub hours: Option<[i64; 2]>,
    /// Fixed slots.
    #[serde(default)]
    pub slots: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    pub post: Vec<Scripted>,
    #[serde(default)]
    pub wave: Vec<Wave>,
}

/// A post of a story. Times are hours from its start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scripted {
    pub at: f64,
    pub source: String,
    pub text: String,
    #[serde(default)]
    pub key: Option<String>,
    #[serde(default)]
    pub reply_to: Option<String>,
    #[serde(default)]
    pub repost_of: Option<String>,
    /// Hours after publication and the new text.
    #[serde(default)]
    pub edits: Vec<(f64, String)>,
    /// Hours after publication.
    #[serde(default)]
    pub deleted: Option<f64>,
    #[serde(default)]
    pub pinned: bool,
    #[serde(default)]
    pub photo: bool,
}

/// Many posts of a story, ever denser.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wave {
    pub from: f64,
    pub to: f64,
    pub count: usize,
    pub sources: Vec<String>,
    pub texts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcesFile {
    source: Vec<Source>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupsFile {
    group: Vec<Group>,
}

const POSTS: [&str; 8] = [
    include_str!("../content/posts/jkh.toml"),
    include_str!("../content/posts/tko.toml"),
    include_str!("../content/posts/social.toml"),
    include_str!("../content/posts/education.toml"),
    include_str!("../content/posts/roads.toml"),
    include_str!("../content/posts/transport.toml"),
    include_str!("../content/posts/other.toml"),
    include_str!("../content/posts/portals.toml"),
];

const STORIES: [&str; 4] = [
    include_str!("../content/stories/water_main.toml"),
    include_str!("../content/stories/rubbish.toml"),
    include_str!("../content/stories/planned_outage.toml"),
    include_str!("../content/stories/incidents.toml"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoriesFile {
    story: Vec<Story>,
}

impl Content {
    /// Reads what is compiled in.
    pub(crate) fn read() -> Content {
        let sources: SourcesFile = parse(include_str!("../content/sources.toml"));
        Content {
            district: parse(include_str!("../content/district.toml")),
            sources: sources.source,
            groups: POSTS.iter().flat_map(|file| parse::<GroupsFile>(file).group).collect(),
            stories: STORIES.iter().flat_map(|file| parse::<StoriesFile>(file).story).collect(),
            changes: parse(include_str!("../content/changes.toml")),
        }
    }

    /// Index of a source that the content names.
    #[allow(clippy::expect_used)] // Compiled in: a wrong name fails every test of this crate.
    pub(crate) fn source(&self, id: &str) -> usize {
        self.sources.iter().position(|source| source.id == id).expect("the content names a source it has")
    }
}

#[allow(clippy::expect_used)] // Compiled in: a mistake in it fails every test of this crate.
fn parse<T: DeserializeOwned>(file: &str) -> T {
    toml::from_str(file).expect("the compiled-in content is valid")
}

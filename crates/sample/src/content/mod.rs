//! The district's names, texts and stories: data of this crate, compiled in.

mod district;
mod source;
mod story;
mod texts;

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(crate) use district::District;
pub(crate) use source::Rhythm;
pub use source::{Address, Format, Source};
pub use story::Ring;
pub(crate) use story::{ScriptedPost, Story, Wave};
pub use texts::Kind;
pub(crate) use texts::{Changes, Group};

/// Everything written by hand.
#[derive(Debug)]
pub(crate) struct Content {
    pub district: District,
    pub sources: Vec<Source>,
    pub groups: Vec<Group>,
    pub stories: Vec<Story>,
    pub changes: Changes,
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
    include_str!("../../content/posts/jkh.toml"),
    include_str!("../../content/posts/tko.toml"),
    include_str!("../../content/posts/social.toml"),
    include_str!("../../content/posts/education.toml"),
    include_str!("../../content/posts/roads.toml"),
    include_str!("../../content/posts/transport.toml"),
    include_str!("../../content/posts/other.toml"),
    include_str!("../../content/posts/portals.toml"),
];

const STORIES: [&str; 4] = [
    include_str!("../../content/stories/water_main.toml"),
    include_str!("../../content/stories/rubbish.toml"),
    include_str!("../../content/stories/planned_outage.toml"),
    include_str!("../../content/stories/incidents.toml"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoriesFile {
    story: Vec<Story>,
}

impl Content {
    /// Reads what is compiled in.
    pub(crate) fn read() -> Content {
        let sources: SourcesFile = parse(include_str!("../../content/sources.toml"));
        Content {
            district: parse(include_str!("../../content/district.toml")),
            sources: sources.source,
            groups: POSTS.iter().flat_map(|file| parse::<GroupsFile>(file).group).collect(),
            stories: STORIES.iter().flat_map(|file| parse::<StoriesFile>(file).story).collect(),
            changes: parse(include_str!("../../content/changes.toml")),
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

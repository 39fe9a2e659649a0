//! Tests of a post's fields and tags.

use jiff::tz::TimeZone;
use model::{Post, Tags};

use crate::query::FieldTest;

/// The post and the tags that field tests read, and the time zone in which its day is reckoned.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    /// The post.
    pub post: &'a Post,
    /// What is known of it so far.
    pub tags: &'a Tags,
    /// The configured time zone.
    pub timezone: &'a TimeZone,
}

impl Fields<'_> {
    /// Whether the post and its tags pass a test.
    pub(crate) fn pass(&self, test: &FieldTest) -> bool {
        let Fields { post, tags, timezone } = self;
        match test {
            FieldTest::Sector(sector) => tags.sector == *sector || tags.sectors.contains(sector),
            FieldTest::Topic(topic) => tags.topics.contains(topic),
            FieldTest::RiskKind(kind) => tags.risks.iter().any(|risk| risk.kind == *kind),
            FieldTest::RiskLevel(level) => tags.risks.iter().any(|risk| risk.level >= *level),
            FieldTest::Source(source) => post.source == *source,
            FieldTest::Platform(platform) => post.platform == *platform,
            FieldTest::Place(place) => tags.places.contains(place),
            FieldTest::Published { from, to } => {
                let day = timezone.to_datetime(post.published_at).date();
                from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
            }
            FieldTest::Event(test) => tags.events.iter().any(|event| test.passes(event)),
            FieldTest::Reach { op, views } => post.views.is_some_and(|seen| op.holds(seen, *views)),
        }
    }
}

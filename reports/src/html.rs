//! The digest as one self-contained HTML file.

use askama::Template;
use model::{Level, TaggedPost, Time};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use store::facts::PostsFilter;

use crate::coverage::Span;
use crate::digest::Digest;
use crate::error::ReportError;
use crate::local::local;
use crate::reports::Reports;
use crate::{chart, compose, text};

/// What a value in a query may not hold as it is.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// Posts unfolded under one figure; the page stays one that a phone opens.
const UNFOLDED: usize = 20;

/// A post unfolded in the page is cut here.
const TEXT_CHARS: usize = 400;

#[derive(Template)]
#[template(path = "digest.html")]
struct Page<'a> {
    digest: &'a Digest,
    date: String,
    made_at: String,
    marks: Vec<String>,
    decisions: Vec<DecisionRow>,
    total: Figure,
    hours: String,
    sectors: Vec<SectorRow>,
    topics: Vec<(String, Figure)>,
    risks: Vec<(String, &'static str, Figure)>,
    alerts: Vec<AlertRow>,
    sources: Vec<SourceRow>,
    seen_whole: usize,
}

struct DecisionRow {
    level: &'static str,
    critical: bool,
    headline: String,
    facts: String,
    deadline: String,
    overdue: bool,
    figure: Figure,
}

struct SectorRow {
    name: &'static str,
    figure: Figure,
    bar: String,
    day_before: String,
    mean: String,
    change: String,
}

struct AlertRow {
    at: String,
    headline: String,
    level: &'static str,
    state: &'static str,
    posts: u64,
}

struct SourceRow {
    name: String,
    figure: Figure,
    unseen: String,
}

/// A number that opens its posts: by a link where the page is reachable, else in the file itself.
struct Figure {
    number: u64,
    link: Option<String>,
    posts: Vec<PostLine>,
    more: u64,
}

struct PostLine {
    at: String,
    source: String,
    url: Option<String>,
    text: String,
}

impl Reports {
    /// The page of a digest. Texts are read now, so that what was deleted since is not in it.
    pub async fn html(&self, digest: &Digest) -> Result<String, ReportError> {
        let config = &*self.config;
        let day = compose::span_of(digest.date, config)?;
        let whole = PostsFilter { from: Some(day.from), to: Some(day.to), ..PostsFilter::default() };

        let sectors = self.sector_rows(digest, &whole, day).await?;
        let mut topics = Vec::new();
        for topic in &digest.topics {
            let filter = PostsFilter { topic: Some(topic.topic.clone()), ..whole.clone() };
            topics.push((topic.name.clone(), self.figure(topic.posts, filter, day, &[("topic", &topic.topic)]).await?));
        }
        let mut risks = Vec::new();
        for risk in &digest.risks {
            let filter = PostsFilter { risk: Some(risk.kind.clone()), risk_level: Some(risk.level), ..whole.clone() };
            let figure = self.figure(risk.posts, filter, day, &[("risk", &risk.kind)]).await?;
            risks.push((risk.name.clone(), risk.level.name_ru(), figure));
        }
        let mut sources = Vec::new();
        for source in &digest.sources {
            let filter = PostsFilter { source: Some(source.source.clone()), ..whole.clone() };
            sources.push(SourceRow {
                name: source.name.clone(),
                figure: self.figure(source.posts, filter, day, &[("source", &source.source)]).await?,
                unseen: if source.unseen.is_empty() { String::new() } else { source.unseen_ru(config) },
            });
        }
        let decisions = self.decision_rows(digest).await?;
        let page = Page {
            digest,
            date: digest.date.strftime("%d.%m.%Y").to_string(),
            made_at: local(digest.made_at, config, "%d.%m.%Y %H:%M"),
            marks: digest.marks(),
            decisions,
            total: self.figure(digest.posts, whole, day, &[]).await?,
            hours: chart::hours(&digest.hours),
            sectors,
            topics,
            risks,
            alerts: digest
                .alerts
                .iter()
                .map(|alert| AlertRow {
                    at: local(alert.opened_at, config, "%H:%M"),
                    headline: alert.headline.clone(),
                    level: alert.level.name_ru(),
                    state: text::life_ru(alert),
                    posts: alert.posts,
                })
                .collect(),
            seen_whole: digest.sources.iter().filter(|source| source.unseen.is_empty()).count(),
            sources,
        };
        Ok(page.render()?)
    }

    async fn sector_rows(
        &self,
        digest: &Digest,
        whole: &PostsFilter,
        day: Span,
    ) -> Result<Vec<SectorRow>, ReportError> {
        let top = digest.sectors.iter().map(|volume| volume.mean.unwrap_or(0.0).max(volume.posts as f64));
        let top = top.fold(0.0, f64::max);
        let mut sectors = Vec::new();
        for volume in &digest.sectors {
            let filter = PostsFilter { sector: Some(volume.sector), ..whole.clone() };
            sectors.push(SectorRow {
                name: volume.sector.name_ru(),
                figure: self.figure(volume.posts, filter, day, &[("sector", volume.sector.as_str())]).await?,
                bar: chart::bar(volume.posts, volume.mean, top),
                day_before: volume.day_before.map_or("—".into(), |posts| posts.to_string()),
                mean: volume.mean.map_or("—".into(), |mean| format!("{mean:.1}").replace('.', ",")),
                change: volume.change_percent.map_or(String::new(), |percent| format!("{percent:+} %")),
            });
        }
        Ok(sectors)
    }

    async fn decision_rows(&self, digest: &Digest) -> Result<Vec<DecisionRow>, ReportError> {
        let mut decisions = Vec::new();
        for decision in &digest.decisions {
            let alert = decision.alert.clone();
            let ids = self.reading(move |reports| reports.alert_posts(&alert)).await?;
            let filter = PostsFilter { ids, ..PostsFilter::default() };
            // Without ids the filter would mean any post.
            let posts = if filter.ids.is_empty() { 0 } else { decision.posts };
            decisions.push(DecisionRow {
                level: decision.level.name_ru(),
                critical: decision.level == Level::Critical,
                headline: decision.headline.clone(),
                facts: format!("просмотров {} · {}", decision.views, text::state_ru(&decision.state)),
                deadline: local(decision.deadline, &self.config, "%d.%m %H:%M"),
                overdue: decision.overdue,
                figure: self.unfolded(posts, filter).await?,
            });
        }
        Ok(decisions)
    }

    /// A figure of the day: a link into the page where one is configured, else its posts.
    async fn figure(
        &self,
        number: u64,
        filter: PostsFilter,
        day: Span,
        query: &[(&str, &str)],
    ) -> Result<Figure, ReportError> {
        let Some(base) = &self.config.settings.public_url else {
            return self.unfolded(number, filter).await;
        };
        let moment = |time: Time| time.to_string();
        let (from, to) = (moment(day.from), moment(day.to));
        let mut pairs = vec![("from", from.as_str()), ("to", to.as_str())];
        pairs.extend_from_slice(query);
        let query: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, IN_QUERY))).collect();
        let link = format!("{}/?{}", base.trim_end_matches('/'), query.join("&"));
        Ok(Figure { number, link: Some(link), posts: Vec::new(), more: 0 })
    }

    async fn unfolded(&self, number: u64, filter: PostsFilter) -> Result<Figure, ReportError> {
        let posts = if number == 0 { Vec::new() } else { self.facts.posts(&filter, UNFOLDED).await? };
        let more = number.saturating_sub(posts.len() as u64);
        Ok(Figure { number, link: None, posts: posts.iter().map(|post| self.post_line(post)).collect(), more })
    }

    fn post_line(&self, tagged: &TaggedPost) -> PostLine {
        let post = &tagged.post;
        let words: Vec<&str> = post.title.iter().chain([&post.text]).flat_map(|part| part.split_whitespace()).collect();
        let whole = words.join(" ");
        let text: String = whole.chars().take(TEXT_CHARS).collect();
        PostLine {
            at: local(post.published_at, &self.config, "%d.%m %H:%M"),
            source: self.config.source_name(&post.source).to_owned(),
            url: post.url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://")),
            text: if text.len() < whole.len() { text + "…" } else { text },
        }
    }
}

//! Rows of the page, in words.

use alerts::AlertView;
use config::Config;
use model::{NETWORK_DOWN, TaggedPost, Time};
use store::search::SearchResult;

use crate::status::{PlatformHosts, SourceStatus};

/// A hit shows this much of its text.
const TEXT_CHARS: usize = 500;

/// What a search found.
pub struct Answer {
    pub total: u64,
    pub hits: Vec<HitRow>,
}

/// A hit.
pub struct HitRow {
    pub heading: String,
    pub risks: String,
    pub text: String,
    pub url: Option<String>,
}

/// An open alert.
pub struct AlertRow {
    pub id: String,
    pub level: &'static str,
    pub critical: bool,
    pub headline: String,
    pub facts: String,
    pub why: String,
    pub quotes: Vec<(String, String, Option<String>)>,
    pub forward: Option<String>,
}

/// A source that is not seen.
pub struct UnseenRow {
    pub name: String,
    pub words: String,
}

/// The hits of a search.
pub fn answer(found: &SearchResult, config: &Config) -> Answer {
    Answer { total: found.total, hits: found.hits.iter().map(|hit| hit_row(hit, config)).collect() }
}

fn hit_row(hit: &TaggedPost, config: &Config) -> HitRow {
    let mut heading = vec![
        local(hit.post.published_at, config, "%d.%m.%Y %H:%M"),
        config.source_name(&hit.post.source).to_owned(),
        hit.tags.sector.name_ru().to_owned(),
    ];
    heading.extend(hit.tags.topics.iter().map(|topic| config.topic_name(topic).to_owned()));
    heading.extend(hit.tags.places.iter().map(|place| config.place_name(place).to_owned()));
    let risks =
        hit.tags.risks.iter().map(|risk| format!("{} ({})", config.risk_name(&risk.kind), risk.level.name_ru()));
    let words: Vec<&str> =
        hit.post.title.iter().chain([&hit.post.text]).flat_map(|part| part.split_whitespace()).collect();
    HitRow {
        heading: heading.join(" · "),
        risks: risks.collect::<Vec<_>>().join(", "),
        text: cut(&words.join(" ")),
        url: web_link(&hit.post.url),
    }
}

/// An alert with what is known of it.
pub fn alert_row(alert: &AlertView, config: &Config) -> AlertRow {
    AlertRow {
        id: alert.id.clone(),
        level: alert.level.name_ru(),
        critical: alert.level == model::Level::Critical,
        headline: alert.headline.clone(),
        facts: alert_facts(alert, config),
        why: alert.why.join("; "),
        quotes: alert
            .quotes
            .iter()
            .map(|quote| (config.source_name(&quote.source).to_owned(), quote.text.clone(), web_link(&quote.url)))
            .collect(),
        forward: alert.forward.clone(),
    }
}

/// Since when, how much, where it stands, by when an answer is due.
fn alert_facts(alert: &AlertView, config: &Config) -> String {
    let at = |time| local(time, config, "%d.%m %H:%M");
    let mut facts = vec![format!("с {}", at(alert.since.unwrap_or(alert.opened_at)))];
    if alert.posts > 0 {
        let (posts, authors, sources, views) = (alert.posts, alert.authors, alert.sources, alert.views);
        facts.push(format!("публикаций {posts} · авторов {authors} · источников {sources} · просмотров {views}"));
    }
    let life = alerts::AlertState::parse(&alert.life).map_or(alert.life.as_str(), |life| life.name_ru());
    facts.push(alert.life_by.as_ref().map_or(life.to_owned(), |by| format!("{life} ({by})")));
    match &alert.clocks {
        Some(clocks) if clocks.first.stopped_at.is_none() => {
            facts.push(format!("ответить до {} ({})", at(clocks.first.due), clocks.first.act));
        }
        Some(clocks) if clocks.last.stopped_at.is_none() => {
            facts.push(format!("окончательный ответ до {} ({})", at(clocks.last.due), clocks.last.act));
        }
        _ => {}
    }
    facts.extend(alert.held.as_ref().map(|held| format!("сдержана: {held}")));
    facts.join(" · ")
}

/// A platform none of whose hosts can be reached: one row for all its sources.
pub fn unreachable_row(platform: &PlatformHosts, sources: &[SourceStatus], config: &Config) -> Option<UnseenRow> {
    let since = local(platform.down_since?, config, "%d.%m %H:%M");
    let of_it = |source: &&SourceStatus| source.platform == platform.platform;
    let unseen = sources.iter().filter(of_it).filter(|source| source.outcome.as_deref() == Some(NETWORK_DOWN)).count();
    let words = model::outcome_ru(NETWORK_DOWN);
    let words = format!("не видно с {since}, источников {unseen}: {words}; что открыть, скажет otklik check --network");
    Some(UnseenRow { name: platform.platform.name_ru().to_owned(), words })
}

/// A source that the last poll did not see, or that was never polled. What is the network's doing stands in a row of its own.
pub fn unseen_row(source: &SourceStatus, config: &Config) -> Option<UnseenRow> {
    if source.outcome.as_deref() == Some(NETWORK_DOWN) {
        return None;
    }
    if source.failures == 0 && source.last_ok_at.is_some() {
        return None;
    }
    let since = match source.last_ok_at {
        Some(time) => format!("не видно с {}", local(time, config, "%d.%m %H:%M")),
        None => "ещё не был виден".to_owned(),
    };
    let outcome =
        source.outcome.as_deref().map(|outcome| format!(": {}", model::outcome_ru(outcome))).unwrap_or_default();
    Some(UnseenRow { name: source.name.clone(), words: since + &outcome })
}

/// Links lead only to the web, whatever a post says.
fn web_link(url: &Option<String>) -> Option<String> {
    url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A time as people of the district read it.
pub fn local(time: Time, config: &Config, format: &str) -> String {
    time.to_zoned_datetime(config.timezone().clone()).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use config::Files;
    use model::Platform;

    use super::*;

    #[test]
    fn an_outage_of_the_network_is_one_row_whatever_the_number_of_sources() {
        let config = Config::parse(&Files::shipped()).unwrap_or_else(|problems| panic!("{problems}"));
        let source = |id: &str, outcome: &str| SourceStatus {
            id: id.into(),
            name: id.into(),
            platform: Platform::Telegram,
            enabled: true,
            last_at: None,
            last_ok_at: None,
            outcome: Some(outcome.into()),
            detail: None,
            failures: 0,
            next_at: None,
            failing_since: None,
            latency_s: None,
            blocks: 0,
            blocks_unread: 0,
        };
        let sources = [source("a", NETWORK_DOWN), source("b", NETWORK_DOWN), source("c", "not_found")];
        let since: Time = "2026-11-01T07:05:00Z".parse().unwrap();
        let down = |down_since| PlatformHosts {
            platform: Platform::Telegram,
            asked: "t.me".into(),
            down_since,
            next_at: None,
            hosts: Vec::new(),
        };
        let row = unreachable_row(&down(Some(since)), &sources, &config).unwrap();
        assert!(
            row.name == "Telegram" && row.words.starts_with("не видно с 01.11 10:05, источников 2: сеть"),
            "{}",
            row.words
        );
        assert!(unreachable_row(&down(None), &sources, &config).is_none());
        let rows: Vec<String> =
            sources.iter().filter_map(|source| unseen_row(source, &config)).map(|row| row.name).collect();
        assert_eq!(rows, ["c"]);
    }
}

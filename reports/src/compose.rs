//! A digest from figures, alerts and coverage: pure, so that every rule of the page is tested without a database.

use std::collections::{BTreeMap, BTreeSet};

use alerts::{AlertView, Suppressed};
use config::Config;
use jiff::civil::Date;
use model::{Coverage, Level, Sector, Time};
use store::facts::{DayFigures, DayVolumes};

use crate::coverage::{Span, seen};
use crate::digest::{AlertLine, Decision, Digest, HeldLine, RiskLine, SectorVolume, TopicLine};

/// Fewer fully seen days than this make no mean.
const MEAN_FROM_DAYS: usize = 3;

/// Topics shown.
const TOPICS: usize = 10;

/// What a digest is made of.
pub struct Material<'a> {
    pub config: &'a Config,
    pub date: Date,
    pub now: Time,
    /// The day itself.
    pub today: &'a DayFigures,
    /// Volumes of the seven days before it and of the day.
    pub days: &'a BTreeMap<Date, DayVolumes>,
    /// Alerts open now or opened on the day.
    pub alerts: &'a [AlertView],
    /// Polls from the first of the days on.
    pub polls: &'a [Coverage],
    pub late: Option<u64>,
    /// What was held back on the day.
    pub held: &'a [Suppressed],
    /// Critical messages that did not arrive.
    pub undelivered: u64,
}

/// The day from its first moment to its last, in the configured time zone.
pub fn span_of(date: Date, config: &Config) -> Result<Span, jiff::Error> {
    let start = |date: Date| date.to_zoned_datetime(config.timezone().clone()).map(|start| start.timestamp());
    Ok(Span { from: start(date)?, to: start(date.tomorrow()?)? })
}

/// Makes the digest.
pub fn compose(material: &Material<'_>) -> Result<Digest, jiff::Error> {
    let Material { config, date, now, today, days, alerts, polls, late, held, undelivered } = *material;
    let whole = span_of(date, config)?;
    let finished = now >= whole.to;
    let day = Span { from: whole.from, to: whole.to.min(now.max(whole.from)) };
    let enabled: Vec<_> = config.sources.iter().filter(|source| source.enabled).collect();
    let sources = seen(&enabled, polls, &today.by_source, day);

    let mut complete_days = BTreeSet::new();
    for &other in days.keys() {
        let lines = seen(&enabled, polls, &BTreeMap::new(), span_of(other, config)?);
        if !lines.is_empty() && lines.iter().all(|line| line.unseen.is_empty()) {
            complete_days.insert(other);
        }
    }
    let complete = finished && complete_days.contains(&date);
    let before = date.yesterday()?;
    let comparable = complete && complete_days.contains(&before);
    let mean_days: Vec<&DayVolumes> =
        days.iter().filter(|(day, _)| **day < date && complete_days.contains(day)).map(|(_, day)| day).collect();

    let volumes = Volumes { today, days, mean_days: &mean_days, complete, before: comparable.then_some(before) };
    Ok(Digest {
        date,
        made_at: now,
        finished,
        complete,
        decisions: decisions(alerts, now),
        posts: today.posts,
        posts_day_before: comparable.then(|| days.get(&before).map_or(0, |day| day.posts)),
        late,
        sectors: Sector::ALL.map(|sector| volumes.of(sector)).into(),
        hours: today.by_hour.clone(),
        topics: topics(today, config),
        risks: risks(today, config),
        alerts: alerts.iter().filter(|alert| opened_in(alert, whole)).map(alert_line).collect(),
        held: held_once(held),
        undelivered,
        sources,
    })
}

/// What a sector's volume is compared with.
struct Volumes<'a> {
    today: &'a DayFigures,
    days: &'a BTreeMap<Date, DayVolumes>,
    /// Earlier days that were seen whole.
    mean_days: &'a [&'a DayVolumes],
    /// Whether the day itself was seen whole.
    complete: bool,
    /// The day before, where both were seen whole.
    before: Option<Date>,
}

impl Volumes<'_> {
    fn of(&self, sector: Sector) -> SectorVolume {
        let count = |day: &DayVolumes| day.by_sector.get(&sector).copied().unwrap_or(0);
        let posts = self.today.by_sector.get(&sector).copied().unwrap_or(0);
        let days = self.mean_days;
        let mean = (self.complete && days.len() >= MEAN_FROM_DAYS)
            .then(|| days.iter().map(|day| count(day) as f64).sum::<f64>() / days.len() as f64);
        SectorVolume {
            sector,
            posts,
            day_before: self.before.map(|before| self.days.get(&before).map_or(0, count)),
            mean,
            change_percent: mean.and_then(|mean| change_percent(posts, mean)),
        }
    }
}

/// The most frequent topics of the day.
fn topics(today: &DayFigures, config: &Config) -> Vec<TopicLine> {
    let line = |(topic, posts): &(String, u64)| TopicLine {
        topic: topic.clone(),
        name: config.topic_name(topic).to_owned(),
        posts: *posts,
    };
    today.by_topic.iter().take(TOPICS).map(line).collect()
}

/// The risks of the day, the gravest first.
fn risks(today: &DayFigures, config: &Config) -> Vec<RiskLine> {
    let line = |(kind, level, posts): &(String, Level, u64)| RiskLine {
        kind: kind.clone(),
        name: config.risk_name(kind).to_owned(),
        level: *level,
        posts: *posts,
    };
    let mut risks: Vec<RiskLine> = today.by_risk.iter().map(line).collect();
    risks.sort_by(|a, b| b.level.cmp(&a.level).then(b.posts.cmp(&a.posts)).then_with(|| a.kind.cmp(&b.kind)));
    risks
}

fn opened_in(alert: &AlertView, span: Span) -> bool {
    alert.opened_at >= span.from && alert.opened_at < span.to
}

fn alert_line(alert: &AlertView) -> AlertLine {
    AlertLine {
        alert: alert.id.clone(),
        headline: alert.headline.clone(),
        level: alert.level,
        state: alert.state.clone(),
        life: alert.life.clone(),
        opened_at: alert.opened_at,
        posts: alert.posts,
    }
}

/// Each alert that was held back once, with the first reason.
fn held_once(held: &[Suppressed]) -> Vec<HeldLine> {
    let mut lines: Vec<HeldLine> = Vec::new();
    for held in held {
        if !lines.iter().any(|line| line.alert == held.alert) {
            let (alert, headline) = (held.alert.clone(), held.headline.clone());
            lines.push(HeldLine { alert, headline, why: held.why.clone() });
        }
    }
    lines
}

/// Open alerts, the worst first, then the ones whose deadline is nearest.
fn decisions(alerts: &[AlertView], now: Time) -> Vec<Decision> {
    let mut open: Vec<&AlertView> = alerts.iter().filter(|alert| alert.state == "open").collect();
    open.sort_by(|a, b| b.level.cmp(&a.level).then(a.deadline.cmp(&b.deadline)).then_with(|| a.id.cmp(&b.id)));
    let decision = |alert: &&AlertView| Decision {
        alert: alert.id.clone(),
        headline: alert.headline.clone(),
        level: alert.level,
        state: alert.state.clone(),
        posts: alert.posts,
        views: alert.views,
        deadline: alert.deadline,
        overdue: alert.deadline < now,
    };
    open.iter().take(Digest::DECISIONS).map(decision).collect()
}

fn change_percent(posts: u64, mean: f64) -> Option<i64> {
    let enough = Digest::PERCENT_FROM as f64;
    (posts as f64 >= enough && mean >= enough).then(|| ((posts as f64 / mean - 1.0) * 100.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::Files;

    fn config(enabled: bool) -> Config {
        let source = format!(
            "[[source]]\nid = \"city\"\nname = \"Город\"\nurl = \"https://city.example/rss\"\nenabled = {enabled}\n"
        );
        Config::parse(&Files::shipped().overlay([("sources.toml".to_owned(), source)])).unwrap()
    }

    fn volumes(date: Date, jkh: u64) -> DayVolumes {
        DayVolumes { date, posts: jkh, by_sector: [(Sector::Jkh, jkh)].into() }
    }

    /// Eight days of ЖКХ volumes, the last of them the digest's day.
    fn digest(jkh: [u64; 8], polls: &[Coverage], enabled: bool) -> Digest {
        let date = Date::constant(2026, 11, 23);
        let days = jkh.iter().rev().enumerate().map(|(back, &jkh)| {
            let day = date.checked_sub(jiff::Span::new().days(back as i64)).unwrap();
            (day, volumes(day, jkh))
        });
        let material = Material {
            config: &config(enabled),
            date,
            now: "2026-11-24T05:00:00Z".parse().unwrap(),
            today: &DayFigures {
                date,
                posts: jkh[7],
                by_sector: [(Sector::Jkh, jkh[7])].into(),
                ..DayFigures::default()
            },
            days: &days.collect(),
            alerts: &[],
            polls,
            late: None,
            held: &[],
            undelivered: 0,
        };
        compose(&material).unwrap()
    }

    fn poll(from: &str, at: &str) -> Coverage {
        Coverage {
            covers_from: Some(from.parse().unwrap()),
            pages: 1,
            ..Coverage::new("city", model::Platform::Portal, at.parse().unwrap(), "ok")
        }
    }

    #[test]
    fn a_fully_seen_day_is_compared() {
        let all = [poll("2026-11-01T00:00:00Z", "2026-11-24T04:00:00Z")];
        let jkh = digest([20, 20, 20, 20, 20, 20, 20, 30], &all, true).sectors[0].clone();
        assert_eq!((jkh.posts, jkh.day_before, jkh.mean, jkh.change_percent), (30, Some(20), Some(20.0), Some(50)));
    }

    #[test]
    fn there_is_no_percentage_of_few_posts() {
        let all = [poll("2026-11-01T00:00:00Z", "2026-11-24T04:00:00Z")];
        let jkh = digest([5, 5, 5, 5, 5, 5, 5, 30], &all, true).sectors[0].clone();
        assert_eq!((jkh.mean, jkh.change_percent), (Some(5.0), None));
    }

    #[test]
    fn a_day_not_fully_seen_is_marked_and_not_compared() {
        let till_noon = [poll("2026-11-01T00:00:00Z", "2026-11-23T09:00:00Z")];
        let digest = digest([20, 20, 20, 20, 20, 20, 20, 30], &till_noon, true);
        assert!(!digest.complete);
        assert_eq!(digest.sources[0].unseen.len(), 1);
        assert_eq!((digest.sectors[0].day_before, digest.sectors[0].mean), (None, None));
    }

    #[test]
    fn days_not_fully_seen_stay_out_of_the_mean() {
        let since_20th = [poll("2026-11-19T20:00:00Z", "2026-11-24T04:00:00Z")];
        let jkh = digest([900, 900, 900, 900, 30, 30, 30, 60], &since_20th, true).sectors[0].clone();
        assert_eq!((jkh.mean, jkh.change_percent), (Some(30.0), Some(100)));
    }

    #[test]
    fn without_sources_nothing_vouches_for_the_day() {
        assert!(!digest([20; 8], &[], false).complete);
    }
}

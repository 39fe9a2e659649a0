//! Numbers of posts.

use std::collections::BTreeMap;

use clickhouse::Row;
use jiff::ToSpan;
use jiff::civil::Date;
use model::{Level, Sector, Time};
use serde::Deserialize;

use super::conditions::{PUBLISHED, span};
use super::types::{DayFigures, DayVolumes, Figure, FigureBy, FiguresRequest, Step};
use crate::facts::client::{Facts, FactsError};

/// More topics than a digest has room for.
const DAY_TOPICS: usize = 20;

impl Facts {
    /// Numbers of posts by hour or day and by what the request asks for. Hours and days without posts are absent.
    pub async fn figures(&self, request: &FiguresRequest) -> Result<Vec<Figure>, FactsError> {
        let key = match request.by {
            FigureBy::Sector => "sector",
            FigureBy::Topic => "arrayJoin(arrayDistinct(topics))",
            FigureBy::Risk => "arrayJoin(arrayDistinct(risk_kinds))",
            FigureBy::Object => "arrayJoin(arrayDistinct(event_objects))",
            FigureBy::State => "arrayJoin(arrayDistinct(event_states))",
            FigureBy::Source => "source",
            FigureBy::Platform => "platform",
        };
        let start = match request.step {
            Step::Hour => "toStartOfHour",
            Step::Day => "toStartOfDay",
        };
        let sql = format!(
            "SELECT toInt64(toUnixTimestamp({start}(published_at, ?))) AS at, toString({key}) AS key, count() AS posts \
             FROM posts FINAL WHERE {PUBLISHED} GROUP BY at, key ORDER BY at, key"
        );
        let query = self.client.query(&sql).bind(self.zone()?);
        let rows: Vec<FigureRow> = self.all(span(query, request.from, request.to)).await?;
        rows.into_iter()
            .map(|row| Ok(Figure { at: Time::from_second(row.at)?, key: row.key, posts: row.posts }))
            .collect()
    }

    /// The figures of one day.
    pub async fn day(&self, date: Date) -> Result<DayFigures, FactsError> {
        // One pass over the day's posts: each gives a line per sector, source, hour, topic and risk.
        let sql = format!(
            "SELECT line.1 AS by, line.2 AS key, line.3 AS detail, count() AS posts FROM posts FINAL \
             ARRAY JOIN arrayConcat( \
                 [('sector', toString(sector), ''), ('source', toString(source), ''), \
                  ('hour', toString(toHour(published_at, ?)), '')], \
                 arrayMap(topic -> ('topic', toString(topic), ''), arrayDistinct(topics)), \
                 arrayDistinct(arrayMap((kind, level) -> ('risk', toString(kind), toString(level)), \
                                        risk_kinds, risk_levels)) \
             ) AS line \
             WHERE {PUBLISHED} GROUP BY by, key, detail ORDER BY posts DESC, key, detail"
        );
        let query = self.client.query(&sql).bind(self.zone()?);
        let rows: Vec<DayRow> = self.all(span(query, self.start_of(date)?, self.start_of(date.tomorrow()?)?)).await?;
        let mut day = DayFigures {
            date,
            by_sector: Sector::ALL.map(|sector| (sector, 0)).into(),
            by_hour: vec![0; 24],
            ..DayFigures::default()
        };
        for row in rows {
            add(&mut day, row)?;
        }
        Ok(day)
    }

    /// Volumes of the days from `from` to before `to`, every day present.
    pub async fn days(&self, from: Date, to: Date) -> Result<Vec<DayVolumes>, FactsError> {
        let sql = format!(
            "SELECT formatDateTime(published_at, '%F', ?) AS day, toString(sector) AS key, count() AS posts \
             FROM posts FINAL WHERE {PUBLISHED} GROUP BY day, key"
        );
        let query = self.client.query(&sql).bind(self.zone()?);
        let rows: Vec<VolumeRow> = self.all(span(query, self.start_of(from)?, self.start_of(to)?)).await?;
        let empty = || Sector::ALL.map(|sector| (sector, 0)).into();
        let mut days: BTreeMap<Date, BTreeMap<Sector, u64>> =
            from.series(1.day()).take_while(|day| *day < to).map(|day| (day, empty())).collect();
        for row in rows {
            let day = days.entry(row.day.parse()?).or_insert_with(empty);
            *day.entry(Sector::parse(&row.key).unwrap_or_default()).or_default() += row.posts;
        }
        let volumes = |(date, by_sector): (Date, BTreeMap<Sector, u64>)| DayVolumes {
            date,
            posts: by_sector.values().sum(),
            by_sector,
        };
        Ok(days.into_iter().map(volumes).collect())
    }

    fn start_of(&self, date: Date) -> Result<Time, FactsError> {
        Ok(date.to_zoned_datetime(self.timezone.clone())?.timestamp())
    }
}

#[derive(Row, Deserialize)]
struct FigureRow {
    at: i64,
    key: String,
    posts: u64,
}

#[derive(Row, Deserialize)]
struct DayRow {
    by: String,
    key: String,
    detail: String,
    posts: u64,
}

#[derive(Row, Deserialize)]
struct VolumeRow {
    day: String,
    key: String,
    posts: u64,
}

/// Counts a line of [`Facts::day`].
fn add(day: &mut DayFigures, row: DayRow) -> Result<(), FactsError> {
    let DayRow { by, key, detail, posts } = row;
    match by.as_str() {
        "sector" => {
            day.posts += posts;
            *day.by_sector.entry(Sector::parse(&key).unwrap_or_default()).or_default() += posts;
        }
        "source" => {
            day.by_source.insert(key, posts);
        }
        "hour" => {
            let hour = key.parse::<usize>().ok().and_then(|hour| day.by_hour.get_mut(hour));
            *hour.ok_or_else(|| FactsError::Stored(format!("hour {key}")))? += posts;
        }
        "topic" if day.by_topic.len() < DAY_TOPICS => day.by_topic.push((key, posts)),
        "topic" => {}
        _ => {
            let level = Level::parse(&detail).ok_or_else(|| FactsError::Stored(format!("level {detail}")))?;
            day.by_risk.push((key, level, posts));
        }
    }
    Ok(())
}

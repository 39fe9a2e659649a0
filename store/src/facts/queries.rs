//! What is asked of the figures. Every query is over the latest versions (`FINAL`), never over sums kept beside them, and
//! every day and hour is of the configured time zone.

use std::collections::BTreeMap;

use clickhouse::Row;
use clickhouse::query::Query;
use jiff::ToSpan;
use jiff::civil::Date;
use model::{Counters, Coverage, Level, PostId, Sector, TaggedPost, Time, wire};
use serde::Deserialize;

use super::client::{Body, Facts};
use super::error::FactsError;
use super::rows::CountersRow;
use super::types::{DayFigures, DayVolumes, Figure, FigureBy, FiguresRequest, PostsFilter, Step};

/// More topics than a digest has room for.
const DAY_TOPICS: usize = 20;

/// Condition on the two bounds of a span, which are bound in this order as milliseconds.
const PUBLISHED: &str =
    "published_at >= fromUnixTimestamp64Milli(?, 'UTC') AND published_at < fromUnixTimestamp64Milli(?, 'UTC')";

impl Facts {
    /// Numbers of posts by hour or day, broken down. Hours and days without posts are left out.
    pub async fn figures(&self, request: &FiguresRequest) -> Result<Vec<Figure>, FactsError> {
        let key = match request.by {
            FigureBy::Sector => "sector",
            FigureBy::Topic => "arrayJoin(arrayDistinct(topics))",
            FigureBy::Risk => "arrayJoin(arrayDistinct(risk_kinds))",
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
        let rows: Vec<DayRow> = self.all(span(query, self.begin(date)?, self.begin(date.tomorrow()?)?)).await?;
        let mut day = DayFigures {
            date,
            by_sector: Sector::ALL.map(|sector| (sector, 0)).into(),
            by_hour: vec![0; 24],
            ..DayFigures::default()
        };
        for DayRow { by, key, detail, posts } in rows {
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
        let rows: Vec<VolumeRow> = self.all(span(query, self.begin(from)?, self.begin(to)?)).await?;
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

    /// The posts behind a figure, newest first, at most `limit`.
    pub async fn posts(&self, filter: &PostsFilter, limit: usize) -> Result<Vec<TaggedPost>, FactsError> {
        let conditions = Conditions::of(filter);
        // Bodies are read for the posts found, not for the whole table.
        let sql = format!(
            "SELECT body FROM posts FINAL WHERE id IN ( \
                 SELECT id FROM posts FINAL WHERE {} ORDER BY published_at DESC, id LIMIT ? \
             ) ORDER BY published_at DESC, id LIMIT ?",
            conditions.sql()
        );
        let query = conditions.bind(self.client.query(&sql)).bind(limit as u64).bind(limit as u64);
        let rows: Vec<Body> = self.all(query).await?;
        let read =
            |row: Body| wire::read_tagged(row.body.as_bytes()).map_err(|error| FactsError::Stored(error.to_string()));
        rows.into_iter().map(read).collect()
    }

    /// Ids of the posts published in `[from, to)`.
    pub async fn ids_published(&self, from: Time, to: Time) -> Result<Vec<String>, FactsError> {
        let sql = format!("SELECT id FROM posts FINAL WHERE {PUBLISHED} ORDER BY id");
        self.all(span(self.client.query(&sql), from, to)).await
    }

    /// Posts stored and not deleted.
    pub async fn count(&self) -> Result<u64, FactsError> {
        self.one(self.client.query("SELECT count() FROM posts FINAL")).await
    }

    /// Id and version of every post stored and not deleted, by id.
    pub async fn versions(&self) -> Result<Vec<(String, u64)>, FactsError> {
        self.all(self.client.query("SELECT id, version FROM posts FINAL ORDER BY id")).await
    }

    /// Polls that ended in `[from, to)`, in the order of time.
    pub async fn coverage(&self, from: Time, to: Time) -> Result<Vec<Coverage>, FactsError> {
        let sql = "SELECT body FROM coverage FINAL WHERE at >= fromUnixTimestamp64Milli(?, 'UTC') \
                   AND at < fromUnixTimestamp64Milli(?, 'UTC') ORDER BY at, source";
        let rows: Vec<Body> = self.all(span(self.client.query(sql), from, to)).await?;
        let read = |row: Body| wire::read(row.body.as_bytes()).map_err(|error| FactsError::Stored(error.to_string()));
        rows.into_iter().map(read).collect()
    }

    /// The readings of a post's counters, in the order of time.
    pub async fn counters(&self, id: &PostId) -> Result<Vec<Counters>, FactsError> {
        let sql = "SELECT ?fields FROM counters FINAL WHERE id = ? ORDER BY seen_at";
        let rows: Vec<CountersRow> = self.all(self.client.query(sql).bind(id.as_str())).await?;
        rows.into_iter().map(|row| row.counters().map_err(FactsError::Stored)).collect()
    }

    /// Bytes on disk, old parts that wait for removal among them.
    pub async fn disk_bytes(&self) -> Result<u64, FactsError> {
        let sql = "SELECT sum(bytes_on_disk) FROM system.parts WHERE database = currentDatabase()";
        self.one(self.client.query(sql)).await
    }

    fn begin(&self, date: Date) -> Result<Time, FactsError> {
        Ok(date.to_zoned_datetime(self.timezone.clone())?.timestamp())
    }
}

fn span(query: Query, from: Time, to: Time) -> Query {
    query.bind(from.as_millisecond()).bind(to.as_millisecond())
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

/// A value bound to a condition.
enum Value<'a> {
    Text(&'a str),
    Texts(&'a [String]),
    Millis(i64),
}

/// Conditions and, in the order of their question marks, the values bound to them.
struct Conditions<'a>(Vec<(&'static str, Vec<Value<'a>>)>);

impl<'a> Conditions<'a> {
    fn of(filter: &'a PostsFilter) -> Conditions<'a> {
        let mut all = Vec::new();
        let mut add = |condition, values: Vec<Value<'a>>| all.push((condition, values));
        if let Some(from) = filter.from {
            add("published_at >= fromUnixTimestamp64Milli(?, 'UTC')", vec![Value::Millis(from.as_millisecond())]);
        }
        if let Some(to) = filter.to {
            add("published_at < fromUnixTimestamp64Milli(?, 'UTC')", vec![Value::Millis(to.as_millisecond())]);
        }
        if let Some(sector) = filter.sector {
            add("sector = ?", vec![Value::Text(sector.as_str())]);
        }
        if let Some(topic) = &filter.topic {
            add("has(topics, ?)", vec![Value::Text(topic)]);
        }
        match (&filter.risk, filter.risk_level) {
            (Some(kind), Some(level)) => add(
                "arrayExists((kind, level) -> kind = ? AND level = ?, risk_kinds, risk_levels)",
                vec![Value::Text(kind), Value::Text(level.as_str())],
            ),
            (Some(kind), None) => add("has(risk_kinds, ?)", vec![Value::Text(kind)]),
            (None, Some(level)) => add("has(risk_levels, ?)", vec![Value::Text(level.as_str())]),
            (None, None) => {}
        }
        if let Some(source) = &filter.source {
            add("source = ?", vec![Value::Text(source)]);
        }
        if !filter.ids.is_empty() {
            add("id IN ?", vec![Value::Texts(&filter.ids)]);
        }
        Conditions(all)
    }

    fn sql(&self) -> String {
        let conditions: Vec<&str> = self.0.iter().map(|(condition, _)| *condition).collect();
        if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") }
    }

    fn bind(&self, query: Query) -> Query {
        self.0.iter().flat_map(|(_, values)| values).fold(query, |query, value| match value {
            Value::Text(text) => query.bind(*text),
            Value::Texts(texts) => query.bind(*texts),
            Value::Millis(millis) => query.bind(*millis),
        })
    }
}

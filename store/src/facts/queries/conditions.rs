//! Conditions on posts.

use clickhouse::query::Query;
use model::Time;

use super::types::PostsFilter;

/// Condition on the two bounds of a span, which are bound in this order as milliseconds.
pub(super) const PUBLISHED: &str =
    "published_at >= fromUnixTimestamp64Milli(?, 'UTC') AND published_at < fromUnixTimestamp64Milli(?, 'UTC')";

/// Binds the bounds of a span.
pub(super) fn span(query: Query, from: Time, to: Time) -> Query {
    query.bind(from.as_millisecond()).bind(to.as_millisecond())
}

/// A value bound to a condition.
enum Value<'a> {
    Text(&'a str),
    Texts(&'a [String]),
    Millis(i64),
}

/// Conditions and, in the order of their question marks, the values bound to them.
pub(super) struct Conditions<'a>(Vec<(&'static str, Vec<Value<'a>>)>);

impl<'a> Conditions<'a> {
    pub(super) fn of(filter: &'a PostsFilter) -> Conditions<'a> {
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
        match (&filter.object, &filter.state) {
            (Some(object), Some(state)) => add(
                "arrayExists((object, state) -> object = ? AND state = ?, event_objects, event_states)",
                vec![Value::Text(object), Value::Text(state)],
            ),
            (Some(object), None) => add("has(event_objects, ?)", vec![Value::Text(object)]),
            (None, Some(state)) => add("has(event_states, ?)", vec![Value::Text(state)]),
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

    pub(super) fn sql(&self) -> String {
        let conditions: Vec<&str> = self.0.iter().map(|(condition, _)| *condition).collect();
        if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") }
    }

    pub(super) fn bind(&self, query: Query) -> Query {
        self.0.iter().flat_map(|(_, values)| values).fold(query, |query, value| match value {
            Value::Text(text) => query.bind(*text),
            Value::Texts(texts) => query.bind(*texts),
            Value::Millis(millis) => query.bind(*millis),
        })
    }
}

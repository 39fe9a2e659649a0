//! What the form of the page and links to it ask for.

use config::Config;
use jiff::civil::Date;
use model::{Sector, Time};
use serde::Deserialize;
use store::search::{SearchRequest, Sort};

/// Hits on the page.
const HITS: usize = 30;

/// What the form sends; every field may be empty.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct HomeQuery {
    pub q: String,
    pub sector: String,
    topic: String,
    risk: String,
    place: String,
    source: String,
    pub from: String,
    pub to: String,
}

impl HomeQuery {
    /// Whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        [&self.q, &self.sector, &self.topic, &self.risk, &self.place, &self.source, &self.from, &self.to]
            .iter()
            .all(|field| field.trim().is_empty())
    }

    /// Filters of a link that the form has no field for, kept through the next search.
    pub fn hidden(&self) -> Vec<(&'static str, String)> {
        let fields = [("topic", &self.topic), ("risk", &self.risk), ("place", &self.place), ("source", &self.source)];
        let filled = fields.into_iter().filter(|(_, value)| !value.is_empty());
        filled.map(|(name, value)| (name, value.clone())).collect()
    }

    /// The search that is asked for, or why it cannot be made, in Russian.
    pub fn request(&self, config: &Config) -> Result<SearchRequest, String> {
        let some = |field: &String| Some(field.trim().to_owned()).filter(|field| !field.is_empty());
        let time = |field: &String, last: bool| some(field).map(|text| moment(&text, last, config)).transpose();
        Ok(SearchRequest {
            query: self.q.clone(),
            sector: some(&self.sector)
                .map(|code| Sector::parse(&code).ok_or(format!("нет такой отрасли: {code}")))
                .transpose()?,
            topic: some(&self.topic),
            risk: some(&self.risk),
            place: some(&self.place),
            source: some(&self.source),
            from: time(&self.from, false)?,
            to: time(&self.to, true)?,
            sort: Sort::Time,
            limit: HITS,
            ..SearchRequest::default()
        })
    }
}

/// A moment from a link (RFC 3339) or a day from the form; a day that ends a range is included.
fn moment(text: &str, last: bool, config: &Config) -> Result<Time, String> {
    if let Ok(time) = text.parse::<Time>() {
        return Ok(time);
    }
    let day: Date = text.parse().map_err(|_| format!("не понимаю дату «{text}»: нужно 2026-11-24"))?;
    let day = if last { day.tomorrow().map_err(|error| error.to_string())? } else { day };
    let start = day.to_zoned_datetime(config.timezone().clone()).map_err(|error| error.to_string())?;
    Ok(start.timestamp())
}

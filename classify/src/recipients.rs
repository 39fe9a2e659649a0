//! Who answers for what a post reports.

use config::{Config, Recipient};
use model::{Post, Tags};

/// The organisation a post concerns most likely, and the reason: the one whose account it stands in, or else the first that
/// fits its topic, sector and places.
pub fn recipient<'a>(config: &'a Config, post: &Post, tags: &Tags) -> Option<(&'a Recipient, String)> {
    if tags.elsewhere.is_some() {
        return None;
    }
    let told = |recipient: &'a Recipient, reasons: String| (recipient, format!("{} ({reasons})", recipient.name));
    if let Some(owner) = config.recipients.iter().find(|recipient| recipient.sources.contains(&post.source)) {
        return Some(told(owner, "это его страница".to_owned()));
    }
    config.recipients.iter().find_map(|recipient| Some(told(recipient, reasons(config, recipient, tags)?)))
}

/// Why a recipient fits; none where it does not.
fn reasons(config: &Config, recipient: &Recipient, tags: &Tags) -> Option<String> {
    let topic = tags.topics.iter().find(|topic| recipient.topics.contains(topic));
    let place = tags.places.iter().find(|place| recipient.places.contains(place));
    let sector_fits = recipient.sectors.is_empty() || recipient.sectors.contains(&tags.sector);
    if !sector_fits
        || (!recipient.topics.is_empty() && topic.is_none())
        || (!recipient.places.is_empty() && place.is_none())
    {
        return None;
    }
    let what = match topic {
        Some(topic) => format!("тема «{}»", config.topic_name(topic)),
        None => format!("сектор «{}»", tags.sector.name_ru()),
    };
    let place = place.map(|place| format!(", место «{}»", config.place_name(place)));
    Some(what + &place.unwrap_or_default())
}

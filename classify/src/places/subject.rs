//! The one line that an officer would write in the log: what, where.

use model::Tags;
use text::Candidates;

use super::located::Located;
use super::street_address::{house, written_street};
use crate::post_words::PostWords;
use crate::rules::Rules;

/// What, where: the worst risk or else the strongest topic; the most exact place of ours with its house and its settlement, or
/// the street as the text names it.
pub fn subject(
    rules: &Rules,
    candidates: &Candidates,
    tags: &Tags,
    located: &Located,
    words: &PostWords,
) -> Option<String> {
    let config = &rules.config;
    let risk = tags.risks.first().map(|risk| config.risk_name(&risk.kind));
    let mut subject = risk.or_else(|| tags.topics.first().map(|topic| config.topic_name(topic)))?.to_owned();
    let mut places = located.places.iter().map(|found| (&config.places[found.place], found));
    let exact = places.next();
    let street = exact.is_none_or(|(place, _)| place.kind != "street" && place.kind != "institution");
    if let Some(written) = street.then(|| written_street(&rules.word_lists.streets(candidates), words)).flatten() {
        push(&mut subject, &written);
    }
    if let Some((place, found)) = exact {
        push(&mut subject, &place.name);
        if place.kind == "street"
            && let Some(house) = found.words.last().and_then(|last| house(words, words.at(*last)? + 1))
        {
            push(&mut subject, &house);
        }
        let settlement = places.find(|(other, _)| other.kind == "settlement" && place.kind != "settlement");
        if let Some((settlement, _)) = settlement {
            push(&mut subject, &settlement.name);
        }
    }
    Some(subject)
}

fn push(subject: &mut String, part: &str) {
    subject.push_str(", ");
    subject.push_str(part);
}

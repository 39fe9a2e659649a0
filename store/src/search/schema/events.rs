//! Events as terms of the index: one for each different combination of slots.

use model::{Actuality, Event, Harm, Scale};

/// Stands between the slots; codes have no such character.
const SEPARATOR: char = '\u{1f}';

/// The term of an event. The object stands first, so that events of one object are a range of terms.
pub(super) fn event_term(event: &Event) -> String {
    let slots = [
        event.object.as_str(),
        &event.state,
        event.actuality.as_str(),
        event.scale.map_or("", Scale::as_str),
        event.harm.as_str(),
        &event.count.map_or_else(String::new, |count| count.to_string()),
        event.who.as_deref().unwrap_or(""),
        event.wish.as_deref().unwrap_or(""),
    ];
    slots.join(&SEPARATOR.to_string())
}

/// The event of a term, without its words; `None` for what is no such term.
pub(in crate::search) fn event_of(term: &str) -> Option<Event> {
    let mut slots = term.split(SEPARATOR);
    let mut next = || slots.next();
    let told = |slot: &str| (!slot.is_empty()).then(|| slot.to_owned());
    Some(Event {
        object: next()?.to_owned(),
        state: next()?.to_owned(),
        actuality: Actuality::parse(next()?)?,
        scale: Scale::parse(next()?),
        harm: Harm::parse(next()?)?,
        count: next()?.parse().ok(),
        who: told(next()?),
        wish: told(next()?),
        words: Vec::new(),
    })
}

/// What the terms of the events of an object begin with.
pub(in crate::search) fn object_prefix(object: &str) -> String {
    format!("{object}{SEPARATOR}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_from_its_term() {
        let bare = Event {
            object: "gas".into(),
            state: "smells".into(),
            actuality: Actuality::Now,
            scale: None,
            count: None,
            harm: Harm::None,
            who: None,
            wish: None,
            words: Vec::new(),
        };
        let full = Event {
            scale: Some(Scale::Houses),
            count: Some(3),
            harm: Harm::Dead,
            who: Some("child".into()),
            wish: Some("repair".into()),
            ..bare.clone()
        };
        for event in [bare, full] {
            let term = event_term(&event);
            assert!(term.starts_with(&object_prefix("gas")));
            assert_eq!(event_of(&term), Some(event));
        }
        assert_eq!(event_of("gas"), None);
    }
}

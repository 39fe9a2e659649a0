//! What holds an alert back, and why: silences by hand, and causes that explain complaints. Pure.
//!
//! A critical alert passes whatever is silenced or known. Nothing here lasts for ever: a silence and a cause have an end.

use model::{Level, Time};
use serde::{Deserialize, Serialize};

/// Which alerts a silence or a cause is about. An empty list takes everything; all that are given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matcher {
    /// Ids of rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Kinds of risk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Topics of its posts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// Codes of sectors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sectors: Vec<String>,
    /// Ids of places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
}

/// An alert, reduced to what a matcher looks at.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub rule: String,
    pub kind: String,
    pub topics: Vec<String>,
    pub sector: Option<String>,
    pub place: Option<String>,
}

/// A silence by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Id.
    pub id: String,
    /// What is silenced.
    pub matcher: Matcher,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// When it was ended early.
    pub ended_at: Option<Time>,
}

/// Something known that explains complaints: announced work, entered by hand or read from an official source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Id.
    pub id: String,
    /// Which complaints it explains.
    pub matcher: Matcher,
    /// What it is.
    pub reason: String,
    /// Who entered it, or the source that announced it.
    pub by: String,
    /// The notice.
    pub post: Option<String>,
    /// When the work begins.
    pub from: Time,
    /// When it is over.
    pub until: Time,
    /// So many voices it explains; more are something else.
    pub expected: u64,
    /// When it ended: its time was over, complaints exceeded it, or a person ended it.
    pub ended_at: Option<Time>,
    /// Why it ended.
    pub ended_why: Option<String>,
}

/// An alert is held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Why, in Russian.
    pub why: String,
    /// When it is looked at again, at the latest.
    pub until: Time,
}

impl Matcher {
    /// Whether an alert fits.
    pub fn fits(&self, facts: &Facts) -> bool {
        let one = |list: &[String], value: Option<&String>| {
            list.is_empty() || value.is_some_and(|value| list.contains(value))
        };
        one(&self.rules, Some(&facts.rule))
            && one(&self.kinds, Some(&facts.kind))
            && one(&self.sectors, facts.sector.as_ref())
            && one(&self.places, facts.place.as_ref())
            && (self.topics.is_empty() || facts.topics.iter().any(|topic| self.topics.contains(topic)))
    }

    /// Whether it takes everything: a silence over all is a mistake of the hand.
    pub fn is_empty(&self) -> bool {
        *self == Matcher::default()
    }
}

impl Silence {
    /// Whether it holds at a moment.
    pub fn holds(&self, now: Time) -> bool {
        self.from <= now && now < self.until && self.ended_at.is_none()
    }
}

impl Cause {
    /// Whether it holds at a moment.
    pub fn holds(&self, now: Time) -> bool {
        self.from <= now && now < self.until && self.ended_at.is_none()
    }
}

/// Whether an alert is held back now.
pub fn held(level: Level, facts: &Facts, silences: &[Silence], causes: &[Cause], now: Time) -> Option<Held> {
    if level == Level::Critical {
        return None;
    }
    let silence = silences.iter().filter(|silence| silence.holds(now) && silence.matcher.fits(facts));
    let silence = silence.max_by_key(|silence| silence.until);
    if let Some(silence) = silence {
        return Some(Held { why: format!("тишина: {} ({})", silence.reason, silence.by), until: silence.until });
    }
    let cause =
        causes.iter().filter(|cause| cause.holds(now) && cause.matcher.fits(facts)).max_by_key(|cause| cause.until);
    cause.map(|cause| Held {
        why: format!("известная причина: {} ({})", cause.reason, cause.by), until: cause.until
    })
}

/// Why a cause is over, if it is: its time has come, or more people complain than it explains.
pub fn is_over(cause: &Cause, voices: u64, now: Time) -> Option<String> {
    if cause.ended_at.is_some() {
        return None;
    }
    if now >= cause.until {
        return Some("срок работ вышел".into());
    }
    (voices > cause.expected)
        .then(|| format!("жалоб больше, чем она объясняет: {voices} авторов из {}", cause.expected))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64) -> Time {
        Time::from_second(1_790_000_000 + hour * 3600).unwrap()
    }

    fn silence(matcher: Matcher, until: i64) -> Silence {
        Silence {
            id: "s".into(),
            matcher,
            reason: "учения".into(),
            by: "Иванова".into(),
            from: at(0),
            until: at(until),
            ended_at: None,
        }
    }

    fn cause(until: i64, expected: u64) -> Cause {
        Cause {
            id: "c".into(),
            matcher: Matcher { topics: vec!["jkh.water".into()], places: vec!["mira".into()], ..Matcher::default() },
            reason: "ремонт водовода".into(),
            by: "vodokanal".into(),
            post: None,
            from: at(0),
            until: at(until),
            expected,
            ended_at: None,
            ended_why: None,
        }
    }

    fn facts(topic: &str, place: Option<&str>) -> Facts {
        Facts {
            rule: "risk".into(),
            kind: "mass_outage".into(),
            topics: vec![topic.into()],
            sector: Some("jkh".into()),
            place: place.map(Into::into),
        }
    }

    #[test]
    fn a_silence_holds_what_it_names_until_its_end_and_never_a_critical_alert() {
        let outages = [silence(Matcher { kinds: vec!["mass_outage".into()], ..Matcher::default() }, 5)];
        let here = facts("jkh.water", Some("mira"));
        assert_eq!(held(Level::High, &here, &outages, &[], at(1)).unwrap().until, at(5));
        assert_eq!(held(Level::Critical, &here, &outages, &[], at(1)), None);
        assert_eq!(held(Level::High, &here, &outages, &[], at(5)), None);
        assert_eq!(held(Level::High, &Facts { kind: "fire".into(), ..here }, &outages, &[], at(1)), None);
    }

    #[test]
    fn a_cause_explains_its_topic_in_its_place() {
        let work = [cause(5, 20)];
        assert!(held(Level::High, &facts("jkh.water", Some("mira")), &[], &work, at(1)).is_some());
        assert!(held(Level::High, &facts("jkh.gas", Some("mira")), &[], &work, at(1)).is_none());
        assert!(held(Level::High, &facts("jkh.water", Some("lenina")), &[], &work, at(1)).is_none());
        assert!(held(Level::High, &facts("jkh.water", None), &[], &work, at(1)).is_none());
    }

    #[test]
    fn a_cause_is_over_with_its_work_or_when_more_complain_than_it_explains() {
        assert_eq!(is_over(&cause(5, 20), 20, at(4)), None);
        assert_eq!(is_over(&cause(5, 20), 21, at(4)).unwrap(), "жалоб больше, чем она объясняет: 21 авторов из 20");
        assert_eq!(is_over(&cause(5, 20), 0, at(5)).unwrap(), "срок работ вышел");
    }

    proptest! {
        /// Whatever is silenced or known, an alert is told in the end, and a critical one at once.
        #[test]
        fn suppression_always_ends(
            silences in prop::collection::vec((0i64..50, 1i64..200), 0..5),
            causes in prop::collection::vec(1i64..200, 0..5),
            start in 0i64..100,
        ) {
            let silences: Vec<Silence> = silences
                .into_iter()
                .map(|(from, length)| Silence { from: at(from), until: at(from + length), ..silence(Matcher::default(), 0) })
                .collect();
            let causes: Vec<Cause> = causes.into_iter().map(|until| cause(until, 20)).collect();
            let facts = facts("jkh.water", Some("mira"));
            prop_assert_eq!(held(Level::Critical, &facts, &silences, &causes, at(start)), None);
            let mut now = at(start);
            for _ in 0..20 {
                match held(Level::High, &facts, &silences, &causes, now) {
                    None => return Ok(()),
                    Some(held) => {
                        prop_assert!(held.until > now);
                        now = held.until;
                    }
                }
            }
            prop_assert!(false, "still held at {now}");
        }
    }
}

//! A correction applied to a post's tags, and taken back.

use serde::{Deserialize, Serialize};

use crate::correction::{Correction, SaidLevel};
use crate::risk::Risk;
use crate::sector::Sector;
use crate::tagged_post::TaggedPost;
use crate::tags::Tags;

/// A correction as a post carries it, with the tags that it replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corrected {
    /// What the person said.
    #[serde(flatten)]
    pub correction: Correction,
    /// What the rules had said.
    pub was: RuleTags,
}

/// The tags that a correction may replace, as the rules gave them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleTags {
    /// See [`Tags::sector`].
    pub sector: Sector,
    /// See [`Tags::sectors`].
    pub sectors: Vec<Sector>,
    /// See [`Tags::topics`].
    pub topics: Vec<String>,
    /// See [`Tags::risks`].
    pub risks: Vec<Risk>,
    /// See [`Tags::subject`].
    pub subject: Option<String>,
    /// See [`Tags::elsewhere`].
    pub elsewhere: Option<String>,
    /// See [`Tags::why`].
    pub why: Vec<String>,
}

impl Correction {
    /// The risks of a post by this correction, given those that the rules found. A level and a kind together are the post's risk; one of
    /// them alone changes the worst risk there is, and says nothing of a post without any.
    fn risks(&self, found: &[Risk]) -> Option<Vec<Risk>> {
        let worst = found.first();
        let level = match self.level {
            Some(SaidLevel::None) => return Some(Vec::new()),
            Some(SaidLevel::Risk(level)) => level,
            None if self.kind.is_some() => worst?.level,
            None => return None,
        };
        let kind = self.kind.as_ref().or(worst.map(|risk| &risk.kind))?;
        let known = found.iter().find(|risk| risk.kind == *kind);
        let why = known.into_iter().flat_map(|risk| risk.why.clone()).chain([self.reason()]).collect();
        Some(vec![Risk { kind: kind.clone(), level, why }])
    }

    fn reason(&self) -> String {
        format!("исправлено: {}", self.by)
    }
}

impl TaggedPost {
    /// The post as its rules and then a person tagged it. What was applied to it before is taken back first, so that any sequence of
    /// corrections ends as its last one; without one the tags are those of the rules. A tombstone has nothing to correct.
    pub fn corrected(mut self, correction: Option<&Correction>) -> TaggedPost {
        self.tags.take_back();
        if let Some(correction) = correction.filter(|correction| !correction.withdrawn && !self.post.is_deleted()) {
            self.tags.correct(correction);
        }
        self
    }
}

impl Tags {
    fn take_back(&mut self) {
        if let Some(corrected) = self.corrected.take() {
            let RuleTags { sector, sectors, topics, risks, subject, elsewhere, why } = corrected.was;
            *self = Tags {
                sector,
                sectors,
                topics,
                risks,
                subject,
                elsewhere,
                why,
                corrected: None,
                ..std::mem::take(self)
            };
        }
    }

    fn correct(&mut self, correction: &Correction) {
        let was = RuleTags {
            sector: self.sector,
            sectors: self.sectors.clone(),
            topics: self.topics.clone(),
            risks: self.risks.clone(),
            subject: self.subject.clone(),
            elsewhere: self.elsewhere.clone(),
            why: self.why.clone(),
        };
        if let Some(sector) = correction.sector {
            (self.sector, self.sectors) = (sector, vec![sector]);
        }
        if let Some(topics) = &correction.topics {
            self.topics.clone_from(topics);
        }
        if let Some(risks) = correction.risks(&self.risks) {
            if !risks.is_empty() {
                // Who gives a post of elsewhere a risk says that it is about the district.
                self.elsewhere = None;
            }
            self.risks = risks;
        }
        // The line says what the rules saw first: a risk or a topic.
        let kind = |risks: &[Risk]| risks.first().map(|risk| risk.kind.clone());
        if kind(&self.risks) != kind(&was.risks) || self.topics.first() != was.topics.first() {
            self.subject = None;
        }
        self.why.push(correction.reason());
        self.corrected = Some(Box::new(Corrected { correction: correction.clone(), was }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Level, Platform, Post, PostId, Time};

    fn risk(kind: &str, level: Level) -> Risk {
        Risk { kind: kind.into(), level, why: vec![format!("{kind}: слова")] }
    }

    fn tagged(risks: Vec<Risk>) -> TaggedPost {
        let id = PostId::new("vk:-1_2").unwrap();
        let tags = Tags {
            rules: 3,
            sector: Sector::Roads,
            sectors: vec![Sector::Roads, Sector::Jkh],
            topics: vec!["roads.pit".into()],
            risks,
            subject: Some("Яма, улица Мира".into()),
            why: vec!["roads.pit: «яма»".into()],
            ..Tags::default()
        };
        TaggedPost { post: Post::new(id, Platform::Vk, "city", Time::UNIX_EPOCH, "Яма".to_owned()), tags }
    }

    fn said() -> Correction {
        let id = PostId::new("vk:-1_2").unwrap();
        Correction { withdrawn: false, ..Correction::withdrawal(id, Time::UNIX_EPOCH, "Иванова") }
    }

    fn level(level: Level) -> Option<SaidLevel> {
        Some(SaidLevel::Risk(level))
    }

    #[test]
    fn only_what_the_person_said_is_replaced() {
        let post = tagged(vec![risk("fire", Level::High)]);
        let by = Correction { sector: Some(Sector::Tko), ..said() };
        let corrected = post.clone().corrected(Some(&by));
        assert_eq!((corrected.tags.sector, &corrected.tags.sectors), (Sector::Tko, &vec![Sector::Tko]));
        assert_eq!((&corrected.tags.topics, &corrected.tags.risks), (&post.tags.topics, &post.tags.risks));
        assert_eq!((&corrected.tags.subject, corrected.version()), (&post.tags.subject, post.version()));
        assert_eq!(corrected.tags.why, ["roads.pit: «яма»", "исправлено: Иванова"]);
        assert_eq!(corrected.tags.corrected.as_ref().map(|corrected| &corrected.correction), Some(&by));
        let topics = Correction { topics: Some(vec!["tko.bin".into()]), ..said() };
        let corrected = post.corrected(Some(&topics));
        assert_eq!((&corrected.tags.topics[..], corrected.tags.subject), (&["tko.bin".to_owned()][..], None));
    }

    #[track_caller]
    fn told(risks: Vec<Risk>, said: Correction, expect: &[(&str, Level)]) {
        let corrected = tagged(risks).corrected(Some(&said));
        let told: Vec<(&str, Level)> = corrected.tags.risks.iter().map(|risk| (&*risk.kind, risk.level)).collect();
        assert_eq!(told, expect, "{said:?}");
    }

    #[test]
    fn what_a_person_says_of_the_risk_is_the_one_risk_of_the_post() {
        use Level::{Critical, High, Low};
        let both = || vec![risk("fire", High), risk("gas", Low)];
        let kind = Some("gas".to_owned());
        told(both(), said(), &[("fire", High), ("gas", Low)]);
        told(both(), Correction { level: Some(SaidLevel::None), ..said() }, &[]);
        told(both(), Correction { level: level(Critical), ..said() }, &[("fire", Critical)]);
        told(both(), Correction { kind: kind.clone(), ..said() }, &[("gas", High)]);
        told(both(), Correction { level: level(Critical), kind: kind.clone(), ..said() }, &[("gas", Critical)]);
        told(vec![], Correction { level: level(Critical), kind: kind.clone(), ..said() }, &[("gas", Critical)]);
        told(vec![], Correction { level: level(Critical), ..said() }, &[]);
        told(vec![], Correction { kind, ..said() }, &[]);
    }

    #[test]
    fn a_risk_that_a_person_sees_in_a_post_of_elsewhere_is_one_of_the_district() {
        let mut post = tagged(Vec::new());
        post.tags.elsewhere = Some("другой город".into());
        let by = Correction { level: level(Level::High), kind: Some("fire".into()), ..said() };
        let corrected = post.clone().corrected(Some(&by));
        assert_eq!((corrected.tags.elsewhere.as_deref(), corrected.level()), (None, Some(Level::High)));
        assert_eq!(corrected.corrected(None), post);
    }

    #[test]
    fn any_sequence_of_corrections_ends_as_its_last_one() {
        let post = tagged(vec![risk("fire", Level::High)]);
        let all = [
            said(),
            Correction { sector: Some(Sector::Social), level: Some(SaidLevel::None), ..said() },
            Correction { level: level(Level::Critical), kind: Some("gas".into()), ..said() },
            Correction { topics: Some(Vec::new()), note: Some("шутка".into()), ..said() },
        ];
        for first in &all {
            for last in &all {
                let once = post.clone().corrected(Some(last));
                assert_eq!(post.clone().corrected(Some(first)).corrected(Some(last)), once);
                assert_eq!(once.clone().corrected(Some(last)), once, "a repeat");
                assert_eq!(once.corrected(None), post);
            }
            let withdrawn = Correction { withdrawn: true, ..first.clone() };
            assert_eq!(post.clone().corrected(Some(first)).corrected(Some(&withdrawn)), post);
        }
    }

    #[test]
    fn a_tombstone_carries_nothing() {
        let gone = TaggedPost { post: tagged(Vec::new()).post.tombstone(Time::UNIX_EPOCH), tags: Tags::default() };
        let by = Correction { note: Some("секрет".into()), sector: Some(Sector::Tko), ..said() };
        assert_eq!(gone.clone().corrected(Some(&by)), gone);
    }
}

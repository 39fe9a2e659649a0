//! How well risks are told, against texts that people have judged: what rings and should, what is called critical, kind by kind.

use std::collections::BTreeMap;

use model::{Level, Tags};

use super::evaluation::ratio;
use super::judged::Judgement;

/// A text that a person judges so or worse should ring.
const SHOULD_RING: Level = Level::High;

/// What was told of a judged text.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The level of its worst risk; none for no risk.
    pub level: Option<Level>,
    /// The kinds of its risks that ring, the worst first.
    pub kinds: Vec<String>,
    /// Why: the reasons of its risks, or what was taken back and which events were found.
    pub why: Vec<String>,
}

/// Figures over all texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Ringing {
    /// Texts.
    pub texts: usize,
    /// Of them, those that should ring.
    pub should: usize,
    /// Those that rang.
    pub rang: usize,
    /// Those that rang and should.
    pub right: usize,
    /// Told critical; of these judged critical, and judged medium or milder.
    pub critical: Critical,
    /// Each kind that was judged or told, by name.
    pub kinds: BTreeMap<String, KindFigures>,
    /// Texts by level judged and level told.
    pub levels: BTreeMap<Option<Level>, BTreeMap<Option<Level>, usize>>,
    /// Numbers of the texts that rang wrongly or should have rung, those furthest off first.
    pub mistakes: Vec<usize>,
}

/// What was told critical.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Critical {
    /// Texts told critical.
    pub told: usize,
    /// Of them, those judged critical.
    pub right: usize,
    /// Of them, those judged medium or milder.
    pub far: usize,
}

/// Figures of one kind of risk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KindFigures {
    /// Texts that should ring as this kind.
    pub should: usize,
    /// Texts that rang as this kind.
    pub rang: usize,
    /// Texts that did both.
    pub right: usize,
}

impl Told {
    /// What tags say of a text, where risks ring from a level on.
    pub fn of(tags: &Tags, rings_from: Level) -> Told {
        let level = tags.risks.iter().map(|risk| risk.level).max();
        let ringing = tags.risks.iter().filter(|risk| risk.level >= rings_from);
        let mut why: Vec<String> = tags.risks.iter().flat_map(|risk| risk.why.iter().cloned()).collect();
        if level < Some(rings_from) {
            why.extend(tags.why.iter().filter(|why| why.starts_with("риск ")).cloned());
            let event = |event: &model::Event| {
                let (object, state, words) = (&event.object, &event.state, event.words.join(" … "));
                format!("{object} {state} {}: «{words}»", event.actuality.as_str())
            };
            why.extend(tags.events.iter().map(event));
        }
        Told { level, kinds: ringing.map(|risk| risk.kind.clone()).collect(), why }
    }

    /// Whether it rang.
    pub fn rang(&self) -> bool {
        !self.kinds.is_empty()
    }
}

/// Whether a person would have it ring.
pub fn should_ring(judged: &Judgement) -> bool {
    judged.level >= Some(SHOULD_RING)
}

impl Ringing {
    /// The figures of judgements and what was told of each.
    pub fn new(judged: &[Judgement], told: &[Told]) -> Ringing {
        let mut figures = Ringing {
            texts: judged.len().min(told.len()),
            should: 0,
            rang: 0,
            right: 0,
            critical: Critical::default(),
            kinds: BTreeMap::new(),
            levels: BTreeMap::new(),
            mistakes: Vec::new(),
        };
        for (number, (judged, told)) in judged.iter().zip(told).enumerate() {
            let (should, rang) = (should_ring(judged), told.rang());
            figures.should += usize::from(should);
            figures.rang += usize::from(rang);
            figures.right += usize::from(should && rang);
            if should != rang {
                figures.mistakes.push(number);
            }
            if told.level == Some(Level::Critical) {
                figures.critical.told += 1;
                figures.critical.right += usize::from(judged.level == Some(Level::Critical));
                figures.critical.far += usize::from(!should);
            }
            *figures.levels.entry(judged.level).or_default().entry(told.level).or_default() += 1;
            let wanted = judged.kind.as_ref().filter(|_| should);
            if let Some(kind) = wanted {
                let kind_figures = figures.kinds.entry(kind.clone()).or_default();
                kind_figures.should += 1;
                kind_figures.right += usize::from(told.kinds.contains(kind));
            }
            for kind in &told.kinds {
                figures.kinds.entry(kind.clone()).or_default().rang += 1;
            }
        }
        let distance = |number: &usize| rank(judged[*number].level).abs_diff(rank(told[*number].level));
        // Stable: those equally far off stay in the order of the file.
        figures.mistakes.sort_by_key(|number| std::cmp::Reverse(distance(number)));
        figures
    }

    /// Of the texts that rang, the part that should.
    pub fn precision(&self) -> f64 {
        ratio(self.right, self.rang)
    }

    /// Of the texts that should ring, the part that rang.
    pub fn recall(&self) -> f64 {
        ratio(self.right, self.should)
    }

    /// Harmonic mean of both.
    pub fn f1(&self) -> f64 {
        ratio(2 * self.right, self.rang + self.should)
    }

    /// Of a thousand texts that should not ring, so many rang.
    pub fn false_per_1000(&self) -> f64 {
        1000.0 * ratio(self.rang - self.right, self.texts - self.should)
    }
}

fn rank(level: Option<Level>) -> usize {
    level.map_or(0, |level| 1 + level as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(level: Option<Level>, kind: Option<&str>) -> Judgement {
        Judgement { line: 1, id: String::new(), level, kind: kind.map(str::to_owned), text: String::new() }
    }

    fn told(level: Option<Level>, kinds: &[&str]) -> Told {
        Told { level, kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(), why: Vec::new() }
    }

    #[test]
    fn figures_are_those_of_the_textbook() {
        let (high, critical, medium) = (Some(Level::High), Some(Level::Critical), Some(Level::Medium));
        let texts = [
            (judged(high, Some("fire")), told(high, &["fire"])),
            (judged(critical, Some("fire")), told(critical, &["flood"])),
            (judged(high, Some("flood")), told(medium, &[])),
            (judged(None, None), told(critical, &["fire"])),
            (judged(medium, None), told(medium, &[])),
            (judged(critical, Some("fire")), told(None, &[])),
            (judged(None, None), told(None, &[])),
        ];
        let (judged, told): (Vec<_>, Vec<_>) = texts.into_iter().unzip();
        let figures = Ringing::new(&judged, &told);
        assert_eq!((figures.texts, figures.should, figures.rang, figures.right), (7, 4, 3, 2));
        assert_eq!((figures.precision(), figures.recall(), figures.f1()), (2.0 / 3.0, 0.5, 4.0 / 7.0));
        assert_eq!(figures.false_per_1000(), 1000.0 / 3.0);
        assert_eq!(figures.critical, Critical { told: 2, right: 1, far: 1 });
        assert_eq!(figures.kinds["fire"], KindFigures { should: 3, rang: 2, right: 1 });
        assert_eq!(figures.kinds["flood"], KindFigures { should: 1, rang: 1, right: 0 });
        assert_eq!((figures.levels[&None][&critical], figures.levels[&high][&medium]), (1, 1));
        assert_eq!(figures.mistakes, [3, 5, 2], "the furthest off first");
    }

    #[test]
    fn nothing_to_judge_is_all_zero() {
        let figures = Ringing::new(&[], &[]);
        assert_eq!(
            (figures.precision(), figures.recall(), figures.f1(), figures.false_per_1000()),
            (0.0, 0.0, 0.0, 0.0)
        );
    }
}

//! The events of a post, each with the row that decides on it.

use model::{Actuality, Event, Level, Post};
use text::Document;

use super::find::{Denial, Tie, denials, find};
use super::grammar::Clauses;
use super::marks::{Mark, Marks};
use super::rows::deciding;
use super::slots::{Slots, slots};
use crate::post_words::PostWords;
use crate::rules::Rules;

/// The state of what works again.
const RESTORED: &str = "restored";

/// An event and how bad it is.
#[derive(Debug)]
pub struct Judged {
    pub event: Event,
    /// The number of its object in the rules.
    pub object: usize,
    /// The number of the row that decides; none where no row fits.
    pub row: Option<usize>,
    /// What the row says; none for no risk.
    pub level: Option<Level>,
}

/// The events of a post, the gravest first, and all its marks.
pub fn judge(rules: &Rules, document: &Document, words: &PostWords, post: &Post) -> (Vec<Judged>, Marks) {
    let config = &rules.config.events;
    let mut marks = Marks::new(&rules.lexicon, &rules.meanings, document);
    if marks.says.is_empty() && marks.objects.is_empty() {
        return (Vec::new(), marks);
    }
    let clauses = Clauses::new(words);
    marks.settle(config, &clauses, words);
    let ties = find(config, &marks, &clauses, words);
    let mut found: Vec<(Tie, Slots)> =
        ties.into_iter().map(|tie| (tie, slots(rules, &tie, &marks, &clauses, words, post))).collect();
    end(rules, &mut found, &denials(&marks, &clauses, words));
    let one = |(tie, slots): &(Tie, Slots)| {
        let row = deciding(&config.rows, slots);
        let level = row.and_then(|row| config.rows[row].level);
        Judged { event: event(rules, tie, slots, words), object: tie.object, row, level }
    };
    let mut judged: Vec<Judged> = found.iter().map(one).collect();
    // Stable: of equal ones the first told stays first.
    judged.sort_by_key(|judged| std::cmp::Reverse(judged.level));
    let mut kept: Vec<Judged> = Vec::with_capacity(judged.len());
    for one in judged {
        let same = |other: &Judged| other.event.object == one.event.object && other.event.state == one.event.state;
        if !kept.iter().any(same) {
            kept.push(one);
        }
    }
    (kept, marks)
}

/// What is told later to have ended, or not to be, is over: «прорвало трубу … прорыв ликвидировали», «пахло газом … утечки нет».
fn end(rules: &Rules, found: &mut [(Tie, Slots)], denials: &[Denial]) {
    let ends = |(tie, slots): &(Tie, Slots)| {
        let restored = rules.config.events.states[tie.state].code == RESTORED && slots.time.actuality == Actuality::Now;
        (restored || slots.time.actuality == Actuality::Over).then_some((tie.object, tie.says_mark.first))
    };
    let ended: Vec<(usize, usize)> = found.iter().filter_map(ends).collect();
    for (tie, slots) in found.iter_mut() {
        let is_over = |(object, at): &(usize, usize)| *object == tie.object && *at > tie.says_mark.last;
        let is_denied = |denial: &Denial| {
            denial.at > tie.says_mark.last && rules.config.events.says[denial.says].objects.contains(&tie.object)
        };
        let restored = rules.config.events.states[tie.state].code == RESTORED;
        if !restored
            && slots.time.actuality == Actuality::Now
            && (ended.iter().any(is_over) || denials.iter().any(is_denied))
        {
            slots.time.actuality = Actuality::Over;
        }
    }
}

/// The numbers of the rows that decide on the events of a post.
pub fn deciding_rows(rules: &Rules, document: &Document, post: &Post) -> Vec<usize> {
    let (judged, _) = judge(rules, document, &PostWords::new(document, post), post);
    judged.iter().filter_map(|judged| judged.row).collect()
}

fn event(rules: &Rules, tie: &Tie, slots: &Slots, words: &PostWords) -> Event {
    let config = &rules.config.events;
    let mut said: Vec<Mark> = tie.object_mark.into_iter().chain([tie.says_mark]).collect();
    said.sort_by_key(|mark| mark.first);
    said.dedup_by(|a, b| a.first <= b.last && a.last <= b.last);
    Event {
        object: config.objects[slots.object].code.clone(),
        state: config.states[slots.state].code.clone(),
        actuality: slots.time.actuality,
        scale: slots.scale,
        count: slots.count,
        harm: slots.harm,
        who: slots.who.map(|who| config.who[who].code.clone()),
        wish: slots.wish.map(|wish| config.wishes[wish].code.clone()),
        words: said.iter().map(|mark| mark.written(words)).collect(),
    }
}

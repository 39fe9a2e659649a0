//! Everything about an event that the rows of the table of levels look at.

use model::{Actuality, Harm, Post, Scale};

use super::actuality::{Time, time};
use super::days::{days, lasts};
use super::find::Tie;
use super::grammar::Clauses;
use super::marks::{Mark, Marks};
use super::scale::scale;
use crate::post_words::PostWords;
use crate::rules::Rules;

/// A text of so few words says what it says: nothing in it is an aside.
const SHORT: usize = 30;

/// Whom it harms is told within so many sentences of an event.
const HARM_REACH: u32 = 1;

/// What the rows look at.
#[derive(Debug, Clone)]
pub struct Slots {
    pub object: usize,
    pub state: usize,
    pub time: Time,
    pub scale: Option<Scale>,
    pub count: Option<u32>,
    pub harm: Harm,
    pub who: Option<usize>,
    pub wish: Option<usize>,
    pub days: u32,
    pub evidence: u32,
    /// The heating season, or frost as the text tells.
    pub season: bool,
}

/// The slots of an event.
pub fn slots(rules: &Rules, tie: &Tie, marks: &Marks, clauses: &Clauses, words: &PostWords, post: &Post) -> Slots {
    let config = &rules.config.events;
    let time = time(config, tie, marks, clauses, words);
    let (scale, count) = scale(config, tie, marks, clauses, words);
    let sentence = clauses.sentence(tie.says_mark.first);
    let near = |mark: &&Mark| clauses.sentence(mark.first).abs_diff(sentence) <= 1;
    let told_on = |mark: &&Mark| clauses.sentence(mark.first).abs_diff(sentence) <= HARM_REACH;
    let harm = marks.harms.iter().filter(told_on).map(|mark| config.harms[mark.number].value).max().unwrap_or_default();
    let lasts = || lasts(words, clauses, tie.says_mark.first);
    let evidence = [
        time.actuality == Actuality::Now && (time.told || lasts()),
        scale.is_some(),
        harm >= Harm::Hurt,
        words.tokens().len() <= SHORT,
        sentence <= 1,
    ];
    Slots {
        object: tie.object,
        state: tie.state,
        time,
        scale,
        count,
        harm,
        who: marks.who.iter().find(near).map(|mark| mark.number),
        wish: marks.wishes.iter().find(near).map(|mark| mark.number),
        days: days(words, clauses, tie.says_mark.first),
        evidence: evidence.into_iter().filter(|piece| *piece).count() as u32,
        season: marks.frost
            || rules.config.settings.classify.heating_season.holds(post.published_at, rules.config.timezone()),
    }
}

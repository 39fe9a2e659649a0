//! The words of a post that mean something to the event rules.

use config::EventRules;
use text::{Document, Lexicon};

use super::grammar::Clauses;
use super::lexicon::{EventLexicon, Meaning};
use crate::post_words::PostWords;

/// So many of one sort are looked at: every mark is held against others, and a text made of one word must not stall the stream.
const MAX_MARKS: usize = 300;

/// A run of words with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub first: usize,
    pub last: usize,
    /// A number in the list of the rules that the meaning belongs to.
    pub number: usize,
}

impl Mark {
    /// How many other words stand between two marks; none where they overlap.
    pub fn gap(&self, other: &Mark) -> usize {
        let (first, second) = if self.first <= other.first { (self, other) } else { (other, self) };
        second.first.saturating_sub(first.last + 1)
    }

    /// Its words as they stand in the text.
    pub fn written(&self, words: &PostWords) -> String {
        (self.first..=self.last).map(|at| words.written(at)).collect::<Vec<_>>().join(" ")
    }

    fn covers(&self, other: &Mark) -> bool {
        self.first <= other.first && other.last <= self.last && self.last - self.first > other.last - other.first
    }
}

/// All marks of a post, each list by first token.
#[derive(Default)]
pub struct Marks {
    pub objects: Vec<Mark>,
    pub says: Vec<Mark>,
    pub when: Vec<Mark>,
    pub scales: Vec<Mark>,
    pub harms: Vec<Mark>,
    pub who: Vec<Mark>,
    pub wishes: Vec<Mark>,
    pub asides: Vec<Mark>,
    /// Whether frost is spoken of.
    pub frost: bool,
}

impl Marks {
    pub fn new(lexicon: &Lexicon, meanings: &EventLexicon, document: &Document) -> Marks {
        let mut marks = Marks::default();
        lexicon.find(document, |found| {
            let (list, number) = match meanings.meaning(found.phrase) {
                Meaning::Object(number) => (&mut marks.objects, number),
                Meaning::Says(number) => (&mut marks.says, number),
                Meaning::When(number) => (&mut marks.when, number),
                Meaning::Scale(number) => (&mut marks.scales, number),
                Meaning::Harm(number) => (&mut marks.harms, number),
                Meaning::Who(number) => (&mut marks.who, number),
                Meaning::Wish(number) => (&mut marks.wishes, number),
                Meaning::Aside(number) => (&mut marks.asides, number),
                Meaning::Frost => return marks.frost = true,
            };
            if list.len() < MAX_MARKS {
                list.push(Mark { first: found.first, last: found.last, number });
            }
        });
        for list in marks.lists() {
            list.sort_unstable_by_key(|mark| (mark.first, mark.last, mark.number));
            list.dedup();
        }
        marks
    }

    fn lists(&mut self) -> [&mut Vec<Mark>; 8] {
        [
            &mut self.objects,
            &mut self.says,
            &mut self.when,
            &mut self.scales,
            &mut self.harms,
            &mut self.who,
            &mut self.wishes,
            &mut self.asides,
        ]
    }

    /// Keeps what stands within one sentence, and of words that mean less by themselves the longer run: «горячая вода» is not «вода» as
    /// well, «не дали» is not «дали».
    pub fn settle(&mut self, rules: &EventRules, clauses: &Clauses, words: &PostWords) {
        for list in [&mut self.objects, &mut self.says, &mut self.when, &mut self.scales, &mut self.harms] {
            list.retain(|mark| clauses.sentence(mark.first) == clauses.sentence(mark.last));
        }
        // «садик № 14» is no садик at fourteen degrees.
        let spans_number =
            |mark: &Mark| (mark.first..mark.last).any(|at| words.after(at).is_some_and(|s| s.contains('№')));
        self.says.retain(|mark| !spans_number(mark));
        longest(&mut self.objects, |_, _| true);
        longest(&mut self.scales, |_, _| true);
        longest(&mut self.when, |_, _| true);
        let shared = |long: &Mark, short: &Mark| {
            if rules.says[long.number].hides {
                return true;
            }
            let (long, short) = (&rules.says[long.number].objects, &rules.says[short.number].objects);
            short.iter().all(|object| long.contains(object))
        };
        longest(&mut self.says, shared);
        let form = |at: Option<usize>| at.and_then(|at| words.tokens().get(at)).map_or("", |token| &*token.form);
        let before = |mark: &Mark| form(mark.first.checked_sub(1));
        self.when.retain(|mark| before(mark) != "не");
        // «никто не пострадал», «без жертв», «пострадавших нет».
        self.harms
            .retain(|mark| !matches!(before(mark), "не" | "без" | "нет" | "ни") && form(Some(mark.last + 1)) != "нет");
    }
}

fn longest(marks: &mut Vec<Mark>, hides: impl Fn(&Mark, &Mark) -> bool) {
    let all = marks.clone();
    marks.retain(|mark| !all.iter().any(|other| other.covers(mark) && hides(other, mark)));
}

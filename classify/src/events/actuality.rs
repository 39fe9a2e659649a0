//! Whether an event happens now: by the words of its clause and sentence, then by the form of its verb.

use config::{EventRules, Reach};
use model::Actuality;
use text::Grammar;

use super::find::Tie;
use super::grammar::Clauses;
use super::marks::{Mark, Marks};
use crate::post_words::PostWords;

/// What was told of the time of an event.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    pub actuality: Actuality,
    /// Whether words say so, rather than nothing saying otherwise.
    pub told: bool,
}

/// What a word of time says, in the order in which such words outweigh each other: a wish or a fear is no event whatever else is said;
/// «до сих пор» outweighs «прошлой зимой», and that «двое суток».
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Wished,
    Feared,
    StillNow,
    Planned,
    Ended,
    Past,
    Now,
    Over,
    Repeated,
}

impl Weight {
    fn actuality(self) -> Actuality {
        match self {
            Weight::Wished => Actuality::Wished,
            Weight::Feared => Actuality::Feared,
            Weight::StillNow | Weight::Now => Actuality::Now,
            Weight::Planned => Actuality::Planned,
            Weight::Ended | Weight::Over => Actuality::Over,
            Weight::Past => Actuality::Past,
            Weight::Repeated => Actuality::Repeated,
        }
    }
}

/// What begins or goes on is no wish, though its verb is an infinitive: «начали нападать».
const PHASES: [&str; 5] = ["начать", "стать", "продолжать", "начинать", "перестать"];

/// When an event happens.
pub fn time(rules: &EventRules, tie: &Tie, marks: &Marks, clauses: &Clauses, words: &PostWords) -> Time {
    let verb = verb(tie, words);
    // «Прошу принять меры, собаки бросаются»: a request governs no verb that tells what is.
    let tells = verb.is_some_and(|verb| verb.is_only(Grammar::PAST.or(Grammar::PRESENT)));
    // «Кому звонить, если пахнет газом?» says that it does.
    let asks_about = verb.is_some_and(|verb| verb.is_only(Grammar::PRESENT)) && clauses.asks(tie.says_mark.first);
    let in_clause = |mark: &Mark| {
        let clause = clauses.clause(mark.first);
        let object = tie.object_mark.map(|object| clauses.clause(object.first));
        clause == clauses.clause(tie.says_mark.first) || Some(clause) == object
    };
    let concerns = |mark: &&Mark| {
        let marker = &rules.when[mark.number];
        let clause = in_clause(mark);
        let sentence = clauses.sentence(mark.first) == clauses.sentence(tie.says_mark.first);
        match marker.reach {
            Reach::Before => {
                clause
                    && mark.first < tie.says_mark.last
                    && !(tells && marker.value == Actuality::Wished)
                    && !(asks_about && marker.value == Actuality::Feared)
            }
            Reach::Clause => clause,
            Reach::Sentence => sentence,
            // «Проблема решена», they answered, and then there is no water.
            Reach::Post => marker.value != Actuality::Over || mark.first > tie.says_mark.last,
        }
    };
    let weight = |mark: &Mark| {
        let marker = &rules.when[mark.number];
        match marker.value {
            Actuality::Wished => Weight::Wished,
            Actuality::Feared => Weight::Feared,
            Actuality::Now if marker.strong => Weight::StillNow,
            Actuality::Now => Weight::Now,
            Actuality::Planned => Weight::Planned,
            // «прорвало и починили», but not «дали и снова отключили».
            Actuality::Over if mark.first > tie.says_mark.last => Weight::Ended,
            Actuality::Over => Weight::Over,
            Actuality::Past => Weight::Past,
            Actuality::Repeated => Weight::Repeated,
        }
    };
    let says_when = tie.says.and_then(|says| rules.says[says].when);
    // «Последний раз вывозили в прошлый вторник» tells how long it lasts.
    let part_of_it = |mark: &Mark| tie.says_mark.first <= mark.first && mark.last <= tie.says_mark.last;
    let told = marks.when.iter().filter(concerns).filter(|mark| says_when.is_none() || !part_of_it(mark));
    let (own, other): (Vec<&Mark>, Vec<&Mark>) = told.partition(|mark| in_clause(mark));
    let own = own.into_iter().map(weight).min();
    if let Some(actuality) = says_when {
        // What the words say by themselves holds unless their own clause tells that it has ended.
        let ended = own.filter(|weight| matches!(weight, Weight::Ended | Weight::Past));
        return Time { actuality: ended.map_or(actuality, Weight::actuality), told: true };
    }
    if let Some(weight) = own.or_else(|| other.into_iter().map(weight).min()) {
        return Time { actuality: weight.actuality(), told: true };
    }
    let asked = clauses.asks(tie.says_mark.first) && whether(tie, clauses, words);
    let actuality = match verb {
        Some(verb) if verb.is_only(Grammar::INFINITIVE) && !begins(tie, words) && !says_not(tie, words) => {
            Actuality::Wished
        }
        // «отключите» may be read as the future too.
        Some(verb) if verb.may_be(Grammar::IMPERATIVE) && verb.is_only(Grammar::IMPERATIVE.or(Grammar::FUTURE)) => {
            Actuality::Wished
        }
        Some(verb) if verb.is_only(Grammar::FUTURE) && !says_not(tie, words) => Actuality::Planned,
        _ if asked => Actuality::Wished,
        _ => Actuality::Now,
    };
    Time { actuality, told: false }
}

/// The first verb of the words that say the state.
fn verb(tie: &Tie, words: &PostWords) -> Option<Grammar> {
    let said = words.tokens()[tie.says_mark.first..=tie.says_mark.last].iter().map(|token| token.grammar);
    said.into_iter().find(|grammar| grammar.may_be(Grammar::FINITE.or(Grammar::INFINITIVE)))
}

fn begins(tie: &Tie, words: &PostWords) -> bool {
    let before = &words.tokens()[tie.says_mark.first.saturating_sub(2)..tie.says_mark.first];
    before.iter().any(|token| token.lemmas.iter().any(|lemma| PHASES.contains(&&**lemma)))
}

/// «не вывозится», «к домам не проехать»: what is not done or cannot be is so now, whatever tense the dictionary gives.
fn says_not(tie: &Tie, words: &PostWords) -> bool {
    let said = &words.tokens()[tie.says_mark.first..=tie.says_mark.last];
    said.iter().any(|token| matches!(&*token.form, "не" | "ни" | "никак"))
}

/// «будет ли отключение», «прорвало ли трубу»: asked for information, but not «можно ли потушить пожар».
fn whether(tie: &Tie, clauses: &Clauses, words: &PostWords) -> bool {
    let tokens = words.tokens();
    let sentence = clauses.sentence_of(tie.says_mark.first);
    let about = |at: usize| {
        let (mark, object) = (tie.says_mark, tie.object_mark.unwrap_or(tie.says_mark));
        (mark.first..=mark.last).contains(&at)
            || (object.first..=object.last).contains(&at)
            || tokens[at].lemmas.iter().any(|lemma| matches!(&**lemma, "быть" | "есть" | "правда"))
    };
    sentence.into_iter().any(|at| &*tokens[at].form == "ли" && at > 0 && about(at - 1))
}

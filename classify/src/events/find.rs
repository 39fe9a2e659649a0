//! Which object is in which state: what is said of an object stands in its clause, or is tied to it by grammar.
//!
//! The ties: within a clause, the nearest object that the words can be said of, not behind a preposition unless the rule asks for a
//! place; «нет» and its like need the genitive; objects joined by «и» or a comma share what is said of one; a clause without an
//! object of its own takes the last fitting one named before it.

use config::{Case, EventRules, Says};
use text::{Grammar, Token};

use super::days::MONTHS;
use super::grammar::{Clauses, behind_preposition, negated};
use super::marks::{Mark, Marks};
use crate::post_words::PostWords;

/// A clause without an object takes one that was named at most so many words before.
const ELLIPSIS: usize = 14;

/// So many words may stand in commas between a subject and what is said of it.
const INSERTION: usize = 30;

/// A noun behind one of these is spoken about rather than happening.
const ABOUT: [&str; 10] = ["о", "об", "обо", "про", "против", "после", "до", "для", "от", "при"];

/// A denial may stand so many words behind its noun.
const DENIAL: usize = 8;

/// Nouns of time are no object of a clause: «открыт уже месяц», «не вывозят с прошлого вторника».
const TIMES: [&str; 17] = [
    "месяц",
    "неделя",
    "день",
    "год",
    "сутки",
    "час",
    "утро",
    "вечер",
    "ночь",
    "число",
    "понедельник",
    "вторник",
    "среда",
    "четверг",
    "пятница",
    "суббота",
    "воскресенье",
];

/// An object, and the words that say its state.
#[derive(Debug, Clone, Copy)]
pub struct Tie {
    pub object: usize,
    pub state: usize,
    pub object_mark: Option<Mark>,
    pub says_mark: Mark,
    /// The rule in [`EventRules::says`]; none where the object says it by itself.
    pub says: Option<usize>,
}

/// Where it is told that there is none of something: «утечки нет».
#[derive(Debug, Clone, Copy)]
pub struct Denial {
    /// The rule in [`EventRules::says`] whose words are denied.
    pub says: usize,
    /// The first token of those words.
    pub at: usize,
}

/// What is denied by a «нет» of its own.
pub fn denials(marks: &Marks, clauses: &Clauses, words: &PostWords) -> Vec<Denial> {
    let denied = marks.says.iter().filter(|mark| denied_later(words, mark, clauses));
    denied.map(|mark| Denial { says: mark.number, at: mark.first }).collect()
}

/// All events of a post before anything is known of their time and reach.
pub fn find(rules: &EventRules, marks: &Marks, clauses: &Clauses, words: &PostWords) -> Vec<Tie> {
    let mut ties = Vec::new();
    for mark in marks.says.iter().filter(|mark| !denied(words, mark, clauses)) {
        let says = &rules.says[mark.number];
        let nearest =
            marks.objects.iter().filter(|object| fits(says, mark, object, clauses, words)).min_by_key(|object| {
                let apart = clauses.clause(object.first) != clauses.clause(mark.first);
                (apart, object.gap(mark), object.first)
            });
        let found = nearest.copied().or_else(|| before(says, mark, marks, clauses, words));
        let tie = |object, object_mark| Tie {
            object,
            state: says.state,
            object_mark,
            says_mark: *mark,
            says: Some(mark.number),
        };
        match (found, says.implies) {
            (Some(object), _) => {
                ties.push(tie(object.number, Some(object)));
                let joined =
                    marks.objects.iter().filter(|other| nearest.is_some() && joined(&object, other, clauses, words));
                let fitting = joined.filter(|other| says.objects.contains(&other.number));
                ties.extend(fitting.map(|other| tie(other.number, Some(*other))));
            }
            (None, Some(object)) => ties.push(tie(object, None)),
            (None, None) => {}
        }
    }
    drop_far_rivals(&mut ties, clauses, words);
    for mark in &marks.objects {
        if let Some(state) = rules.objects[mark.number].itself
            && !denied(words, mark, clauses)
            && behind_preposition(words, mark.first).is_none_or(|before| !ABOUT.contains(&before))
        {
            ties.push(Tie { object: mark.number, state, object_mark: Some(*mark), says_mark: *mark, says: None });
        }
    }
    ties
}

/// «У соседки сверху, горячая вода пропала»: what a word says of something in its own clause it does not say of another thing in the
/// clause before, unless that heads it: «Мост через реку: плита просела».
fn drop_far_rivals(ties: &mut Vec<Tie>, clauses: &Clauses, words: &PostWords) {
    let near = |tie: &Tie| {
        tie.object_mark.is_some_and(|object| clauses.clause(object.last) == clauses.clause(tie.says_mark.first))
    };
    let own: Vec<usize> =
        ties.iter().filter(|tie| near(tie) && is_word(&tie.says_mark)).map(|tie| tie.says_mark.first).collect();
    let heads = |object: &Mark, tie: &Tie| {
        (object.last..tie.says_mark.first).any(|at| words.after(at).is_some_and(|after| after.contains(':')))
    };
    ties.retain(|tie| {
        let rival = is_word(&tie.says_mark) && own.contains(&tie.says_mark.first);
        tie.object_mark.is_none_or(|object| !rival || near(tie) || heads(&object, tie))
    });
}

fn is_word(mark: &Mark) -> bool {
    mark.first == mark.last
}

/// «не упало», «пожара нет», «взрыва не было».
fn denied(words: &PostWords, mark: &Mark, clauses: &Clauses) -> bool {
    if matches!(&*words.tokens()[mark.first].form, "не" | "нет" | "нету" | "ни" | "без" | "нельзя" | "никак")
    {
        return false;
    }
    negated(words, mark.first) || denied_later(words, mark, clauses)
}

/// «пожара на складе не было», «утечки газа нет»: a noun in the genitive, denied at the end of its clause.
fn denied_later(words: &PostWords, mark: &Mark, clauses: &Clauses) -> bool {
    let tokens = words.tokens();
    let head = head(mark, words);
    if !head.may_be(Grammar::NOUN) || !head.may_be(Grammar::GENITIVE) || head.may_be(Grammar::FINITE) {
        return false;
    }
    let clause = (mark.last + 1..tokens.len().min(mark.last + DENIAL))
        .take_while(|at| clauses.clause(*at) == clauses.clause(mark.last));
    let form = |at: usize| tokens.get(at).map_or("", |token| &*token.form);
    let ends = |at: usize| words.after(at).is_none_or(|after| after.contains(['.', ',', '!', ';']));
    clause.into_iter().any(|at| match form(at) {
        "нет" => ends(at) || at == mark.last + 1 && !head.may_be(Grammar::NOMINATIVE),
        "не" => matches!(
            form(at + 1),
            "было"
                | "будет"
                | "обнаружено"
                | "обнаружили"
                | "выявлено"
                | "подтвердилось"
                | "подтвердилась"
                | "зафиксировано"
        ),
        _ => false,
    })
}

/// Whether something can be said of an object where both stand.
fn fits(says: &Says, mark: &Mark, object: &Mark, clauses: &Clauses, words: &PostWords) -> bool {
    if !says.objects.contains(&object.number) || clauses.sentence(object.first) != clauses.sentence(mark.first) {
        return false;
    }
    if mark.first <= object.first && object.last <= mark.last {
        return true;
    }
    if says.after && object.first < mark.first {
        return false;
    }
    if encloses(says, mark, object, clauses, words) {
        return can_be_said(says, object, object.gap(mark), words);
    }
    if object.gap(mark) > says.near {
        return false;
    }
    let (from, to) =
        if object.first < mark.first { (object.last + 1, mark.first) } else { (mark.last + 1, object.first) };
    let clauses_apart = clauses.clause(object.first).abs_diff(clauses.clause(mark.first));
    let verb = |at: usize| words.tokens()[at].grammar.is_only(Grammar::FINITE.or(Grammar::SHORT));
    if clauses_apart > 1 || clauses_apart == 1 && ((from..to).any(verb) || has_subject(mark, clauses, words)) {
        return false;
    }
    can_be_said(says, object, object.gap(mark), words)
}

/// «Стая собак, обитающая у гаражей, напала», «отопление в доме по адресу: ул. Мира, д. 5, не подано»: an address or a participle
/// stands in commas between a subject and what is said of it.
fn encloses(says: &Says, mark: &Mark, object: &Mark, clauses: &Clauses, words: &PostWords) -> bool {
    if object.last >= mark.first
        || object.gap(mark) > INSERTION
        || clauses.clause(object.first) == clauses.clause(mark.first)
    {
        return false;
    }
    let case = if says.case == Some(Case::Genitive) { Grammar::GENITIVE } else { Grammar::NOMINATIVE };
    let verb = |at: usize| words.tokens()[at].grammar.is_only(Grammar::FINITE.or(Grammar::SHORT));
    head(object, words).may_be(case)
        && behind_preposition(words, object.first).is_none()
        && !(object.last + 1..mark.first).any(verb)
        && !has_subject(mark, clauses, words)
}

/// «горит лампа, а дом хороший»: the words have a subject beside them and take none from another clause.
fn has_subject(mark: &Mark, clauses: &Clauses, words: &PostWords) -> bool {
    let tokens = words.tokens();
    let beside = (mark.first.saturating_sub(2)..mark.first).chain(mark.last + 1..tokens.len().min(mark.last + 3));
    beside.into_iter().any(|at| {
        clauses.clause(at) == clauses.clause(mark.first)
            && tokens[at].grammar.is_only(Grammar::NOUN)
            && tokens[at].grammar.may_be(Grammar::NOMINATIVE)
            && !is_time(&tokens[at])
    })
}

/// Whether the case of an object and what stands before it allow that something is said of it.
fn can_be_said(says: &Says, object: &Mark, gap: usize, words: &PostWords) -> bool {
    let tokens = words.tokens();
    if object.first > 0 && &*tokens[object.first - 1].form == "не" {
        return false;
    }
    let head = head(object, words);
    match says.case {
        Some(Case::Genitive) if !head.may_be(Grammar::GENITIVE.or(Grammar::UNKNOWN)) => return false,
        Some(Case::Direct) if !head.may_be(Grammar::NOMINATIVE.or(Grammar::ACCUSATIVE).or(Grammar::UNKNOWN)) => {
            return false;
        }
        _ => {}
    }
    says.oblique || says.case == Some(Case::Genitive) && gap == 0 || behind_preposition(words, object.first).is_none()
}

/// What the head of an object can be: its first noun, «глава сельсовета».
fn head(object: &Mark, words: &PostWords) -> Grammar {
    let tokens = &words.tokens()[object.first..=object.last];
    let noun = tokens.iter().map(|token| token.grammar).find(|grammar| grammar.may_be(Grammar::NOUN));
    noun.unwrap_or(tokens[tokens.len() - 1].grammar)
}

/// «света, горячей и холодной воды»: objects side by side.
fn joined(object: &Mark, other: &Mark, clauses: &Clauses, words: &PostWords) -> bool {
    if object == other || object.gap(other) > 2 || clauses.sentence(object.first) != clauses.sentence(other.first) {
        return false;
    }
    let (first, second) = if object.first < other.first { (object, other) } else { (other, object) };
    let link = |form: &str| matches!(form, "и" | "или" | "ни" | "да" | "также" | "нет");
    let between = &words.tokens()[first.last + 1..second.first.max(first.last + 1)];
    let comma = words.after(first.last).is_some_and(|after| after.contains([',', '/', '+']));
    let only_links = between.iter().all(|token| link(&token.form) || token.grammar.is_only(Grammar::ADJECTIVE));
    only_links && (comma || between.iter().any(|token| link(&token.form)))
}

/// A noun of time, or a month.
fn is_time(token: &Token) -> bool {
    token.lemmas.iter().any(|lemma| TIMES.contains(&&**lemma) || MONTHS.contains(&&**lemma))
}

/// The object that a clause without one takes from what was said before.
fn before(says: &Says, mark: &Mark, marks: &Marks, clauses: &Clauses, words: &PostWords) -> Option<Mark> {
    let reachable = |object: &&Mark| {
        object.last < mark.first
            && mark.first - object.last <= ELLIPSIS
            && clauses.sentence(mark.first) - clauses.sentence(object.last) <= 1
            && says.objects.contains(&object.number)
    };
    let last = marks.objects.iter().rev().find(reachable)?;
    let of_it = match says.case {
        Some(Case::Genitive) => {
            let named = Grammar::GENITIVE.or(Grammar::NOMINATIVE).or(Grammar::UNKNOWN);
            head(last, words).may_be(named)
        }
        _ => can_be_said(says, last, 1, words),
    };
    let own = has_own(mark, clauses, words);
    (!own && !says.after && (of_it || about(words, last))).then_some(*last)
}

/// Whether a noun beside the words in their clause is what they are said of.
fn has_own(mark: &Mark, clauses: &Clauses, words: &PostWords) -> bool {
    let tokens = words.tokens();
    let after = mark.last + 1..tokens.len().min(mark.last + 4);
    let before = mark.first.saturating_sub(3)..mark.first;
    let noun = |at: usize| {
        clauses.clause(at) == clauses.clause(mark.first)
            && tokens[at].grammar.is_only(Grammar::NOUN)
            && !is_time(&tokens[at])
    };
    let genitive =
        |at: usize| noun(at) && tokens[at].grammar.may_be(Grammar::GENITIVE) && behind_preposition(words, at).is_none();
    // «Висит на одном кабеле над дорогой»: what stands behind a preposition hangs not.
    let subject = |at: usize| noun(at) && behind_preposition(words, at).is_none();
    after.into_iter().any(subject) || before.into_iter().any(genitive)
}

/// «проблема с водой», «вопрос по мусору»: what the next words are about.
fn about(words: &PostWords, object: &Mark) -> bool {
    let near = words.tokens()[object.first.saturating_sub(3)..object.first].iter();
    near.clone().any(|token| {
        token.lemmas.iter().any(|lemma| matches!(&**lemma, "проблема" | "вопрос" | "ситуация" | "беда" | "насчет"))
    })
}

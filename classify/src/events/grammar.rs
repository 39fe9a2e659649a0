//! Sentences and clauses of a post, by punctuation, conjunctions and abbreviations.

use std::ops::Range;

use text::Grammar;

use crate::post_words::PostWords;

/// After one of these a point ends no sentence.
const SHORTENED: [&str; 22] = [
    "ул",
    "улица",
    "д",
    "дом",
    "г",
    "город",
    "пр",
    "пр-т",
    "просп",
    "пер",
    "пл",
    "мкр",
    "с",
    "пос",
    "п",
    "обл",
    "кв",
    "им",
    "ш",
    "т.д",
    "тел",
    "корп",
];

/// Where each token of a post stands.
pub struct Clauses {
    /// Sentence and clause of each token; a clause's number is unique in the post.
    places: Vec<(u32, u32)>,
    /// Whether each sentence ends with a question mark.
    questions: Vec<bool>,
    /// The first token of each sentence; at the end the number of all.
    starts: Vec<usize>,
}

impl Clauses {
    pub fn new(words: &PostWords) -> Clauses {
        let tokens = words.tokens();
        let mut places = Vec::with_capacity(tokens.len());
        let mut questions = Vec::new();
        let mut starts = vec![0];
        let (mut sentence, mut clause) = (0, 0);
        for (at, token) in tokens.iter().enumerate() {
            if at > 0 && places.last().is_some_and(|(_, last)| *last == clause) && begins_clause(&token.form) {
                clause += 1;
            }
            places.push((sentence, clause));
            let after = words.after(at);
            // Nearly always.
            if after == Some(" ") && !words.ends_field(at) {
                continue;
            }
            let ends_field = words.ends_field(at) || after.is_none();
            let after = after.unwrap_or("");
            if ends_field || ends_sentence(words, at, after) {
                questions.push(after.contains('?'));
                starts.push(at + 1);
                sentence += 1;
                clause += 1;
            } else if is_within_time(words, at, after) {
                continue;
            } else if after.contains([',', ';', ':', '(', ')', '—', '–', '.', '\n']) || after.contains(" - ") {
                clause += 1;
            }
        }
        questions.push(false);
        starts.push(tokens.len());
        starts.push(tokens.len());
        Clauses { places, questions, starts }
    }

    pub fn sentence(&self, token: usize) -> u32 {
        self.places[token].0
    }

    pub fn clause(&self, token: usize) -> u32 {
        self.places[token].1
    }

    /// The tokens of the sentence that a token stands in.
    pub fn sentence_of(&self, token: usize) -> Range<usize> {
        let sentence = self.places[token].0 as usize;
        self.starts[sentence]..self.starts[sentence + 1]
    }

    /// Whether a token stands in a question.
    pub fn asks(&self, token: usize) -> bool {
        self.questions[self.places[token].0 as usize]
    }
}

/// «19:30», «7.10»: of a time or a date, and no end of a clause.
fn is_within_time(words: &PostWords, at: usize, after: &str) -> bool {
    let tokens = words.tokens();
    let is_digits = |at: usize| tokens.get(at).is_some_and(|token| token.form.bytes().all(|c| c.is_ascii_digit()));
    matches!(after, ":" | ".") && is_digits(at) && is_digits(at + 1)
}

/// Whether a word begins a clause without a comma before it as often as with one.
fn begins_clause(form: &str) -> bool {
    matches!(
        form,
        "а" | "но"
            | "зато"
            | "однако"
            | "что"
            | "чтобы"
            | "если"
            | "когда"
            | "пока"
            | "хотя"
            | "потому"
            | "поэтому"
            | "который"
            | "где"
            | "куда"
            | "ведь"
    )
}

fn ends_sentence(words: &PostWords, at: usize, after: &str) -> bool {
    if after.contains(['!', '?', '…']) || after.contains("\n\n") || after.contains("..") {
        return true;
    }
    let tokens = words.tokens();
    let next = words.written(at + 1);
    let capital = next.starts_with(char::is_uppercase);
    if after.contains('\n') {
        return capital || next.starts_with(|c: char| c.is_ascii_digit());
    }
    if !after.contains('.') {
        return false;
    }
    let form = &*tokens[at].form;
    let short = SHORTENED.contains(&form) || form.chars().count() == 1;
    !short && (capital || after.contains(' ') || form.chars().count() > 3)
}

/// Whether a word stands behind a preposition, with adjectives and numbers between.
pub fn behind_preposition<'a>(words: &PostWords<'a>, token: usize) -> Option<&'a str> {
    let tokens = words.tokens();
    let mut at = token;
    let mut numbered = false;
    for _ in 0..3 {
        let ends = |at: usize| words.after(at).is_some_and(|after| after.contains(['.', '!', '?', ';', ',']));
        if at == 0 || tokens[at].position != tokens[at - 1].position + 1 || ends(at - 1) {
            return None;
        }
        at -= 1;
        let word = &tokens[at];
        let is_number = word.grammar.is_only(Grammar::NUMBER);
        // «На Комсомольской 15 площадка», «На Лесной провод лежит»: a street stands behind the preposition, and what comes after it does
        // not.
        let is_street = word.grammar.is_only(Grammar::ADJECTIVE) && words.written(at).starts_with(char::is_uppercase);
        if is_street && (numbered || tokens[token].grammar.may_be(Grammar::NOMINATIVE)) {
            return None;
        }
        numbered = is_number;
        if word.grammar.is_only(Grammar::PREPOSITION.or(Grammar::CONJUNCTION))
            && word.grammar.may_be(Grammar::PREPOSITION)
        {
            return Some(&word.form);
        }
        if !word.grammar.is_only(Grammar::ADJECTIVE.or(Grammar::NUMBER)) {
            return None;
        }
    }
    None
}

/// Whether «не», «ни» or «без» stands before a word, with at most one word between.
pub fn negated(words: &PostWords, token: usize) -> bool {
    let tokens = words.tokens();
    let before = |n: usize| {
        let at = token.checked_sub(n)?;
        (tokens[token].position - tokens[at].position == n as u32).then(|| &*tokens[at].form)
    };
    match before(1) {
        Some("не" | "ни" | "без") => true,
        Some("был" | "была" | "было" | "были" | "никакой" | "никакого" | "никаких" | "так" | "очень" | "совсем") =>
        {
            matches!(before(2), Some("не" | "ни" | "нет" | "без"))
        }
        _ => false,
    }
}

//! What around a word takes it back: a negation, a question for information; and the words that make a post an advertisement.

use std::collections::BTreeMap;
use std::ops::Range;

use text::Token;

use crate::quote::Words;

/// Negations that stand before a word: «без жертв», «не горит», «нет пострадавших».
const NEGATIONS: [&str; 4] = ["не", "ни", "нет", "без"];

/// May stand between a negation and its word: «нет никаких жертв», «ни одного пострадавшего», «без каких-либо жертв».
const FILLERS: [&str; 6] = ["никакой", "один", "единый", "какой-либо", "какой", "либо"];

/// Verbs that with «не» after a word deny it: «пострадавших не обнаружено», «пожара не было».
const DENIED: [&str; 10] = [
    "быть",
    "обнаружить",
    "зафиксировать",
    "выявить",
    "подтвердить",
    "подтвердиться",
    "допустить",
    "произойти",
    "случиться",
    "ожидаться",
];

/// Words that make a question one for information: «будет ли отключение?», «правда, что взрыв?».
const INFORMATION: [&str; 7] = ["будет", "будут", "планируется", "планируют", "ожидается", "правда", "верно"];

/// With «ли» after one of these, or after a matched word, it is one too: «был ли взрыв?», «отключат ли воду?».
const WAS: [&str; 4] = ["был", "была", "было", "были"];

/// With one of these the question is a complaint or a request: «когда дадут воду?», «почему не вывозят?», «можно ли убрать?».
const COMPLAINT: [&str; 19] = [
    "когда",
    "почему",
    "зачем",
    "доколе",
    "сколько",
    "где",
    "куда",
    "не",
    "нет",
    "можно",
    "возможно",
    "нельзя",
    "долго",
    "опять",
    "снова",
    "еще",
    "уже",
    "пор",
    "чем",
];

/// After one of these a word is taken as known and not asked about: «будет ли вода после аварии?», «есть ли погибшие при взрыве?».
const KNOWN: [&str; 7] = ["после", "при", "от", "из-за", "за", "вследствие", "во"];

/// Forms of which one makes a post an advertisement: the law demands the first of every one on the internet.
pub const ADVERTISING_SURE: [&str; 2] = ["erid", "промокод"];

/// Lemmas that together make an advertisement.
pub const ADVERTISING: [&str; 20] = [
    "скидка",
    "акция",
    "распродажа",
    "заказать",
    "заказывать",
    "доставка",
    "цена",
    "недорого",
    "гарантия",
    "рассрочка",
    "прайс",
    "ассортимент",
    "купить",
    "продажа",
    "продать",
    "звонить",
    "розыгрыш",
    "выгодный",
    "опт",
    "монтаж",
];

/// So many different words of [`ADVERTISING`]: single ones occur in complaints about prices too.
pub const ADVERTISING_WORDS: usize = 3;

/// Words looked at on either side of a word for its sentence: a text without an end to its sentences must not cost its square.
const MAX_SENTENCE: usize = 60;

/// What a place begins with: «пожара на складе не было».
const PLACES: [&str; 9] = ["на", "в", "во", "у", "над", "возле", "около", "при", "рядом"];

/// Words looked at on either side of a word for what its clause says of it.
const MAX_CLAUSE: usize = 6;

/// Why a matched word does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenBack {
    Negated,
    Asked,
    Supposed,
}

impl TakenBack {
    /// As an explanation says it.
    pub fn reason(self) -> &'static str {
        match self {
            TakenBack::Negated => "отрицание",
            TakenBack::Asked => "вопрос, а не сообщение",
            TakenBack::Supposed => "предположение",
        }
    }
}

/// Whether a match is taken back: if one of its words is, wherever it stands. A match without words, by fields alone, never is.
pub fn taken_back(words: &Words, positions: &[u32]) -> Option<TakenBack> {
    let matched: Vec<usize> = positions.iter().filter_map(|position| words.at(*position)).collect();
    // Of each different word: why its last occurrence does not count, none once one counts.
    let mut verdicts: BTreeMap<&str, Option<TakenBack>> = BTreeMap::new();
    for word in &matched {
        let verdict = verdicts.entry(&words.tokens()[*word].lemmas[0]).or_insert(Some(TakenBack::Negated));
        if verdict.is_some() {
            *verdict = word_taken_back(words, &matched, *word);
        }
    }
    verdicts.into_values().flatten().next()
}

/// Whether the words stand in a question of any kind: «когда устранят?» says that nothing is repaired.
pub fn asked(words: &Words, positions: &[u32]) -> bool {
    positions.iter().filter_map(|position| words.at(*position)).any(|word| sentence(words, word).1)
}

fn word_taken_back(words: &Words, matched: &[usize], word: usize) -> Option<TakenBack> {
    if negated_before(words, matched, word) || negated_after(words, matched, word) {
        return Some(TakenBack::Negated);
    }
    if supposed(words, word) {
        return Some(TakenBack::Supposed);
    }
    asked_for_information(words, matched, word).then_some(TakenBack::Asked)
}

/// «если пахнет газом», «вдруг загорится»: said of what may be; but «почему не едут, если пахнет газом?» says that it does.
fn supposed(words: &Words, word: usize) -> bool {
    let mut at = word;
    for _ in 0..MAX_CLAUSE {
        if at == 0 || clause_ends(words, at - 1) {
            return false;
        }
        at -= 1;
        if matches!(&*words.tokens()[at].form, "если" | "вдруг") {
            let (sentence, question) = sentence(words, at);
            let is_complaint = |token: usize| COMPLAINT.contains(&&*words.tokens()[token].form);
            return !(question && (sentence.start..at).any(is_complaint));
        }
    }
    false
}

/// «Будет ли отключение?», but neither «когда включат?» nor «будет ли вода после аварии?».
fn asked_for_information(words: &Words, matched: &[usize], word: usize) -> bool {
    let (sentence, question) = sentence(words, word);
    let form = |token: usize| &*words.tokens()[token].form;
    let before = word.saturating_sub(2).max(sentence.start)..word;
    if !question || before.into_iter().any(|token| KNOWN.contains(&form(token))) {
        return false;
    }
    if sentence.clone().any(|token| COMPLAINT.contains(&form(token))) {
        return false;
    }
    let whether = |token: usize| {
        let asked = |token: usize| matched.binary_search(&token).is_ok() || WAS.contains(&form(token));
        form(token) == "ли" && token > sentence.start && asked(token - 1)
    };
    sentence.clone().any(|token| INFORMATION.contains(&form(token)) || whether(token))
}

/// «нет пожара», «без жертв», but not «воды нет», whose negation is a part of the match.
fn negated_before(words: &Words, matched: &[usize], word: usize) -> bool {
    let mut before = word;
    while before > 0 && !clause_ends(words, before - 1) {
        before -= 1;
        let token = &words.tokens()[before];
        if matched.binary_search(&before).is_ok() {
            return false;
        }
        if NEGATIONS.contains(&&*token.form) {
            return true;
        }
        if word - before > 2 || !FILLERS.iter().any(|filler| means(token, filler)) {
            return false;
        }
    }
    false
}

/// «пожара нет.», «пострадавших не обнаружено», «пожара на складе не было».
fn negated_after(words: &Words, matched: &[usize], word: usize) -> bool {
    let tokens = words.tokens();
    // Only a place of two words may stand between, or of three where the second is a preposition as well: in «пожар в доме пожарных не
    // было» the fire is not denied.
    let is_place = |at: usize| tokens.get(at).is_some_and(|token| PLACES.contains(&&*token.form));
    let reach = match (is_place(word + 1), is_place(word + 3)) {
        (true, true) => 5,
        (true, false) => 3,
        (false, _) => 1,
    };
    for next in word + 1..tokens.len().min(word + 1 + reach) {
        if clause_ends(words, next - 1) || matched.binary_search(&next).is_ok() {
            return false;
        }
        match &*tokens[next].form {
            // Without an end after it «нет» belongs to what follows: «пожар нет воды».
            "нет" if next == word + 1 => return clause_ends(words, next),
            "не" => {
                return tokens.get(next + 1).is_some_and(|verb| DENIED.iter().any(|denied| means(verb, denied)));
            }
            _ => {}
        }
    }
    false
}

/// The tokens of the sentence a word stands in, and whether it ends with a question mark.
fn sentence(words: &Words, word: usize) -> (Range<usize>, bool) {
    let first = word.saturating_sub(MAX_SENTENCE);
    let end = words.tokens().len().min(word + MAX_SENTENCE);
    let start = (first..word).rev().find(|token| sentence_ends(words, *token)).map_or(first, |end| end + 1);
    let last = (word..end).find(|token| sentence_ends(words, *token)).unwrap_or(end - 1);
    (start..last + 1, words.after(last).is_some_and(|after| after.contains('?')))
}

fn sentence_ends(words: &Words, token: usize) -> bool {
    // A point after a short word is that of «ул.», «д.», «мкр.».
    let long = words.tokens()[token].form.chars().count() > 3;
    let ends = |after: &str| after.contains(['!', '?', '…', '\n']) || (long && after.contains('.'));
    words.ends_field(token) || words.after(token).is_none_or(ends)
}

fn clause_ends(words: &Words, token: usize) -> bool {
    let ends = |after: &str| after.contains(['.', ',', ';', ':', '!', '?', '…', '(', ')', '—', '–', '\n']);
    words.ends_field(token) || words.after(token).is_none_or(ends)
}

fn means(token: &Token, lemma: &str) -> bool {
    token.lemmas.iter().any(|own| &**own == lemma)
}

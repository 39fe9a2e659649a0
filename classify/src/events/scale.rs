//! How far an event reaches, and how many of it.

use config::EventRules;
use model::Scale;
use text::Grammar;

use super::find::Tie;
use super::grammar::Clauses;
use super::marks::{Mark, Marks};
use crate::post_words::PostWords;

/// Beside one of these a place is only a landmark: «у школы», «возле магазина».
const BESIDE: [&str; 12] =
    ["у", "возле", "около", "рядом", "напротив", "за", "перед", "между", "мимо", "до", "от", "к"];

/// Before a place: the author's.
const OWN: [&str; 3] = ["мой", "наш", "свой"];

/// Before a place: all of it.
const WHOLE: [&str; 6] = ["весь", "все", "целый", "половина", "пол", "каждый"];

/// The reach and the number of an event: by its clause, else its sentence, else the whole post.
pub fn scale(
    rules: &EventRules,
    tie: &Tie,
    marks: &Marks,
    clauses: &Clauses,
    words: &PostWords,
) -> (Option<Scale>, Option<u32>) {
    let clause = |mark: &Mark| clauses.clause(mark.first) == clauses.clause(tie.says_mark.first);
    let sentence = |mark: &Mark| clauses.sentence(mark.first) == clauses.sentence(tie.says_mark.first);
    let within = |holds: &dyn Fn(&Mark) -> bool| -> Vec<(Scale, Option<u32>)> {
        let marks = marks.scales.iter().filter(|mark| holds(mark));
        marks.filter_map(|mark| one(rules.scales[mark.number].value, mark, words)).collect()
    };
    // A flat named in another sentence is the author's address more often than the place of the event, unless it is called one's own.
    let anywhere = |mark: &Mark| rules.scales[mark.number].value != Scale::Flat || is_own(mark, words);
    let found = [within(&clause), within(&sentence), within(&anywhere)].into_iter().find(|found| !found.is_empty());
    let Some(found) = found else { return (None, None) };
    if let Some(institution) = found.iter().find(|(scale, _)| *scale == Scale::Institution) {
        return (Some(institution.0), institution.1);
    }
    // «в квартире холодно, как во всём доме»: a whole outweighs its part.
    let whole = marks.scales.iter().filter(|mark| sentence(mark) && is_whole(mark, words));
    if let Some(whole) =
        whole.filter_map(|mark| one(rules.scales[mark.number].value, mark, words)).max_by_key(|(scale, _)| *scale)
    {
        return (Some(whole.0), whole.1);
    }
    // «в доме 5 по улице Мира»: the narrowest is what is meant, the others say where it is.
    found.into_iter().min_by_key(|(scale, _)| *scale).map_or((None, None), |(scale, count)| (Some(scale), count))
}

/// «весь дом», «во всём подъезде».
fn is_whole(mark: &Mark, words: &PostWords) -> bool {
    let before = mark.first.checked_sub(1).map(|at| &words.tokens()[at]);
    before.is_some_and(|word| word.lemmas.iter().any(|lemma| WHOLE.contains(&&**lemma)))
}

/// «в моей квартире», «у нас в квартире».
fn is_own(mark: &Mark, words: &PostWords) -> bool {
    let before = &words.tokens()[mark.first.saturating_sub(2)..mark.first];
    before.iter().any(|word| {
        matches!(&*word.form, "нас" | "меня" | "мою") || word.lemmas.iter().any(|lemma| OWN.contains(&&**lemma))
    })
}

fn one(scale: Scale, mark: &Mark, words: &PostWords) -> Option<(Scale, Option<u32>)> {
    let tokens = words.tokens();
    let before = mark.first.checked_sub(1).map(|at| &tokens[at]);
    if matches!(scale, Scale::Institution | Scale::Flat) && before.is_some_and(|word| BESIDE.contains(&&*word.form)) {
        return None;
    }
    let number = before.filter(|word| word.grammar.may_be(Grammar::NUMBER)).and_then(|word| word.form.parse().ok());
    let number = number.filter(|number: &u32| (2..=1_000).contains(number));
    match (scale, number) {
        (Scale::House, Some(number)) => Some((Scale::Houses, Some(number))),
        (scale, number) => Some((scale, number)),
    }
}

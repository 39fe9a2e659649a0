//! What a word can be in a sentence: its part of speech, case, tense and mood, of all readings that are likely.

use super::dictionary::dictionary;

/// A reading less likely than this says nothing about how a word is used.
const LIKELY: f64 = 0.08;

/// Grammatical readings of a word; several at once where its form is ambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grammar(u32);

impl Grammar {
    /// A noun or a pronoun in its place.
    pub const NOUN: Grammar = Grammar(1);
    /// An adjective, a full participle, an ordinal, or a pronoun in their place.
    pub const ADJECTIVE: Grammar = Grammar(1 << 1);
    /// An adverb.
    pub const ADVERB: Grammar = Grammar(1 << 2);
    /// A preposition.
    pub const PREPOSITION: Grammar = Grammar(1 << 3);
    /// A conjunction.
    pub const CONJUNCTION: Grammar = Grammar(1 << 4);
    /// A verb in the past tense.
    pub const PAST: Grammar = Grammar(1 << 5);
    /// A verb in the present tense.
    pub const PRESENT: Grammar = Grammar(1 << 6);
    /// A verb in the future tense.
    pub const FUTURE: Grammar = Grammar(1 << 7);
    /// A verb in the imperative.
    pub const IMPERATIVE: Grammar = Grammar(1 << 8);
    /// An infinitive.
    pub const INFINITIVE: Grammar = Grammar(1 << 9);
    /// A short participle or adjective: «отключена», «открыт».
    pub const SHORT: Grammar = Grammar(1 << 10);
    /// The nominative.
    pub const NOMINATIVE: Grammar = Grammar(1 << 11);
    /// The genitive.
    pub const GENITIVE: Grammar = Grammar(1 << 12);
    /// The accusative.
    pub const ACCUSATIVE: Grammar = Grammar(1 << 13);
    /// The dative, instrumental or locative.
    pub const OBLIQUE: Grammar = Grammar(1 << 14);
    /// A number.
    pub const NUMBER: Grammar = Grammar(1 << 15);
    /// The word is not in the dictionary: nothing is sure.
    pub const UNKNOWN: Grammar = Grammar(1 << 16);

    /// A finite verb.
    pub const FINITE: Grammar =
        Grammar(Grammar::PAST.0 | Grammar::PRESENT.0 | Grammar::FUTURE.0 | Grammar::IMPERATIVE.0);

    /// Either of two.
    pub const fn or(self, other: Grammar) -> Grammar {
        Grammar(self.0 | other.0)
    }

    /// Whether it may be any of these.
    pub const fn may_be(self, any: Grammar) -> bool {
        self.0 & any.0 != 0
    }

    /// Whether it is nothing but these.
    pub const fn is_only(self, any: Grammar) -> bool {
        self.0 & any.0 != 0 && self.0 & !any.0 & Grammar::PARTS.0 == 0
    }

    /// What tells parts of speech and verb forms, without cases.
    const PARTS: Grammar = Grammar(0x7ff | Grammar::NUMBER.0);
}

/// The readings of a folded form.
pub(super) fn grammar(form: &str) -> Grammar {
    if form.starts_with(|c: char| c.is_ascii_digit()) {
        return Grammar::NUMBER;
    }
    let Some(dictionary) = dictionary() else { return Grammar::UNKNOWN };
    let mut grammar = Grammar::default();
    if !dictionary.is_known(form) {
        grammar = Grammar::UNKNOWN;
    }
    for analysis in dictionary.analyze(form) {
        if analysis.prob >= LIKELY
            && let Some(tag) = dictionary.ud_tag(analysis.ud)
        {
            grammar = grammar.or(reading(tag.pos(), |name| tag.feat(name)));
        }
    }
    grammar
}

fn reading<'d>(part: &str, feature: impl Fn(&str) -> Option<&'d str>) -> Grammar {
    let case = match feature("Case") {
        Some("Nom" | "Voc") => Grammar::NOMINATIVE,
        Some("Gen" | "Par") => Grammar::GENITIVE,
        Some("Acc") => Grammar::ACCUSATIVE,
        Some("Dat" | "Ins" | "Loc") => Grammar::OBLIQUE,
        _ => Grammar::default(),
    };
    let short = feature("Variant") == Some("Short");
    let word = match part {
        "NOUN" | "PROPN" | "PRON" => Grammar::NOUN,
        "ADJ" | "DET" if short => Grammar::SHORT,
        "ADJ" | "DET" => Grammar::ADJECTIVE,
        "ADV" => Grammar::ADVERB,
        "ADP" => Grammar::PREPOSITION,
        "CCONJ" | "SCONJ" => Grammar::CONJUNCTION,
        "NUM" => Grammar::NUMBER,
        "VERB" | "AUX" => match (feature("VerbForm"), feature("Mood"), feature("Tense")) {
            (Some("Part"), ..) if short => Grammar::SHORT,
            (Some("Part"), ..) => Grammar::ADJECTIVE,
            (Some("Conv"), ..) => Grammar::ADVERB,
            (Some("Inf"), ..) => Grammar::INFINITIVE,
            (_, Some("Imp"), _) => Grammar::IMPERATIVE,
            (_, _, Some("Past")) => Grammar::PAST,
            (_, _, Some("Fut")) => Grammar::FUTURE,
            _ => Grammar::PRESENT,
        },
        _ => Grammar::default(),
    };
    word.or(case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: &str, is: Grammar, is_not: Grammar) {
        let found = grammar(form);
        assert!(found.may_be(is) && !found.may_be(is_not), "{form}: {found:?}");
    }

    #[test]
    fn forms_tell_case_tense_and_mood() {
        check("воды", Grammar::GENITIVE, Grammar::FINITE);
        check("вода", Grammar::NOMINATIVE, Grammar::GENITIVE);
        check("упало", Grammar::PAST, Grammar::FUTURE);
        check("упадет", Grammar::FUTURE, Grammar::PAST);
        check("упасть", Grammar::INFINITIVE, Grammar::FINITE);
        check("уберите", Grammar::IMPERATIVE, Grammar::PAST);
        check("отключена", Grammar::SHORT, Grammar::FINITE);
        check("висит", Grammar::PRESENT, Grammar::PAST);
        check("около", Grammar::PREPOSITION, Grammar::NOUN);
        check("35", Grammar::NUMBER, Grammar::NOUN);
    }
}

//! The terms of the one text field: lemmas, and forms marked so that no form equals a lemma.

/// Stands before a form. `text` splits tokens at this character, so no lemma begins with it.
pub(super) const FORM_MARK: char = '=';

/// The term at the last token of each sentence. No token is a point, so no lemma equals it.
pub(in crate::search) const SENTENCE_END: &str = ".";

/// The term of a form exactly as written (folded).
pub(in crate::search) fn form_term(form: &str) -> String {
    format!("{FORM_MARK}{form}")
}

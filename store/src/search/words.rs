//! The terms of the one text field: lemmas, and forms marked so that the two never meet.

/// Stands before a form. `text` cuts tokens at it, so no lemma begins with it.
pub(super) const FORM_MARK: char = '=';

/// The term of a form exactly as written (folded), marked so that no lemma equals it.
pub(super) fn form_term(form: &str) -> String {
    format!("{FORM_MARK}{form}")
}

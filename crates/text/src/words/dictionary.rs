//! The dictionary of Russian: which words it has.

use std::sync::OnceLock;

use rumorph::Dictionary;

use super::abbreviations::anywhere;

/// Whether a folded word is in the dictionary or is a known abbreviation.
pub(crate) fn is_known(word: &str) -> bool {
    anywhere(word).is_some() || dictionary().is_some_and(|dictionary| dictionary.is_known(word))
}

/// Loaded once per process and shared. Reading the compiled-in data fails only in a build without them; words then stay as written.
pub(super) fn dictionary() -> Option<&'static Dictionary> {
    static DICTIONARY: OnceLock<Option<Dictionary>> = OnceLock::new();
    DICTIONARY.get_or_init(|| Dictionary::bundled().ok()).as_ref()
}

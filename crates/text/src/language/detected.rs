//! Languages of other alphabets, told by statistics.

use whatlang::{Lang, Script};

/// The language that detection is sure of.
pub(super) fn language(text: &str) -> Option<&'static str> {
    let info = whatlang::detect(text)?;
    if info.script() == Script::Cyrillic {
        return Some("ru");
    }
    // The script decides for many; among those that share one, a few words are not enough.
    code(info.lang()).filter(|_| info.script() != Script::Latin || info.is_reliable())
}

/// ISO 639-1 codes of the languages with speakers here and the large ones; others are not worth a name in the tags.
fn code(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bel => "be",
        Lang::Bul => "bg",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Ron => "ro",
        Lang::Tur => "tr",
        Lang::Aze => "az",
        Lang::Uzb => "uz",
        Lang::Hye => "hy",
        Lang::Kat => "ka",
        Lang::Heb => "he",
        Lang::Ara => "ar",
        Lang::Pes => "fa",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Hin => "hi",
        Lang::Vie => "vi",
        Lang::Ell => "el",
        Lang::Est => "et",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Fin => "fi",
        Lang::Nld => "nl",
        Lang::Swe => "sv",
        _ => return None,
    })
}

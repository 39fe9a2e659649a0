//! Abbreviations that mean different words in different places: «5 см» and «см. фото», «2022 г.» and «г. Курск».
//!
//! Words are analysed by their spelling alone, once each. So a word whose meaning depends on its place travels to the analysis with a
//! mark of that place behind it.

use super::expansions;

/// What stands next to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Neighbour {
    /// Anything else, or nothing.
    #[default]
    Other,
    /// A number.
    Number,
    /// Before the word: a number that may be a year. After it: a capital letter.
    YearOrName,
    /// «и», before the word.
    And,
}

/// How a word is joined to what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Joint {
    /// By a space, or by any other sign.
    #[default]
    Space,
    /// By a point.
    Point,
    /// By nothing.
    Glued,
}

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Context {
    pub(crate) before: Neighbour,
    /// The number before it has no space behind it: «14б».
    pub(crate) glued: bool,
    pub(crate) joint: Joint,
    pub(crate) after: Neighbour,
}

/// The first mark, of a private area of Unicode: no letter, so that no word has it.
const FIRST_MARK: u32 = 0xe000;

impl Context {
    /// Whether the meaning of a folded word depends on its place.
    pub(crate) fn matters(word: &str) -> bool {
        // Nearly every word is longer.
        word.len() <= MAX_BYTES
            && matches!(
                word,
                "б" | "вт"
                    | "г"
                    | "гор"
                    | "д"
                    | "ж"
                    | "им"
                    | "к"
                    | "кв"
                    | "л"
                    | "м"
                    | "мин"
                    | "п"
                    | "под"
                    | "пр"
                    | "р"
                    | "с"
                    | "см"
                    | "ст"
                    | "т"
                    | "х"
                    | "ч"
            )
    }

    /// Appends the mark of this place to a word; none where nothing is known of it.
    pub(crate) fn mark(self, word: &mut String) {
        let Context { before, glued, joint, after } = self;
        let number = before as u32 | u32::from(glued) << 2 | (joint as u32) << 3 | (after as u32) << 5;
        if number > 0
            && let Some(mark) = char::from_u32(FIRST_MARK + number)
        {
            word.push(mark);
        }
    }

    /// A word without its mark, and the place that the mark tells.
    pub(crate) fn unmark(word: &str) -> (&str, Context) {
        let Some(number) = word
            .chars()
            .next_back()
            .and_then(|mark| (mark as u32).checked_sub(FIRST_MARK))
            .filter(|number| *number < 128)
        else {
            return (word, Context::default());
        };
        let neighbour = |bits: u32| match bits & 3 {
            1 => Neighbour::Number,
            2 => Neighbour::YearOrName,
            3 => Neighbour::And,
            _ => Neighbour::Other,
        };
        let joint = match number >> 3 & 3 {
            1 => Joint::Point,
            2 => Joint::Glued,
            _ => Joint::Space,
        };
        let context =
            Context { before: neighbour(number), glued: number & 4 != 0, joint, after: neighbour(number >> 5) };
        (&word[..word.len() - '\u{e000}'.len_utf8()], context)
    }

    /// Whether it says more than that a point follows.
    pub(crate) fn is_told(self) -> bool {
        Context { joint: Joint::Space, ..self } != Context::default()
    }
}

/// Bytes of the longest abbreviation that depends on its place.
const MAX_BYTES: usize = 6;

/// The words that an abbreviation stands for in its place; none for an ordinary word.
pub(crate) fn in_context(word: &str, context: Context) -> Option<&'static [&'static str]> {
    let Context { before, glued, joint, after } = context;
    let counted = matches!(before, Neighbour::Number | Neighbour::YearOrName);
    let name = after == Neighbour::YearOrName;
    let number = after == Neighbour::Number;
    let point = joint == Joint::Point;
    Some(match word {
        "б" if counted => &["б"],
        "ж" if glued => &["ж"],
        "см" if counted => &["сантиметр"],
        "см" => &["смотреть"],
        "м" if counted => &["метр"],
        "м" if point && name => &["метро", "м"],
        "м" => &["м", "метр"],
        "л" if counted => &["литр"],
        "т" if counted => &["тонна"],
        // «т. е.» whose letters stand apart.
        "т" => &["т", "так"],
        "ч" if counted => &["час"],
        "ч" => &["ч", "час", "часть"],
        "г" if before == Neighbour::YearOrName => &["год"],
        "г" if glued => &["г", "год", "грамм"],
        "г" if name => &["город"],
        "г" if counted => &["год", "грамм"],
        "г" => &["город", "год"],
        "вт" if counted => &["ватт"],
        "вт" => &["вторник"],
        "мин" if counted => &["минута"],
        "мин" => &["минута", "мина"],
        "р" if counted => &["рубль"],
        "р" if point && name => &["река"],
        "с" if point && name => &["село"],
        "д" if glued => &["д"],
        "д" if number => &["дом"],
        "д" if name => &["деревня"],
        "д" => &["дом", "деревня", "далее"],
        "к" if number && joint != Joint::Space => &["корпус"],
        "п" if number => &["пункт"],
        "п" if point && name => &["поселок"],
        "х" if point && name => &["хутор"],
        "ст" if number => &["статья"],
        "ст" if name => &["станция", "станица"],
        "ст" => &["ст", "статья", "станция"],
        "пр" if before == Neighbour::And => &["прочий"],
        "пр" => &["проспект", "проезд"],
        "под" if point && (number || counted) => &["подъезд"],
        "кв" if counted && !number => &["квадратный"],
        "кв" => &["квартира"],
        "гор" if point && name => &["город"],
        "им" if point && name => &["имя"],
        _ => match expansions(word) {
            [] => return None,
            expansions => expansions,
        },
    })
}

/// All words that an abbreviation may stand for, wherever that is: what a query asks for that does not say more.
pub(crate) fn anywhere(word: &str) -> Option<&'static [&'static str]> {
    Some(match word {
        "см" => &["сантиметр", "см"],
        "л" => &["л", "литр"],
        "т" => &["т", "тонна"],
        "г" => &["город", "год", "г", "грамм"],
        "вт" => &["вторник", "ватт"],
        "р" => &["р", "рубль", "река"],
        "п" => &["п", "пункт", "поселок"],
        "х" => &["х", "хутор"],
        "д" => &["дом", "деревня", "д"],
        "ст" => &["ст", "статья", "станция", "станица"],
        "пр" => &["проспект", "проезд", "прочий"],
        "кв" => &["квартира", "квадратный"],
        _ => return in_context(word, Context::default()),
    })
}

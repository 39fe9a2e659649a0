//! Abbreviations written with a point.

/// Where an abbreviation stands, which decides what its point means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Before what it belongs to: its point ends nothing.
    Before,
    /// Before a name or after it: «пер. Садовый», «Садовый пер.».
    Either,
    /// After what it belongs to: before a capital the sentence ends too.
    Last,
    /// As [`Kind::Last`] after a number («5 см.», «2022 г.»), else as [`Kind::Before`] («см. фото», «г. Курск»).
    AfterNumber,
}

/// What kind of abbreviation a folded word is; none for an ordinary word.
pub(super) fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "ул" | "дер" | "мкр" | "мкрн" | "пос" | "корп" | "стр" | "лит" | "вл" | "влд" | "кв" | "оф" | "пом" | "обл"
        | "респ" | "гор" | "ст" | "ж" | "снт" | "пгт" | "рп" | "х" | "им" | "к" | "д" | "п" | "пп" | "ч" | "абз"
        | "гл" | "рис" | "табл" | "ср" | "напр" | "гр" | "тов" | "проф" | "акад" | "зам" | "зав" | "нач" | "пом-к"
        | "дир" | "инж" | "ген" | "св" | "р" | "оз" | "тел" | "моб" | "факс" | "вн" | "вх" | "исх" | "гос" | "мун"
        | "воен" | "жил" | "тер" | "уч" | "кол" | "мед" | "кад" | "ном" | "ред" | "англ" | "т.е" | "т. е" | "т.к"
        | "т. к" | "т.н" | "т. н" | "лат" | "рег" | "тр" => Kind::Before,
        "пр" | "пр-т" | "пр-кт" | "просп" | "пр-д" | "пер" | "пл" | "ш" | "наб" | "б-р" | "бул" | "бульв" | "туп"
        | "р-н" | "мкр-н" | "м-н" => Kind::Either,
        "т. д" | "т.д" | "т. п" | "т.п" | "др" | "проч" | "руб" | "коп" | "чел" | "тыс" | "млн" | "млрд" | "кг"
        | "км" | "мм" | "шт" | "экз" | "га" | "кв-л" | "гг" | "вв" | "час" | "сут" | "нед" | "мес" | "н" | "э" => {
            Kind::Last
        }
        "г" | "м" | "см" | "л" | "с" | "в" | "т" | "эт" | "под" | "ост" | "сек" | "мин" | "дн" => {
            Kind::AfterNumber
        }
        _ => return None,
    })
}

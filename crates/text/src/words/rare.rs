//! Readings that nobody means, reviewed one by one on the frequent words of residents' texts.
//!
//! The dictionary knows where each form could come from. Of two words that share forms one is often of another world: «яма» is a hole in
//! the road a thousand times for each «ям», a post station. A reading listed here counts only where the form has no other.

/// Lemmas that are dropped wherever their form may also be of another word.
const RARE: &[&str] = &[
    // Nouns of other worlds, beside яма, парк, опора, дать, пол, зал, вода, стена, ворота, скорый, база, плата, код, пик, гора …
    "ям",
    "парка",
    "парок",
    "опор",
    "даль",
    "пола",
    "полова",
    "зала",
    "зало",
    "вод",
    "водь",
    "стен",
    "ворот",
    "скора",
    "баз",
    "плат",
    "кода",
    "пика",
    "гор",
    "кош",
    "жила",
    "темь",
    "гот",
    "максима",
    "усталь",
    "коты",
    "нечистота",
    "клещи",
    "проводы",
    "крон",
    "сель",
    "саж",
    "рака",
    "чека",
    "кома",
    "полива",
    "риска",
    "ува",
    "аба",
    "веда",
    "чум",
    "гама",
    "пята",
    "полок",
    "куренок",
    // Variants of words in -ка and -ок that hardly anybody writes.
    "колонок",
    "прививок",
    "взяток",
    "недоделок",
    "пересадок",
    "высадок",
    "мусорок",
    "проводок",
    "отрезка",
    "снимка",
    "мазка",
    "щенка",
    "десятка",
    "катка",
    // Verbs of which a form is that of a noun: порыв, взрыв, лужа, куча, потолок, пыль, осень, баня, почта, стая, рой, голубь, пень …
    "порыть",
    "прорыть",
    "взрыть",
    "срыть",
    "перерыть",
    "лудить",
    "кутить",
    "потолочь",
    "пылить",
    "осенить",
    "банить",
    "почтить",
    "почесть",
    "ставать",
    "стаять",
    "роить",
    "стеклить",
    "голубеть",
    "слесарить",
    "спить",
    "полоть",
    "пенить",
    "ведать",
    "тлеть",
    "вшить",
    "замокнуть",
    "раздеть",
    "деть",
    "зреть",
    "ливнуть",
    "утереть",
    "проесть",
    "наесть",
    // Verbs of which a form is that of a frequent one or of an adjective: вышли, пришли, ушли, пошли, дошли, попали, отдали …
    "выслать",
    "прислать",
    "услать",
    "послать",
    "дослать",
    "попалить",
    "пропалить",
    "отдалить",
    "хорошеть",
    "вопиять",
    // Adjectives that the dictionary finds in forms of nouns: люков, кранов, стоков, стояков, парком, марки.
    "люковый",
    "крановый",
    "стоковый",
    "стояковый",
    "паркий",
    "маркий",
    "мазкий",
    "каткий",
    "смолый",
    "полый",
    "облый",
];

/// Lemmas that are dropped beside a certain other one.
const BESIDE: &[(&str, &str)] = &[
    // «по данному адресу», «текущий ремонт», «бывший дом»
    ("данный", "дать"),
    ("данные", "дать"),
    ("данные", "данный"),
    ("текущий", "течь"),
    ("бывший", "быть"),
    // «моем доме», «моя улица»
    ("мой", "мыть"),
    // «права водителя»
    ("право", "правый"),
    ("ток", "только"),
    ("они", "имя"),
];

/// Lemmas that are kept however seldom their form is theirs: what is reported is of them.
const KEPT: &[&str] = &["сталь"];

/// Whether a reading is not meant, given all readings of its form.
pub(super) fn is_rare(lemma: &str, all: &[&str]) -> bool {
    let others = || all.iter().filter(|other| **other != lemma);
    RARE.contains(&lemma) && others().any(|other| !RARE.contains(other))
        || others().any(|other| BESIDE.contains(&(other, lemma)))
}

/// Whether a reading is kept whatever its share.
pub(super) fn is_kept(lemma: &str) -> bool {
    KEPT.contains(&lemma)
}

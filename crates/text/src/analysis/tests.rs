use super::Analyzer;

/// If this fails, the analysis has changed: raise `ANALYSIS_VERSION`, so that indexes of earlier builds are made anew, then put the
/// new value here.
#[test]
fn the_analysis_is_of_its_version() {
    const SAMPLE: &str =
        "На ул. Мира, д.20А, кв. 5 нет воды с 5 ч утра! Стали ждать... Дали 5 см. Метан?\n1. Ямы\n2. Прарвало трубу 🔥";
    let mut hash = 0_u64;
    for token in Analyzer::new().tokens(SAMPLE) {
        let words = token.lemmas.iter().map(|lemma| &**lemma).chain([&*token.form]);
        let bytes = words.flat_map(str::bytes).chain(token.sentence.to_le_bytes());
        hash = bytes.fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    }
    assert_eq!((crate::ANALYSIS_VERSION, hash), (2, 10_311_937_891_193_286_355));
}

#[test]
fn an_abbreviation_means_what_its_place_says() {
    let lemmas = |text: &str, token: usize| {
        let tokens = Analyzer::new().tokens(text);
        tokens[token].lemmas.join(" ")
    };
    for (text, token, expect) in [
        ("5 см воды", 1, "сантиметр"),
        ("5см воды", 1, "сантиметр"),
        ("см. фото", 0, "смотреть"),
        ("3 м, 10 кг", 1, "метр"),
        ("3 м, 10 кг", 3, "килограмм"),
        ("в 2022 г.", 2, "год"),
        ("г. Курск", 0, "город"),
        ("д. Ивановка", 0, "деревня"),
        ("д.20А", 0, "дом"),
        ("дом 14б", 2, "б"),
        ("кто б знал", 1, "б бы"),
        ("д. 5, к. 2", 2, "корпус"),
        ("к 2 часам", 0, "к"),
        ("с. Лесное", 0, "село"),
        ("с Иваном", 0, "с"),
        ("40 кв. м", 1, "квадратный"),
        ("кв. 5", 0, "квартира"),
        ("под. 2", 0, "подъезд"),
        ("под домом", 0, "под"),
        ("и пр.", 1, "прочий"),
        ("пр. Ленина", 0, "проспект проезд"),
        ("ж/д переезд", 0, "железнодорожный"),
    ] {
        assert_eq!(lemmas(text, token), expect, "{text}");
    }
}

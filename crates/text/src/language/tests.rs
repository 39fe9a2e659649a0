use super::*;

#[track_caller]
fn check(text: &str, expect: Option<&str>) {
    assert_eq!(language(text), expect, "{text:?}");
}

#[test]
fn short_russian_is_russian() {
    check("Нет воды", Some("ru"));
    check("вода и свет", Some("ru"));
    check("Когда дадут тепло?", Some("ru"));
    check("Дорога разбита на Мира 5, see photo", Some("ru"));
    check("На улице Гоголя объявление", Some("ru"));
}

#[test]
fn words_that_neighbours_share_are_russian() {
    check("За мостом яма", Some("ru"));
    check("Мост до Садовой", Some("ru"));
    check("Нема света", Some("ru"));
    check("про нас забули", Some("ru"));
    check("Град, ветер, авария", Some("ru"));
    check("Ток есть, газ есть", Some("ru"));
    check("Да", Some("ru"));
}

#[test]
fn neighbours_are_told_by_their_letters() {
    check("Коли вже буде світло на нашій вулиці?", Some("uk"));
    check("Вада ў доме ёсць, але халодная", Some("be"));
    check("Немає світла", Some("uk"));
    check("Води нема вже тиждень", Some("uk"));
    check("Няма святла", Some("be"));
    check("Ауылда су жоқ, үшінші күн болды", Some("kk"));
    check("Авылда су юк, өченче көн инде", Some("tt"));
    check("Су юк инде", Some("tt"));
    check("Нема струје већ два дана", Some("sr"));
    check("Няма да се върне водата, защото ще има авария и това са новините", Some("bg"));
}

#[test]
fn other_alphabets_are_detected_and_no_letters_are_no_language() {
    check("There is no water in our house since this morning", Some("en"));
    check("今天没有水，大家都在等待修理", Some("zh"));
    check("", None);
    check("12345 🔥🔥", None);
    check("iPhone 15", None);
    check("https://example.org/a", None);
    check("https://vk.com/wall-1_2?reply=3 www.site.ru/novosti/otklyuchenie", None);
    check("@zarechie_today 🔥 +7 900", None);
    check("info@administratsiya.ru", None);
}

#[test]
fn a_long_text_is_cut_between_characters() {
    check(&"a".repeat(399).replace('a', "a ").repeat(2), None);
    check(&format!("x{}", "вода ".repeat(100_000)), Some("ru"));
}

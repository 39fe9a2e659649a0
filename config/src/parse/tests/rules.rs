//! `taxonomy/`, `risks/` and `searches.toml`.

use super::*;

#[test]
fn rules_are_refused_with_their_line() {
    let topic = |rest: &str, line, part| refuse_one("taxonomy/jkh.toml", &format!("{TOPIC}{rest}"), line, part);
    topic("except = ['(']", 6, "запрос `(`, знак");
    topic("except = ['сектор:jkh']", 6, "поля не годятся");
    topic("weight = 0", 6, "`weight` = 0");
    topic("weight = 'a'", 6, "нужно указать число");
    topic("incident = ['Отсутствие воды', ' ']", 6, "в `incident` пустое имя");
    topic("incident = ['Нет воды',\n'Нет воды']", 7, "в `incident` дважды \"Нет воды\"");
    topic("except = ['{fire}']", 6, "нет [[words]] `fire`");
    topic("[topic.examples]\nmatches = []", 7, "незнакомый ключ `matches`; здесь бывают: match, miss");
    topic("[[topic]]\nid = 'jkh.water'\nname = 'В'\nany = ['а']", 7, "уже есть в taxonomy/jkh.toml:3");
    topic("[[topic]]\nid = 'tko.water'\nname = 'В'\nany = ['а']", 7, "должен начинаться с `jkh.`");
    topic("[[topic]]\nid = 'jkh.gas'\nname = 'Газ'", 6, "в `any` нет ни одного запроса");
    refuse_one("taxonomy/water.toml", TOPIC, 1, "должны лежать в taxonomy/jkh.toml");
    refuse_one("taxonomy/jkh.toml", "sector = 'jhk'", 1, "\"jhk\" — не сектор; бывают jkh, tko");
    let place = |rest: &str, line, part| refuse_one("places/a.toml", &format!("{PLACE}{rest}"), line, part);
    place("[[place]]\nid = 'mira'\nname = 'М'\nkind = 'street'\naliases = ['а']", 7, "уже есть в places/a.toml:2");
    place("[[place]]\nid = 'm'\nname = 'М'\nkind = 'road'\naliases = ['а']", 9, "не вид места");
    place("[[place]]\nid = 'm'\nname = 'М'\nkind = 'street'\naliases = []", 6, "в `aliases` нет ни одного запроса");
    place(
        "[[place]]\nid = 'm'\nname = 'М'\nkind = 'street'\naliases = ['а']\nunsure = ['б']",
        6,
        "`unsure` и `doubt` пишутся вместе",
    );
}

#[test]
fn saved_searches_may_ask_for_everything_that_exists() {
    let search = |query: &str| format!("[[search]]\nid = 'burst'\nname = 'Прорывы'\nquery = '{query}'\n");
    let all = search("вода сектор:жкх тема:jkh.water риск:outage риск:высокий место:mira охват:>10 дата:2026-11-01..");
    let config = accept(&[
        ("taxonomy/jkh.toml", TOPIC),
        ("risks/all.toml", KIND),
        ("places/all.toml", PLACE),
        ("searches.toml", &all),
    ]);
    assert_eq!((config.searches.len(), config.search_name("burst")), (1, "Прорывы"));
    let refuse = |text: &str, line, part| refuse_one("searches.toml", text, line, part);
    refuse(&search("вода риск:flood"), 4, "риск `flood`: такого нет");
    refuse(&search("вода источник:nowhere"), 4, "источник `nowhere`: такого нет");
    refuse(&search("вода)"), 4, "знак 5: Лишняя");
    refuse(&search(&"во* ".repeat(65)), 4, "знак 257: В запросе больше 64 слов со звёздочкой");
    refuse(&search("объект:moon"), 4, "объект события `moon`: такого нет");
    refuse(&search("событие:*.eaten"), 4, "состояние `eaten`: такого нет");
    refuse(&search("событие:who=nobody"), 4, "кто `nobody`: такого нет");
    refuse(&search("просьба:party"), 4, "просьба `party`: такого нет");
    let of_events = search("событие:water.absent.now.house+ -вред:hurt+");
    accept(&[("risks/events.toml", EVENTS), ("searches.toml", &of_events)]);
    refuse(&[search("вода"), search("свет")].concat(), 6, "burst");
    refuse("[[search]]\nid = 'a'\nname = 'A'\n", 1, "нет ключа `query`");
}

#[test]
fn words_are_shared_by_topics_and_places() {
    let words = |id: &str| format!("[[words]]\nid = '{id}'\nwords = ['водопровод', 'водовод']\n");
    let with = |rest: &str, line: &str| format!("{rest}any = ['{line}']\nincident = ['Плохое качество воды']\n");
    let topic = TOPIC.replace("any = ['вода']\n", "");
    let config = accept(&[
        ("taxonomy/words.toml", &words("main")),
        ("taxonomy/tko.toml", &format!("sector = 'tko'\n{}", words("own"))),
        ("taxonomy/jkh.toml", &with(&topic, "\"прорвать {main}\"~2 | {own}")),
        ("places/a.toml", &PLACE.replace("['улица мира']", "['улица {own}']")),
    ]);
    let [topic] = &config.taxonomy[0].topics[..] else { panic!("{:?}", config.taxonomy) };
    assert_eq!(topic.any[0].source, "\"прорвать {main}\"~2 | {own}");
    let query = format!("{:?}", topic.any[0].query);
    assert_eq!(query.matches("водовод").count(), 2, "{query}");
    assert_eq!(topic.incident, ["Плохое качество воды"]);
    refuse_one("taxonomy/words.toml", "sector = 'jkh'", 1, "незнакомый ключ");
}

/// Rules are read and mended by people.
#[test]
fn lines_of_the_shipped_taxonomy_fit_a_screen() {
    let files = crate::Files::shipped();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("taxonomy/")) {
        let long = text.lines().position(|line| line.chars().count() > 160);
        assert_eq!(long, None, "{path}");
    }
}

//! Events and the risks that the table of levels makes of them, and what takes them back.

use model::{Actuality, Harm, Scale};

use super::*;

/// The level of the gravest risk, and a part of its reason; where there is none, of what took it back.
#[track_caller]
fn risk(text: &str, level: Option<Level>, reason: &str) {
    let tags = tags(text);
    assert_eq!(tags.risks.first().map(|risk| risk.level), level, "{text}: {tags:?}");
    let why = tags.risks.first().map_or(&tags.why, |risk| &risk.why).join("\n");
    assert!(why.contains(reason), "{text}: {reason}: {why}");
}

/// Object, state and time of the gravest event; none where nothing is told.
#[track_caller]
fn event(text: &str, expect: Option<(&str, &str, Actuality)>) {
    let events = tags(text).events;
    let told = events.first().map(|event| (event.object.as_str(), event.state.as_str(), event.actuality));
    assert_eq!(told, expect, "{text}: {events:?}");
}

#[test]
fn the_first_row_that_fits_decides_and_is_named() {
    risk("Пожар на Садовой", Some(Level::High), "горит · пожар · сейчас: «Пожар»");
    risk("Пожар на Садовой", Some(Level::High), "risks/all.toml:113: высокий");
    risk("Пожар в школе", Some(Level::Critical), "горит · пожар · сейчас · учреждение: «Пожар»");
    risk("Пожар в доме, есть пострадавшие", Some(Level::Critical), "горит · пожар");
    risk("Полыхает соседний дом", Some(Level::High), "горит · здание · сейчас");
    risk("Пожар в сарае потушили", Some(Level::Medium), "горит · пожар · кончилось: «Пожар»");
    risk("Нет воды", Some(Level::Medium), "нет · вода · сейчас: «Нет … воды»");
    risk("Нет воды в пятой школе", Some(Level::High), "нет · вода · сейчас · учреждение");
    risk("Отключение устранили, воду восстановили", None, "");
    let tags = tags("В доме пожар, нет воды");
    let kinds: Vec<&str> = tags.risks.iter().map(|risk| risk.kind.as_str()).collect();
    assert_eq!(kinds, ["fire", "outage"], "the worst first");
}

#[test]
fn an_event_carries_what_was_told_of_it() {
    let event = tags("Нет воды в школе, есть пострадавшие").events.remove(0);
    assert_eq!((event.scale, event.harm), (Some(Scale::Institution), Harm::Hurt));
    assert_eq!(event.words, ["Нет", "воды"]);
    let event = tags("Воду утром отключили").events.remove(0);
    assert_eq!(event.words, ["Воду", "отключили"]);
}

#[test]
fn words_of_different_clauses_are_no_event() {
    event("Вода чистая, зато нет света", None);
    event("Дом сдали. Горит фонарь.", None);
    event("Соседний дом всю ночь горит", Some(("building", "burns", Actuality::Now)));
}

#[test]
fn a_negated_word_does_not_count() {
    for text in [
        "Пожара нет, это дым от костра",
        "Информация о взрыве: пожара не было",
        "Это не пожар",
        "Без пожаров прошла неделя",
        "Дом не горит",
        "Пожара на складе не было",
        "Пожара над рынком в четверг не было",
    ] {
        event(text, None);
    }
    risk("Пожар! Нет воды тушить", Some(Level::High), "«Пожар»");
    risk("Пожар нет сил терпеть", Some(Level::High), "«Пожар»");
    risk("Пожара нет, но в магазине пожар", Some(Level::High), "«пожар»");
    risk("Пожара нет, но есть возгорание", Some(Level::High), "«возгорание»");
    risk("Пожар. Пострадавших нет.", Some(Level::High), "горит · пожар");
    risk("Пожар до сих пор не потушили", Some(Level::High), "горит · пожар · сейчас");
    risk("Пожар в доме пожарных не было", Some(Level::High), "горит · пожар");
}

#[test]
fn what_may_be_or_will_be_or_was_does_not_happen_now() {
    event("Если пожар, звоните 101", Some(("fire", "burns", Actuality::Feared)));
    event("Дом может гореть", Some(("building", "burns", Actuality::Feared)));
    event("Завтра отключение", Some(("supply", "absent", Actuality::Planned)));
    event("В прошлом году был пожар", Some(("fire", "burns", Actuality::Past)));
    event("Воду отключат", Some(("water", "absent", Actuality::Planned)));
    event("Прошу отключить воду", Some(("water", "absent", Actuality::Wished)));
    for text in ["Если пожар, звоните 101", "Завтра отключение", "В прошлом году был пожар", "Воду отключат"]
    {
        risk(text, None, "");
    }
    risk("Если кто рядом, у нас пожар", Some(Level::High), "горит · пожар");
}

#[test]
fn a_question_for_information_is_no_report_and_a_complaint_put_as_one_is() {
    for text in ["Будет ли отключение?", "Был ли пожар на рынке?", "Кто знает, будет ли отключение?"]
    {
        risk(text, None, "");
    }
    risk("Есть ли пострадавшие при пожаре?", None, "");
    risk("Когда закончится отключение?", Some(Level::Medium), "«отключение»");
    risk("До каких пор будет отключение?", Some(Level::Medium), "«отключение»");
    risk("Почему опять отключение?", Some(Level::Medium), "«отключение»");
    risk("Сколько будет длиться отключение?", Some(Level::Medium), "«отключение»");
    risk("Отключение с утра. Будет ли вода?", Some(Level::Medium), "«Отключение»");
}

#[test]
fn asides_advertisements_and_other_towns_raise_nothing() {
    risk("Пожар, это были учения", None, "риск «Пожар» снят: «Пожар», учения: «учения»");
    risk("Пожар, передаёт источник", None, "новость: «источник»");
    risk("Пожар на Садовой, передаёт источник", Some(Level::High), "горит · пожар");
    risk("В кино горит дом", None, "кино: «кино»");
    risk("В кино пожар", Some(Level::High), "горит · пожар");
    risk("Пожар цен! Скидка, акция, доставка. Пожар", None, "похоже на рекламу");
    risk("Защита от пожара. ООО Огонёк erid: 2Vt. Пожар", None, "похоже на рекламу");
    let mut marked = post("Пожар на Садовой");
    marked.advert = true;
    assert_eq!(classifier().classify(marked).tags.risks, [], "the platform's own mark");
    risk("Пожар в городе Дальний", None, "речь о другом месте (г. Дальний)");
    risk("Пожар на Садовой, едут из города Дальний", Some(Level::High), "горит · пожар");
    let mut away = post("Пожар");
    away.source = "region".to_owned();
    let tags = classifier().classify(away).tags;
    let elsewhere = tags.elsewhere.as_deref().unwrap_or_default();
    assert!(tags.risks.is_empty() && elsewhere.contains("источник не о нашем округе"), "{tags:?}");
}

//! Places, subjects and recipients.

use super::*;

#[track_caller]
fn places(text: &str, places: &[&str], subject: Option<&str>, recipient: Option<&str>) {
    let tags = tags(text);
    assert_eq!(tags.places, places, "{text}");
    assert_eq!((tags.subject.as_deref(), tags.recipient.as_deref()), (subject, recipient), "{text}: {:?}", tags.why);
}

#[test]
fn places_the_most_exact_first_and_who_answers() {
    places("Нет воды в Орехово", &["orekhovo"], Some("Отключение, пос. Орехово"), Some("vodokanal"));
    places(
        "Нет отопления, Орехово, улица Садовая",
        &["sadovaya", "orekhovo"],
        Some("Отопление, ул. Садовая, пос. Орехово"),
        Some("orekhovo-jkh"),
    );
    places("Нет отопления у пятой школы", &["school-5"], Some("Отопление, школа № 5"), Some("jkh"));
    places("Яма", &[], Some("Ямы"), None);
    places("Нет отопления в городе Дальний", &["dalniy"], Some("Отопление, г. Дальний"), None);
    places("Добрый вечер, Садовая", &["sadovaya"], None, None);
}

#[test]
fn the_subject_names_the_house_and_a_street_that_is_not_listed() {
    let subject = |text: &str| tags(text).subject.unwrap_or_default();
    assert_eq!(subject("Пожар на Садовой, 12"), "Пожар, ул. Садовая, 12");
    assert_eq!(subject("Пожар, ул. Лесной, д. 14а"), "Пожар, ул. Лесная, 14а");
    assert_eq!(subject("Пожар на проспекте Мира, 5, пос. Орехово"), "Пожар, пр-т Мира, 5, пос. Орехово");
    assert_eq!(subject("Пожар на улице страшный"), "Пожар");
}

#[test]
fn the_owner_of_a_page_answers_for_what_stands_in_it() {
    let mut page = post("Яма у дома");
    page.source = "vodokanal-page".to_owned();
    let tags = classifier().classify(page).tags;
    assert_eq!(tags.recipient.as_deref(), Some("vodokanal"));
    assert!(tags.why.contains(&"ответственный: Водоканал (это его страница)".to_owned()), "{:?}", tags.why);
}

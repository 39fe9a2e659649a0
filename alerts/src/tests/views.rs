//! What an alert shows: quotes, and the text to forward.

use model::{Actuality, Level, Scale, Signature, TaggedPost, Time};

use super::centre::{AT_ONCE, Centre, START, post, telling};

fn with_text(number: u32, text: &str, signature: Option<u64>, views: u64) -> TaggedPost {
    let mut tagged = post(number, Some("mira"), Some(Level::High));
    tagged.post.text = text.into();
    tagged.post.url = Some(format!("https://vk.com/wall-1_{number}"));
    tagged.post.views = Some(views);
    tagged.tags.signature = signature.map(Signature);
    tagged
}

#[test]
fn quotes_are_different_texts() {
    let mut centre = Centre::new();
    let long = "Горит дом на Мира, дым на всю улицу, пожарных до сих пор нет";
    centre.take(&[
        with_text(1, long, Some(0), 900),
        with_text(2, &format!("{long}!!!"), Some(0b111), 800),
        with_text(3, &format!("Пишут соседи: {long} 🔥"), None, 700),
        with_text(4, "дым", None, 600),
        with_text(5, "Дым!", None, 500),
        with_text(6, "С балкона видно: дым уже над крышей третьего дома", Some(u64::MAX), 400),
        with_text(7, "Пожарные приехали", Some(u64::MAX << 32), 300),
    ]);
    let alert = centre.only();
    let quoted: Vec<&str> = alert.quotes.iter().map(|quote| quote.id.as_str()).collect();
    assert_eq!((alert.posts, quoted), (7, vec!["vk:-1_1", "vk:-1_4", "vk:-1_6"]));
}

#[test]
fn a_text_stands_ready_for_the_recipient() {
    let recipients =
        "[[recipient]]\nid = 'fire'\nname = 'Пожарная часть'\nphone = '+7 (47241) 2-34-56'\nsectors = ['other']\n";
    let places = "[[street]]\nname = 'Мира'\nid = 'mira'\n";
    let mut centre =
        Centre::with(&[("recipients.toml", recipients), ("places/district.toml", places), ("alerts.toml", AT_ONCE)]);
    let mut first = with_text(1, "Горит дом", None, 1);
    first.tags.recipient = Some("fire".into());
    let mut second = with_text(2, "Дым над домом", None, 2);
    second.post.url = None;
    centre.take(&[first, second]);
    let alert = centre.only();
    let expect = format!(
        "Пожарная часть, тел. +7 (47241) 2-34-56
Здравствуйте! Просим проверить сообщения жителей и принять меры.
Что: Пожар
Где: ул. Мира
Первое сообщение: 21.09.2026 17:12
Публикаций: 2, авторов: 2
https://vk.com/wall-1_1
Первый ответ нужен до 22.09.2026 17:13 (условный срок).
Номер тревоги: {}",
        alert.id
    );
    assert_eq!(alert.forward, Some(expect));
}

const PLACES: &str = "[[street]]\nname = 'Мира'\nid = 'mira'\n";

fn no_water(number: u32, level: Option<Level>, scale: Scale, count: Option<u32>) -> TaggedPost {
    let mut tagged = telling(post(number, Some("mira"), level), "cold_water", "absent", Some(scale));
    tagged.tags.events[0].count = count;
    tagged.post.author = Some(format!("{number:016x}"));
    tagged
}

#[test]
fn the_headline_says_the_essence_everywhere() {
    let mut centre = Centre::with(&[("places/district.toml", PLACES), ("alerts.toml", AT_ONCE)]);
    let mut morning = no_water(1, Some(Level::High), Scale::House, None);
    // Published a quarter past five in the afternoon in Moscow.
    morning.tags.since = Some(Time::from_second(START - 60 - 11 * 3600 - 12 * 60 - 20).unwrap());
    centre.take(&[morning, no_water(2, Some(Level::High), Scale::Houses, Some(3))]);
    let headline = "Нет воды · 3 дома по ул. Мира · с утра · 2 автора";
    let alert = centre.only();
    assert_eq!(alert.headline, headline);
    assert!(crate::text(&alert, centre.alerts.config()).starts_with(&format!("⚠ ВЫСОКИЙ · {headline}\n")));
    centre.pass(1);
    let letter = &centre.send()[0].letter;
    assert_eq!(letter.subject, format!("⚠ Высокий: {headline}"));
    assert_eq!(letter.payload["headline"], headline);
    let forward = alert.forward.unwrap();
    let lines = "Что: Нет воды\nГде: 3 дома по ул. Мира\nСо слов жителей: с 21.09.2026 06:00\nПервое сообщение: 21.09.2026 17:12";
    assert!(forward.contains(lines), "{forward}");
    // The next day it is said otherwise.
    centre.pass(24 * 3600);
    assert!(centre.only().headline.ends_with(" · со вчерашнего утра · 2 автора"), "{}", centre.only().headline);
}

#[test]
fn what_was_held_back_goes_by_the_same_headline() {
    let mut centre = Centre::with(&[("places/district.toml", PLACES), ("alerts.toml", AT_ONCE)]);
    let silence = crate::ActionRequest::Silence {
        matcher: crate::Matcher { places: vec!["mira".into()], ..crate::Matcher::default() },
        reason: "учения".into(),
        until: Time::from_second(START + 7200).unwrap(),
    };
    centre.alerts.act(&silence, "Иванова").unwrap();
    centre.take(&[no_water(1, Some(Level::High), Scale::House, None)]);
    centre.pass(1);
    let far = Time::from_second(START + 1_000_000).unwrap();
    let held = centre.alerts.suppressed(Time::from_second(0).unwrap(), far).unwrap();
    assert_eq!(held.iter().map(|held| &held.headline).collect::<Vec<_>>(), [&centre.only().headline]);
    assert!(held[0].headline.starts_with("Нет воды · дом по ул. Мира · "), "{}", held[0].headline);
}

#[test]
fn a_headline_without_an_event_stays_as_it_was() {
    let mut centre = Centre::with(&[("places/district.toml", PLACES), ("alerts.toml", AT_ONCE)]);
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    assert_eq!(centre.only().headline, "Пожар, ул. Мира");
    // An event that the rules do not declare any more has no name.
    let mut unknown = telling(post(2, None, Some(Level::Critical)), "gone", "gone", None);
    unknown.tags.events[0].actuality = Actuality::Planned;
    centre.take(&[unknown]);
    assert_eq!(centre.only().headline, "Пожар, ул. Мира");
}

//! What an alert is about in one line: «Нет холодной воды · 3 дома по ул. Мира · с утра · 4 автора».

use config::{Config, Place};
use jiff::civil::DateTime;
use model::{Actuality, Event, Scale, Time};

use crate::store::post::StoredPost;
use crate::stories::relation::{Relation, relation};
use crate::stories::story::Story;

/// A beginning that a post states counts where it lies so long before the post at most: «третий день» is, «с 2019 года» is a state of
/// affairs.
const STATED_BEFORE_MS: i64 = 4 * 86_400_000;

/// What an alert is about, as its posts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Essence {
    /// «Нет холодной воды».
    pub what: String,
    /// «3 дома по ул. Мира».
    pub place: Option<String>,
}

impl Essence {
    /// What the posts of a story tell together; `None` where it has no risk or no event, or one that the rules no longer have.
    pub fn of(story: &Story, posts: &[StoredPost], config: &Config) -> Option<Essence> {
        // Without a risk the headline is the topic's.
        let main = story.events.first().filter(|_| story.level.is_some())?;
        let title = config.events.title(&main.object, &main.state)?;
        let telling = posts.iter().filter(|post| relation(&post.events, &story.events, false) == Relation::Same);
        let same = |event: &&Event| event.object == main.object && event.state == main.state;
        let told: Vec<&Event> = telling.flat_map(|post| post.events.iter().filter(same)).chain([main]).collect();
        // One post that tells it of now outweighs any that announce or fear it.
        let mut actuality = told.iter().map(|event| event.actuality);
        let actuality =
            actuality.find(|of| matches!(of, Actuality::Now | Actuality::Repeated)).unwrap_or(main.actuality);
        let scale = told.iter().filter_map(|event| event.scale).max();
        let count = told.iter().filter(|event| event.scale == scale).filter_map(|event| event.count).max();
        let place = story.place.as_ref().and_then(|id| config.places.iter().find(|place| place.id == *id));
        Some(Essence { what: with_actuality(actuality, &title), place: reach(scale, count, place) })
    }

    /// The line above everything else.
    pub fn line(&self, since: &str, authors: u64) -> String {
        let authors = (authors > 0).then(|| counted(authors, ["автор", "автора", "авторов"]));
        let parts = [Some(self.what.clone()), self.place.clone(), Some(since.to_owned()), authors];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// When it began: as a post states it, else with the first post.
pub fn begin(posts: &[StoredPost], first: i64) -> i64 {
    let stated = posts.iter().filter_map(|post| post.since.filter(|since| post.at - since <= STATED_BEFORE_MS));
    stated.chain([first]).min().unwrap_or(first)
}

/// «с утра», «с 08:40», «со вчерашнего дня», «с 12.11». Morning and evening begin where the reader of times sets them.
pub fn since(begin: Time, now: Time, config: &Config) -> String {
    let zone = config.timezone();
    let (begin, now) = (zone.to_datetime(begin), zone.to_datetime(now));
    let clock = (begin.hour(), begin.minute());
    let yesterday = now.date().yesterday().ok();
    if begin.date() == now.date() {
        match clock {
            (0, 0) => "с ночи".to_owned(),
            (6, 0) => "с утра".to_owned(),
            (18, 0) => "с вечера".to_owned(),
            _ => format!("с {}", begin.strftime("%H:%M")),
        }
    } else if Some(begin.date()) == yesterday {
        match clock {
            (0, 0) => "со вчерашнего дня".to_owned(),
            (6, 0) => "со вчерашнего утра".to_owned(),
            (18, 0) => "со вчерашнего вечера".to_owned(),
            _ => format!("со вчера, {}", begin.strftime("%H:%M")),
        }
    } else {
        format!("с {}", date(begin, now))
    }
}

fn date(begin: DateTime, now: DateTime) -> String {
    begin.strftime(if begin.year() == now.year() { "%d.%m" } else { "%d.%m.%Y" }).to_string()
}

fn with_actuality(actuality: Actuality, title: &str) -> String {
    let said = match actuality {
        Actuality::Now | Actuality::Repeated => return capital(title),
        Actuality::Over => "Закончилось",
        Actuality::Past => "Было",
        Actuality::Planned => "Объявлено",
        Actuality::Feared => "Опасаются",
        Actuality::Wished => "Просят",
    };
    format!("{said}: {}", lower(title))
}

/// How far it reaches, and where: «3 дома по ул. Мира», «подъезд, ул. Мира», «Школа № 5».
fn reach(scale: Option<Scale>, count: Option<u32>, place: Option<&Place>) -> Option<String> {
    let told = scale.and_then(|scale| match (scale, place.map(|place| place.kind.as_str())) {
        // The name of the place says it.
        (Scale::Street, Some("street"))
        | (Scale::Quarter, Some("district"))
        | (Scale::Settlement, Some("settlement"))
        | (Scale::Institution, Some("institution")) => None,
        _ => Some(words(scale, count)),
    });
    match (told, place) {
        (Some(told), Some(place)) if place.kind == "street" && is_of_houses(scale) => {
            Some(format!("{told} по {}", place.name))
        }
        (Some(told), Some(place)) => Some(format!("{told}, {}", place.name)),
        (told, place) => told.or_else(|| place.map(|place| place.name.clone())),
    }
}

fn is_of_houses(scale: Option<Scale>) -> bool {
    matches!(scale, Some(Scale::House | Scale::Houses))
}

/// «дом», «несколько домов», «3 дома».
fn words(scale: Scale, count: Option<u32>) -> String {
    let forms = match scale {
        Scale::Flat => ["квартира", "квартиры", "квартир"],
        Scale::Riser => ["стояк", "стояка", "стояков"],
        Scale::Entrance => ["подъезд", "подъезда", "подъездов"],
        Scale::House | Scale::Houses => ["дом", "дома", "домов"],
        Scale::Street => ["улица", "улицы", "улиц"],
        Scale::Quarter => ["микрорайон", "микрорайона", "микрорайонов"],
        Scale::Settlement => ["населённый пункт", "населённых пункта", "населённых пунктов"],
        Scale::Institution => ["учреждение", "учреждения", "учреждений"],
    };
    match (count.filter(|count| *count > 1), scale) {
        (Some(count), _) => counted(count.into(), forms),
        (None, Scale::Houses) => "несколько домов".to_owned(),
        (None, _) => forms[0].to_owned(),
    }
}

/// A number with the form of its word: «1 автор», «3 автора», «11 авторов».
fn counted(number: u64, [one, few, many]: [&str; 3]) -> String {
    let form = match (number % 10, number % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    };
    format!("{number} {form}")
}

fn capital(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Inside a line; an abbreviation stays as it is.
fn lower(title: &str) -> String {
    let mut chars = title.chars();
    let (first, second) = (chars.next(), chars.clone().next());
    match first {
        Some(first) if !second.is_some_and(char::is_uppercase) => first.to_lowercase().chain(chars).collect(),
        _ => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::Files;

    fn config() -> Config {
        Config::parse(&Files::shipped()).unwrap()
    }

    #[test]
    fn since_when_is_said_as_people_say_it() {
        let config = config();
        let at = |text: &str| text.parse::<Time>().unwrap();
        // Half past two in the afternoon in Moscow.
        let now = at("2026-11-24T11:30:00Z");
        for (begin, expect) in [
            ("2026-11-24T03:00:00Z", "с утра"),
            ("2026-11-24T05:40:00Z", "с 08:40"),
            ("2026-11-23T21:00:00Z", "с ночи"),
            ("2026-11-23T15:00:00Z", "со вчерашнего вечера"),
            ("2026-11-22T21:00:00Z", "со вчерашнего дня"),
            ("2026-11-23T09:05:00Z", "со вчера, 12:05"),
            ("2026-11-12T09:05:00Z", "с 12.11"),
            ("2025-11-12T09:05:00Z", "с 12.11.2025"),
        ] {
            assert_eq!(since(at(begin), now, &config), expect, "{begin}");
        }
    }

    #[test]
    fn numbers_take_their_form() {
        let authors = |number| counted(number, ["автор", "автора", "авторов"]);
        let told = [1, 2, 5, 11, 14, 21, 104, 112].map(authors).join(", ");
        assert_eq!(told, "1 автор, 2 автора, 5 авторов, 11 авторов, 14 авторов, 21 автор, 104 автора, 112 авторов");
    }

    #[test]
    fn the_reach_and_the_place_are_said_once() {
        let place = |kind: &str, name: &str| Place {
            id: "p".into(),
            name: name.into(),
            kind: kind.into(),
            within: None,
            aliases: Vec::new(),
            unsure: Vec::new(),
            doubt: None,
        };
        let (mira, school, town) =
            (place("street", "ул. Мира"), place("institution", "Школа № 5"), place("settlement", "Губкин"));
        let told = |scale, count, place: Option<&Place>| reach(scale, count, place).unwrap_or_default();
        for (scale, count, place, expect) in [
            (Some(Scale::Houses), Some(3), Some(&mira), "3 дома по ул. Мира"),
            (Some(Scale::Houses), None, Some(&mira), "несколько домов по ул. Мира"),
            (Some(Scale::House), None, Some(&mira), "дом по ул. Мира"),
            (Some(Scale::House), None, Some(&town), "дом, Губкин"),
            (Some(Scale::Flat), None, Some(&mira), "квартира, ул. Мира"),
            (Some(Scale::Street), None, Some(&mira), "ул. Мира"),
            (Some(Scale::Settlement), None, Some(&town), "Губкин"),
            (Some(Scale::Institution), None, Some(&school), "Школа № 5"),
            (Some(Scale::Institution), None, Some(&mira), "учреждение, ул. Мира"),
            (Some(Scale::Entrance), Some(2), None, "2 подъезда"),
            (None, None, Some(&mira), "ул. Мира"),
            (None, Some(3), None, ""),
        ] {
            assert_eq!(told(scale, count, place), expect, "{scale:?} {count:?} {place:?}");
        }
    }

    #[test]
    fn what_is_not_now_says_so() {
        assert_eq!(with_actuality(Actuality::Now, "нет воды"), "Нет воды");
        assert_eq!(with_actuality(Actuality::Planned, "Нет воды"), "Объявлено: нет воды");
        assert_eq!(with_actuality(Actuality::Feared, "ДТП"), "Опасаются: ДТП");
    }
}

//! JSON Feed 1.0 and 1.1 (<https://www.jsonfeed.org/version/1.1/>), an item at a time: a tree of values takes a hundred times the
//! memory of a feed that somebody wrote for it.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::entry::Entry;
use super::posts::Posts;
use crate::parsing::{Budget, PageError, mojibake, text};

/// Reads the posts of a feed and returns the number of its items.
pub(super) fn read_json(posts: &mut Posts<'_>, json: &str, budget: &Budget) -> Result<usize, PageError> {
    let mut feed = Feed { posts, budget, items: None, overrun: None };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let read = deserializer.deserialize_map(&mut feed).and_then(|()| deserializer.end());
    let Feed { posts, items, overrun, .. } = feed;
    match (read, overrun, items) {
        (Err(_), Some(overrun), _) => Err(overrun),
        // Items before the place where it breaks are whole.
        (Err(error), None, Some(items)) if !posts.page.posts.is_empty() => {
            posts.page.problem("end", format!("broken: {error}"));
            Ok(items)
        }
        (Err(error), None, _) => Err(PageError::Broken(error.to_string())),
        (Ok(()), _, None) => Err(PageError::Format("JSON without the `items` of a JSON Feed".into())),
        (Ok(()), _, Some(items)) => Ok(items),
    }
}

struct Feed<'a, 'p> {
    posts: &'a mut Posts<'p>,
    budget: &'a Budget,
    items: Option<usize>,
    /// Why reading stopped, where it was not the feed's fault.
    overrun: Option<PageError>,
}

impl<'de> Visitor<'de> for &mut Feed<'_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a JSON Feed")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "items" => map.next_value_seed(Items(&mut *self))?,
                "title" => {
                    let title = map.next_value::<Word>()?.0.map(|title| text::tidy(&title));
                    self.posts.page.title = title.filter(|title| !title.is_empty());
                }
                "home_page_url" => self.posts.site = map.next_value::<Word>()?.0,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// The items of a feed.
struct Items<'f, 'a, 'p>(&'f mut Feed<'a, 'p>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of items")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<(), S::Error> {
        let feed = self.0;
        let mut number = 0;
        feed.items = Some(number);
        while items.next_element_seed(OneItem { feed: &mut *feed, number })?.is_some() {
            number += 1;
            feed.items = Some(number);
        }
        Ok(())
    }
}

/// The next item of a feed: taken or passed over.
struct OneItem<'f, 'a, 'p> {
    feed: &'f mut Feed<'a, 'p>,
    number: usize,
}

impl<'de> DeserializeSeed<'de> for OneItem<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if let Err(overrun) = self.feed.budget.step() {
            self.feed.overrun = Some(overrun);
            return Err(D::Error::custom("overrun"));
        }
        if self.feed.posts.takes(self.number) {
            let item = from.deserialize_any(ItemOrNone)?;
            self.feed.posts.add(self.number, item.entry());
        } else {
            IgnoredAny::deserialize(from)?;
        }
        Ok(())
    }
}

/// The fields of an item that say something.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Item {
    id: Word,
    url: Word,
    external_url: Word,
    title: Word,
    content_html: Word,
    content_text: Word,
    summary: Word,
    date_published: Word,
    date_modified: Word,
}

impl Item {
    fn entry(self) -> Entry {
        let plain = |word: Word| word.0.map(|plain| text::tidy(&plain));
        let html = self.content_html.0.map(|html| text::from_html(&html)).filter(|text| !text.is_empty());
        Entry {
            guid: self.id.0,
            link: self.url.0.or(self.external_url.0),
            title: plain(self.title).unwrap_or_default().replace('\n', " "),
            text: html.or_else(|| plain(self.content_text)).or_else(|| plain(self.summary)).unwrap_or_default(),
            published: self.date_published.0,
            updated: self.date_modified.0,
        }
    }
}

/// Takes every kind of value for what it says: of the wrong kind it says nothing, and costs the feed no more than itself.
macro_rules! says_nothing {
    ($value:expr) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }

        fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Self::Value, S::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok($value)
        }
    };
}

struct ItemOrNone;

impl<'de> Visitor<'de> for ItemOrNone {
    type Value = Item;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an item")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Item, M::Error> {
        Item::deserialize(MapAccessDeserializer::new(map))
    }

    fn visit_str<E>(self, _: &str) -> Result<Item, E> {
        Ok(Item::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Item, E> {
        Ok(Item::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Item, E> {
        Ok(Item::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Item, E> {
        Ok(Item::default())
    }

    says_nothing!(Item::default());
}

/// A text or a number.
#[derive(Default)]
struct Word(Option<String>);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
        from.deserialize_any(Word(None))
    }
}

impl<'de> Visitor<'de> for Word {
    type Value = Word;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a text or a number")
    }

    fn visit_str<E>(self, word: &str) -> Result<Word, E> {
        let word = word.trim();
        Ok(Word((!word.is_empty()).then(|| mojibake::mended(word).into_owned())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Word, E> {
        Ok(Word(Some(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Word, E> {
        Ok(Word(Some(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Word, E> {
        Ok(Word(serde_json::Number::from_f64(number).map(|number| number.to_string())))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Word, M::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Word(None))
    }

    says_nothing!(Word(None));
}

#[cfg(test)]
mod tests {
    use config::Identity;
    use jiff::tz::TimeZone;

    use super::super::posts::Reading;
    use super::*;

    fn read(json: &str) -> Result<crate::Page, PageError> {
        let how =
            Reading { identity: Identity::Guid, address: None, zone: &TimeZone::UTC, now: None, source: "s", go_on: 0 };
        let mut posts = Posts::new(how);
        let items = read_json(&mut posts, json, &Budget::untimed())?;
        Ok(posts.finish(items))
    }

    #[test]
    fn what_is_of_the_wrong_kind_costs_no_more_than_itself() {
        let page = read(
            r#"{"title": ["x"], "more": {"a": [1, {}]}, "items": [7, null, true, 1.5, "x", [1], {"id": 8, "title": "Нет воды"},
                {"id": {"a": 1}, "url": [], "title": null, "summary": " Нет \n света ", "date_published": "2026-11-02T09:00:00Z"}]}"#,
        );
        let page = page.unwrap();
        let posts: Vec<&str> =
            page.posts.iter().map(|parsed| parsed.post.title.as_deref().unwrap_or(&parsed.post.text)).collect();
        assert_eq!(posts, ["Нет воды", "Нет\nсвета"]);
        assert_eq!((page.blocks, page.problems.len(), page.title), (8, 6, None));
        assert_eq!(page.posts[0].post.id.as_str(), "portal:s/8");
    }

    #[test]
    fn items_before_the_place_where_a_feed_breaks_are_taken() {
        let page = read(r#"{"items": [{"id": "1", "title": "Нет воды"}, {"id": "2", "title": "Нет"#).unwrap();
        assert_eq!((page.posts.len(), page.posts[0].post.title.as_deref()), (1, Some("Нет воды")));
        assert!(page.problems[0].reason.starts_with("broken: EOF"), "{:?}", page.problems);
    }

    #[test]
    fn what_is_no_feed_is_told() {
        for json in ["{}", "{\"items\": {}}", "{\"items\": 1}"] {
            assert!(matches!(read(json), Err(PageError::Format(_) | PageError::Broken(_))), "{json}");
        }
        assert!(matches!(read("{\"items\": [{}"), Err(PageError::Broken(_))));
    }
}

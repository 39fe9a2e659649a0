//! A page of news without a feed, read by the CSS selectors of its source.

use config::{Identity, ListSelectors};
use jiff::tz::TimeZone;
use model::Time;
use scraper::{ElementRef, Selector};
use url::Url;

use super::date::{self, Calendar};
use super::entry::Entry;
use super::posts::{Posts, Reading};
use crate::parsing::html::document;
use crate::parsing::{decode, text};
use crate::{Budget, Page, PageError};

/// How a page of news is read.
#[derive(Clone, Copy)]
pub struct ListReading<'a> {
    /// Where it was fetched.
    pub address: &'a Url,
    /// What its items are.
    pub selectors: &'a ListSelectors,
    /// The zone of a date without one.
    pub zone: &'a TimeZone,
    /// When it was fetched: «вчера» is the day before.
    pub now: Time,
    /// Id of the source.
    pub source: &'a str,
    /// [`Page::go_on`] of the poll before.
    pub go_on: usize,
}

/// Reads a page of news. Items are told apart by their links.
///
/// # Errors
/// [`PageError::Format`] where there is no markup or no item on the page: a page that was rebuilt must not look like silence.
pub fn parse_list(
    how: ListReading<'_>,
    bytes: &[u8],
    content_type: Option<&str>,
    budget: &Budget,
) -> Result<Page, PageError> {
    let ListReading { address, selectors, zone, now, source, go_on } = how;
    let document = document(decode(bytes, content_type).as_bytes(), budget)?;
    let item = selector(&selectors.item)?;
    let within = |text: &Option<String>| text.as_deref().map(selector).transpose();
    let (title, link) = (within(&selectors.title)?, selector(&selectors.link)?);
    let (published, announcement) = (within(&selectors.date)?, within(&selectors.text)?);
    let now = Some(now);
    let how = Reading { identity: Identity::Link, address: Some(address), zone, now, source, go_on };
    let mut posts = Posts::new(how);
    let mut items = 0;
    for (number, block) in document.select(&item).enumerate() {
        items += 1;
        budget.look()?;
        if !posts.takes(number) {
            continue;
        }
        let find = |wanted: &Option<Selector>| wanted.as_ref().and_then(|wanted| block.select(wanted).next());
        let anchor = if link.matches(&block) { Some(block) } else { block.select(&link).next() };
        let href = anchor.and_then(|anchor| address.join(anchor.attr("href")?.trim()).ok());
        let Some(href) = href.filter(|href| matches!(href.scheme(), "http" | "https")) else {
            posts.page.problem(number, "no_link: the item has no link to its page");
            continue;
        };
        posts.add(
            number,
            Entry {
                link: Some(href.into()),
                title: find(&title).or(anchor).map(words).unwrap_or_default().replace('\n', " "),
                text: find(&announcement).map(words).unwrap_or_default(),
                published: find(&published).map(|element| dated(element, Calendar { zone, now })),
                ..Entry::default()
            },
        );
    }
    if items == 0 {
        return Err(PageError::Format(format!("no element of the page fits the selector {:?}", selectors.item)));
    }
    Ok(posts.finish(items))
}

/// The configuration has parsed it once; only a caller with selectors of its own can meet the error.
fn selector(text: &str) -> Result<Selector, PageError> {
    Selector::parse(text).map_err(|error| PageError::Format(format!("the selector {text:?}: {error}")))
}

fn words(element: ElementRef<'_>) -> String {
    text::from_page(&element.inner_html())
}

/// The date of an element as it is written: for machines if that can be read, else for people.
fn dated(element: ElementRef<'_>, calendar: Calendar<'_>) -> String {
    let attribute = ["datetime", "content"].iter().find_map(|name| element.attr(name));
    let readable = attribute.filter(|text| date::read(text, calendar).is_some());
    readable.map_or_else(|| words(element), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html><body><ul>
        <li class=news><a href='/news/1'>Перекрыта улица Мира</a><time datetime='2026-11-02T09:00:00+03:00'>2 ноября</time>
            <p class=lead>С 9 до 18 часов</p></li>
        <li class=news><h3>Нет воды</h3><a href='https://other.example/2'>Подробнее</a><span class=date>02.11.2026 14:05</span></li>
        <li class=news><h3>Без ссылки</h3></li>
        <li class=news><a href='javascript:void(0)'>Скрипт</a></li>
        <li class=advert><a href='/x'>Купите слона</a></li></ul></body></html>";

    fn read(html: &str) -> Result<Page, PageError> {
        let selectors = ListSelectors {
            item: "li.news".into(),
            title: Some("h3".into()),
            link: "a[href]".into(),
            date: Some("time, .date".into()),
            text: Some(".lead".into()),
        };
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        let address = Url::parse("https://city.example/news/").unwrap();
        let now = "2026-11-02T21:30:00Z".parse().unwrap();
        let how = ListReading { address: &address, selectors: &selectors, zone: &zone, now, source: "s", go_on: 0 };
        parse_list(how, html.as_bytes(), None, &Budget::untimed())
    }

    #[test]
    fn items_are_read_and_what_has_no_link_is_named() {
        let page = read(PAGE).unwrap();
        let posts: Vec<(&str, Option<&str>, &str, String)> = page
            .posts
            .iter()
            .map(|parsed| &parsed.post)
            .map(|post| (post.id.as_str(), post.title.as_deref(), post.text.as_str(), post.published_at.to_string()))
            .collect();
        let (first, second) = ("portal:s/https://city.example/news/1", "portal:s/https://other.example/2");
        assert_eq!(
            posts,
            [
                (first, Some("Перекрыта улица Мира"), "С 9 до 18 часов", "2026-11-02T06:00:00Z".to_owned()),
                (second, Some("Нет воды"), "", "2026-11-02T11:05:00Z".to_owned()),
            ]
        );
        assert_eq!((page.blocks, page.unread()), (4, 2));
        assert!(page.problems.iter().all(|problem| problem.reason.starts_with("no_link")), "{:?}", page.problems);
    }

    #[test]
    fn dates_in_words_are_those_of_the_readers_zone_and_rough_ones_are_marked() {
        let item = |number: u8, date: &str| {
            format!("<li class=news><a href='/{number}'>Вода</a><span class=date>{date}</span></li>")
        };
        let dates = ["Сегодня, 00:05", "Вчера", "12 марта", "3 часа назад", "скоро"];
        let html: String = (0..).zip(dates).map(|(number, date)| item(number, date)).collect();
        let page = read(&html).unwrap();
        let read: Vec<(String, bool, bool)> = page
            .posts
            .iter()
            .map(|parsed| (parsed.post.published_at.to_string(), parsed.coarse, parsed.undated))
            .collect();
        let exact = |time: &str| (time.to_owned(), false, false);
        assert_eq!(
            read,
            [
                exact("2026-11-02T21:05:00Z"),
                exact("2026-11-01T21:00:00Z"),
                exact("2026-03-11T21:00:00Z"),
                ("2026-11-02T18:30:00Z".to_owned(), true, false),
                ("1970-01-01T00:00:00Z".to_owned(), false, true),
            ]
        );
        assert_eq!((page.notes.len(), page.notes[0].position.as_str()), (1, "4"), "{:?}", page.notes);
    }

    #[test]
    fn a_page_that_was_rebuilt_is_no_silence() {
        assert!(matches!(read("<html><body><p>Новый сайт</p></body></html>"), Err(PageError::Format(_))));
        assert!(matches!(read("просто текст"), Err(PageError::Format(_))));
    }
}

//! A page of news without a feed, read by the CSS selectors of its source.

use config::{Identity, ListSelectors};
use jiff::tz::TimeZone;
use scraper::{ElementRef, Selector};
use url::Url;

use super::entry::Entry;
use super::{Builder, MAX_ITEMS, date, text};
use crate::decode::decode;
use crate::telegram::document;
use crate::{Page, PageError};

/// Reads a page of news at `address`. Items are told apart by their links; a date without a zone is of `zone`.
///
/// # Errors
/// [`PageError::Format`] where there is no markup or no item on the page: a page that was rebuilt must not look like silence.
pub fn parse_list(
    bytes: &[u8],
    content_type: Option<&str>,
    address: &Url,
    selectors: &ListSelectors,
    zone: &TimeZone,
    source: &str,
) -> Result<Page, PageError> {
    let document = document(decode(bytes, content_type).as_bytes())?;
    let item = selector(&selectors.item)?;
    let within = |text: &Option<String>| text.as_deref().map(selector).transpose();
    let (title, link) = (within(&selectors.title)?, selector(&selectors.link)?);
    let (published, announcement) = (within(&selectors.date)?, within(&selectors.text)?);
    let mut builder = Builder::new(Identity::Link, Some(address), source);
    for (number, block) in document.select(&item).take(MAX_ITEMS).enumerate() {
        builder.page.blocks += 1;
        let find = |wanted: &Option<Selector>| wanted.as_ref().and_then(|wanted| block.select(wanted).next());
        let anchor = if link.matches(&block) { Some(block) } else { block.select(&link).next() };
        let href = anchor.and_then(|anchor| address.join(anchor.attr("href")?.trim()).ok());
        let Some(href) = href.filter(|href| matches!(href.scheme(), "http" | "https")) else {
            builder.page.problem(number, "no_link: the item has no link to its page");
            continue;
        };
        builder.add(
            number,
            Entry {
                link: Some(href.into()),
                title: find(&title).or(anchor).map(words).unwrap_or_default().replace('\n', " "),
                text: find(&announcement).map(words).unwrap_or_default(),
                published: find(&published).and_then(|element| dated(element, zone)),
                ..Entry::default()
            },
        );
    }
    if builder.page.blocks == 0 {
        return Err(PageError::Format(format!("no element of the page fits the selector {:?}", selectors.item)));
    }
    Ok(builder.page)
}

/// The configuration has parsed it once; only a caller with selectors of its own can meet the error.
fn selector(text: &str) -> Result<Selector, PageError> {
    Selector::parse(text).map_err(|error| PageError::Format(format!("the selector {text:?}: {error}")))
}

fn words(element: ElementRef<'_>) -> String {
    text::from_html(&element.inner_html())
}

/// The date of an element as RFC 3339.
fn dated(element: ElementRef<'_>, zone: &TimeZone) -> Option<String> {
    let attribute = ["datetime", "content"].iter().find_map(|name| element.attr(name));
    let read = |text: &str| date::parse_in(text, zone).map(|time| time.to_string());
    attribute.and_then(read).or_else(|| read(&words(element)))
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
        parse_list(html.as_bytes(), None, &Url::parse("https://city.example/news/").unwrap(), &selectors, &zone, "s")
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
    fn a_page_that_was_rebuilt_is_no_silence() {
        assert!(matches!(read("<html><body><p>Новый сайт</p></body></html>"), Err(PageError::Format(_))));
        assert!(matches!(read("просто текст"), Err(PageError::Format(_))));
    }
}

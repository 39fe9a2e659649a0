//! The text of an article out of its page, for feeds that give a teaser only.

use dom_smoothie::{Config, Readability};

use crate::parsing::html::{MAX_DEPTH, is_deeper_than, tree};
use crate::parsing::{Budget, decode, markup, text};

/// A longer page of news is an archive or an attack: the library builds a tree several times its size and walks it often.
const MAX_PAGE_BYTES: usize = 2 * 1024 * 1024;

/// More elements are not walked; pages of news have some thousand.
const MAX_ELEMENTS: usize = 20_000;

/// With the texts between them.
const MAX_NODES: usize = 3 * MAX_ELEMENTS;

/// The words of the article on a page; none where the page has no part that reads like one, or costs more than its budget.
pub fn article_text(bytes: &[u8], content_type: Option<&str>, budget: &Budget) -> Option<String> {
    if bytes.len() > MAX_PAGE_BYTES {
        return None;
    }
    let html = decode(bytes, content_type);
    let html = markup::bounded(&html);
    if !html.contains('<') || is_deeper_than(&html, MAX_DEPTH) {
        return None;
    }
    // The library builds its tree with html5ever too and has no budget: a page is given to it once a tree of it is known to be small.
    if tree(&html, budget).ok()?.tree.nodes().len() > MAX_NODES {
        return None;
    }
    budget.look().ok()?;
    let config = Config { max_elements_to_parse: MAX_ELEMENTS, disable_json_ld: true, ..Config::default() };
    let article = Readability::new(html.as_str(), None, Some(config)).ok()?.parse().ok()?;
    Some(text::from_html(&article.content)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str = "Движение по улице Мира закрыто до вечера пятницы, объезд организован по Садовой улице. ";

    fn read(page: &[u8]) -> Option<String> {
        article_text(page, None, &Budget::untimed())
    }

    #[test]
    fn the_article_is_told_from_what_stands_around_it() {
        let paragraph = format!("<p>{}</p>", SENTENCE.repeat(3));
        let html = format!(
            "<html><head><title>Вести</title></head><body><nav><ul><li><a href='/'>Главная</a></li><li><a href='/ads'>\
             Реклама на сайте</a></li></ul></nav><article><h1>Улица закрыта</h1>{}</article><aside><a href='/x'>Читайте \
             также: купите слона</a></aside><footer>Все права защищены</footer></body></html>",
            paragraph.repeat(4)
        );
        let text = read(html.as_bytes()).unwrap();
        assert_eq!(text.matches("объезд организован").count(), 12);
        assert!(!text.contains("Реклама") && !text.contains("слона") && !text.contains("права"), "{text}");
    }

    #[test]
    fn what_is_no_page_of_news_has_no_article() {
        for page in ["", "просто текст", "{\"error\":1}", "<rss></rss>"] {
            assert_eq!(read(page.as_bytes()), None, "{page}");
        }
        assert_eq!(read("<div>".repeat(100_000).as_bytes()), None);
        assert_eq!(read(&vec![b'<'; MAX_PAGE_BYTES + 1]), None);
    }
}

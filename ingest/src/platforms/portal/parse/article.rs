//! The text of an article out of its page, for feeds that give a teaser only.

use dom_smoothie::{Config, Readability};
use scraper::{ElementRef, Html};

use super::insertions;
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
    let mut page = tree(&html, budget).ok()?;
    if page.tree.nodes().len() > MAX_NODES {
        return None;
    }
    insertions::remove(&mut page, budget).ok()?;
    budget.look().ok()?;
    let config = Config { max_elements_to_parse: MAX_ELEMENTS, disable_json_ld: true, ..Config::default() };
    let article = Readability::new(page.html().as_str(), None, Some(config)).ok()?.parse().ok()?;
    let block = text::from_page(&article.content);
    budget.look().ok()?;
    Some(whole(&page, &block).unwrap_or(block)).filter(|text| !text.is_empty())
}

/// The article of which a block was found: what the page says is the article, or else all blocks of its kind beside it. Sites put an article together from
/// pieces, and only the longest is found. None where the block is all there is.
fn whole(page: &Html, block: &str) -> Option<String> {
    let longest = block.lines().max_by_key(|line| line.len()).filter(|line| !line.is_empty())?;
    let found = smallest_with(page, longest)?;
    let above = || std::iter::once(found).chain(found.ancestors().filter_map(ElementRef::wrap));
    let said = above().find(|element| is_article(*element)).map(words);
    let pieces = above().find_map(pieces);
    [said, pieces].into_iter().flatten().find(|text| text.len() > block.len())
}

/// The deepest element whose text has a line.
fn smallest_with<'a>(page: &'a Html, line: &str) -> Option<ElementRef<'a>> {
    let has = |element: &ElementRef<'_>| words(*element).lines().any(|other| other == line);
    let mut found = page.root_element();
    while let Some(deeper) = found.child_elements().find(has) {
        found = deeper;
    }
    has(&found).then_some(found)
}

fn is_article(element: ElementRef<'_>) -> bool {
    element.value().name() == "article" || element.attr("itemprop").is_some_and(|what| what.contains("articleBody"))
}

/// The texts of an element and of those beside it that are of its name and class; none where it has no class, or is alone.
fn pieces(element: ElementRef<'_>) -> Option<String> {
    let kind = |element: &ElementRef<'_>| {
        Some((element.value().name().to_owned(), element.value().classes().next()?.to_owned()))
    };
    let own = kind(&element)?;
    let beside = ElementRef::wrap(element.parent()?)?;
    let alike: Vec<ElementRef<'_>> =
        beside.child_elements().filter(|other| kind(other).as_ref() == Some(&own)).collect();
    // Ten articles in a list are alike as well; pieces of one have no headline of their own.
    let is_list = alike.iter().filter(|piece| insertions::has_headline(**piece)).count() > 1;
    if alike.len() < 2 || is_list {
        return None;
    }
    Some(alike.into_iter().map(words).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n"))
}

fn words(element: ElementRef<'_>) -> String {
    text::from_page(&element.inner_html())
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

    /// An article in three pieces, with what sites put between them.
    fn in_pieces(open: &str, close: &str, piece: &str) -> String {
        let block = |text: &str| format!("<{piece}><p>{text}</p></div>");
        format!(
            "<html><body><header><nav><a href='/'>Главная</a></nav></header><main>{open}<h1>Прорыв на Мира</h1>{}\
             <div class='incut'><a href='/2'><b>Читайте также:</b> Мост закрыт до ноября</a></div>{}\
             <div class='banner'>Реклама. ООО «Вымысел»</div>{}<div><a href='/3'>Ещё одна новость района</a></div>{close}\
             <aside><h2>Популярное</h2><a href='/4'>Субботник</a></aside></main><footer>18+</footer></body></html>",
            block("Утром на улице Мира прорвало трубу холодной воды, двор дома 5 залит, машины стоят в воде."),
            block("Аварийная бригада приехала к десяти и перекрыла воду всему кварталу."),
            block("Воду обещают вернуть к вечеру. Прошлый прорыв здесь был в июне."),
        )
    }

    #[test]
    fn an_article_in_pieces_is_whole_and_has_no_insertions() {
        for (open, close, piece) in [
            ("<article>", "</article>", "div class='text-block'"),
            ("<div itemprop='articleBody'>", "</div>", "div"),
            ("<div>", "</div>", "div class='text-block first'"),
        ] {
            let text = read(in_pieces(open, close, piece).as_bytes()).unwrap();
            for words in ["прорвало трубу", "перекрыла воду", "был в июне"] {
                assert_eq!(text.matches(words).count(), 1, "{words}, {open} {piece}: {text}");
            }
            for words in
                ["Читайте", "Мост", "Реклама", "Вымысел", "Ещё одна", "Популярное", "Субботник", "18+", "Главная"]
            {
                assert!(!text.contains(words), "{words}, {open} {piece}: {text}");
            }
        }
    }

    #[test]
    fn insertions_of_every_kind_are_left_out_and_what_only_looks_like_one_stays() {
        let insertions = [
            "<p><strong>Читайте также:</strong> <a href='/2'>Чужое</a></p>",
            "<div class='inset'><h3>По теме</h3><ul><li><a href='/2'>Чужое</a></li><li><a href='/3'>Чужое</a></li></ul></div>",
            "<div class='card'><a href='/2'><h4>Чужое</h4><p>Подробности</p></a></div>",
            "<div class='adv'>Чужое</div>",
            "<div>Реклама. ООО «Чужое», erid: x</div>",
            "<p>Подписывайтесь на Чужое в Телеграме</p>",
            "<aside>Чужое</aside><form>Чужое <button>Чужое</button></form>",
        ];
        let own = [
            "Утром на улице Мира прорвало трубу холодной воды, двор дома 5 залит, машины стоят в воде.",
            "Реклама на фасаде дома мешала аварийной бригаде подогнать машину к подъезду номер два.",
            "Список домов без воды есть на <a href='/list'>сайте водоканала</a>, он обновляется каждый час.",
        ];
        for insertion in insertions {
            let pieces = own.map(|text| format!("<div class='text'>{text}<br><br>{text}</div>{insertion}")).concat();
            for page in [format!("<article>{pieces}</article>"), format!("<div class='content'>{pieces}</div>")] {
                let text = read(format!("<html><body><div>{page}</div></body></html>").as_bytes()).unwrap();
                assert!(!text.contains("Чужое"), "{insertion}: {text}");
                for words in ["прорвало трубу", "мешала аварийной", "сайте водоканала"]
                {
                    assert_eq!(text.matches(words).count(), 2, "{insertion}: {words}: {text}");
                }
            }
        }
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

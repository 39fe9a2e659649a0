use super::*;
use crate::parsing::{Budget, PageError};

fn read(xml: &str) -> Vec<Element> {
    super::read(xml, |_| true, &Budget::untimed()).unwrap().top
}

#[track_caller]
fn check(xml: &str, html: &str) {
    assert_eq!(read(xml)[0].html(), html, "{xml}");
}

#[test]
fn common_damage_is_mended() {
    check("<a>Мир & труд &amp; май</a>", "Мир & труд & май");
    check("<a>5&nbsp;м, давление < 2</a>", "5\u{a0}м, давление < 2");
    check("<a>?x=1&copy=2;</a>", "?x=1&copy=2;");
    check("<a>x\u{1}y&#38;&#x43d;</a>", "xy&н");
    check("<a><![CDATA[<p>нет</p>]]> света</a>", "<p>нет</p> света");
    check("<a>до<br>после</a>", "до<br>после</br>");
    check("<a><b>x</a>", "<b>x</b>");
    check("<a>x</b></a>", "x");
    check("<a>cut", "cut");
}

#[test]
fn prefixes_are_known_by_their_namespace() {
    let top = read(
        r#"<r xmlns:x=" http://purl.org/dc/elements/1.1 " xmlns:a="http://www.w3.org/2005/Atom"><x:Date/><a:link HREF='q&amp;r'/><y:z/></r>"#,
    );
    let names: Vec<_> = top[0].elements().map(|element| element.name.as_str()).collect();
    assert_eq!(names, ["dc:date", "link", "y:z"]);
    assert_eq!(top[0].all("link").next().unwrap().attribute("href"), Some("q&r"));
}

#[test]
fn depth_is_bounded() {
    let top = read(&format!("{}глубоко", "<a>".repeat(100_000)));
    assert_eq!(top[0].text(), "глубоко");
}

#[test]
fn a_tag_keeps_few_attributes() {
    let many: String = (0..200_000).map(|n| format!(" a{n}='1'")).collect();
    let top = read(&format!("<a{many} last='1'/>"));
    assert_eq!((top[0].attribute("a0"), top[0].attribute("last")), (Some("1"), None));
}

#[test]
fn items_that_are_not_wanted_take_no_memory_and_are_counted() {
    let items = "<item><title>x</title></item>".repeat(100_000);
    let feed = format!("<rss><channel>{items}<item><title>cut");
    let budget = Budget::untimed();
    let read = super::read(&feed, |number| number < 3, &budget).unwrap();
    let kept: Vec<Option<usize>> =
        read.top[0].elements().flat_map(|channel| channel.all("item")).map(|item| item.number).collect();
    assert_eq!((read.items, kept), (100_001, vec![Some(0), Some(1), Some(2)]));
    assert!(budget.held() < 20, "{} nodes", budget.held());
}

#[test]
fn one_item_of_a_million_elements_ends_at_the_budget() {
    let feed = format!("<rss><channel><item>{}</item></channel></rss>", "<a/>".repeat(1_000_000));
    assert!(matches!(super::read(&feed, |_| true, &Budget::untimed()), Err(PageError::Overrun(_))));
}

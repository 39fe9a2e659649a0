//! The feeds that a page names.

use scraper::Selector;
use url::Url;

use crate::parsing::Budget;
use crate::parsing::html::document;
use crate::poll::Net;

/// Feeds that a page names and that are tried, in its order: news first, comments and podcasts after.
const MAX_FEEDS: usize = 3;

/// The feeds that an HTML page links to as alternates of itself.
pub(super) async fn named_feeds(net: Net<'_>, url: &str) -> Vec<String> {
    let Ok(response) = net.get(url).await else { return Vec::new() };
    let (body, base) = (response.body, response.final_url);
    let links = net.parsers.run(body.len(), move |budget| Ok(feed_links(&body, &base, budget))).await;
    links.unwrap_or_default()
}

fn feed_links(html: &[u8], base: &Url, budget: &Budget) -> Vec<String> {
    let Ok(page) = document(html, budget) else { return Vec::new() };
    let Ok(links) = Selector::parse("link[rel~=alternate][type][href]") else { return Vec::new() };
    let is_feed = |kind: &str| {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(kind.as_str(), "application/rss+xml" | "application/atom+xml" | "application/feed+json")
    };
    page.select(&links)
        .filter(|link| link.attr("type").is_some_and(is_feed))
        .filter_map(|link| base.join(link.attr("href")?).ok())
        .map(String::from)
        .take(MAX_FEEDS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_feeds() {
        let base = Url::parse("https://city.example/news/").unwrap();
        let html = r#"<html><head><link rel="stylesheet" type="text/css" href="a.css">
            <link rel="alternate" type="application/rss+xml; charset=utf-8" href="/rss.xml">
            <link rel="alternate" type="text/html" hreflang="en" href="/en">
            <link rel="home alternate" type="application/feed+json" href="feed.json"></head></html>"#;
        assert_eq!(
            feed_links(html.as_bytes(), &base, &Budget::untimed()),
            ["https://city.example/rss.xml", "https://city.example/news/feed.json"]
        );
    }
}

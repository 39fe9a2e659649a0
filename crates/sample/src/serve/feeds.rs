//! Feeds of sites: RSS 2.0 in UTF-8 and in windows-1251, Atom 1.0; conditional requests (RFC 9110, section 13).

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::Time;

use super::html::{escape, paragraphs};
use super::state::Sample;
use crate::content::{Address, Format, Source};
use crate::links::{guid, link};
use crate::post::View;
use crate::rng::hash;
use crate::time::local;

const RFC_2822_MOSCOW: &str = "%a, %d %b %Y %H:%M:%S +0300";
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

pub(super) async fn feed(State(sample): State<Sample>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let is_it = |source: &Source| matches!(&source.address, Address::Feed { file, .. } if *file == name);
    let Some(at) = sample.world.sources().iter().position(is_it) else {
        return (StatusCode::NOT_FOUND, "404 Not Found").into_response();
    };
    let (now, source) = (sample.now(), &sample.world.sources()[at]);
    if sample.world.is_down(at, now) {
        return (StatusCode::SERVICE_UNAVAILABLE, "503 Service Temporarily Unavailable").into_response();
    }
    let Address::Feed { format, site, .. } = &source.address else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let items: Vec<View<'_>> = sample.world.visible_of(at, now).rev().collect();
    let changed = items.iter().map(changed_at).max().unwrap_or(sample.world.start());
    let (kind, body) = match format {
        Format::Rss => ("application/rss+xml; charset=utf-8", rss(source, site, &items, changed).into_bytes()),
        Format::Rss1251 => ("text/xml; charset=windows-1251", rss_1251(source, site, &items, changed)),
        Format::Atom => ("application/atom+xml", atom(source, site, &items, changed).into_bytes()),
    };
    let etag = format!("\"{:016x}\"", hash(&body));
    let last_modified = changed.strftime(HTTP_DATE).to_string();
    let validators = [(header::ETAG, etag.clone()), (header::LAST_MODIFIED, last_modified.clone())];
    if is_fresh(&headers, &etag, &last_modified) {
        return (StatusCode::NOT_MODIFIED, validators).into_response();
    }
    (validators, [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// `If-None-Match` wins over `If-Modified-Since`. Ours is the only server whose dates come back, so equality is enough.
fn is_fresh(headers: &HeaderMap, etag: &str, last_modified: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::IF_NONE_MATCH) {
        Some(tags) => tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*"),
        None => text(header::IF_MODIFIED_SINCE) == Some(last_modified),
    }
}

fn changed_at(view: &View<'_>) -> Time {
    view.edited_at.unwrap_or(view.post.published_at)
}

fn rss(source: &Source, site: &str, items: &[View<'_>], changed: Time) -> String {
    let mut xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:yandex="http://news.yandex.ru">
<channel>
<title>{}</title>
<link>https://{site}/</link>
<description>{}</description>
<language>ru</language>
<lastBuildDate>{}</lastBuildDate>
"#,
        escape(&source.name),
        escape(&source.about),
        local(changed).strftime(RFC_2822_MOSCOW),
    );
    for view in items {
        let teaser = view.text.split_inclusive(['.', '!', '?']).next().unwrap_or_default();
        xml.push_str(&format!(
            r#"<item>
<title>{}</title>
<link>{link}</link>
<guid isPermaLink="true">{link}</guid>
<pubDate>{}</pubDate>
<description><![CDATA[{}]]></description>
<content:encoded><![CDATA[{}]]></content:encoded>
</item>
"#,
            escape(view.post.title.as_deref().unwrap_or_default()),
            local(view.post.published_at).strftime(RFC_2822_MOSCOW),
            escape(teaser.trim()),
            paragraphs(view.text),
            link = escape(&link(source, view.post)),
        ));
    }
    xml.push_str("</channel>\n</rss>\n");
    xml
}

/// As older site engines write it: no namespaces, HTML escaped into the description, no full-text element.
fn rss_1251(source: &Source, site: &str, items: &[View<'_>], changed: Time) -> Vec<u8> {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"windows-1251\"?>\n<rss version=\"2.0\"><channel><title>{}</title>\
         <link>http://{site}</link><description>{}</description><pubDate>{}</pubDate>\n",
        escape(&source.name),
        escape(&source.about),
        local(changed).strftime(RFC_2822_MOSCOW),
    );
    for view in items {
        xml.push_str(&format!(
            "<item><title>{}</title><link>{}</link><description>{}</description>\
             <guid isPermaLink=\"false\">{}</guid><pubDate>{}</pubDate></item>\n",
            escape(view.post.title.as_deref().unwrap_or_default()),
            escape(&link(source, view.post)),
            escape(&paragraphs(view.text)),
            guid(source, view.post),
            local(view.post.published_at).strftime(RFC_2822_MOSCOW),
        ));
    }
    xml.push_str("</channel></rss>\n");
    // What windows-1251 lacks becomes a numeric reference, which XML reads back.
    encoding_rs::WINDOWS_1251.encode(&xml).0.into_owned()
}

fn atom(source: &Source, site: &str, items: &[View<'_>], changed: Time) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"ru\">\n\
         <title>{}</title>\n<subtitle>{}</subtitle>\n<id>urn:{site}:news</id>\n<link rel=\"alternate\" href=\"https://{site}/\"/>\n\
         <updated>{changed}</updated>\n",
        escape(&source.name),
        escape(&source.about),
    );
    for view in items {
        xml.push_str(&format!(
            "<entry>\n<title>{}</title>\n<id>{}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n\
             <published>{}</published>\n<updated>{}</updated>\n<content type=\"html\">{}</content>\n</entry>\n",
            escape(view.post.title.as_deref().unwrap_or_default()),
            guid(source, view.post),
            escape(&link(source, view.post)),
            view.post.published_at,
            changed_at(view),
            escape(&paragraphs(view.text)),
        ));
    }
    xml.push_str("</feed>\n");
    xml
}

//! One item of a feed, from whichever of the formats.

use url::Url;

use super::xml::Element;
use crate::parsing::text;

/// What a feed says of one item.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) guid: Option<String>,
    pub(super) link: Option<String>,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) published: Option<String>,
    pub(super) updated: Option<String>,
}

/// Where a text is looked for, the fullest first; what is empty or only pictures is passed over.
const TEXTS: [&str; 11] = [
    "content:encoded",
    "yandex:full-text",
    "turbo:content",
    "content",
    "body",
    "description",
    "summary",
    "itunes:summary",
    "dc:description",
    "media:description",
    "encoded",
];

const PUBLISHED: [&str; 8] =
    ["pubdate", "published", "issued", "dc:date", "dcterms:issued", "dcterms:created", "created", "date"];

const UPDATED: [&str; 4] = ["updated", "modified", "dcterms:modified", "lastbuilddate"];

impl Entry {
    /// An item of RSS or RDF or an entry of Atom. Links are resolved against `xml:base`.
    pub(super) fn from_xml(item: &Element, base: Option<&Url>) -> Entry {
        let base = &inherit(base, item);
        let guid = first(item, &["guid", "id", "dc:identifier"])
            .or_else(|| item.attribute("rdf:about").map(str::to_owned))
            .map(|guid| guid.trim().to_owned());
        let link = link(item, base.as_ref()).or_else(|| permalink(item));
        Entry {
            guid: guid.filter(|guid| !guid.is_empty()),
            link,
            title: item
                .all("title")
                .chain(item.all("dc:title"))
                .map(plain)
                .find(|title| !title.is_empty())
                .unwrap_or_default()
                .replace('\n', " "),
            text: TEXTS
                .iter()
                .flat_map(|name| item.all(name))
                .map(plain)
                .find(|text| !text.is_empty())
                .unwrap_or_default(),
            published: first(item, &PUBLISHED),
            updated: first(item, &UPDATED),
        }
    }

    /// Whether there is nothing to tell and nothing to tell it by.
    pub(super) fn is_empty(&self) -> bool {
        self.title.is_empty() && self.text.is_empty() && self.link.is_none() && self.guid.is_none()
    }
}

/// The words of an element, by what it says of its type (Atom: `type`, Atom 0.3: `mode`).
pub(super) fn plain(element: &Element) -> String {
    let kind = element.attribute("type").unwrap_or_default();
    let base64 = element.attribute("mode") == Some("base64") || is_binary(kind);
    if base64 && let Some(decoded) = decode_base64(&element.text()) {
        return text::from_html(&decoded);
    }
    if kind == "text" && !element.has_markup() { text::tidy(&element.text()) } else { text::from_html(&element.html()) }
}

/// Media types that Atom 1.0 sends in base64 (RFC 4287, 4.1.3.3).
fn is_binary(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.contains('/') && !kind.starts_with("text/") && !kind.contains("xml") && !kind.contains("html")
}

fn decode_base64(text: &str) -> Option<String> {
    use base64::Engine;
    let compact: String = text.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(compact).ok()?;
    String::from_utf8(bytes).ok()
}

/// The text of the first of the elements that has any.
fn first(item: &Element, names: &[&str]) -> Option<String> {
    let texts = names.iter().flat_map(|name| item.all(name)).map(Element::text);
    texts.map(|text| text.trim().to_owned()).find(|text| !text.is_empty())
}

/// The link to the item: RSS has it as text, Atom as `href`, where `rel` is absent or `alternate`.
pub(super) fn link(item: &Element, base: Option<&Url>) -> Option<String> {
    let alternate = |link: &&Element| matches!(link.attribute("rel"), None | Some("alternate" | ""));
    let related = |link: &&Element| matches!(link.attribute("rel"), Some("related" | "via"));
    let href = |link: &Element| {
        let text = link.text();
        let target = if text.trim().is_empty() { link.attribute("href").unwrap_or_default() } else { &text };
        let target = target.trim();
        (!target.is_empty()).then(|| resolve(inherit(base, link).as_ref(), target))
    };
    item.all("link").filter(alternate).find_map(href).or_else(|| item.all("link").filter(related).find_map(href))
}

/// The guid of RSS that is a link itself.
fn permalink(item: &Element) -> Option<String> {
    let guid = item.all("guid").find(|guid| guid.attribute("ispermalink") != Some("false"))?;
    let text = guid.text().trim().to_owned();
    (text.starts_with("http://") || text.starts_with("https://")).then_some(text)
}

/// A longer base is no address: each item of the feed takes a copy of it.
pub(super) const MAX_BASE_BYTES: usize = 2048;

/// The base that an element sets for what is in it.
pub(super) fn inherit(base: Option<&Url>, element: &Element) -> Option<Url> {
    match element.attribute("xml:base").filter(|own| own.len() <= MAX_BASE_BYTES) {
        Some(own) => base.map_or_else(|| Url::parse(own.trim()), |base| base.join(own.trim())).ok(),
        None => base.cloned(),
    }
}

fn resolve(base: Option<&Url>, target: &str) -> String {
    match base.map(|base| base.join(target)) {
        Some(Ok(url)) if Url::parse(target).is_err() => url.into(),
        _ => target.to_owned(),
    }
}

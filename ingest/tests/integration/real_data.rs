//! The parsers against real pages, answers and feeds that lie beside the checkout, with the parses others expect of them.
//!
//! Prints counts and file names, never texts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ingest::{Budget, Page, PageError, portal, telegram, vk};
use serde_json::Value;

/// The folder of real data; `None`, said in one line, where it is absent.
fn data(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var("OTKLIK_REQUIRE_DATA").as_deref() != Ok("1"), "{folder} of the shared data is missing");
    println!("skipped: no {folder} in ../shared/data");
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// How many fields agree with the expectation, and in which files which do not and why.
#[derive(Default)]
struct Tally {
    cases: usize,
    items: usize,
    agree: usize,
    disagree: BTreeMap<(String, Option<&'static str>), usize>,
}

impl Tally {
    /// Compares a field of ours with what the other made of it: several texts, any of which will do.
    fn compare(&mut self, file: &str, field: &str, agrees: bool, ours: &str, theirs: &[String]) {
        if agrees {
            self.agree += 1;
            return;
        }
        let what = format!("{file}: {field}");
        let explained = EXPLAINED
            .iter()
            .find(|(part, _, is_so)| what.contains(part) && theirs.iter().any(|theirs| is_so(ours, theirs)));
        *self.disagree.entry((what, explained.map(|(_, reason, _)| *reason))).or_default() += 1;
    }
}

/// Text nodes by another road than the parser's own, blanks dropped.
fn words(html: &str) -> String {
    let text: String = scraper::Html::parse_fragment(html).root_element().text().collect();
    letters(&text)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

fn said(item: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let value = &item[*name];
        value
            .as_str()
            .or(value["value"].as_str())
            .filter(|text| !text.trim().is_empty() && !text.contains('\u{fffd}'))
            .map(str::to_owned)
    })
}

fn expected_link(item: &Value) -> Option<String> {
    said(item, &["link", "url", "external_url"]).or_else(|| {
        let links = item["links"].as_array()?;
        let alternate = links.iter().find(|link| matches!(link["rel"].as_str(), None | Some("alternate")));
        let link = alternate.or(links.first())?;
        link.as_str().or(link["href"].as_str()).map(str::to_owned)
    })
}

fn compare(tally: &mut Tally, file: &str, page: &Page, expected: &[Value]) {
    let texts = ["content", "content_html", "content_text", "description", "summary", "content:encoded"];
    let tells = |item: &&Value| {
        let words_in_it = said(item, &texts).filter(|text| !words(text).is_empty());
        words_in_it.or_else(|| said(item, &["title", "guid", "id"])).or_else(|| expected_link(item)).is_some()
    };
    let expected: Vec<&Value> = expected.iter().filter(tells).collect();
    tally.cases += 1;
    tally.compare(file, "number of items", expected.len() == page.posts.len(), "", &[]);
    for (item, parsed) in expected.iter().zip(&page.posts) {
        tally.items += 1;
        let post = &parsed.post;
        if let Some(title) = said(item, &["title"]) {
            let ours = letters(post.title.as_deref().unwrap_or_default());
            let agrees = ours == words(&title) || ours == letters(&title);
            tally.compare(file, "title", agrees, &ours, &[letters(&title)]);
        }
        if let Some(link) = expected_link(item).filter(|link| link.starts_with("http")) {
            let ours = post.url.as_deref().unwrap_or_default();
            let agrees = ours == link || url::Url::parse(&link).is_ok_and(|link| link.as_str() == ours);
            tally.compare(file, "link", agrees, ours, &[link]);
        }
        let date = said(item, &["publishedParsed", "pubDateParsed", "isoDate", "date_published", "updatedParsed"]);
        if let Some(date) = date.and_then(|date| date.parse::<model::Time>().ok()) {
            tally.compare(file, "date", date.as_second() == post.published_at.as_second(), "", &[]);
        }
        let candidates: Vec<String> = texts.iter().filter_map(|name| said(item, &[name])).collect();
        if candidates.iter().any(|text| !words(text).is_empty()) {
            let ours = letters(&post.text);
            let agrees = candidates.iter().any(|text| words(text) == ours || letters(text) == ours);
            let theirs: Vec<String> = candidates
                .iter()
                .flat_map(|text| [words(text), letters(text)])
                .filter(|text| !text.is_empty())
                .collect();
            tally.compare(file, "text", agrees, &ours, &theirs);
        }
    }
}

#[test]
fn feeds_agree_with_the_parse_expected_of_them() {
    let Some(folder) = data("feeds") else { return };
    let mut tally = Tally::default();
    let (mut parsed, mut refused, mut bytes) = (0, 0, 0);
    let started = std::time::Instant::now();
    for path in files(&folder) {
        let file = path.strip_prefix(&folder).unwrap().display().to_string();
        if file.contains("output/") || file.ends_with(".html") || is_expectation(&path) {
            continue;
        }
        let input = fs::read(&path).unwrap();
        bytes += input.len();
        let page = portal::parse_feed(&input, None, "feed");
        match (&page, expectation(&path)) {
            (Ok(page), Some(items)) => compare(&mut tally, &file, page, &items),
            (Err(error), Some(_)) => tally.compare(&file, &error.to_string(), false, "", &[]),
            (Err(error), None) => println!("refused, nothing expected: {file}: {error}"),
            (Ok(_), None) => {}
        }
        if page.is_ok() { parsed += 1 } else { refused += 1 }
    }
    println!("feeds: {parsed} parsed, {refused} refused, {bytes} bytes in {:?}", started.elapsed());
    println!(
        "with expectation: {} cases, {} items, {} fields agree, {} do not",
        tally.cases,
        tally.items,
        tally.agree,
        tally.disagree.values().sum::<usize>()
    );
    for ((what, reason), times) in &tally.disagree {
        println!("{times} times {what}: {}", reason.unwrap_or("NOT EXPLAINED"));
    }
    let explained = tally.disagree.keys().all(|(_, reason)| reason.is_some());
    assert!(explained, "a disagreement nobody has explained, or whose reason is not so");
    assert!(tally.cases >= 560 && tally.agree >= 2370 && refused <= 5, "fewer agree than before");
}

/// Of two texts, whether the reason is the one given.
type IsSo = fn(&str, &str) -> bool;

/// Why we and the expectation differ, by file, and what ours and theirs are where that is so.
const EXPLAINED: [(&str, &str, IsSo); 6] = [
    (
        "issue_275_extensions_and_source.xml: text",
        "an empty element in content of type application/atom+xml has no words to us and is a string to the other",
        |ours, theirs| ours.is_empty() && theirs == "<x/>",
    ),
    ("customfields.rss: text", "characters that nobody sees are no part of our texts", |ours, theirs| {
        ours != theirs
            && ours == theirs.replace(|c| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'), "")
    }),
    ("_item_links.xml: link", "of three links the first is the item's; the other takes the last", |ours, theirs| {
        ours.ends_with("example.org") && theirs.ends_with("example3.org")
    }),
    ("reddit-home.rss: text", "the other has the same letters and not their order between tags", |ours, theirs| {
        sorted(ours) == sorted(theirs)
    }),
    (
        "reddit-atom.rss: text",
        "the other loses the order of words between tags, and some of the words",
        |ours, theirs| {
            let mut left = sorted(ours).into_iter();
            sorted(theirs).iter().all(|letter| left.any(|other| other == *letter))
        },
    ),
    (
        "xml2js-options.rss: text",
        "the text is empty, where the other was told by an option to put the word EMPTY",
        |ours, theirs| ours.is_empty() && theirs == "EMPTY",
    ),
];

fn sorted(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters
}

/// The items of the parse that lies beside a feed.
fn expectation(path: &Path) -> Option<Vec<Value>> {
    let name = path.file_stem()?.to_str()?;
    let folder = path.parent()?;
    let beside = if folder.ends_with("input") {
        folder.parent()?.join("output").join(format!("{name}.json"))
    } else if path.extension()? == "json" {
        folder.join(format!("{name}_expected.json"))
    } else {
        folder.join(format!("{name}.json"))
    };
    let bytes = fs::read(beside).ok()?;
    // One expectation is in the encoding of its feed.
    let json = String::from_utf8(bytes)
        .unwrap_or_else(|error| encoding_rs::WINDOWS_1252.decode(error.as_bytes()).0.into_owned());
    let parse: Value = serde_json::from_str(json.trim_start_matches('\u{feff}')).ok()?;
    let items = parse["feed"]["items"].as_array().or(parse["items"].as_array()).or(parse["entries"].as_array());
    Some(items.cloned().unwrap_or_default())
}

fn is_expectation(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.ends_with("_expected.json") || (text.ends_with(".json") && path.with_extension("xml").exists())
}

#[test]
fn every_answer_of_vk_is_read_or_refused_by_name() {
    let Some(folder) = data("vk/answers") else { return };
    let (mut pages, mut posts, mut problems, mut errors) = (0, 0, 0, 0);
    for path in files(&folder) {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let read = vk::parse_wall(&fs::read(&path).unwrap(), "vk");
        match read {
            Ok(page) => {
                pages += 1;
                posts += page.posts.len();
                problems += page.problems.len();
                if file.contains("Wall__Get") || file.contains("NewsFeed__") || file.contains("WallReply") {
                    assert_eq!(page.unread(), 0, "{file}: {:?}", page.problems);
                    assert!(!page.posts.is_empty(), "{file}");
                }
            }
            Err(error) => {
                errors += 1;
                let is_error_answer = matches!(error, PageError::Api { code, .. } if code != 0);
                assert_eq!(
                    is_error_answer,
                    file.starts_with("Errors__") || file.contains("ExecuteErrors"),
                    "{file}: {error}"
                );
            }
        }
    }
    println!("vk: {pages} answers with {posts} posts and {problems} items that are none, {errors} refused");
}

#[test]
fn telegram_pages_have_the_outcome_their_name_says() {
    let Some(folder) = data("telegram/pages") else { return };
    for path in files(&folder) {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let read = telegram::parse_page(&fs::read(&path).unwrap(), "tg", &Budget::untimed());
        match (file.as_str(), read) {
            ("channel_feed.html", Ok(page)) => {
                assert_eq!((page.posts.len(), page.blocks, page.unread()), (20, 20, 0), "{:?}", page.problems);
                assert!(page.older.is_some() && page.title.is_some() && page.channel_number.is_some());
                assert!(page.posts.iter().all(|post| post.post.views.is_some() && post.post.reactions.is_some()));
            }
            ("tme_channel.html", Err(error)) => assert_eq!(error, PageError::NoPreview),
            ("tme_group.html", Err(error)) => assert_eq!(error, PageError::Group),
            ("tme_bot.html", Err(error)) => assert_eq!(error, PageError::Bot),
            ("tme_free.html", Err(error)) => assert_eq!(error, PageError::NotFound),
            (_, read) => panic!("{file}: {:?}", read.map(|page| page.posts.len())),
        }
    }
}

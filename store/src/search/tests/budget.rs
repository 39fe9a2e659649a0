//! What a search may cost: refused before it starts where that is known, stopped where it is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use model::{Event, TaggedPost};
use tantivy::collector::{Count, DocSetCollector};

use super::{Fixture, post};
use crate::search::{Budget, SearchError, SearchRequest, Sort};

/// Enough for many looks at the budget, whatever is searched.
const POSTS: u32 = 2_500;

/// Looks that a whole search of all posts takes at least; one that is stopped at the third takes fewer.
const WHOLE: u64 = 12;

fn crowded() -> Fixture {
    let event = |object: &str| -> Event {
        serde_json::from_value(serde_json::json!({ "object": object, "state": "absent", "actuality": "now" })).unwrap()
    };
    let tagged = |number| {
        let mut tagged = post(number, &format!("нет воды, света и газа; {} дом", word(number)));
        tagged.tags.events = vec![event(&format!("o{number}"))];
        tagged
    };
    let posts: Vec<TaggedPost> = (1..=POSTS).map(tagged).collect();
    Fixture::with(&posts)
}

/// A word of its own for each number, and of those that begin alike one beginning.
fn word(number: u32) -> String {
    const SYLLABLES: [&str; 10] = ["ба", "ве", "ги", "до", "жу", "зы", "кю", "ле", "мо", "ну"];
    let syllable = |digit: char| SYLLABLES[digit.to_digit(10).unwrap() as usize];
    format!("яр{}", number.to_string().chars().map(syllable).collect::<String>())
}

fn request(query: &str) -> SearchRequest {
    SearchRequest { query: query.into(), ..SearchRequest::default() }
}

/// A clock that a second passes on with every look, and how often it was looked at.
fn ticking() -> (Arc<AtomicU64>, impl Fn() -> Instant + Send + Sync) {
    let (looks, start) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let looked = Arc::clone(&looks);
    (looks, move || start + Duration::from_secs(looked.fetch_add(1, Ordering::Relaxed)))
}

/// What is asked of the index, as each of its ways to answer.
type Ask = fn(&Fixture, &str, &Budget) -> Result<(), SearchError>;

const ASK: [(&str, Ask); 5] = [
    ("page", |fixture, query, budget| fixture.index.search(&request(query), budget).map(drop)),
    ("json", |fixture, query, budget| fixture.index.search_json(&request(query), budget).map(drop)),
    ("best", |fixture, query, budget| {
        let request = SearchRequest { sort: Sort::Relevance, ..request(query) };
        fixture.index.search(&request, budget).map(drop)
    }),
    ("facets", |fixture, query, budget| fixture.index.facets(&request(query), budget).map(drop)),
    ("all", |fixture, query, budget| {
        let mut each = |_| Ok::<_, SearchError>(());
        fixture.index.search_all(&request(query), budget, &mut each)
    }),
];

/// With many hits, with none after reading all posts, and with most of the work before the first.
const QUERIES: [&str; 8] = [
    "вода",
    "дом | свет",
    "\"вода нет\"",
    "\"(газ|дом) вода свет\"~0",
    "\"(ярве*|ярги*|ярдо*) нет\"",
    "=воды (ярве* | ярги*)",
    "когда:past",
    "вода -(ярве* | ярги* | \"дом вода\")",
];

#[test]
fn a_search_is_stopped_when_its_time_is_over() {
    let fixture = crowded();
    for (way, ask) in ASK {
        for query in QUERIES {
            let (looks, clock) = ticking();
            ask(&fixture, query, &Budget::new(Duration::from_secs(1_000_000), Arc::new(clock))).unwrap();
            let whole = looks.load(Ordering::Relaxed);
            assert!(whole >= WHOLE, "{way} {query}: {whole} looks");

            let (_, clock) = ticking();
            let stopped = ask(&fixture, query, &Budget::new(Duration::from_secs(3), Arc::new(clock)));
            assert!(matches!(stopped, Err(SearchError::TimedOut { seconds: 3 })), "{way} {query}: {stopped:?}");
        }
    }
}

#[test]
fn what_is_stopped_does_not_go_on() {
    let fixture = crowded();
    let searcher = fixture.index.reader.searcher();
    for query in ["вода", "дом | свет", "\"нет вода\"", "\"нет (вода|ярги*)\"~2 | газ", "=воды (ярве* | ярги*)"]
    {
        let found = |limit| {
            let budget = Budget::new(Duration::from_secs(limit), Arc::new(ticking().1));
            let compiled = fixture.index.compile(&request(query), &searcher, &budget).unwrap();
            searcher.search(&*compiled, &(Count, DocSetCollector)).unwrap().0
        };
        let (part, whole) = (found(3), found(1_000_000));
        assert!(part * 2 < whole && whole * 3 > POSTS as usize, "{query}: {part} of {whole}");
    }
}

#[test]
fn a_search_is_stopped_when_nobody_waits_for_it() {
    let fixture = crowded();
    for (way, ask) in ASK {
        for query in QUERIES {
            // Whoever asked goes at the third look, while the search runs.
            let waiting = Arc::new(std::sync::Mutex::new(None));
            let (looks, clock) = ticking();
            let leaving = Arc::clone(&waiting);
            let looked = Arc::clone(&looks);
            let clock = move || {
                let now = clock();
                if looked.load(Ordering::Relaxed) == 3 {
                    drop(leaving.lock().unwrap().take());
                }
                now
            };
            let budget = Budget::new(Duration::from_secs(1_000_000), Arc::new(clock));
            *waiting.lock().unwrap() = Some(budget.guard());
            let stopped = ask(&fixture, query, &budget);
            assert!(matches!(stopped, Err(SearchError::Cancelled)), "{way} {query}: {stopped:?}");
        }
    }
}

#[test]
fn an_export_is_stopped_between_two_posts() {
    let fixture = crowded();
    let budget = Budget::unlimited();
    let mut handed = 0;
    let mut each = |_| {
        handed += 1;
        if handed == 10 {
            budget.cancel();
        }
        Ok::<_, SearchError>(())
    };
    let stopped = fixture.index.search_all(&request("вода"), &budget, &mut each);
    assert!(matches!(stopped, Err(SearchError::Cancelled)), "{stopped:?}");
    assert_eq!(handed, 10);
}

#[test]
fn the_search_refuses_what_the_matcher_refuses() {
    let fixture = crowded();
    let many = |part: &str, parts| vec![part; parts].join(" ");
    for query in [
        format!("\"{}\"", many("(водопр*|газопр*|теплос*|светоф*|дорожн*)", 100)),
        format!("\"{}\"", many("дом", 65)),
        format!("\"нет ({})\"", vec!["дом"; 257].join("|")),
        many("дом", 513),
        many("до*", 65),
        many("охват:>1", 129),
    ] {
        let refused = text::Query::parse(&query).unwrap_err();
        for (way, ask) in ASK {
            match ask(&fixture, &query, &Budget::unlimited()) {
                Err(SearchError::Query(error)) => assert_eq!(error, refused, "{way}"),
                other => panic!("{way}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_beginning_of_too_many_words_is_refused_before_the_search() {
    let words: Vec<String> = (0..10_050).map(word).collect();
    let fixture = Fixture::with(&[post(1, &format!("вода {}", words.join(" ")))]);
    // One after the other they are cheap.
    fixture.check("вода яр*", &["1"]);
    fixture.check("\"ярве* ярги*\"~5", &["1"]);
    let budget = Budget::unlimited();
    let refused = fixture.index.search(&request("нет | \"(во*|ярве*) (ярги*|ярдо*) (яр*|во*)\"~5"), &budget);
    let Err(SearchError::Query(error)) = refused else { panic!("{refused:?}") };
    assert!(error.message.contains("больше 10000") && error.message.contains("«яр*»"), "{error}");
    assert_eq!(&error.query[error.at.clone()], "(яр*|во*)");
}

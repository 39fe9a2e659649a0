//! The index and the matcher of `text` give the same answer to every query about every post.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use model::{Actuality, Event, Harm, Level, Platform, PostId, Risk, Scale, Sector, TaggedPost};
use proptest::prelude::*;
use tantivy::collector::{Count, DocSetCollector, TopDocs};
use text::{Analyzer, Fields, IndexedDocument, Query};

use super::{Fixture, post, time};
use crate::search::query::Compiler;
use crate::search::{Budget, SearchRequest};

/// Posts and queries of one case.
const POSTS: usize = 25;
const QUERIES: usize = 40;

/// Pairs of a post and a query in a usual run; the variable `OTKLIK_PAIRS` asks for more.
const PAIRS: usize = 4_000;

/// What may stand between two words of a text: a space, mostly; and what ends a sentence or does not.
const JOINTS: [&str; 10] = [" ", " ", " ", " ", ", ", ". ", "! ", "... ", "\n", " ул. "];

/// Few words, with forms of several lemmas (стали, дорогой), forms of one lemma, near beginnings, and one word disguised by a Latin
/// letter and by stretching.
const FORMS: [&str; 18] = [
    "стали",
    "сталь",
    "стать",
    "стал",
    "дорогой",
    "дорога",
    "дороги",
    "дорогая",
    "вода",
    "воды",
    "водитель",
    "нет",
    "ёлка",
    "елки",
    "мира",
    "12",
    "вoда",
    "водааа",
];

const PREFIXES: [&str; 5] = ["ст", "стал", "дорог", "вод", "водит"];

const TESTS: [&str; 34] = [
    "объект:gas",
    "состояние:absent",
    "когда:now",
    "масштаб:house",
    "масштаб:house+",
    "вред:hurt+",
    "число:3",
    "число:>=3",
    "кто:child",
    "просьба:repair",
    "событие:gas.absent",
    "событие:water.*.now.*.hurt",
    "событие:*.burst.count<3",
    "сектор:жкх",
    "сектор:roads",
    "сектор:прочее",
    "тема:water",
    "риск:outage",
    "риск:средний",
    "риск:критический",
    "источник:town",
    "источник:other",
    "платформа:vk",
    "платформа:telegram",
    "место:mira",
    "дата:2026-11-02..2026-11-03",
    "дата:2026-11-03..",
    "охват:>10",
    "охват:<=10",
    "охват:=10",
    "охват:<10",
    "охват:>=10",
    "дата:..2026-11-02",
    "дата:2026-11-03",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(&FORMS[..]).prop_map(str::to_owned),
        1 => prop::sample::select(&FORMS[..]).prop_map(|form| format!("={form}")),
        1 => prop::sample::select(&PREFIXES[..]).prop_map(|prefix| format!("{prefix}*")),
    ]
}

/// A position of a phrase: a word or several.
fn position() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => word(),
        1 => prop::collection::vec(word(), 2..4).prop_map(|any| format!("({})", any.join(" | "))),
    ]
}

/// Leaves as the parser makes them; joined directly, since it refuses some joins that both sides must still agree on.
fn query() -> impl Strategy<Value = Query> {
    let across = prop::bool::weighted(0.2);
    let words = || {
        let words = prop::collection::vec(position(), 2..4);
        (words, across).prop_map(|(words, across)| words.join(if across { " . " } else { " " }))
    };
    let leaf = prop_oneof![
        4 => word(),
        1 => position().prop_map(|position| format!("\"{position}\"")),
        3 => words().prop_map(|words| format!("\"{words}\"")),
        3 => (words(), 0u32..4).prop_map(|(words, gap)| format!("\"{words}\"~{gap}")),
        2 => prop::sample::select(&TESTS[..]).prop_map(str::to_owned),
    ];
    leaf.prop_map(|leaf| Query::parse(&leaf).unwrap()).prop_recursive(3, 12, 3, |part| {
        let parts = || prop::collection::vec(part.clone(), 2..4);
        prop_oneof![
            parts().prop_map(Query::And),
            parts().prop_map(Query::Or),
            part.clone().prop_map(|part| Query::Not(Box::new(part))),
        ]
    })
}

prop_compose! {
    fn tagged()(
        title in prop::option::weighted(0.3, text(3)),
        body in text(8),
        hours in 0i64..60,
        views in prop::option::of(8u64..13),
        vk in any::<bool>(),
        sectors in prop::collection::vec(prop::sample::select(&Sector::ALL[..]), 0..3),
        risk in prop::option::of(prop::sample::select(&Level::ALL[..])),
        marks in any::<[bool; 4]>(),
        events in prop::collection::vec(event(), 0..3),
    ) -> TaggedPost {
        let mut tagged = post(0, &body);
        tagged.post.title = title;
        tagged.post.published_at = time("2026-11-01T12:00:00Z") + jiff::Span::new().hours(hours);
        tagged.post.views = views;
        if vk {
            tagged.post.platform = Platform::Vk;
        }
        if marks[0] {
            tagged.post.source = "other".into();
        }
        tagged.tags.sector = sectors.first().copied().unwrap_or_default();
        tagged.tags.sectors = sectors;
        tagged.tags.topics = if marks[1] { vec!["water".into()] } else { vec![] };
        tagged.tags.places = if marks[2] { vec!["lenina".into(), "mira".into()] } else { vec![] };
        tagged.tags.events = events;
        let kind = if marks[3] { "outage" } else { "fire" };
        tagged.tags.risks = risk.map(|level| Risk { kind: kind.into(), level, why: vec![] }).into_iter().collect();
        tagged
    }
}

prop_compose! {
    fn event()(
        object in prop::sample::select(&["gas", "water"][..]),
        state in prop::sample::select(&["absent", "burst"][..]),
        actuality in prop::sample::select(&Actuality::ALL[..3]),
        scale in prop::option::of(prop::sample::select(&Scale::ALL[..])),
        harm in prop::sample::select(&Harm::ALL[..]),
        count in prop::option::of(2u32..5),
        who in any::<bool>(),
        wish in any::<bool>(),
    ) -> Event {
        let (object, state) = (object.to_owned(), state.to_owned());
        let (who, wish) = (who.then(|| "child".into()), wish.then(|| "repair".into()));
        Event { object, state, actuality, scale, count, harm, who, wish, words: Vec::new() }
    }
}

fn text(words: usize) -> impl Strategy<Value = String> {
    let word = (prop::sample::select(&FORMS[..]), prop::sample::select(&JOINTS[..]));
    prop::collection::vec(word, 0..words)
        .prop_map(|words| words.into_iter().map(|(word, joint)| word.to_owned() + joint).collect())
}

fn cases() -> u32 {
    let pairs = std::env::var("OTKLIK_PAIRS").ok().and_then(|pairs| pairs.parse().ok()).unwrap_or(PAIRS);
    pairs.div_ceil(POSTS * QUERIES) as u32
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn a_search_finds_what_the_matcher_matches(
        mut posts in prop::collection::vec(tagged(), POSTS),
        queries in prop::collection::vec(query(), QUERIES),
    ) {
        for (number, tagged) in posts.iter_mut().enumerate() {
            tagged.post.id = PostId::new(format!("{}{number}", tagged.post.platform.id_prefix())).unwrap();
        }
        let mut fixture = Fixture::new();
        // Several segments.
        posts.chunks(10).for_each(|batch| fixture.feed(batch));
        let mut analyzer = Analyzer::new();
        let documents: Vec<_> = posts.iter().map(|tagged| analyzer.post_document(&tagged.post)).collect();
        let indexed: Vec<_> = documents.iter().map(IndexedDocument::new).collect();
        let timezone = TimeZone::get("Europe/Moscow").unwrap();
        let searcher = fixture.index.reader.searcher();
        let compiler = Compiler { fields: &fixture.index.fields, timezone: &timezone, budget: &Budget::unlimited() };
        for query in queries {
            let expect: BTreeSet<PostId> = posts
                .iter()
                .zip(&indexed)
                .filter(|(tagged, document)| {
                    let fields = Fields { post: &tagged.post, tags: &tagged.tags, timezone: &timezone };
                    text::matches(&query, document, Some(&fields)).is_some()
                })
                .map(|(tagged, _)| tagged.post.id.clone())
                .collect();
            let compiled = compiler.request(Some(&query), &SearchRequest::default());
            let id = |address| fixture.index.post(&searcher, address).unwrap().unwrap().post.id;
            let found = searcher.search(&*compiled, &DocSetCollector).unwrap();
            prop_assert_eq!(found.into_iter().map(id).collect::<BTreeSet<_>>(), expect.clone(), "{:?}", &query);
            // Scored, tantivy takes other paths.
            let scored = TopDocs::with_limit(POSTS).order_by_score();
            let (scored, count) = searcher.search(&*compiled, &(scored, Count)).unwrap();
            prop_assert_eq!(count, expect.len(), "{:?}", &query);
            prop_assert!(scored.iter().all(|(score, _)| score.is_finite()), "{:?}", &query);
            let scored: BTreeSet<PostId> = scored.into_iter().map(|(_, address)| id(address)).collect();
            prop_assert_eq!(scored, expect, "scored: {:?}", &query);
        }
    }
}

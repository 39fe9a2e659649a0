use jiff::tz::TimeZone;
use model::{Level, Post, Risk, Sector, Tags};
use proptest::prelude::*;

use super::*;
use crate::{Analyzer, Document, Query};

fn post() -> Post {
    let json = r#"{"id":"vk:-1_2","platform":"vk","source":"city","published_at":"2026-11-01T22:30:00Z","text":"","views":1000}"#;
    model::wire::read_post(json.as_bytes(), None).unwrap()
}

fn tags() -> Tags {
    Tags {
        sector: Sector::Jkh,
        sectors: vec![Sector::Jkh, Sector::Tko],
        topics: vec!["no-water".into()],
        risks: vec![Risk { kind: "outage".into(), level: Level::Medium, why: Vec::new() }],
        places: vec!["mira".into()],
        ..Tags::default()
    }
}

fn run(query: &str, document: &Document) -> Option<Vec<u32>> {
    let (post, tags, timezone) = (post(), tags(), TimeZone::get("Europe/Moscow").unwrap());
    let fields = Fields { post: &post, tags: &tags, timezone: &timezone };
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{error}"));
    matches(&query, &IndexedDocument::new(document), Some(&fields))
}

/// The positions in a text, or none.
#[track_caller]
fn check(query: &str, text: &str, expect: Option<&[u32]>) {
    assert_eq!(run(query, &Analyzer::new().document(None, text)).as_deref(), expect, "{query} in {text}");
}

#[track_caller]
fn holds(query: &str, expect: bool) {
    assert_eq!(run(query, &Analyzer::new().document(None, "вода")).is_some(), expect, "{query}");
}

#[test]
fn a_word_meets_a_token_that_shares_a_lemma() {
    check("вода", "Воды нет, воду отключили", Some(&[0, 2]));
    check("сталь", "Они стали ждать", Some(&[1]));
    check("=воды", "Воды нет, воду отключили", Some(&[0]));
    check("отключ*", "Воды нет, воду отключили", Some(&[3]));
    check("улица", "на ул. Мира", Some(&[1]));
    check("вода", "свет", None);
}

#[test]
fn a_phrase_is_side_by_side_in_order() {
    check("\"нет воды\"", "воды нет воды", Some(&[1, 2]));
    check("\"нет воды\"", "нет горячей воды", None);
    check("\"вода вода\"", "вода", None);
    check("\"сталь стать\"", "стали", None);
    check("школа-интернат", "в школе-интернате", Some(&[1, 2]));
    check("\"пятая школа\"", "у пятой-школы", Some(&[1, 2]));
}

#[test]
fn near_gives_each_word_a_token_of_its_own() {
    check("\"нет воды\"~1", "воды снова нет", Some(&[0, 2]));
    check("\"нет воды\"~1", "воды снова опять нет", None);
    check("\"сталь стать\"~1", "стали", None);
    check("\"сталь стать\"~1", "стали стали", Some(&[0, 1]));
    check("\"вода вода\"~5", "вода и вода", Some(&[0, 2]));
    check("\"сталь =стали\"~0", "сталь стали", Some(&[0, 1]));
    check("\"=стали сталь\"~0", "сталь стали", Some(&[0, 1]));
    check("\"а б в\"~1", "в а и б", Some(&[0, 1, 3]));
}

#[test]
fn alternatives_at_a_position_meet_what_one_of_them_meets() {
    check("\"(авария | порыв) (труба | водовод)\"~4", "порыв на старом водоводе", Some(&[0, 3]));
    check("\"(авария | порыв) (труба | водовод)\"~4", "порыв, авария", None);
    check("\"нет (воды | =света | тепл*)\"", "нет света, нет теплой, нет свет", Some(&[0, 1, 2, 3]));
    check("\"(вода | воды*) (вода | свет)\"~2", "воды", None);
    check("\"(вода | свет) (вода | свет)\"~2", "вода свет", Some(&[0, 1]));
    check("\"(вода | свет)\"", "вода и свет", Some(&[0, 2]));
}

#[test]
fn no_phrase_crosses_from_title_to_text() {
    let document = Analyzer::new().document(Some("Снова нет"), "воды в доме");
    assert_eq!(run("\"нет воды\"", &document), None);
    assert_eq!(run("\"нет воды\"~50", &document), None);
    assert_eq!(run("нет воды", &document), Some(vec![1, 102]));
}

#[test]
fn no_phrase_crosses_the_end_of_a_sentence_unless_asked() {
    check("\"нет воды\"", "Света нет. Воды хватает", None);
    check("\"нет воды\"~3", "Света нет! Воды хватает", None);
    check("\"нет воды\"~2", "Света нет. Воды холодной, горячей нет", Some(&[2, 5]));
    check("\"нет. Воды\"", "Света нет. Воды хватает", Some(&[1, 2]));
    check("\"воды. Света\"~1", "Света нет. Воды хватает", Some(&[0, 2]));
    check("нет воды", "Света нет. Воды хватает", Some(&[1, 2]));
    check("\"улица мир\"", "на ул. Мира", Some(&[1, 2]));
}

#[test]
fn joints_show_the_words_that_spoke() {
    check("вода | свет", "вода и свет", Some(&[0, 2]));
    check("вода -свет", "вода и свет", None);
    check("вода -газ", "вода и свет", Some(&[0]));
    check("(вода газ) | свет", "вода и свет", Some(&[2]));
    check("сектор:жкх", "вода", Some(&[]));
}

#[test]
fn fields_are_tested() {
    for query in
        ["сектор:тко", "тема:no-water", "риск:outage", "риск:низкий", "риск:средний", "источник:city", "платформа:vk"]
    {
        holds(query, true);
    }
    for query in [
        "место:mira",
        "дата:2026-11-02",
        "дата:2026-11-02..",
        "охват:>999",
        "охват:1000",
        "охват:<=1000",
        "вода -риск:high",
    ] {
        holds(query, true);
    }
    for query in [
        "сектор:roads",
        "риск:высокий",
        "дата:2026-11-01",
        "дата:..2026-11-01",
        "охват:>1000",
        "охват:<1000",
        "место:lenina",
    ] {
        holds(query, false);
    }
}

#[test]
fn an_absent_value_and_absent_fields_are_false() {
    let (tags, timezone) = (tags(), TimeZone::UTC);
    let post = Post { views: None, ..post() };
    let document = Analyzer::new().document(None, "вода");
    let indexed = IndexedDocument::new(&document);
    let query = Query::parse("охват:<5").unwrap();
    assert_eq!(matches(&query, &indexed, Some(&Fields { post: &post, tags: &tags, timezone: &timezone })), None);
    assert_eq!(matches(&query, &indexed, None), None);
}

/// Few words, ambiguous ones among them, so that generated queries and documents meet.
const WORDS: &[&str] = &["вода", "воды", "стали", "сталь", "стать", "нет", "отключили", "ул", "улица", "пар"];

fn word() -> impl Strategy<Value = String> {
    (0..WORDS.len(), 0..8).prop_map(|(i, kind)| match kind {
        0 => format!("={}", WORDS[i]),
        1 => format!("{}*", WORDS[i].chars().take(2).collect::<String>()),
        _ => WORDS[i].to_owned(),
    })
}

fn query() -> impl Strategy<Value = String> {
    let position = || prop_oneof![3 => word(), 1 => prop::collection::vec(word(), 2..4).prop_map(|any| format!("({})", any.join("|")))];
    let words = move || prop::collection::vec(position(), 2..4).prop_map(|words| words.join(" "));
    let leaf = prop_oneof![
        word(),
        words().prop_map(|words| format!("\"{words}\"")),
        (words(), 0..4).prop_map(|(words, gap)| format!("\"{words}\"~{gap}")),
        Just("сектор:тко".to_owned()),
        Just("охват:>5000".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" | "))),
            (inner.clone(), inner.clone()).prop_map(|(yes, no)| format!("({yes} -{no})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(yes, some, no)| format!("({yes} ({some} | -{no}))")),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(0..WORDS.len() + 3, 0..9).prop_map(|indices| {
        let word = |&i: &usize| WORDS.get(i).copied().unwrap_or(if i == WORDS.len() { "и." } else { "и" });
        indices.iter().map(word).collect::<Vec<_>>().join(" ")
    })
}

/// Nearness by its definition: try every assignment of words to positions.
fn near_by_definition(lists: &[Vec<u32>], gap: u32, ends: &[u32], taken: &mut Vec<u32>) -> bool {
    let Some(list) = lists.get(taken.len()) else {
        let (first, last) = (taken.iter().min(), taken.iter().max());
        let near = |(first, last): (&u32, &u32)| {
            last - first < gap + lists.len() as u32 && !ends.iter().any(|end| (first..last).contains(&end))
        };
        return first.zip(last).is_some_and(near);
    };
    list.iter().any(|&position| {
        !taken.contains(&position) && {
            taken.push(position);
            let found = near_by_definition(lists, gap, ends, taken);
            taken.pop();
            found
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_set_of_rules_hits_what_each_rule_hits(
        queries in prop::collection::vec(query(), 1..12),
        documents in prop::collection::vec((text(), text()), 1..6),
    ) {
        let queries: Vec<Query> = queries.iter().filter_map(|query| Query::parse(query).ok()).collect();
        let rules = Percolator::new(queries.clone());
        let (post, tags, timezone) = (post(), tags(), TimeZone::UTC);
        let fields = Fields { post: &post, tags: &tags, timezone: &timezone };
        let (mut knowing, mut unknowing) = (Analyzer::with_vocabulary(rules.vocabulary()), Analyzer::new());
        for (i, (title, text)) in documents.iter().enumerate() {
            let analyzer = if i % 2 == 0 { &mut knowing } else { &mut unknowing };
            let document = analyzer.document(Some(title), text);
            let indexed = IndexedDocument::new(&document);
            let mut hits = Vec::new();
            // All at once, or in stages.
            let half = if i % 3 == 0 { 0 } else { queries.len() / 2 };
            let awake = rules.prefilter(&document);
            for stage in [0..half, half..queries.len()] {
                awake.matches(stage, Some(&fields), &mut |index, positions| hits.push((index, positions)));
            }
            let one_by_one = queries.iter().enumerate();
            let expect: Vec<_> =
                one_by_one.filter_map(|(i, query)| matches(query, &indexed, Some(&fields)).map(|found| (i, found))).collect();
            prop_assert_eq!(hits, expect);
        }
    }

    #[test]
    fn near_is_what_its_definition_says(
        lists in prop::collection::vec(prop::collection::btree_set(0_u32..14, 1..5), 1..5),
        gap in 0_u32..5,
        ends in prop::collection::btree_set(0_u32..14, 0..4),
    ) {
        // The last sentence ends with the text.
        let ends: Vec<u32> = ends.into_iter().chain([14]).collect();
        let lists: Vec<Vec<u32>> = lists.into_iter().map(|set| set.into_iter().collect()).collect();
        let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
        let near = |ends: &[u32]| positions_match_near(&slices, gap, ends) == near_by_definition(&lists, gap, ends, &mut Vec::new());
        prop_assert!(near(&ends) && near(&[]));
    }

    #[test]
    fn every_word_that_speaks_is_in_the_document(query in query(), text in text()) {
        let document = Analyzer::new().document(None, &text);
        if let Some(found) = Query::parse(&query).ok().and_then(|query| matches(&query, &IndexedDocument::new(&document), None)) {
            prop_assert!(found.is_sorted() && found.iter().all(|&position| (position as usize) < document.tokens.len()));
        }
    }
}

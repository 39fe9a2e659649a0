//! What a query finds.

use super::{Fixture, post};
use crate::search::{Budget, MAX_OFFSET, SearchError, SearchRequest, Sort};

#[test]
fn a_word_is_found_in_all_its_forms() {
    let fixture = Fixture::with(&[
        post(1, "Мусор не вывозят третий день"),
        post(2, "Ёлку уже вывезли со двора"),
        post(3, "Отключили горячую воду"),
        post(4, "Люди ждут"),
    ]);
    fixture.check("вывозить", &["1"]);
    fixture.check("вывезти", &["2"]);
    fixture.check("елка", &["2"]);
    fixture.check("ёлками", &["2"]);
    fixture.check("вода", &["3"]);
    fixture.check("человек", &["4"]);
    fixture.check("=воду", &["3"]);
    fixture.check("=вода", &[]);
    fixture.check("вывез*", &["2"]);
    fixture.check("выв*", &["2", "1"]);
    fixture.check("вода | человек", &["4", "3"]);
    fixture.check("день -вода", &["1"]);
    fixture.check("день | (двор -вода)", &["2", "1"]);
    fixture.check("", &["4", "3", "2", "1"]);
}

#[test]
fn words_of_a_phrase_stand_side_by_side_whatever_their_lemmas() {
    let mut titled = post(5, "стали дорогой");
    titled.post.title = Some("Цены".into());
    let fixture = Fixture::with(&[
        post(1, "из стали сделали лавку"),
        post(2, "все стали ждать"),
        post(3, "стали стали"),
        post(4, "стали и ещё раз стали"),
        titled,
    ]);
    // One token of two lemmas is still one token.
    fixture.check("\"сталь стать\"", &["3"]);
    fixture.check("\"сталь стать\"~1", &["3"]);
    fixture.check("\"стали стали\"~3", &["4", "3"]);
    fixture.check("\"стали стали\"", &["3"]);
    fixture.check("\"сталь делать\"", &[]);
    fixture.check("\"сталь сделать\"", &["1"]);
    fixture.check("\"стать ждать\"", &["2"]);
    fixture.check("\"сталь дорогой\"", &["5"]);
    fixture.check("\"сталь дорога\"", &["5"]);
    // No phrase reaches from the title into the text.
    fixture.check("\"цена стать\"", &[]);
    fixture.check("\"цена стать\"~50", &[]);
    fixture.check("цена стать", &["5"]);
    fixture.check("\"все ст* ждать\"", &["2"]);
    let by_relevance = |query: &str| SearchRequest { query: query.into(), sort: Sort::Relevance, ..Default::default() };
    // Scored or not, the same posts.
    assert_eq!(fixture.index.search(&by_relevance("\"стали стали\"~3"), &Budget::unlimited()).unwrap().total, 2);
}

#[test]
fn a_query_with_a_mistake_is_answered_in_russian() {
    let fixture = Fixture::new();
    let error = fixture
        .index
        .search(&SearchRequest { query: "-вода".into(), ..Default::default() }, &Budget::unlimited())
        .unwrap_err();
    assert!(matches!(error, SearchError::Query(_)), "{error}");
    let far = SearchRequest { offset: MAX_OFFSET + 1, ..Default::default() };
    assert!(matches!(fixture.index.search(&far, &Budget::unlimited()), Err(SearchError::Request(_))));
}

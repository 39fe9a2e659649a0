//! Filters, orders, pages, exports and counts.

use model::{Event, Level, Platform, PostId, Risk, Sector, TaggedPost};

use super::{Fixture, post, short, time, tombstone};
use crate::search::{Budget, FacetCount, Facets, SearchError, SearchRequest, Sort};

fn event(object: &str, state: &str) -> Event {
    let json = serde_json::json!({ "object": object, "state": state, "actuality": "now" });
    serde_json::from_value(json).unwrap()
}

fn filtered() -> Fixture {
    let mut one = post(1, "нет воды");
    one.post.views = Some(50);
    one.tags.sector = Sector::Jkh;
    one.tags.sectors = vec![Sector::Jkh, Sector::Roads];
    one.tags.topics = vec!["water".into()];
    one.tags.places = vec!["mira".into()];
    one.tags.risks = vec![
        Risk { kind: "outage".into(), level: Level::High, why: vec![] },
        Risk { kind: "fire".into(), level: Level::Low, why: vec![] },
    ];
    one.tags.events = vec![event("cold_water", "absent"), event("cold_water", "absent"), event("gas", "smells")];
    let mut two = post(2, "яма и вода");
    two.tags.events = vec![event("cold_water", "burst"), event("pit", "open")];
    two.post.views = Some(7);
    two.post.source = "other".into();
    two.tags.sector = Sector::Roads;
    two.tags.sectors = vec![Sector::Roads];
    let mut three = post(3, "воды нет нет воды, вода");
    three.post.id = PostId::new("vk:-1_3").unwrap();
    three.post.platform = Platform::Vk;
    three.post.published_at = time("2026-11-02T21:30:00Z");
    Fixture::with(&[one, two, three])
}

#[test]
fn filters_narrow_a_search() {
    let fixture = filtered();
    let base = || SearchRequest { query: "вода".into(), ..Default::default() };
    fixture.finds(SearchRequest { sector: Some(Sector::Roads), ..base() }, &["2", "1"]);
    fixture.finds(SearchRequest { sector: Some(Sector::Other), ..base() }, &["vk:-1_3"]);
    fixture.finds(SearchRequest { topic: Some("water".into()), ..base() }, &["1"]);
    fixture.finds(SearchRequest { risk: Some("fire".into()), ..base() }, &["1"]);
    fixture.finds(SearchRequest { risk: Some("flood".into()), ..base() }, &[]);
    fixture.finds(SearchRequest { level: Some(Level::Medium), ..base() }, &["1"]);
    fixture.finds(SearchRequest { level: Some(Level::Critical), ..base() }, &[]);
    fixture.finds(SearchRequest { place: Some("mira".into()), ..base() }, &["1"]);
    fixture.finds(SearchRequest { source: Some("other".into()), ..base() }, &["2"]);
    let of = |object: Option<&str>, state: Option<&str>| SearchRequest {
        object: object.map(str::to_owned),
        state: state.map(str::to_owned),
        ..base()
    };
    fixture.finds(of(Some("cold_water"), None), &["2", "1"]);
    fixture.finds(of(None, Some("smells")), &["1"]);
    fixture.finds(of(Some("cold_water"), Some("burst")), &["2"]);
    fixture.finds(of(Some("cold_water"), Some("smells")), &[]);
    // One event, not two.
    fixture.check("объект:cold_water состояние:smells", &["1"]);
    fixture.check("событие:cold_water.smells", &[]);
    fixture.check("событие:cold_water.*.now -событие:*.burst", &["1"]);
    fixture.finds(SearchRequest { platform: Some(Platform::Vk), ..base() }, &["vk:-1_3"]);
    let (from, to) = (time("2026-11-01T12:01:00Z"), time("2026-11-01T12:02:00Z"));
    fixture.finds(SearchRequest { from: Some(from), to: Some(to), ..base() }, &["1"]);
    fixture.finds(SearchRequest { from: Some(to), ..base() }, &["vk:-1_3", "2"]);
    fixture.finds(SearchRequest { to: Some(from), ..base() }, &[]);
    // In Moscow the evening of the 2nd in UTC is the 3rd.
    fixture.check("дата:2026-11-03..2026-11-03", &["vk:-1_3"]);
    fixture.check("дата:2026-11-01..2026-11-02", &["2", "1"]);
    fixture.check("охват:>7", &["1"]);
    fixture.check("охват:>=7", &["2", "1"]);
    fixture.check("охват:<50", &["2"]);
    fixture.check("охват:<0 | охват:<=7", &["2"]);
}

#[test]
fn hits_come_in_the_order_asked_for_page_by_page() {
    let fixture = filtered();
    let sorted = |sort| SearchRequest { query: "вода".into(), sort, ..Default::default() };
    fixture.finds(sorted(Sort::Time), &["vk:-1_3", "2", "1"]);
    fixture.finds(sorted(Sort::Views), &["1", "2", "vk:-1_3"]);
    // Three of six words, then one of two, then one of three.
    fixture.finds(sorted(Sort::Relevance), &["vk:-1_3", "1", "2"]);
    fixture.finds(SearchRequest { limit: 1, offset: 1, ..sorted(Sort::Time) }, &["2"]);
    let page = fixture
        .index
        .search(&SearchRequest { limit: 1, offset: 5, ..sorted(Sort::Time) }, &Budget::unlimited())
        .unwrap();
    assert_eq!((page.total, page.hits.len()), (3, 0));
    let whole =
        fixture.index.search(&SearchRequest { limit: usize::MAX, ..sorted(Sort::Time) }, &Budget::unlimited()).unwrap();
    assert_eq!((whole.total, whole.hits.len()), (3, 3));
}

#[test]
fn an_export_gives_every_hit_in_the_order_of_a_search_by_time() {
    let mut fixture = Fixture::new();
    for batch in 0..4 {
        let posts: Vec<TaggedPost> = (0..25)
            .map(|i| {
                let mut tagged = post((batch * 25 + i) * 7919 % 100, "вода");
                // Many at one time: the order must still be one.
                tagged.post.published_at = time("2026-11-01T12:00:00Z") + jiff::Span::new().minutes(i % 3);
                tagged
            })
            .collect();
        fixture.feed(&posts);
    }
    let request = SearchRequest { query: "вода".into(), limit: 1000, ..Default::default() };
    let mut exported = Vec::new();
    let each = &mut |tagged: TaggedPost| {
        exported.push(short(&tagged));
        Ok::<_, SearchError>(())
    };
    fixture.index.search_all(&SearchRequest { limit: 1, ..request.clone() }, &Budget::unlimited(), each).unwrap();
    assert_eq!(exported.len(), 100);
    assert_eq!(exported, fixture.ids(&request));
    let page = |offset| fixture.ids(&SearchRequest { limit: 7, offset, ..request.clone() });
    assert_eq!(exported, (0..100).step_by(7).flat_map(page).collect::<Vec<_>>());
    for sort in [Sort::Views, Sort::Relevance] {
        assert_eq!(exported, fixture.ids(&SearchRequest { sort, ..request.clone() }), "all are equally good");
    }
    let stop = &mut |_| Err::<(), _>(SearchError::Request("довольно".into()));
    assert!(matches!(fixture.index.search_all(&request, &Budget::unlimited(), stop), Err(SearchError::Request(_))));
}

#[test]
fn facets_count_all_that_a_search_finds() {
    let fixture = filtered();
    let facets = fixture
        .index
        .facets(&SearchRequest { query: "вода".into(), limit: 1, ..Default::default() }, &Budget::unlimited())
        .unwrap();
    let counts = |counts: &[FacetCount]| counts.iter().map(|c| format!("{} {}", c.key, c.posts)).collect::<Vec<_>>();
    assert_eq!(facets.total, 3);
    assert_eq!(counts(&facets.sectors), ["roads 2", "jkh 1", "other 1"]);
    assert_eq!(counts(&facets.topics), ["water 1"]);
    assert_eq!(counts(&facets.risks), ["fire 1", "outage 1"]);
    assert_eq!(counts(&facets.sources), ["town 2", "other 1"]);
    assert_eq!(counts(&facets.objects), ["cold_water 2", "gas 1", "pit 1"]);
    assert_eq!(counts(&facets.states), ["absent 1", "burst 1", "open 1", "smells 1"]);
    let days: Vec<String> = facets.days.iter().map(|day| format!("{} {}", day.date, day.posts)).collect();
    // 21:30 in UTC is the next day in Moscow.
    assert_eq!(days, ["2026-11-01 2", "2026-11-03 1"]);
    let narrow = SearchRequest { sector: Some(Sector::Jkh), ..Default::default() };
    assert_eq!(fixture.index.facets(&narrow, &Budget::unlimited()).unwrap().total, 1);
    assert_eq!(
        Fixture::new().index.facets(&SearchRequest::default(), &Budget::unlimited()).unwrap(),
        Facets::default()
    );
}

#[test]
fn the_posts_of_an_author_are_found_by_their_hashes_alone() {
    let by = |number: u32, author: &str| {
        let mut tagged = post(number, &format!("вода {author}"));
        tagged.post.author = Some(author.to_owned());
        tagged
    };
    let (november, december, other) = ("00000000000000aa", "00000000000000bb", "00000000000000cc");
    let gone = by(5, november);
    let posts = [by(1, november), by(2, december), by(3, other), post(4, november), gone.clone()];
    let mut fixture = Fixture::with(&posts);
    fixture.feed(&[tombstone(&gone, "2026-11-02T00:00:00Z")]);
    let found = |authors: &[&str], limit| {
        let authors = authors.iter().map(|author| (*author).to_owned()).collect();
        let found = fixture.index.by_authors(&authors, limit).unwrap();
        let mut found: Vec<String> = found.iter().map(short).collect();
        found.sort();
        found
    };
    assert_eq!(found(&[november, december], 10), ["1", "2"]);
    assert_eq!(found(&[november, december], 1).len(), 1);
    assert_eq!(found(&[], 10), [""; 0]);
}

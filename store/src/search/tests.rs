//! The index as its users meet it: fed through the sink, asked through requests.

use std::collections::BTreeMap;
use std::os::unix::fs::FileExt;

use jiff::tz::TimeZone;
use journal::{Checkpoint, Entry, Sink};
use model::{Kind, Level, Origin, Platform, Post, PostId, Risk, Sector, TaggedPost, Tags, Time, wire};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// An index in a folder of its own.
pub(super) struct Fixture {
    pub folder: TempDir,
    pub index: SearchIndex,
    pub sink: SearchSink,
    next: u64,
}

impl Fixture {
    pub fn new() -> Fixture {
        Fixture::in_folder(tempfile::tempdir().unwrap(), 1)
    }

    fn in_folder(folder: TempDir, next: u64) -> Fixture {
        let index = SearchIndex::open(folder.path(), TimeZone::get("Europe/Moscow").unwrap()).unwrap();
        let sink = index.sink().unwrap();
        Fixture { folder, index, sink, next }
    }

    fn with(posts: &[TaggedPost]) -> Fixture {
        let mut fixture = Fixture::new();
        fixture.feed(posts);
        fixture
    }

    /// One batch.
    pub fn feed(&mut self, posts: &[TaggedPost]) {
        let refused = self.apply(posts.iter().map(wire::write_tagged).collect());
        assert_eq!(refused, [""; 0]);
    }

    /// One batch of payloads; returns the reasons of those refused.
    fn apply(&mut self, payloads: Vec<Vec<u8>>) -> Vec<String> {
        let entry = |payload| {
            self.next += 1;
            Entry { partition: 0, offset: self.next - 1, key: String::new(), payload }
        };
        let entries: Vec<Entry> = payloads.into_iter().map(entry).collect();
        let applied = self.sink.apply(&entries).unwrap();
        self.sink.flush().unwrap();
        applied.refused.into_iter().map(|refusal| refusal.reason).collect()
    }

    fn reopen(self) -> Fixture {
        let Fixture { folder, index, sink, next } = self;
        drop((index, sink));
        Fixture::in_folder(folder, next)
    }

    pub fn ids(&self, request: &SearchRequest) -> Vec<String> {
        let result = self.index.search(request).unwrap();
        assert!(result.total as usize >= result.hits.len());
        let json = self.index.search_json(request).unwrap();
        assert_eq!(serde_json::from_slice::<SearchResult>(&json).unwrap(), result);
        result.hits.iter().map(short).collect()
    }

    /// A search must find these posts, newest first.
    #[track_caller]
    fn check(&self, query: &str, expect: &[&str]) {
        let found = self.ids(&SearchRequest { query: query.into(), ..SearchRequest::default() });
        assert_eq!(found, expect, "{query}");
    }

    /// As [`Fixture::check`] for a whole request.
    #[track_caller]
    fn finds(&self, request: SearchRequest, expect: &[&str]) {
        assert_eq!(self.ids(&request), expect, "{request:?}");
    }
}

fn short(tagged: &TaggedPost) -> String {
    tagged.post.id.as_str().trim_start_matches("tg:town/").to_owned()
}

pub(super) fn time(text: &str) -> Time {
    text.parse().unwrap()
}

/// A post of this number, published that many minutes after noon of November 1, so that a greater number is newer.
pub(super) fn post(number: u32, text: &str) -> TaggedPost {
    let published_at = time("2026-11-01T12:00:00Z") + jiff::Span::new().minutes(number);
    let post = Post {
        v: wire::FORMAT,
        id: PostId::new(format!("tg:town/{number}")).unwrap(),
        platform: Platform::Telegram,
        source: "town".into(),
        kind: Kind::Post,
        url: Some(format!("https://t.me/town/{number}")),
        published_at,
        edited_at: None,
        seen_at: Some(published_at),
        deleted_at: None,
        title: None,
        text: text.into(),
        poll: None,
        views: None,
        reactions: None,
        reposts: None,
        comments: None,
        author: None,
        in_reply_to: None,
        forwarded_from: None,
        advert: false,
        origin: Origin::Live,
    };
    TaggedPost { post, tags: Tags { rules: 1, ..Tags::default() } }
}

fn tombstone(of: &TaggedPost, at: &str) -> TaggedPost {
    TaggedPost { post: of.post.tombstone(time(at)), tags: Tags { rules: of.tags.rules, ..Tags::default() } }
}

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
    let mut titled = post(5, "стали дороги");
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
    assert_eq!(fixture.index.search(&by_relevance("\"стали стали\"~3")).unwrap().total, 2);
}

#[test]
fn a_query_with_a_mistake_is_answered_in_russian() {
    let fixture = Fixture::new();
    let error = fixture.index.search(&SearchRequest { query: "-вода".into(), ..Default::default() }).unwrap_err();
    assert!(matches!(error, SearchError::Query(_)), "{error}");
    let far = SearchRequest { offset: MAX_OFFSET + 1, ..Default::default() };
    assert!(matches!(fixture.index.search(&far), Err(SearchError::Request(_))));
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
    let mut two = post(2, "яма и вода");
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
    let page = fixture.index.search(&SearchRequest { limit: 1, offset: 5, ..sorted(Sort::Time) }).unwrap();
    assert_eq!((page.total, page.hits.len()), (3, 0));
    let whole = fixture.index.search(&SearchRequest { limit: usize::MAX, ..sorted(Sort::Time) }).unwrap();
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
    fixture.index.search_all(&SearchRequest { limit: 1, ..request.clone() }, each).unwrap();
    assert_eq!(exported.len(), 100);
    assert_eq!(exported, fixture.ids(&request));
    let page = |offset| fixture.ids(&SearchRequest { limit: 7, offset, ..request.clone() });
    assert_eq!(exported, (0..100).step_by(7).flat_map(page).collect::<Vec<_>>());
    for sort in [Sort::Views, Sort::Relevance] {
        assert_eq!(exported, fixture.ids(&SearchRequest { sort, ..request.clone() }), "all are equally good");
    }
    let stop = &mut |_| Err::<(), _>(SearchError::Request("довольно".into()));
    assert!(matches!(fixture.index.search_all(&request, stop), Err(SearchError::Request(_))));
}

#[test]
fn a_deleted_post_is_gone_and_an_older_version_does_not_bring_it_back() {
    let first = post(1, "нет воды");
    let mut fixture = Fixture::with(&[first.clone(), post(2, "вода есть")]);
    assert_eq!(fixture.index.get(&first.post.id).unwrap(), Some(first.clone()));
    fixture.feed(&[tombstone(&first, "2026-11-05T00:00:00Z")]);
    fixture.feed(std::slice::from_ref(&first));
    fixture.check("вода", &["2"]);
    fixture.check("", &["2"]);
    // The tombstone is alone in its segment, which has no dates.
    fixture.check("дата:2026-11-01..2026-11-30 -охват:>1", &["2"]);
    let mut exported = 0;
    let count = &mut |_| {
        exported += 1;
        Ok::<_, SearchError>(())
    };
    fixture.index.search_all(&SearchRequest::default(), count).unwrap();
    assert_eq!(exported, 1);
    assert_eq!(fixture.index.get(&first.post.id).unwrap(), None);
    assert_eq!(fixture.index.docs().unwrap(), 1);
    let versions = fixture.index.versions().unwrap();
    assert_eq!(versions.iter().map(|(_, _, deleted)| *deleted).collect::<Vec<_>>(), [true, false]);
    // Seen again at the source after that, it is back.
    let mut again = first.clone();
    again.post.seen_at = Some(time("2026-11-06T00:00:00Z"));
    fixture.feed(&[again]);
    fixture.check("вода", &["2", "1"]);
}

#[test]
fn deleted_text_leaves_the_disk_with_a_purge() {
    let secret = post(1, "квартирант");
    let mut fixture = Fixture::with(&[secret.clone(), post(2, "вода")]);
    let on_disk = |fixture: &Fixture| {
        std::fs::read_dir(fixture.folder.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows("квартирант".len()).any(|window| window == "квартирант".as_bytes())
        })
    };
    assert!(on_disk(&fixture));
    fixture.feed(&[tombstone(&secret, "2026-11-05T00:00:00Z")]);
    let position = fixture.sink.position().unwrap();
    fixture.sink.purge().unwrap();
    assert!(!on_disk(&fixture));
    assert_eq!(fixture.sink.position().unwrap(), position);
    assert_eq!(fixture.sink.purge().unwrap(), 0);
    fixture.check("вода", &["2"]);
    fixture.feed(&[post(3, "вода")]);
    fixture.check("вода", &["3", "2"]);
}

#[test]
fn the_position_is_stored_with_the_data_and_survives_a_restart() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.sink.position().unwrap(), None);
    fixture.feed(&[post(1, "вода"), post(2, "вода")]);
    let mut fixture = fixture.reopen();
    assert_eq!(fixture.sink.position().unwrap(), Some(Checkpoint::at(3)));
    fixture.check("вода", &["2", "1"]);
    fixture.feed(&[post(3, "вода")]);
    assert_eq!(fixture.sink.position().unwrap(), Some(Checkpoint::at(4)));
    assert!(fixture.index.disk_bytes().unwrap() > 0);
}

#[test]
fn what_cannot_be_read_is_refused_and_the_rest_goes_in() {
    let mut fixture = Fixture::new();
    let refused = fixture.apply(vec![b"{".to_vec(), Vec::new(), wire::write_tagged(&post(1, "вода"))]);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].starts_with("not_a_post"), "{refused:?}");
    fixture.check("вода", &["1"]);
    assert_eq!(fixture.sink.position().unwrap(), Some(Checkpoint::at(4)));
}

#[test]
fn a_second_writer_and_another_schema_are_refused() {
    let fixture = Fixture::new();
    assert!(matches!(fixture.index.sink(), Err(OpenError::Busy { .. })));
    let Fixture { folder, index, sink, .. } = fixture;
    drop((index, sink));
    std::fs::write(folder.path().join("schema_version"), "999\n").unwrap();
    let error = SearchIndex::open(folder.path(), TimeZone::UTC).err().unwrap();
    assert!(matches!(&error, OpenError::Schema { found, .. } if found == "999"));
    assert!(error.to_string().contains("otklik rebuild"));
}

/// A version of one of three posts: when it was seen, by which rule set it was tagged, whether it is a tombstone.
fn version(id: u32, seen: u32, rules: u32, deleted: bool) -> TaggedPost {
    let mut tagged = post(id, &format!("вода {seen} {rules}"));
    tagged.tags.rules = rules;
    let at = time("2026-11-02T00:00:00Z") + jiff::Span::new().minutes(seen);
    tagged.post.seen_at = Some(at);
    if deleted { TaggedPost { post: tagged.post.tombstone(at), ..tagged } } else { tagged }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever the order, the repeats and the batches, the greatest version of each post is what the index holds.
    #[test]
    fn any_order_of_versions_ends_in_the_same_index(
        picks in prop::collection::vec((1u32..4, 0u32..4, 1u32..3, 1usize..5), 1..25),
    ) {
        let mut fixture = Fixture::new();
        let mut greatest: BTreeMap<PostId, TaggedPost> = BTreeMap::new();
        let mut batch = Vec::new();
        for (id, seen, rules, cut) in picks {
            // A version is one thing: whether it is a deletion follows from when it was seen.
            let tagged = version(id, seen, rules, seen == 2);
            let known = greatest.entry(tagged.post.id.clone()).or_insert_with(|| tagged.clone());
            if known.version() < tagged.version() {
                *known = tagged.clone();
            }
            batch.push(tagged);
            if cut == 1 {
                fixture.feed(&std::mem::take(&mut batch));
            }
        }
        fixture.feed(&batch);
        let expect: Vec<_> = greatest
            .iter()
            .map(|(id, tagged)| (id.clone(), tagged.version().0, tagged.post.is_deleted()))
            .collect();
        prop_assert_eq!(fixture.index.versions().unwrap(), expect);
        for (id, tagged) in greatest {
            let expect = (!tagged.post.is_deleted()).then_some(tagged);
            prop_assert_eq!(fixture.index.get(&id).unwrap(), expect);
        }
    }
}

#[test]
fn facets_count_all_that_a_search_finds() {
    let fixture = filtered();
    let facets = fixture.index.facets(&SearchRequest { query: "вода".into(), limit: 1, ..Default::default() }).unwrap();
    let counts = |counts: &[FacetCount]| counts.iter().map(|c| format!("{} {}", c.key, c.posts)).collect::<Vec<_>>();
    assert_eq!(facets.total, 3);
    assert_eq!(counts(&facets.sectors), ["roads 2", "jkh 1", "other 1"]);
    assert_eq!(counts(&facets.topics), ["water 1"]);
    assert_eq!(counts(&facets.risks), ["fire 1", "outage 1"]);
    assert_eq!(counts(&facets.sources), ["town 2", "other 1"]);
    let days: Vec<String> = facets.days.iter().map(|day| format!("{} {}", day.date, day.posts)).collect();
    // 21:30 in UTC is the next day in Moscow.
    assert_eq!(days, ["2026-11-01 2", "2026-11-03 1"]);
    let narrow = SearchRequest { sector: Some(Sector::Jkh), ..Default::default() };
    assert_eq!(fixture.index.facets(&narrow).unwrap().total, 1);
    assert_eq!(Fixture::new().index.facets(&SearchRequest::default()).unwrap(), Facets::default());
}

#[test]
fn what_was_applied_is_found_after_the_flush_and_only_then() {
    let mut fixture = Fixture::new();
    let entry = |offset, tagged: &TaggedPost| Entry {
        partition: 0,
        offset,
        key: String::new(),
        payload: wire::write_tagged(tagged),
    };
    let mut edited = post(1, "вода");
    edited.post.seen_at = Some(time("2026-11-03T00:00:00Z"));
    fixture.sink.apply(&[entry(1, &post(1, "газ"))]).unwrap();
    fixture.sink.apply(&[entry(2, &edited), entry(3, &post(1, "газ"))]).unwrap();
    fixture.check("", &[]);
    fixture.sink.flush().unwrap();
    fixture.check("", &["1"]);
    fixture.check("вода", &["1"]);
    // What a failure leaves unflushed is dropped when the position is asked, and comes again.
    fixture.sink.apply(&[entry(4, &post(2, "свет"))]).unwrap();
    assert_eq!(fixture.sink.position().unwrap(), Some(Checkpoint::at(4)));
    fixture.sink.flush().unwrap();
    fixture.check("свет", &[]);
    fixture.sink.apply(&[entry(4, &post(2, "свет"))]).unwrap();
    fixture.sink.flush().unwrap();
    fixture.check("свет", &["2"]);
}

/// Files of segments, the largest of each kind.
fn segment_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let is_segment = |file: &std::path::PathBuf| {
        ["term", "idx", "pos", "store", "fast", "fieldnorm"]
            .iter()
            .any(|kind| file.extension().is_some_and(|e| e == *kind))
    };
    files.filter(is_segment).collect()
}

/// Where the checksum at the end of a file begins.
fn footer(bytes: &[u8]) -> usize {
    bytes.windows(10).rposition(|window| window == b"{\"version\"").unwrap()
}

#[test]
fn a_flipped_byte_in_any_file_of_a_segment_is_found_and_said() {
    let whole = Fixture::with(&[post(1, "вода"), post(2, "газ")]);
    assert_eq!(whole.index.damaged_files().unwrap(), Vec::<std::path::PathBuf>::new());
    assert!(whole.index.damage().is_none());
    let files = segment_files(whole.folder.path());
    assert!(files.len() >= 6, "{files:?}");
    let places = |bytes: &[u8]| [0, footer(bytes)];
    let each = files.iter().flat_map(|file| places(&std::fs::read(file).unwrap()).map(|place| (file.clone(), place)));
    for (file, place) in each {
        let bytes = std::fs::read(&file).unwrap();
        let mut flipped = bytes.clone();
        flipped[place] ^= 1;
        std::fs::write(&file, flipped).unwrap();
        let timezone = TimeZone::get("Europe/Moscow").unwrap();
        // Damage where tantivy looks at opening is an error there; elsewhere the checksums tell.
        let said = match SearchIndex::open(whole.folder.path(), timezone) {
            Err(error) => error.to_string(),
            Ok(index) => {
                assert_eq!(index.damaged_files().unwrap().len(), 1, "{file:?}");
                let refused = index.search(&SearchRequest::default()).unwrap_err();
                assert_eq!(index.facets(&SearchRequest::default()).unwrap_err().to_string(), refused.to_string());
                refused.to_string()
            }
        };
        assert!(said.contains("otklik rebuild index"), "{said}");
        std::fs::write(&file, bytes).unwrap();
    }
}

#[test]
fn a_damaged_index_takes_nothing_in() {
    let mut fixture = Fixture::with(&[post(1, "вода")]);
    let file = segment_files(fixture.folder.path()).pop().unwrap();
    let bytes = std::fs::read(&file).unwrap();
    let place = footer(&bytes);
    // In place: the file is mapped in memory.
    std::fs::File::options().write(true).open(&file).unwrap().write_at(&[bytes[place] ^ 1], place as u64).unwrap();
    assert_eq!(fixture.index.damaged_files().unwrap().len(), 1);
    let entry = Entry { partition: 0, offset: 9, key: String::new(), payload: wire::write_tagged(&post(2, "газ")) };
    let refused = fixture.sink.apply(&[entry]).unwrap_err().to_string();
    assert!(refused.contains("otklik rebuild index"), "{refused}");
}

#[test]
fn a_copy_is_a_whole_index_of_one_commit() {
    let mut fixture = Fixture::with(&[post(1, "вода"), post(2, "газ")]);
    fixture.feed(&[tombstone(&post(2, "газ"), "2026-11-05T00:00:00Z")]);
    let copies = tempfile::tempdir().unwrap();
    fixture.index.copy_to(&copies.path().join("copy")).unwrap();
    fixture.feed(&[post(3, "свет")]);
    let copy = SearchIndex::open(&copies.path().join("copy"), TimeZone::UTC).unwrap();
    assert_eq!(copy.damaged_files().unwrap(), Vec::<std::path::PathBuf>::new());
    assert_eq!((copy.docs().unwrap(), copy.checkpoint().unwrap()), (1, Some(Checkpoint::at(4))));
    // It can be written on.
    let mut sink = copy.sink().unwrap();
    let entry =
        Entry { partition: 0, offset: 4, key: String::new(), payload: wire::write_tagged(&post(3, "свет")) };
    sink.apply(&[entry]).unwrap();
    sink.flush().unwrap();
    assert_eq!(copy.docs().unwrap(), 2);
}

#[test]
fn every_post_comes_back_tombstones_first() {
    let mut fixture = Fixture::with(&[post(1, "вода"), post(2, "газ")]);
    let gone = tombstone(&post(1, "вода"), "2026-11-05T00:00:00Z");
    fixture.feed(std::slice::from_ref(&gone));
    let mut found = Vec::new();
    let read = |page: Vec<Vec<u8>>| {
        found.extend(page);
        Ok::<_, SearchError>(())
    };
    fixture.index.every_post(read).unwrap();
    assert_eq!(found, [wire::write_tagged(&gone), wire::write_tagged(&post(2, "газ"))]);
}

//! What rules over bursts and components raise.

use std::sync::atomic::Ordering;

use journal::{Entry, Sink};
use model::{Coverage, Level, Platform, TaggedPost, Tags, Time, wire};

use super::centre::{AT_ONCE, BURSTS, Centre, START, later, post};
use crate::Filter;
use crate::stories::story::Size;

/// Polls of sources of a platform, a minute apart, each with its outcome.
fn polls(centre: &Centre, platform: Platform) -> impl FnMut(&str, &str) {
    let mut offset = 0;
    move |source, outcome| {
        offset += 1;
        let at = centre.now();
        let covers_from = (outcome == "ok").then_some(at);
        let seen = Coverage { covers_from, ..Coverage::new(source, platform, at, outcome) };
        let entry = Entry { partition: 0, offset, key: source.to_owned(), payload: wire::write(&seen) };
        assert!(centre.alerts.coverage_sink().apply(&[entry]).unwrap().rejected.is_empty());
        centre.now.fetch_add(60, Ordering::Relaxed);
        centre.alerts.tick(Some(&crate::Health::default())).unwrap();
    }
}

#[test]
fn a_token_that_vk_refuses_is_one_alert_until_it_is_mended() {
    let sources = "[[source]]\nid = 'a'\nname = 'А'\nowner = -1\n[[source]]\nid = 'b'\nname = 'Б'\nowner = -2\n";
    let centre = Centre::with(&[("sources.toml", sources)]);
    let mut poll = polls(&centre, Platform::Vk);
    poll("a", "timeout");
    assert!(centre.list().is_empty(), "what passes by itself is no alarm");
    poll("a", "vk_token");
    poll("b", "vk_token");
    let alert = centre.only();
    assert_eq!(alert.headline, "Сбор: токен ВКонтакте не подходит");
    poll("a", "ok");
    poll("b", "ok");
    assert_eq!(
        centre.alerts.list(Filter { open: true, ..Filter::default() }).unwrap().len(),
        0,
        "{:#?}",
        centre.list()
    );
}

#[test]
fn an_outage_of_the_network_that_lasts_is_one_alert_for_all_its_sources() {
    let sources =
        "[[source]]\nid = 'a'\nname = 'А'\nchannel = 'gorod'\n[[source]]\nid = 'b'\nname = 'Б'\nchannel = 'selo'\n";
    let centre = Centre::with(&[("sources.toml", sources)]);
    let mut poll = polls(&centre, Platform::Telegram);
    poll("a", "ok");
    poll("b", "ok");
    for _ in 0..4 {
        poll("a", "network_down");
        poll("b", "network_down");
    }
    assert!(centre.list().is_empty(), "what passes by itself is no alarm");
    for _ in 0..3 {
        poll("a", "network_down");
        poll("b", "network_down");
    }
    let alert = centre.only();
    assert_eq!(alert.headline, "Сбор: сеть не пропускает к площадке");
    poll("a", "ok");
    poll("b", "ok");
    assert!(centre.alerts.list(Filter { open: true, ..Filter::default() }).unwrap().is_empty());
}

#[test]
fn the_alert_of_a_burst_counts_along_what_leaves_it_and_what_comes_back() {
    let mut centre = Centre::with(&[("alerts.toml", &format!("{AT_ONCE}{BURSTS}"))]);
    // Each of a kind of its own: they are no one story.
    let of = |number: u32| {
        let mut tagged = post(number, Some("mira"), Some(Level::Low));
        tagged.tags.risks[0].kind = format!("kind{number}");
        tagged.post.source = format!("s{number}");
        tagged
    };
    let check = |centre: &Centre, voices: u64, sources: u64| {
        assert_eq!(centre.sizes(), [vec![Size { voices, sources }], vec![Size { voices, sources }]]);
    };
    let gone = |tagged: &TaggedPost, seconds: i64| {
        let post = tagged.post.tombstone(Time::from_second(START + seconds).unwrap());
        TaggedPost { post, tags: Tags { rules: 1, ..Tags::default() } }
    };
    let posts: Vec<TaggedPost> = (1..=8).map(of).collect();
    centre.take(&posts);
    check(&centre, 8, 8);
    centre.take(&[gone(&posts[0], 60)]);
    check(&centre, 7, 7);
    // Edited: of the voice that another has.
    let said_by = |number: u32, seconds: i64| {
        let mut tagged = later(of(number), seconds);
        tagged.tags.risks[0].kind = "other".into();
        tagged.post.author = Some("somebody".into());
        tagged
    };
    centre.take(&[said_by(2, 120), said_by(3, 120)]);
    check(&centre, 6, 7);
    centre.take(&[later(of(1), 180)]);
    check(&centre, 7, 8);
    let all: Vec<TaggedPost> = posts.iter().map(|post| gone(post, 240)).collect();
    centre.take(&all);
    check(&centre, 0, 0);
    assert_eq!(centre.only().life, "gone");
}

#[test]
fn an_alert_is_stored_once_for_a_message_however_many_rules_hit() {
    let more = "
[[rule]]
id = 'spread'
kind = 'spread'
sources = 1
level = 'medium'
reason = 'источники'
owner = 'о'
[[rule]]
id = 'views'
kind = 'spread'
views = 1
level = 'medium'
reason = 'просмотры'
owner = 'о'
";
    let mut centre = Centre::with(&[("alerts.toml", &format!("{AT_ONCE}{more}"))]);
    centre
        .alerts
        .database()
        .execute_batch(
            "CREATE TABLE write (alert TEXT NOT NULL);
             CREATE TRIGGER inserted AFTER INSERT ON alert BEGIN INSERT INTO write VALUES (new.id); END;
             CREATE TRIGGER updated AFTER UPDATE ON alert BEGIN INSERT INTO write VALUES (new.id); END;",
        )
        .unwrap();
    let writes = |centre: &Centre| -> i64 {
        centre.alerts.database().query_row("SELECT count(*) FROM write", [], |row| row.get(0)).unwrap()
    };
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    assert_eq!((writes(&centre), centre.only().reasons.len()), (1, 3));
    centre.take(&[post(2, Some("mira"), Some(Level::High))]);
    assert_eq!((writes(&centre), centre.only().reasons.len()), (2, 3));
}

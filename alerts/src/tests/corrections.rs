//! What people said of posts: it outranks the rules in stories and alerts until it is withdrawn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use journal::{Checkpoint, Entry, Sink};
use model::{Correction, Level, Origin, PostId, SaidLevel, Sector, TaggedPost, Tags, Time, Version, wire};
use proptest::prelude::*;

use super::centre::{AT_ONCE, BURSTS, Centre, START, later, post, told, with_people};
use crate::store::{post_table, tag_corrections};
use crate::stories::relation::tests::event;
use crate::{Action, ActionRequest, CorrectionsSink, Filter, FindPost};

/// The archive: the latest version of each post, and whether it has read as far as the alerts.
#[derive(Clone, Default)]
struct Archive(Arc<Mutex<(BTreeMap<PostId, TaggedPost>, bool)>>);

impl Archive {
    fn away(&self, away: bool) {
        self.0.lock().unwrap().1 = away;
    }

    fn find(&self) -> FindPost {
        let held = Arc::clone(&self.0);
        Arc::new(move |id, _| {
            let held = held.lock().unwrap();
            if held.1 {
                return Err("the index has not read that far".into());
            }
            Ok(held.0.get(id).filter(|tagged| !tagged.post.is_deleted()).cloned())
        })
    }
}

/// A centre whose posts are in an archive, and what people say of them.
struct Corrected {
    centre: Centre,
    archive: Archive,
    next: u64,
}

impl Corrected {
    fn new(centre: Centre) -> Corrected {
        Corrected { centre, archive: Archive::default(), next: 1 }
    }

    fn take(&mut self, posts: &[TaggedPost]) {
        let mut held = self.archive.0.lock().unwrap();
        for tagged in posts {
            let known = held.0.entry(tagged.post.id.clone()).or_insert_with(|| tagged.clone());
            if known.version() < tagged.version() {
                *known = tagged.clone();
            }
        }
        drop(held);
        self.centre.take(posts);
    }

    /// The latest version of a post in the archive.
    fn archived(&self, id: &PostId) -> Option<Version> {
        self.archive.0.lock().unwrap().0.get(id).map(TaggedPost::version)
    }

    fn sink(&self) -> CorrectionsSink {
        self.centre.alerts.corrections_sink(self.archive.find())
    }

    fn entry(&mut self, key: &str, payload: Vec<u8>) -> Entry {
        self.next += 1;
        Entry { partition: 0, offset: self.next - 1, key: key.to_owned(), payload }
    }

    /// Takes one correction as the stage does.
    fn say(&mut self, said: &Correction) {
        let entry = self.entry(said.id.as_str(), wire::write(said));
        let mut sink = self.sink();
        assert!(sink.apply(&[entry]).unwrap().rejected.is_empty());
        sink.flush().unwrap();
    }

    fn life(&self) -> String {
        self.centre.only().life
    }
}

fn said(number: u32) -> Correction {
    let id = PostId::new(format!("vk:-1_{number}")).unwrap();
    Correction { withdrawn: false, ..withdrawal(id) }
}

fn withdrawal(id: PostId) -> Correction {
    Correction::withdrawal(id, Time::from_second(START).unwrap(), "Иванова")
}

fn none(number: u32) -> Correction {
    Correction { level: Some(SaidLevel::None), ..said(number) }
}

fn high(number: u32) -> Correction {
    Correction { level: Some(SaidLevel::Risk(Level::High)), kind: Some("fire".into()), ..said(number) }
}

#[test]
fn a_post_without_a_risk_by_a_persons_word_leaves_its_alert_and_a_withdrawal_brings_it_back() {
    let mut of = Corrected::new(with_people());
    of.take(&[post(1, Some("mira"), Some(Level::High)), post(2, Some("mira"), Some(Level::High))]);
    of.say(&none(1));
    assert_eq!((of.centre.only().posts, of.life().as_str()), (1, "raised"));
    of.say(&none(2));
    assert_eq!((of.centre.only().posts, of.life().as_str()), (0, "gone"));
    // Under new rules, and read again.
    let mut tagged = later(post(1, Some("mira"), Some(Level::Critical)), 60);
    tagged.tags.rules = 2;
    of.take(&[tagged]);
    assert_eq!(of.life(), "gone");
    of.say(&withdrawal(PostId::new("vk:-1_2").unwrap()));
    assert_eq!((of.centre.only().posts, of.life().as_str()), (1, "raised"));
    of.say(&withdrawal(PostId::new("vk:-1_1").unwrap()));
    assert_eq!((of.centre.only().posts, of.centre.only().level), (2, Level::Critical));
    let left = tag_corrections::any(&of.centre.alerts.database()).unwrap();
    assert!(!left, "of what was withdrawn nothing stays");
}

#[test]
fn what_a_person_cleared_is_in_no_story_by_its_event_or_its_words() {
    let mut of = Corrected::new(with_people());
    let fire = |number| {
        let mut tagged = post(number, Some("mira"), Some(Level::High));
        tagged.tags.events = vec![event("house", "burns", None)];
        tagged.tags.topics = vec!["other.fire".into()];
        tagged
    };
    let mut copy = fire(3);
    copy.tags.signature = fire(1).tags.signature;
    of.take(&[fire(1), fire(2), copy]);
    assert_eq!(of.centre.only().posts, 3);
    of.say(&none(1));
    of.say(&none(3));
    let ids = |of: &Corrected| of.centre.only().post_ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(ids(&of), ["vk:-1_2"]);
    let read_again = [later(fire(1), 60), later(fire(2), 60)];
    of.take(&read_again);
    assert_eq!(ids(&of), ["vk:-1_2"]);
    // Of another kind, it is not of the event that the rules found.
    of.say(&Correction { kind: Some("gas_leak".into()), ..high(2) });
    let mut kinds: Vec<(String, u64)> = of.centre.list().into_iter().map(|alert| (alert.kind, alert.posts)).collect();
    kinds.sort();
    assert_eq!(kinds, [("fire".into(), 0), ("gas_leak".into(), 1)]);
}

#[test]
fn a_risk_that_only_a_person_sees_raises_an_alert_that_rings_while_the_post_is_fresh() {
    let mut of = Corrected::new(with_people());
    let mut old = post(2, Some("lenina"), None);
    old.post.published_at = Time::from_second(START - 24 * 3600 - 1).unwrap();
    let mut replayed = post(3, Some("sadovaya"), None);
    replayed.post.origin = Origin::Replay;
    of.take(&[post(1, Some("mira"), None), old, replayed]);
    assert!(of.centre.list().is_empty());
    of.say(&high(1));
    of.centre.pass(1);
    let alert = of.centre.only();
    assert_eq!((alert.posts, alert.level, alert.kind.as_str()), (1, Level::High, "fire"));
    assert_eq!((alert.why[0].as_str(), alert.quotes[0].text.as_str()), ("исправлено: Иванова", "Тревожный текст 1"));
    assert_eq!(told(&of.centre).len(), 1, "who is on duty");
    of.say(&high(2));
    of.say(&high(3));
    of.centre.pass(1);
    assert_eq!((of.centre.list().len(), told(&of.centre).len()), (3, 0));
    assert!(of.centre.list().iter().filter(|alert| alert.life == "raised").count() == 2);
}

#[test]
fn a_correction_of_sector_and_topics_moves_what_the_post_is_counted_under() {
    let mut of = Corrected::new(with_people());
    of.take(&[post(1, Some("mira"), Some(Level::High))]);
    let by = Correction { sector: Some(Sector::Tko), topics: Some(vec!["tko.bin".into()]), ..said(1) };
    of.say(&by);
    let keys = |of: &Corrected| post_table::load(&of.centre.alerts.database(), &said(1).id).unwrap().unwrap().keys;
    assert_eq!(keys(&of), "sector:tko topic:tko.bin place:mira");
    of.say(&Correction { withdrawn: true, ..said(1) });
    assert_eq!(keys(&of), "sector:other place:mira");
}

#[test]
fn what_the_archive_does_not_have_yet_waits_and_later_versions_do_not() {
    let mut of = Corrected::new(with_people());
    of.take(&[post(1, Some("mira"), None)]);
    of.archive.away(true);
    let entry = of.entry("vk:-1_1", wire::write(&high(1)));
    let mut sink = of.sink();
    sink.apply(&[entry]).unwrap();
    assert!(sink.flush().unwrap_err().to_string().contains("has not read"));
    assert!(of.centre.list().is_empty());
    // A kill here, and a start; then the post is edited.
    let mut sink = of.sink();
    sink.position().unwrap_err();
    of.take(&[later(post(1, Some("mira"), None), 60)]);
    assert_eq!(of.centre.only().posts, 1, "it is known by then");
    of.archive.away(false);
    assert_eq!(sink.position().unwrap(), Some(Checkpoint::at(2)));
    assert_eq!(of.centre.only().posts, 1);
    assert!(tag_corrections::waiting(&of.centre.alerts.database(), 9).unwrap().is_empty());
}

#[test]
fn an_alert_that_somebody_acted_on_stays_with_its_history() {
    let mut of = Corrected::new(with_people());
    of.take(&[post(1, Some("mira"), Some(Level::High))]);
    of.centre.pass(1);
    of.centre.act(Action::Ack, "").unwrap();
    of.say(&none(1));
    let open = |of: &Corrected| of.centre.alerts.list(Filter { open: true, ..Filter::default() }).unwrap();
    assert_eq!((open(&of)[0].life.as_str(), open(&of)[0].life_by.as_deref()), ("acknowledged", Some("Иванова")));
    assert_eq!(open(&of)[0].posts, 0);
    // A replay that says the same changes nothing; what was closed stays as it was closed.
    let mut replayed = post(1, Some("mira"), None);
    (replayed.post.origin, replayed.tags.rules) = (Origin::Replay, 2);
    of.take(&[replayed]);
    of.centre.pass(3600);
    assert_eq!(open(&of).len(), 1);
    of.centre.act(Action::Resolve, "учения").unwrap();
    of.say(&withdrawal(said(1).id));
    of.say(&high(1));
    assert_eq!((of.life().as_str(), of.centre.only().note.as_deref()), ("resolved", Some("учения")));
    let history = of.centre.alerts.audit(Some(&of.centre.only().id), None, 99).unwrap();
    let done: Vec<&str> = history.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(
        done.iter().filter(|what| **what != "told").copied().collect::<Vec<_>>(),
        ["raised", "ack", "gone", "resolve"]
    );
}

#[test]
fn a_burst_that_a_person_closed_is_not_raised_anew_by_a_replay_of_its_posts() {
    let mut of = Corrected::new(Centre::with(&[("alerts.toml", &format!("{AT_ONCE}{BURSTS}"))]));
    let posts: Vec<TaggedPost> = (1..=8)
        .map(|number| {
            let mut tagged = post(number, Some("mira"), Some(Level::Low));
            tagged.tags.risks[0].kind = format!("kind{number}");
            tagged.post.source = format!("s{number}");
            tagged
        })
        .collect();
    of.take(&posts);
    of.centre.act(Action::FalseAlarm, "флешмоб").unwrap();
    let replayed = posts.into_iter().map(|mut tagged| {
        (tagged.post.origin, tagged.tags.rules) = (Origin::Replay, 2);
        tagged
    });
    of.take(&replayed.collect::<Vec<_>>());
    assert_eq!((of.life().as_str(), of.centre.only().note.as_deref()), ("false_alarm", Some("флешмоб")));
}

#[test]
fn what_a_person_began_goes_on_in_the_alert_that_theirs_becomes_part_of() {
    let mut of = Corrected::new(with_people());
    of.take(&[post(1, Some("mira"), Some(Level::High)), post(2, Some("lenina"), Some(Level::High))]);
    of.centre.pass(1);
    let mut alerts = of.centre.list();
    alerts.sort_by(|a, b| a.id.cmp(&b.id));
    let [kept, lost] = [0, 1].map(|which| alerts[which].id.clone());
    let act = ActionRequest::Alert { alert: lost.clone(), action: Action::Work, reason: String::new(), to: None };
    of.centre.alerts.act(&act, "Иванова").unwrap();
    // Nearly the words of one of them, in the place of the other.
    let mut both = post(3, Some("lenina"), Some(Level::High));
    both.tags.signature = post(1, None, None).tags.signature;
    of.take(&[both]);
    let life = |id: &str| of.centre.alerts.get(id).unwrap().map(|alert| (alert.life, alert.life_by));
    assert_eq!(life(&lost), Some(("merged".into(), Some("Иванова".into()))));
    assert_eq!(life(&kept), Some(("in_work".into(), Some("Иванова".into()))));
    // Whoever still has a message of the one that is gone is told where it went.
    let answer = ActionRequest::Answer { alert: lost.clone(), mark: None };
    let moved = ActionRequest::Move { post: post(1, None, None).post.id, to: Some(lost.clone()) };
    for request in [&act, &answer, &moved] {
        let refused = of.centre.alerts.act(request, "Петров").unwrap_err().to_string();
        assert_eq!(refused, format!("тревога № {lost} вошла в тревогу № {kept}: отметьте там"), "{request:?}");
    }
    of.centre.alerts.act(&ActionRequest::Seen { alert: lost }, "Петров").unwrap();
}

#[test]
fn who_said_what_is_in_the_audit_once_and_without_the_note() {
    let mut of = Corrected::new(with_people());
    of.take(&[post(1, Some("mira"), Some(Level::High))]);
    let note = Some("видела своими глазами".to_owned());
    of.say(&Correction { sector: Some(Sector::Roads), topics: Some(vec!["a".into(), "b".into()]), note, ..none(1) });
    let bad = of.entry("vk:-1_1", b"{".to_vec());
    let mut sink = of.sink();
    assert_eq!(sink.apply(&[bad]).unwrap().rejected.len(), 1);
    of.say(&withdrawal(said(1).id));
    let entries = of.centre.alerts.audit(Some("vk:-1_1"), None, 9).unwrap();
    let entries: Vec<_> = entries.iter().map(|entry| (&*entry.who, &*entry.what, &*entry.detail)).collect();
    assert_eq!(entries, [("Иванова", "correct", "sector=roads level=none topics=a,b"), ("Иванова", "withdraw", ""),]);
    assert_eq!(of.sink().position().unwrap(), Some(Checkpoint::at(4)));
}

#[test]
fn a_deletion_takes_the_words_of_a_correction_along_and_never_rings() {
    let mut of = Corrected::new(with_people());
    of.take(&[post(1, Some("mira"), Some(Level::High))]);
    of.say(&Correction { note: Some("секрет".into()), ..none(1) });
    // The journal empties what was said, and its reader may be quicker than the tombstone.
    let emptied = of.entry("vk:-1_1", Vec::new());
    let gone = TaggedPost {
        post: post(1, None, None).post.tombstone(Time::from_second(START + 60).unwrap()),
        tags: Tags::default(),
    };
    let mut slow = Corrected::new(with_people());
    slow.take(&[post(1, Some("mira"), Some(Level::High))]);
    slow.say(&Correction { note: Some("секрет".into()), ..none(1) });
    let words = |of: &Corrected| {
        let known = tag_corrections::of_post(&of.centre.alerts.database(), &said(1).id).unwrap();
        known.map(|said| said.note)
    };
    assert_eq!(words(&slow), Some(Some("секрет".into())));
    slow.take(std::slice::from_ref(&gone));
    assert_eq!(words(&slow), Some(None));
    let mut sink = of.sink();
    sink.apply(&[emptied]).unwrap();
    sink.flush().unwrap();
    of.centre.pass(1);
    assert_eq!((of.life().as_str(), words(&of), told(&of.centre).len()), ("gone", None, 0));
    of.take(&[gone]);
    assert_eq!((of.centre.only().posts, of.life().as_str()), (0, "gone"));
}

#[test]
fn counters_read_since_stay_with_a_post_that_is_tagged_anew() {
    let mut of = Corrected::new(with_people());
    of.take(&[post(1, Some("mira"), Some(Level::High))]);
    let read = model::Counters {
        id: said(1).id,
        seen_at: Time::from_second(START + 600).unwrap(),
        views: Some(500),
        reactions: None,
        reposts: None,
        comments: None,
    };
    let entry = Entry { partition: 0, offset: 1, key: String::new(), payload: wire::write(&read) };
    of.centre.alerts.counters_sink().apply(&[entry]).unwrap();
    of.say(&Correction { sector: Some(Sector::Roads), ..said(1) });
    assert_eq!(of.centre.only().views, 500);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Versions and corrections in any order, restarts between: each post counts as its latest version and the last word about it.
    #[test]
    fn any_order_of_versions_and_corrections_ends_with_the_same_posts(
        picks in prop::collection::vec(
            (1u32..5, prop_oneof![(0i64..4, 1u32..3).prop_map(Ok), (0usize..4).prop_map(Err)]), 1..40,
        ),
    ) {
        let mut of = Corrected::new(Centre::with(&[("alerts.toml", AT_ONCE)]));
        let mut last = BTreeMap::new();
        for (number, pick) in picks {
            match pick {
                Ok((seen, rules)) => {
                    let level = [None, Some(Level::High), Some(Level::Low)][(number as usize + seen as usize) % 3];
                    let mut tagged = later(post(number, Some("mira"), level), seen);
                    tagged.tags.rules = rules;
                    if seen == 2 {
                        tagged.post = tagged.post.tombstone(Time::from_second(START + seen).unwrap());
                    }
                    // A version about nothing leaves no trace, so the stream's order alone keeps an earlier one from coming after it.
                    let known = post_table::load(&of.centre.alerts.database(), &tagged.post.id).unwrap();
                    if known.is_some() || of.archived(&tagged.post.id).is_none_or(|newest| newest < tagged.version()) {
                        of.take(&[tagged]);
                    }
                }
                Err(which) => {
                    let correction = [none(number), high(number), Correction { sector: Some(Sector::Roads), ..said(number) },
                        Correction { withdrawn: true, ..said(number) }][which].clone();
                    of.say(&correction);
                    last.insert(correction.id.clone(), correction);
                }
            }
        }
        let archive = of.archive.0.lock().unwrap().0.clone();
        for (id, tagged) in archive {
            let tagged = tagged.corrected(last.get(&id));
            let expect = crate::store::post::StoredPost::of(&tagged, tagged.version().0 as i64);
            let found = post_table::load(&of.centre.alerts.database(), &id).unwrap().filter(|post| post.story.is_some());
            let content = |post: crate::store::post::StoredPost| {
                (post.version, post.risk, post.level, post.sector, post.place, post.keys, post.text, post.why)
            };
            prop_assert_eq!(found.map(content), expect.map(content));
        }
        let (counted, anew) = of.centre.stories();
        prop_assert_eq!(counted, anew, "what stories add up to");
    }
}

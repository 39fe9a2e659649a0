//! Posts that become stories and alerts, and what edits and deletions do to them.

use journal::{Checkpoint, Sink};
use model::{Level, Origin, Scale, TaggedPost, Time};

use super::centre::{AT_ONCE, Centre, START, later, post, telling, with_people};
use crate::{Action, ActionRequest};

#[test]
fn posts_of_one_event_are_one_alert_and_one_message() {
    let mut centre = Centre::new();
    centre.take(&[post(1, Some("mira"), Some(Level::High)), post(2, Some("mira"), Some(Level::High))]);
    centre.take(&[post(3, None, Some(Level::High)), post(4, Some("mira"), Some(Level::Low))]);
    let alerts = centre.list();
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].posts, alerts[0].sources, alerts[0].views), (4, 2, 40), "a milder post of it too");
    assert!(centre.keys().is_empty(), "an alert gathers posts before it is told");
    centre.pass(61);
    assert_eq!(centre.keys(), [format!("{}:raised-high:webhook", alerts[0].id)]);
}

#[test]
fn imported_replayed_and_old_posts_group_and_never_notify() {
    let mut centre = Centre::new();
    let mut imported = post(1, Some("mira"), Some(Level::High));
    imported.post.origin = Origin::Import;
    let mut replayed = post(2, Some("mira"), Some(Level::High));
    replayed.post.origin = Origin::Replay;
    let mut old = post(3, Some("mira"), Some(Level::High));
    old.post.published_at = Time::from_second(START - 24 * 3600 - 1).unwrap();
    centre.take(&[imported, replayed, old]);
    centre.pass(3600);
    assert_eq!((centre.only().posts, centre.keys().len()), (3, 0));
    centre.take(&[post(4, Some("mira"), Some(Level::High))]);
    centre.pass(61);
    assert_eq!((centre.only().posts, centre.keys().len()), (4, 1), "a fresh live post of it does");
}

/// A post with a risk, so many days old, that came in this way.
fn of(number: u32, days: i64, origin: Origin) -> TaggedPost {
    let mut tagged = post(number, Some("mira"), Some(Level::High));
    tagged.post.published_at = Time::from_second(START - days * 24 * 3600).unwrap();
    tagged.post.origin = origin;
    tagged
}

#[test]
fn a_replay_of_the_archive_raises_nothing_about_what_was_let_go() {
    let mut centre = Centre::new();
    centre.take(&[of(1, 61, Origin::Replay)]);
    assert!(centre.list().is_empty());
    centre.take(&[of(2, 59, Origin::Replay), of(3, 61, Origin::Import)]);
    assert_eq!(centre.list().iter().map(|alert| alert.posts).sum::<u64>(), 2);
    // What is known stays up to date.
    let mut again = of(3, 61, Origin::Replay);
    (again.tags.rules, again.tags.risks) = (2, Vec::new());
    centre.take(&[again]);
    assert_eq!(centre.list().iter().map(|alert| alert.posts).sum::<u64>(), 1);
}

#[test]
fn what_a_source_had_long_before_it_was_first_read_raises_no_alert() {
    let mut centre = Centre::new();
    centre.take(&[of(1, 17, Origin::Live), of(2, 300, Origin::Live), of(3, 0, Origin::Found)]);
    assert!(centre.list().is_empty());
    let mut edited = of(3, 0, Origin::Found);
    edited.post.text.push_str(", уточнено");
    centre.take(&[later(edited, 60)]);
    assert!(centre.list().is_empty(), "an edit tells no date");
    centre.take(&[of(4, 15, Origin::Live)]);
    assert_eq!(centre.list().iter().map(|alert| alert.posts).sum::<u64>(), 1, "as far as a new source is read back");
}

#[test]
fn a_repeat_changes_nothing_and_an_older_version_loses() {
    let mut centre = Centre::new();
    let new = later(post(1, Some("mira"), Some(Level::High)), 60);
    centre.take(&[new.clone(), post(2, Some("mira"), Some(Level::High))]);
    let before = centre.list();
    centre.take(&[new, post(1, Some("lenina"), Some(Level::Critical)), post(2, Some("mira"), Some(Level::High))]);
    assert_eq!(centre.list(), before);
}

#[test]
fn an_edit_that_takes_the_risk_away_takes_the_post_out() {
    let mut centre = Centre::new();
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    centre.take(&[later(post(1, Some("mira"), None), 60)]);
    let alerts = centre.list();
    assert_eq!((alerts[0].posts, alerts[0].state.as_str()), (0, "closed"));
}

#[test]
fn the_position_is_stored_with_the_alerts() {
    let mut centre = Centre::new();
    assert_eq!(centre.alerts.sink().position().unwrap(), None);
    centre.take(&[post(1, None, None), post(2, None, None)]);
    assert_eq!(centre.alerts.sink().position().unwrap(), Some(Checkpoint::at(4)));
}

#[test]
fn a_closed_story_that_comes_back_is_an_alert_that_knows_the_old_one() {
    let rules =
        format!("{AT_ONCE}[[rule]]\nid = 'again'\nkind = 'recurrence'\nposts = 2\nreason = 'вернулось'\nowner = 'о'\n");
    let mut centre = Centre::with(&[("alerts.toml", &rules)]);
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    centre.pass(1);
    centre.act(Action::Resolve, "потушили").unwrap();
    // What was published before the closing is of the old one.
    centre.take(&[post(2, Some("mira"), Some(Level::High))]);
    assert_eq!((centre.only().posts, centre.only().life.as_str()), (2, "resolved"));
    centre.pass(3600);
    let later = |number| {
        let mut post = post(number, Some("mira"), Some(Level::Medium));
        post.post.published_at = centre.now();
        post.post.seen_at = Some(centre.now());
        post
    };
    let again = [later(3), later(4)];
    centre.take(&again);
    let alerts = centre.list();
    assert_eq!(alerts.len(), 2);
    let new = alerts.iter().find(|alert| alert.life == "raised").unwrap();
    let old = alerts.iter().find(|alert| alert.life == "resolved").unwrap();
    assert_eq!((new.previous.as_deref(), new.posts, new.rule.as_str()), (Some(old.id.as_str()), 2, "again"));
}

#[test]
fn a_post_that_a_person_moved_stays_moved() {
    let mut centre = with_people();
    let mut stray = post(2, Some("mira"), Some(Level::High));
    stray.post.text = "совсем о другом".into();
    centre.take(&[post(1, Some("mira"), Some(Level::High)), stray.clone()]);
    assert_eq!(centre.only().posts, 2);
    let act = ActionRequest::Move { post: stray.post.id.clone(), to: None };
    centre.alerts.act(&act, "Иванова").unwrap();
    let sizes = |centre: &Centre| centre.list().iter().map(|alert| alert.posts).collect::<Vec<_>>();
    assert_eq!(sizes(&centre), [1, 1]);
    centre.take(&[later(stray, 60)]);
    assert_eq!(sizes(&centre), [1, 1], "a later version goes where the person put the post");
}

/// Of a kind that has many events in one place.
fn of_street(number: u32, level: Option<Level>) -> TaggedPost {
    let mut post = post(number, Some("mira"), level);
    post.tags.risks.iter_mut().for_each(|risk| risk.kind = "road_danger".into());
    post
}

/// How many posts each alert has, the most first.
fn sizes(centre: &Centre) -> Vec<u64> {
    let mut sizes: Vec<u64> = centre.list().iter().map(|alert| alert.posts).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes
}

#[test]
fn a_flooded_flat_and_a_cold_kindergarten_in_one_street_are_two_alerts() {
    let mut centre = Centre::new();
    let garden = |number| telling(of_street(number, Some(Level::High)), "heating", "absent", Some(Scale::Institution));
    let flat = telling(of_street(3, Some(Level::High)), "flat", "flooded", Some(Scale::Flat));
    let cold_flat = telling(of_street(4, Some(Level::High)), "heating", "absent", Some(Scale::Flat));
    centre.take(&[garden(1), flat, garden(2), cold_flat]);
    assert_eq!(sizes(&centre), [2, 1, 1]);
}

#[test]
fn a_near_copy_joins_whatever_was_read_out_of_it() {
    let mut centre = Centre::new();
    let first = telling(of_street(1, Some(Level::High)), "water", "absent", None);
    let mut copy = telling(of_street(2, Some(Level::High)), "heating", "absent", None);
    copy.tags.signature = first.tags.signature;
    centre.take(&[first, copy.clone()]);
    assert_eq!((centre.only().posts, centre.only().authors), (2, 1));
    // Read again it is the same post: it stays, though its event by itself would not have brought it here.
    centre.take(&[later(copy.clone(), 60)]);
    assert_eq!(centre.only().posts, 2);
    copy.tags.signature = None;
    copy.tags.events[0].object = "gas".into();
    centre.take(&[later(copy, 120)]);
    assert_eq!(sizes(&centre), [1, 1], "edited into another event and another text it leaves");
}

#[test]
fn a_complaint_without_a_risk_of_its_own_is_of_the_story_about_the_same_event() {
    let places = "[[street]]\nname = 'Мира'\nid = 'mira'\n";
    let mut centre = Centre::with(&[("places/district.toml", places), ("alerts.toml", AT_ONCE)]);
    let mut mild = telling(of_street(1, None), "water", "absent", Some(Scale::Flat));
    mild.tags.topics = vec!["jkh.water".into()];
    let mut other = telling(of_street(2, None), "water", "weak", None);
    other.tags.topics = vec!["jkh.water".into()];
    centre.take(&[mild, other]);
    assert!(centre.list().is_empty());
    centre.take(&[telling(of_street(3, Some(Level::High)), "water", "absent", Some(Scale::House))]);
    let alert = centre.only();
    assert_eq!(
        (alert.posts, alert.kind.as_str(), alert.level),
        (2, "road_danger", Level::High),
        "it is about the risk now"
    );
    let (counted, anew) = centre.stories();
    assert_eq!(counted, anew);
}

#[test]
fn posts_of_the_town_and_of_its_street_are_one_event() {
    let places = "[[street]]\nname = 'Мира'\nid = 'mira'\nwithin = 'town'\n[[street]]\nname = 'Лесная'\nid = 'lesnaya'\n\
        [[place]]\nid = 'town'\nname = 'Город'\nkind = 'settlement'\naliases = ['город']\n";
    let mut centre = Centre::with(&[("places/district.toml", places), ("alerts.toml", AT_ONCE)]);
    let water = |number, place| telling(post(number, Some(place), Some(Level::High)), "water", "absent", None);
    let mut both = water(3, "lesnaya");
    both.tags.places.push("town".into());
    centre.take(&[water(1, "town"), water(2, "mira"), both]);
    assert_eq!(centre.only().posts, 3);
    centre.take(&[water(4, "lesnaya")]);
    assert_eq!(sizes(&centre), [3, 1], "nothing says that this street lies in the town");
}

#[test]
fn a_story_of_an_earlier_build_gets_its_event_from_the_next_post_that_tells_one() {
    let mut centre = Centre::new();
    centre.take(&[of_street(1, Some(Level::High))]);
    centre.take(&[telling(later(of_street(1, Some(Level::High)), 60), "water", "absent", None)]);
    assert_eq!(centre.only().posts, 1);
    centre.take(&[telling(of_street(2, Some(Level::High)), "heating", "absent", None)]);
    assert_eq!(sizes(&centre), [1, 1]);
}

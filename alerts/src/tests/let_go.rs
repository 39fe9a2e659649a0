//! What is older than what is kept.

use std::sync::atomic::Ordering;

use model::{Level, Origin, TaggedPost, Time};

use super::centre::{AT_ONCE, Centre, START, post};
use crate::{Action, ActionRequest, AlertView, LetGo};

const DAY: i64 = 86_400;

fn centre() -> Centre {
    Centre::with(&[("alerts.toml", AT_ONCE), ("otklik.toml", "[archive]\nkeep_months = 1")])
}

/// A post published so many seconds after the start.
fn published(number: u32, place: &str, seconds: i64) -> TaggedPost {
    let mut tagged = post(number, Some(place), Some(Level::High));
    let at = Time::from_second(START + seconds).unwrap();
    (tagged.post.published_at, tagged.post.seen_at) = (at, Some(at));
    tagged
}

fn alert_of(centre: &Centre, number: u32) -> Option<AlertView> {
    let id = format!("vk:-1_{number}");
    centre.list().into_iter().find(|alert| alert.post_ids.iter().any(|post| post.as_str() == id))
}

fn close(centre: &Centre, number: u32) {
    let alert = alert_of(centre, number).unwrap().id;
    let act = ActionRequest::Alert { alert, action: Action::Resolve, reason: "дали".into(), to: None };
    centre.alerts.act(&act, "Иванова").unwrap();
}

/// How many rows of the file hold a text.
fn holding(centre: &Centre, text: &str) -> i64 {
    let sql = "SELECT (SELECT count(*) FROM post WHERE instr(text, ?1)) + (SELECT count(*) FROM outbox WHERE instr(message, ?1))";
    centre.alerts.database().query_row(sql, [text], |row| row.get(0)).unwrap()
}

#[test]
fn closed_alerts_and_their_posts_go_and_open_ones_stay_with_theirs() {
    let mut centre = centre();
    centre.take(&[published(1, "mira", -60), published(2, "sadovaya", -60)]);
    centre.pass(1);
    close(&centre, 1);
    assert!(holding(&centre, "Тревожный текст 1") > 1);
    centre.now.fetch_add(70 * DAY, Ordering::Relaxed);
    let oldest = centre.alerts.config().oldest_kept(centre.now()).unwrap();
    centre.take(&[published(3, "lesnaya", 70 * DAY - 60)]);

    assert_eq!(centre.alerts.let_go(oldest).unwrap(), LetGo { alerts: 1, posts: 1 });
    assert_eq!(holding(&centre, "Тревожный текст 1"), 0);
    assert_eq!([1, 2, 3].map(|number| alert_of(&centre, number).is_some()), [false, true, true]);
    assert!(holding(&centre, "Тревожный текст 2") > 1);
    assert_eq!(centre.alerts.let_go(oldest).unwrap(), LetGo::default());
    let entries = centre.alerts.audit(Some("archive"), None, 10).unwrap();
    let told: Vec<(&str, &str)> = entries.iter().map(|entry| (&*entry.what, &*entry.detail)).collect();
    let detail = format!("before={oldest} alerts=1 posts=1");
    assert_eq!(told, [("let_go", &*detail)], "once for a time");
    assert_eq!(centre.alerts.verify_audit().unwrap().broken_at, None);

    // A replay, an import and a collector bring it again.
    for origin in [Origin::Replay, Origin::Import, Origin::Live] {
        let mut again = published(1, "mira", -60);
        (again.post.origin, again.tags.rules) = (origin, 2);
        centre.take(&[again]);
        assert_eq!((alert_of(&centre, 1), holding(&centre, "Тревожный текст 1")), (None, 0), "{origin:?}");
    }
    centre.list();
    let (counted, anew) = centre.stories();
    assert_eq!(counted, anew);
}

#[test]
fn a_closed_alert_that_goes_on_loses_its_old_posts() {
    let mut centre = centre();
    centre.take(&[published(1, "mira", -3600), published(2, "mira", -60)]);
    centre.pass(1);
    close(&centre, 2);
    let before = Time::from_second(START - 1800).unwrap();
    assert_eq!(centre.alerts.let_go(before).unwrap(), LetGo { alerts: 0, posts: 1 });
    let left = centre.only();
    assert_eq!((left.posts, left.quotes.len(), left.life.as_str()), (1, 1, "resolved"));
    assert_eq!(holding(&centre, "Тревожный текст 1"), 0);
    let (counted, anew) = centre.stories();
    assert_eq!(counted, anew);
}

#[test]
fn hours_that_are_let_go_are_no_calm_hours() {
    let mut centre = Centre::with(&[("alerts.toml", AT_ONCE)]);
    for week in 0..8 {
        centre.take(&[published(week, "mira", -i64::from(8 - week) * 7 * DAY - 60)]);
    }
    let before = Time::from_second(START - 4 * 7 * DAY - 3600).unwrap();
    centre.alerts.let_go(before).unwrap();
    let database = centre.alerts.database();
    let mut counts = crate::rules::baseline::HourlyCounts::default();
    let end = (START / 3600 + 1) * 3_600_000;
    let usual = counts.usual(&database, "place:mira", end - 3_600_000, end).unwrap();
    assert_eq!(usual, (1.0, 4), "four weeks are left, and each had one post");
}

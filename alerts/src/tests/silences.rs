//! What holds alerts back.

use model::{Actuality, Event, Level, TaggedPost, Time};

use super::centre::{AT_ONCE, CHANNELS, Centre, PEOPLE, START, later, post, told, with_people};
use crate::stories::relation::tests::event;
use crate::{ActionRequest, Matcher};

#[test]
fn a_silence_holds_until_its_end_and_then_the_alert_is_told() {
    let mut centre = with_people();
    let matcher = Matcher { kinds: vec!["fire".into()], ..Matcher::default() };
    let until = Time::from_second(START + 3600).unwrap();
    let act = ActionRequest::Silence { matcher, reason: "учения МЧС".into(), until };
    centre.alerts.act(&act, "Иванова").unwrap();
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    centre.pass(60);
    assert_eq!(told(&centre), [""; 0]);
    assert_eq!(centre.only().held.as_deref(), Some("тишина: учения МЧС (Иванова)"));
    let held = centre.alerts.suppressed(Time::from_second(START).unwrap(), until).unwrap();
    assert_eq!(held.len(), 1, "{held:?}");
    centre.take(&[post(2, Some("lenina"), Some(Level::Critical))]);
    centre.pass(1);
    assert_eq!(told(&centre), ["anna raised-critical"], "a critical one passes");
    centre.pass(3600);
    assert!(told(&centre).contains(&"anna raised-high".to_owned()));
}

/// A complaint about water in a street, each by another author.
fn about_water(number: u32, level: Level) -> TaggedPost {
    let mut post = post(number, Some("mira"), Some(level));
    post.tags.risks[0].kind = "mass_outage".into();
    post.tags.topics = vec!["jkh.water".into()];
    post.post.author = Some(format!("{number:016x}"));
    post
}

/// A centre whose waterworks has a channel.
fn with_waterworks() -> Centre {
    let recipients =
        "[[recipient]]\nid = 'vodokanal'\nname = 'Водоканал'\nsectors = ['jkh']\nsources = ['vodokanal']\n";
    let sources = "[[source]]\nid = 'vodokanal'\nname = 'Водоканал'\nchannel = 'vodokanal'\n";
    let files = [
        ("people.toml", PEOPLE),
        ("channels.toml", CHANNELS),
        ("alerts.toml", AT_ONCE),
        ("recipients.toml", recipients),
        ("sources.toml", sources),
    ];
    Centre::with(&files)
}

/// What the waterworks writes of work to come; of which hours is not told.
fn notice() -> TaggedPost {
    let mut notice = about_water(1, Level::Low);
    notice.post.source = "vodokanal".into();
    notice.tags.risks.clear();
    notice.tags.events = vec![Event { actuality: Actuality::Planned, ..event("cold_water", "absent", None) }];
    notice
}

/// A centre to which the waterworks announced work of six hours in that street.
fn announced() -> Centre {
    let mut centre = with_waterworks();
    let notice = notice();
    // Told without a day, it explains nothing.
    centre.take(std::slice::from_ref(&notice));
    assert!(centre.alerts.silences_and_causes().unwrap().1.is_empty());
    let mut notice = later(notice, 1);
    notice.tags.since = Some(Time::from_second(START).unwrap());
    notice.tags.until = Some(Time::from_second(START + 6 * 3600).unwrap());
    centre.take(&[notice]);
    let causes = centre.alerts.silences_and_causes().unwrap().1;
    assert_eq!((causes.len(), causes[0].by.as_str()), (1, "vodokanal"));
    centre.take(&(10..20).map(|number| about_water(number, Level::High)).collect::<Vec<_>>());
    centre.pass(60);
    assert_eq!(told(&centre), [""; 0]);
    let alert = centre.only();
    assert!(alert.held.unwrap().starts_with("известная причина"));
    assert_eq!(alert.posts, 10, "the counter goes on");
    centre
}

#[test]
fn planned_work_explains_its_complaints_until_too_many_complain() {
    let mut centre = announced();
    centre.take(&(20..40).map(|number| about_water(number, Level::High)).collect::<Vec<_>>());
    centre.pass(60);
    centre.pass(60);
    assert_eq!(told(&centre), ["anna raised-high"]);
    let ended = &centre.alerts.silences_and_causes().unwrap().1[0];
    assert_eq!(ended.ended_why.as_deref(), Some("жалоб больше, чем она объясняет: 30 авторов из 20"));
}

#[test]
fn what_planned_work_explained_is_over_with_it_and_who_writes_later_rings() {
    let mut centre = announced();
    centre.pass(6 * 3600);
    assert_eq!((raised(&centre), centre.only().life.as_str()), (vec![], "resolved"));
    let mut still = about_water(50, Level::High);
    still.post.published_at = Time::from_second(START + 6 * 3600 + 1800).unwrap();
    still.post.seen_at = Some(still.post.published_at);
    centre.pass(3600);
    centre.take(&[still]);
    centre.pass(60);
    assert_eq!(raised(&centre), ["anna raised-high"]);
}

/// The same of another day, `hours` after it began, when nobody is told any more.
fn of_the_past(mut post: TaggedPost, hours: i64) -> TaggedPost {
    post.post.published_at = Time::from_second(START + (hours - 72) * 3600).unwrap();
    post
}

#[test]
fn a_source_read_for_the_first_time_has_the_complaints_of_its_past_explained_whichever_is_read_first() {
    let work = || {
        let mut notice = of_the_past(notice(), 0);
        notice.tags.since = Some(of_the_past(notice.clone(), 1).post.published_at);
        notice.tags.until = Some(of_the_past(notice.clone(), 7).post.published_at);
        notice
    };
    let complaint = |number, hours| of_the_past(about_water(number, Level::High), hours);
    for notice_first in [true, false] {
        let mut centre = with_waterworks();
        let mut read = vec![complaint(10, 2), complaint(11, 3)];
        read.insert(if notice_first { 0 } else { 2 }, work());
        centre.take(&read);
        centre.pass(60);
        assert_eq!(centre.only().life.as_str(), "resolved", "notice first: {notice_first}");
        // It is over, and holds nothing of today.
        let ended = &centre.alerts.silences_and_causes().unwrap().1[0];
        assert_eq!(ended.ended_why.as_deref(), Some("срок работ вышел"));
    }
    // Work explains neither what was written before and after it, nor what is critical.
    let unexplained = [
        vec![complaint(10, 0), complaint(11, 2)],
        vec![complaint(10, 6), complaint(11, 9)],
        vec![{ of_the_past(about_water(10, Level::Critical), 2) }],
    ];
    for mut read in unexplained {
        let mut centre = with_waterworks();
        read.push(work());
        centre.take(&read);
        centre.pass(60);
        assert_eq!(centre.only().life.as_str(), "raised");
    }
}

/// Who was told of an alert; reports of a shift go out all the while.
fn raised(centre: &Centre) -> Vec<String> {
    told(centre).into_iter().filter(|message| message.contains("raised")).collect()
}

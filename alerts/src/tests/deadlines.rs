//! Deadlines of an alert.

use model::Level;

use super::centre::{AT_ONCE, CHANNELS, Centre, PEOPLE, START, post, told};
use crate::{Action, ActionRequest};

#[test]
fn a_deadline_is_reminded_of_and_an_official_reply_stops_the_first_clock_only() {
    let recipients = "[[recipient]]\nid = 'jkh'\nname = 'ЖКХ'\nsectors = ['jkh']\nsources = ['mayor']\n";
    let sources = "[[source]]\nid = 'mayor'\nname = 'Администрация'\nchannel = 'mayor'\n";
    let files = [
        ("people.toml", PEOPLE),
        ("channels.toml", CHANNELS),
        ("alerts.toml", AT_ONCE),
        ("recipients.toml", recipients),
        ("sources.toml", sources),
    ];
    let mut centre = Centre::with(&files);
    centre.take(&[post(1, Some("mira"), Some(Level::Critical))]);
    centre.pass(1);
    centre.act(Action::Work, "").unwrap();
    let clocks = centre.only().clocks.unwrap();
    assert_eq!(clocks.first.due.as_second() - START, 4 * 3600);
    assert_eq!(clocks.first.act, "условный срок");
    told(&centre);
    centre.pass(3 * 3600);
    assert!(told(&centre).iter().any(|line| line.starts_with("anna remind-first")));
    let mut reply = post(5, None, None);
    reply.post.source = "mayor".into();
    reply.post.in_reply_to = Some("vk:-1_1".into());
    reply.post.published_at = centre.now();
    reply.post.seen_at = Some(centre.now());
    centre.take(&[reply]);
    let clocks = centre.only().clocks.unwrap();
    assert!(clocks.first.stopped_at.is_some() && clocks.last.stopped_at.is_none());
    let act = ActionRequest::Answer { alert: centre.only().id, mark: Some(crate::AnswerMark::Runaround) };
    centre.alerts.act(&act, "Иванова").unwrap();
    assert_eq!(centre.only().clocks.unwrap().last.answer.as_deref(), Some("runaround"));
    told(&centre);
    centre.pass(30 * 24 * 3600);
    assert!(!told(&centre).iter().any(|line| line.contains("remind")));
}

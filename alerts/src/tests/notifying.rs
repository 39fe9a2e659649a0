//! Who is notified when, and what updates the messages that people have.

use std::sync::atomic::Ordering;

use config::ChannelKind;
use model::{Level, Time};

use super::centre::{AT_ONCE, CHANNELS, Centre, PEOPLE, START, post, told, with_people};
use crate::notify::channels::DeliveryOutcome;
use crate::{Action, Filter};

#[test]
fn an_alert_without_new_posts_is_quiet_and_opens_again_with_one() {
    let mut centre = Centre::new();
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    let open = |centre: &Centre| centre.alerts.list(Filter { open: true, ..Filter::default() }).unwrap().len();
    centre.pass(61);
    centre.pass(49 * 3600);
    assert_eq!((open(&centre), centre.only().state.as_str()), (1, "open"), "nobody has acknowledged it");
    centre.act(Action::Ack, "").unwrap();
    assert_eq!((open(&centre), centre.only().state.as_str()), (0, "quiet"));
    let mut again = post(2, Some("mira"), Some(Level::High));
    again.post.published_at = Time::from_second(START + 23 * 3600).unwrap();
    again.post.seen_at = Some(again.post.published_at);
    centre.now.store(START + 24 * 3600, Ordering::Relaxed);
    centre.take(&[again]);
    assert_eq!(open(&centre), 1);
}

#[test]
fn a_rise_of_the_level_is_told_once() {
    let mut centre = Centre::new();
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    centre.pass(61);
    centre.take(&[post(2, Some("mira"), Some(Level::Critical)), post(3, Some("mira"), Some(Level::Critical))]);
    centre.pass(1);
    centre.pass(1);
    let id = centre.only().id;
    assert_eq!(centre.keys(), [format!("{id}:level-critical:webhook"), format!("{id}:raised-high:webhook")]);
    let due = centre.only().clocks.unwrap().first.due.as_second() - START;
    assert_eq!(due, 61 + 4 * 3600, "a critical one is to be answered within four hours of becoming one");
}

#[test]
fn an_alert_goes_up_the_chain_until_somebody_takes_it() {
    let mut centre = with_people();
    centre.take(&[post(1, Some("mira"), Some(Level::Critical))]);
    centre.pass(1);
    assert_eq!(told(&centre), ["anna raised-critical"]);
    assert_eq!(centre.only().life, "sent");
    centre.pass(9 * 60);
    assert_eq!(told(&centre), [""; 0]);
    centre.pass(60);
    assert_eq!(told(&centre), ["vera step-1-1"]);
    centre.pass(600);
    assert_eq!(told(&centre), ["gleb step-2-2"]);
    centre.pass(600);
    assert_eq!(told(&centre), ["daria step-3-3"]);
    centre.pass(600);
    assert_eq!(told(&centre), ["daria step-4-4"], "the top of the chain is told again");
    centre.pass(600);
    assert_eq!(told(&centre), [""; 0], "and with growing pauses");
    centre.act(Action::Ack, "").unwrap();
    centre.pass(10 * 24 * 3600);
    let after: Vec<String> = told(&centre).into_iter().filter(|line| line.contains("step")).collect();
    assert_eq!(after, [""; 0]);
}

#[test]
fn what_is_told_is_updated_in_place_and_told_again_only_when_it_is_ten_times_as_large() {
    let mut centre = with_people();
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    centre.pass(1);
    told(&centre);
    centre.act(Action::Ack, "").unwrap();
    let with_author = |number: u32| {
        let mut post = post(number, Some("mira"), Some(Level::High));
        post.post.author = Some(format!("{number:016x}"));
        post
    };
    centre.take(&(10..18).map(with_author).collect::<Vec<_>>());
    centre.pass(16 * 60);
    let sent = centre.send();
    let updates: Vec<_> = sent.iter().filter(|delivery| delivery.purpose.starts_with("update")).collect();
    assert_eq!(updates.len(), 2, "one when it was acknowledged, one with the new posts: {sent:?}");
    assert!(updates.iter().all(|update| update.message_id.is_some()));
    assert!(sent.iter().all(|delivery| delivery.purpose.starts_with("update")), "nothing rings");
    centre.take(&(20..24).map(with_author).collect::<Vec<_>>());
    centre.pass(1);
    assert!(told(&centre).iter().any(|line| line == "anna much-more-1"));
}

#[test]
fn who_takes_an_alert_before_the_answer_of_the_channel_is_seen_in_the_message_all_the_same() {
    let mut centre = with_people();
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    centre.pass(1);
    let due = centre.alerts.due(centre.now()).unwrap();
    let bot = due.iter().find(|delivery| delivery.contact.channel == ChannelKind::Telegram).unwrap();
    centre.alerts.note_attempt(&bot.key, centre.now()).unwrap();
    centre.act(Action::Ack, "").unwrap();
    let accepted = DeliveryOutcome::Accepted { message_id: Some("7".into()) };
    centre.alerts.note_outcome(bot, &accepted, centre.now()).unwrap();
    let due = centre.alerts.due(centre.now()).unwrap();
    let update = due.iter().find(|delivery| delivery.message_id.as_deref() == Some("7")).expect("an update");
    assert!(update.is_update() && update.letter.text.contains("принята, Иванова"), "{update:?}");
}

/// Everybody has a number for calls.
fn with_calls() -> Centre {
    let people = PEOPLE.replace("addresses = [", "addresses = [{ channel = 'call', to = '+79001234567' }, ");
    let channels = format!("{CHANNELS}[call]\nurl = 'http://calls.example/'\nform = ['to={{to}}', 'text={{text}}']\n");
    Centre::with(&[("people.toml", &people), ("channels.toml", &channels), ("alerts.toml", AT_ONCE)])
}

#[test]
fn who_does_not_answer_a_critical_alert_is_called_and_who_does_is_not() {
    let calls = |level: Level, accepts: bool| {
        let mut centre = with_calls();
        centre.take(&[post(1, Some("mira"), Some(level))]);
        centre.pass(1);
        let told: Vec<_> = centre.send().into_iter().map(|sent| sent.contact.channel).collect();
        assert!(!told.contains(&ChannelKind::Call), "nobody is called at once: {told:?}");
        if accepts {
            centre.act(Action::Ack, "").unwrap();
        }
        centre.pass(179);
        assert!(centre.send().iter().all(|sent| sent.contact.channel != ChannelKind::Call));
        centre.pass(1);
        let due = centre.alerts.due(centre.now()).unwrap();
        due.into_iter().filter(|sent| sent.contact.channel == ChannelKind::Call).collect::<Vec<_>>()
    };
    let called = calls(Level::Critical, false);
    assert_eq!(called.len(), 1, "{called:?}");
    assert_eq!((called[0].person.as_deref(), called[0].contact.to.as_str()), (Some("anna"), "+79001234567"));
    assert_eq!(calls(Level::Critical, true), []);
    assert_eq!(calls(Level::High, false), []);
}

#[test]
fn a_call_of_which_nobody_knows_whether_it_was_heard_is_not_repeated_once_somebody_accepts() {
    let mut centre = with_calls();
    centre.take(&[post(1, Some("mira"), Some(Level::Critical))]);
    centre.pass(1);
    centre.send();
    centre.pass(180);
    let calls = |centre: &Centre| {
        let due = centre.alerts.due(centre.now()).unwrap();
        due.into_iter().filter(|sent| sent.contact.channel == ChannelKind::Call).collect::<Vec<_>>()
    };
    let call = calls(&centre).remove(0);
    centre.alerts.note_attempt(&call.key, centre.now()).unwrap();
    let reason =
        crate::notify::channels::Reason { name: "gateway_failed", words: "сервис ответил 502".into() };
    centre.alerts.note_outcome(&call, &DeliveryOutcome::Unknown { reason }, centre.now()).unwrap();
    centre.act(Action::Ack, "").unwrap();
    centre.pass(60);
    assert_eq!(calls(&centre), []);
}

#[test]
fn a_press_acts_for_a_person_of_the_configuration_alone() {
    let mut centre = with_people();
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    centre.pass(1);
    let id = centre.only().id;
    let press = |chat: &str, action: String| crate::notify::channels::Press {
        kind: ChannelKind::Telegram,
        from: chat.into(),
        chat: chat.into(),
        direct: true,
        action,
        id: None,
    };
    let pressed = |chat: &str, action: &str| centre.alerts.pressed(&press(chat, format!("{action}:{id}"))).words;
    assert!(pressed("99", "ack").contains("people.toml"));
    assert_eq!(centre.only().life, "sent");
    assert_eq!(pressed("1", "ack"), format!("тревога № {id}: принята"));
    assert_eq!(pressed("1", "ack"), "это уже сделано");
    assert_eq!(centre.only().life_by.as_deref(), Some("Анна"));
    assert!(pressed("2", "false").contains("ложная"));
    assert_eq!(centre.alerts.noisiest_rules(Time::from_second(0).unwrap()).unwrap(), [("risk".to_owned(), 1, 1)]);
    let done: Vec<String> =
        centre.alerts.audit(Some(&id), None, 100).unwrap().into_iter().map(|entry| entry.what).collect();
    assert_eq!(done, ["raised", "told", "ack", "false"]);
    assert_eq!(centre.alerts.verify_audit().unwrap().broken_at, None);
}

#[test]
fn in_a_group_only_those_who_are_listed_act_and_each_as_themselves() {
    const IN_GROUPS: &str = "[[person]]\nid = 'anna'\nname = 'Анна'\nrole = 'officer'\n\
        addresses = [{ channel = 'telegram', to = '-100' }, { channel = 'max', to = '-200' }]\n\
        [[person]]\nid = 'vera'\nname = 'Вера'\nrole = 'lead'\n\
        addresses = [{ channel = 'telegram', to = '2' }, { channel = 'max', to = '20' }]\n\
        [chain]\nsteps = ['officer', 'lead']\n";
    let channels = format!("{CHANNELS}[max]\ntoken_env = 'T'\n");
    let files = [("people.toml", IN_GROUPS), ("channels.toml", &channels), ("alerts.toml", AT_ONCE)];
    let mut centre = Centre::with(&files);
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    centre.pass(1);
    let id = centre.only().id;
    let press = |kind, from: &str, chat: &str, direct, action: &str| {
        let action = if action.starts_with('/') { action.to_owned() } else { format!("{action}:{id}") };
        let (from, chat) = (from.to_owned(), chat.to_owned());
        centre.alerts.pressed(&crate::notify::channels::Press { kind, from, chat, direct, action, id: None })
    };
    let (telegram, max) = (ChannelKind::Telegram, ChannelKind::Max);
    let stranger = press(telegram, "77", "-100", false, "ack");
    assert!(!stranger.known && stranger.words.contains("people.toml"), "{}", stranger.words);
    assert_eq!(centre.only().life, "sent", "whose group it is does not matter");
    assert!(press(telegram, "2", "-100", false, "ack").known);
    assert_eq!(centre.only().life_by.as_deref(), Some("Вера"));
    // A user of MAX is known by the dialogue that they wrote in.
    assert!(!press(max, "5", "-200", false, "work").known);
    assert!(!press(max, "6", "21", true, "/start").known, "a stranger's dialogue is not remembered");
    assert!(!press(max, "6", "-200", false, "work").known);
    assert!(press(max, "5", "20", true, "/start").known);
    assert!(press(max, "5", "-200", false, "work").known);
    assert_eq!((centre.only().life.as_str(), centre.only().life_by.as_deref()), ("in_work", Some("Вера")));
}

#[test]
fn the_text_to_forward_comes_as_a_message_of_its_own_to_whom_the_alert_concerns() {
    let mut centre = with_people();
    let mut first = post(1, Some("mira"), Some(Level::High));
    first.post.url = Some("https://vk.com/wall-1_1".into());
    first.tags.recipient = Some("jkh".into());
    centre.take(&[first]);
    centre.pass(1);
    let alert = centre.only();
    let press = |chat: &str, id: &str| crate::notify::channels::Press {
        kind: ChannelKind::Telegram,
        from: chat.into(),
        chat: chat.into(),
        direct: true,
        action: format!("forward:{id}"),
        id: Some("7".into()),
    };
    let forwarded = centre.alerts.pressed(&press("1", &alert.id));
    let (words, text) = (forwarded.words, forwarded.message);
    assert_eq!((words.as_str(), text.as_ref()), ("Текст — следующим сообщением", alert.forward.as_ref()));
    assert_eq!(centre.alerts.pressed(&press("99", &alert.id)).message, None, "strangers get nothing");
    assert_eq!(centre.alerts.pressed(&press("1", "0")).message, None);
    let letters = centre.send();
    let buttons = &letters.iter().find(|delivery| delivery.person.is_some()).unwrap().letter.buttons;
    assert_eq!(buttons.last().unwrap().1, format!("forward:{}", alert.id));
    assert_eq!(
        centre.alerts.audit(Some(&alert.id), None, 100).unwrap().len(),
        2,
        "whoever asks for the text does nothing yet"
    );
}

#[test]
fn a_shift_that_is_over_is_reported_even_when_nothing_happened() {
    let centre = Centre::with(&[("people.toml", PEOPLE), ("channels.toml", CHANNELS)]);
    centre.pass(1);
    assert_eq!(told(&centre), [""; 0], "before its first start nothing was watched");
    centre.pass(12 * 3600);
    let sent = centre.send();
    let reports: Vec<_> = sent.iter().filter(|delivery| delivery.purpose.starts_with("shift")).collect();
    assert_eq!(reports.len(), 1);
    assert!(
        reports[0].letter.text.contains("0 публикаций, источников видно 0 из 0, тревог 0"),
        "{}",
        reports[0].letter.text
    );
    centre.pass(1);
    assert_eq!(told(&centre), [""; 0]);
}

//! The book with people in it: who is told, who acts, what is held back.

use super::*;

const PEOPLE: &str = "
[[person]]
id = 'anna'
name = 'Анна'
role = 'officer'
addresses = [{ channel = 'telegram', to = '1' }, { channel = 'email', to = 'anna@example.ru' }]
[[person]]
id = 'vera'
name = 'Вера'
role = 'lead'
addresses = [{ channel = 'telegram', to = '2' }]
[[person]]
id = 'gleb'
name = 'Глеб'
role = 'head'
addresses = [{ channel = 'telegram', to = '3' }]
[[person]]
id = 'daria'
name = 'Дарья'
role = 'curator'
addresses = [{ channel = 'email', to = 'daria@example.ru' }]
";

const CHANNELS: &str = "
[telegram]
token_env = 'TOKEN'
[email]
server = 'mail.example.ru'
from = 'otklik@example.ru'
";

fn book() -> Book {
    Book::with(&[("people.toml", PEOPLE), ("channels.toml", CHANNELS), ("alerts.toml", AT_ONCE)])
}

/// Who was told what, in the order of sending; the webhook aside.
fn told(book: &Book) -> Vec<String> {
    let sent = book.send();
    let to_people = sent.into_iter().filter_map(|delivery| Some(format!("{} {}", delivery.person?, delivery.purpose)));
    to_people.collect()
}

#[test]
fn an_alert_goes_up_the_chain_until_somebody_takes_it() {
    let mut book = book();
    book.take(&[post(1, Some("mira"), Some(Level::Critical))]);
    book.pass(1);
    assert_eq!(told(&book), ["anna raised-critical"]);
    assert_eq!(book.only().life, "sent");
    book.pass(9 * 60);
    assert_eq!(told(&book), [""; 0]);
    book.pass(60);
    assert_eq!(told(&book), ["vera step-1-1"]);
    book.pass(600);
    assert_eq!(told(&book), ["gleb step-2-2"]);
    book.pass(600);
    assert_eq!(told(&book), ["daria step-3-3"]);
    book.pass(600);
    assert_eq!(told(&book), ["daria step-4-4"], "the top of the chain is told again");
    book.pass(600);
    assert_eq!(told(&book), [""; 0], "and with growing pauses");
    book.step(Step::Ack, "").unwrap();
    book.pass(10 * 24 * 3600);
    let after: Vec<String> = told(&book).into_iter().filter(|line| line.contains("step")).collect();
    assert_eq!(after, [""; 0]);
}

#[test]
fn what_is_told_is_updated_in_place_and_told_again_only_when_it_is_ten_times_as_large() {
    let mut book = book();
    book.take(&[post(1, Some("mira"), Some(Level::High))]);
    book.pass(1);
    told(&book);
    book.step(Step::Ack, "").unwrap();
    let with_author = |number: u32| {
        let mut post = post(number, Some("mira"), Some(Level::High));
        post.post.author = Some(format!("{number:016x}"));
        post
    };
    book.take(&(10..18).map(with_author).collect::<Vec<_>>());
    book.pass(16 * 60);
    let sent = book.send();
    let updates: Vec<_> = sent.iter().filter(|delivery| delivery.purpose.starts_with("update")).collect();
    assert_eq!(updates.len(), 2, "one when it was acknowledged, one with the new posts: {sent:?}");
    assert!(updates.iter().all(|update| update.message_id.is_some()));
    assert!(sent.iter().all(|delivery| delivery.purpose.starts_with("update")), "nothing rings");
    book.take(&(20..24).map(with_author).collect::<Vec<_>>());
    book.pass(1);
    assert!(told(&book).iter().any(|line| line == "anna much-more-1"));
}

#[test]
fn a_channel_that_refuses_is_passed_over_and_raises_an_alert_of_its_own() {
    let mut book = Book::with(&[("people.toml", PEOPLE), ("channels.toml", CHANNELS)]);
    book.take(&[post(1, Some("mira"), Some(Level::Critical))]);
    book.pass(1);
    let due = book.alerts.due(book.now()).unwrap();
    let bot = due.iter().find(|delivery| delivery.contact.channel == ChannelKind::Telegram).unwrap();
    book.alerts.note_attempt(&bot.key, book.now()).unwrap();
    let blocked = Outcome::Refused {
        reason: crate::channels::Reason { name: "blocked", words: "бот заблокирован".into() },
    };
    book.alerts.note_outcome(bot, &blocked, book.now()).unwrap();
    let due = book.alerts.due(book.now()).unwrap();
    let other = due.iter().find(|delivery| delivery.contact.channel == ChannelKind::Email).unwrap();
    assert_eq!((other.person.as_deref(), other.rank, &other.letter), (Some("anna"), 1, &bot.letter));
    let system = book.list().into_iter().find(|alert| alert.rule == "system").unwrap();
    assert_eq!(system.headline, "Не доставляет: Telegram");
    // The last address refuses too: that cannot be overlooked.
    book.alerts.note_attempt(&other.key, book.now()).unwrap();
    book.alerts.note_outcome(other, &blocked, book.now()).unwrap();
    let counts = book.alerts.outbox().unwrap();
    assert_eq!((counts.undelivered, counts.critical_late), (1, 1));
    assert_eq!(book.list().iter().filter(|alert| alert.rule == "system").count(), 2);
}

#[test]
fn telegram_has_no_key_so_a_critical_message_is_repeated_and_another_left_unconfirmed() {
    let lost = || Outcome::Unknown {
        reason: crate::channels::Reason { name: "lost", words: "ответ потерян".into() }
    };
    for (level, unconfirmed) in [(Level::Critical, 0), (Level::High, 1)] {
        let mut book = book();
        book.take(&[post(1, Some("mira"), Some(level))]);
        book.pass(1);
        let due = book.alerts.due(book.now()).unwrap();
        let bot = due.iter().find(|delivery| delivery.contact.channel == ChannelKind::Telegram).unwrap();
        book.alerts.note_attempt(&bot.key, book.now()).unwrap();
        book.alerts.note_outcome(bot, &lost(), book.now()).unwrap();
        assert_eq!(book.alerts.outbox().unwrap().unconfirmed, unconfirmed, "{level:?}");
        book.now.fetch_add(60, Ordering::Relaxed);
        let again = book.alerts.due(book.now()).unwrap();
        let again = again.iter().find(|delivery| delivery.key == bot.key);
        assert_eq!(again.map(|delivery| delivery.message().repeat), (level == Level::Critical).then_some(true));
    }
}

#[test]
fn a_silence_holds_until_its_end_and_then_the_alert_is_told() {
    let mut book = book();
    let matcher = Matcher { kinds: vec!["fire".into()], ..Matcher::default() };
    let until = Time::from_second(START + 3600).unwrap();
    let act = Act::Silence { matcher, reason: "учения МЧС".into(), until };
    book.alerts.act(&act, "Иванова").unwrap();
    book.take(&[post(1, Some("mira"), Some(Level::High))]);
    book.pass(60);
    assert_eq!(told(&book), [""; 0]);
    assert_eq!(book.only().held.as_deref(), Some("тишина: учения МЧС (Иванова)"));
    let held = book.alerts.suppressed(Time::from_second(START).unwrap(), until).unwrap();
    assert_eq!(held.len(), 1, "{held:?}");
    book.take(&[post(2, Some("lenina"), Some(Level::Critical))]);
    book.pass(1);
    assert_eq!(told(&book), ["anna raised-critical"], "a critical one passes");
    book.pass(3600);
    assert!(told(&book).contains(&"anna raised-high".to_owned()));
}

#[test]
fn planned_work_explains_its_complaints_until_too_many_complain() {
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
    let mut book = Book::with(&files);
    let about_water = |number: u32, level: Level| {
        let mut post = post(number, Some("mira"), Some(level));
        post.tags.risks[0].kind = "mass_outage".into();
        post.tags.topics = vec!["jkh.water".into()];
        post.post.author = Some(format!("{number:016x}"));
        post
    };
    let mut notice = about_water(1, Level::Low);
    notice.post.source = "vodokanal".into();
    notice.tags.risks[0].kind = "planned_outage".into();
    notice.tags.until = Some(Time::from_second(START + 6 * 3600).unwrap());
    book.take(&[notice]);
    let causes = book.alerts.quiet().unwrap().1;
    assert_eq!((causes.len(), causes[0].by.as_str()), (1, "vodokanal"));
    book.take(&(10..20).map(|number| about_water(number, Level::High)).collect::<Vec<_>>());
    book.pass(60);
    assert_eq!(told(&book), [""; 0]);
    let alert = book.only();
    assert!(alert.held.unwrap().starts_with("известная причина"));
    assert_eq!(alert.posts, 10, "the counter goes on");
    book.take(&(20..40).map(|number| about_water(number, Level::High)).collect::<Vec<_>>());
    book.pass(60);
    book.pass(60);
    assert_eq!(told(&book), ["anna raised-high"]);
    let ended = &book.alerts.quiet().unwrap().1[0];
    assert_eq!(ended.ended_why.as_deref(), Some("жалоб больше, чем она объясняет: 30 авторов из 20"));
}

#[test]
fn a_closed_story_that_comes_back_is_an_alert_that_knows_the_old_one() {
    let rules =
        format!("{AT_ONCE}[[rule]]\nid = 'again'\nkind = 'recurrence'\nposts = 2\nreason = 'вернулось'\nowner = 'о'\n");
    let mut book = Book::with(&[("alerts.toml", &rules)]);
    book.take(&[post(1, Some("mira"), Some(Level::High))]);
    book.pass(1);
    book.step(Step::Resolve, "потушили").unwrap();
    // What was published before the closing is of the old one.
    book.take(&[post(2, Some("mira"), Some(Level::High))]);
    assert_eq!((book.only().posts, book.only().life.as_str()), (2, "resolved"));
    book.pass(3600);
    let later = |number| {
        let mut post = post(number, Some("mira"), Some(Level::Medium));
        post.post.published_at = book.now();
        post.post.seen_at = Some(book.now());
        post
    };
    let again = [later(3), later(4)];
    book.take(&again);
    let alerts = book.list();
    assert_eq!(alerts.len(), 2);
    let new = alerts.iter().find(|alert| alert.life == "raised").unwrap();
    let old = alerts.iter().find(|alert| alert.life == "resolved").unwrap();
    assert_eq!((new.previous.as_deref(), new.posts, new.rule.as_str()), (Some(old.id.as_str()), 2, "again"));
}

#[test]
fn a_post_that_a_person_moved_stays_moved() {
    let mut book = book();
    let mut stray = post(2, Some("mira"), Some(Level::High));
    stray.post.text = "совсем о другом".into();
    book.take(&[post(1, Some("mira"), Some(Level::High)), stray.clone()]);
    assert_eq!(book.only().posts, 2);
    let act = Act::Move { post: stray.post.id.clone(), to: None };
    book.alerts.act(&act, "Иванова").unwrap();
    let sizes = |book: &Book| book.list().iter().map(|alert| alert.posts).collect::<Vec<_>>();
    assert_eq!(sizes(&book), [1, 1]);
    book.take(&[later(stray, 60)]);
    assert_eq!(sizes(&book), [1, 1], "a later version goes where the person put the post");
}

#[test]
fn a_press_acts_for_a_person_of_the_configuration_alone() {
    let mut book = book();
    book.take(&[post(1, Some("mira"), Some(Level::High))]);
    book.pass(1);
    let id = book.only().id;
    let press = |chat: &str, action: String| crate::channels::Press {
        kind: ChannelKind::Telegram,
        from: chat.into(),
        chat: chat.into(),
        action,
        id: None,
    };
    assert!(book.alerts.pressed(&press("99", format!("ack:{id}"))).contains("people.toml"));
    assert_eq!(book.only().life, "sent");
    assert_eq!(book.alerts.pressed(&press("1", format!("ack:{id}"))), format!("тревога № {id}: принята"));
    assert_eq!(book.alerts.pressed(&press("1", format!("ack:{id}"))), "это уже сделано");
    assert_eq!(book.only().life_by.as_deref(), Some("Анна"));
    assert!(book.alerts.pressed(&press("2", format!("false:{id}"))).contains("ложная"));
    assert_eq!(book.alerts.noisiest(Time::from_second(0).unwrap()).unwrap(), [("risk".to_owned(), 1, 1)]);
    let done: Vec<String> = book.alerts.audit(Some(&id), 100).unwrap().into_iter().map(|entry| entry.what).collect();
    assert_eq!(done, ["raised", "told", "ack", "false"]);
    assert_eq!(book.alerts.verify_audit().unwrap().broken_at, None);
}

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
    let mut book = Book::with(&files);
    book.take(&[post(1, Some("mira"), Some(Level::Critical))]);
    book.pass(1);
    book.step(Step::Work, "").unwrap();
    let clocks = book.only().clocks.unwrap();
    assert_eq!(clocks.first.due.as_second() - START, 4 * 3600);
    assert_eq!(clocks.first.act, "условный срок");
    told(&book);
    book.pass(3 * 3600);
    assert!(told(&book).iter().any(|line| line.starts_with("anna remind-first")));
    let mut reply = post(5, None, None);
    reply.post.source = "mayor".into();
    reply.post.in_reply_to = Some("vk:-1_1".into());
    reply.post.published_at = book.now();
    reply.post.seen_at = Some(book.now());
    book.take(&[reply]);
    let clocks = book.only().clocks.unwrap();
    assert!(clocks.first.stopped_at.is_some() && clocks.last.stopped_at.is_none());
    let act = Act::Answer { alert: book.only().id, mark: Some(crate::Mark::Runaround) };
    book.alerts.act(&act, "Иванова").unwrap();
    assert_eq!(book.only().clocks.unwrap().last.answer.as_deref(), Some("runaround"));
    told(&book);
    book.pass(30 * 24 * 3600);
    assert!(!told(&book).iter().any(|line| line.contains("remind")));
}

#[test]
fn a_shift_that_is_over_is_reported_even_when_nothing_happened() {
    let book = Book::with(&[("people.toml", PEOPLE), ("channels.toml", CHANNELS)]);
    book.pass(1);
    assert_eq!(told(&book), [""; 0], "before its first start nothing was watched");
    book.pass(12 * 3600);
    let sent = book.send();
    let reports: Vec<_> = sent.iter().filter(|delivery| delivery.purpose.starts_with("shift")).collect();
    assert_eq!(reports.len(), 1);
    assert!(
        reports[0].letter.text.contains("0 публикаций, источников видно 0 из 0, тревог 0"),
        "{}",
        reports[0].letter.text
    );
    book.pass(1);
    assert_eq!(told(&book), [""; 0]);
}

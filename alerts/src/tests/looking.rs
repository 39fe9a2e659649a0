//! Who looks at the alerts: page by page, and without waiting for who writes.

use std::sync::mpsc;
use std::time::Duration;

use journal::{Entry, Sink};
use model::{Level, Time, wire};

use super::centre::{Centre, START, post, with_people};
use crate::store::positions;
use crate::{ActionRequest, AlertError, Alerts, Cursor, Filter, Matcher, PageRequest};

/// Long enough for a machine under load; a test that passes does not wait for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// So many alerts, each of a place of its own.
fn with_alerts(number: u32) -> Centre {
    let mut centre = with_people();
    for n in 0..number {
        // Two at a time, so that the pages part alerts of one moment.
        if n % 2 == 0 {
            centre.pass(1);
        }
        centre.take(&[post(n, Some(&format!("place{n}")), Some(Level::High))]);
    }
    centre.pass(1);
    centre
}

#[test]
fn pages_together_are_the_whole_list_though_alerts_come_between_them() {
    let mut centre = with_alerts(7);
    let whole: Vec<String> = centre.list().into_iter().map(|alert| alert.id).collect();
    assert_eq!(whole.len(), 7);
    for open in [false, true] {
        let (mut read, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let request = PageRequest { after, limit: 3, post_ids: 1 };
            let page = centre.alerts.page(Filter { open, ..Filter::default() }, &request).unwrap();
            pages += 1;
            read.extend(page.alerts.into_iter().map(|alert| alert.id));
            let Some(next) = page.next else { break };
            // As it is handed out and back.
            after = Some(Cursor::parse(&next.to_string()).unwrap());
            centre.pass(1);
            centre.take(&[post(
                100 + pages + u32::from(open) * 10,
                Some(&format!("new{pages}{open}")),
                Some(Level::High),
            )]);
        }
        let old: Vec<&String> = read.iter().filter(|id| whole.contains(id)).collect();
        assert_eq!((pages, old), (3, whole.iter().collect()), "{open}");
    }
}

#[test]
fn a_page_of_what_is_quiet_goes_on_from_list_to_list() {
    let mut centre = with_people();
    let at = |seconds: i64| Time::from_second(START + seconds).unwrap();
    for n in 0..3 {
        let matcher = Matcher { kinds: vec!["fire".into()], ..Matcher::default() };
        let silence =
            ActionRequest::Silence { matcher: matcher.clone(), reason: format!("учения {n}"), until: at(3600) };
        centre.alerts.act(&silence, "Иванова").unwrap();
        let (reason, expected) = (format!("работы {n}"), 5);
        let cause = ActionRequest::Cause { matcher, reason, from: at(0), until: at(3600), expected };
        centre.alerts.act(&cause, "Иванова").unwrap();
        centre.take(&[post(n, Some(&format!("place{n}")), Some(Level::High))]);
        centre.pass(1);
    }
    let span = (at(0), at(100));
    let whole = centre.alerts.quiet(span, None, 100).unwrap();
    assert_eq!((whole.silences.len(), whole.causes.len(), whole.suppressed.len()), (3, 3, 3));
    assert_eq!(whole.next, None);
    for limit in 1..9 {
        let (mut read, mut after) = (crate::QuietPage::default(), None::<Cursor>);
        loop {
            let page = centre.alerts.quiet(span, after.as_ref(), limit).unwrap();
            assert!(page.silences.len() + page.causes.len() + page.suppressed.len() <= limit);
            read.silences.extend(page.silences);
            read.causes.extend(page.causes);
            read.suppressed.extend(page.suppressed);
            let Some(next) = page.next else { break };
            after = Cursor::parse(&next.to_string());
        }
        assert_eq!(read, whole, "pages of {limit}");
    }
}

#[test]
fn whoever_looks_does_not_wait_for_who_writes() {
    let centre = with_alerts(2);
    let id = centre.list()[0].id.clone();
    let mut writing = centre.alerts.database();
    let transaction = writing.transaction().unwrap();
    transaction.execute("UPDATE alert SET headline = 'ещё не записано'", []).unwrap();
    let (alerts, now) = (centre.alerts.clone(), centre.now());
    let (done, looked) = mpsc::channel();
    std::thread::spawn(move || {
        let look = || -> Result<(usize, bool), AlertError> {
            alerts.get(&id)?;
            alerts.audit(None, None, 10)?;
            alerts.verify_audit()?;
            alerts.quiet((now, now), None, 10)?;
            alerts.noisiest_rules(now)?;
            alerts.outbox()?;
            alerts.open_count()?;
            alerts.digest_sent()?;
            let unwritten = alerts.list(Filter::default())?.iter().any(|alert| alert.headline.contains("не записано"));
            Ok((alerts.due(now)?.len(), unwritten))
        };
        done.send(look().map_err(|error| error.to_string())).unwrap();
    });
    let looked = looked.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(looked, Ok((due, false)) if due > 0), "{looked:?}");
}

#[test]
fn whoever_acts_gets_a_turn_in_the_middle_of_a_flood() {
    let mut centre = with_people();
    centre.take(&[post(1, Some("mira"), Some(Level::High))]);
    let entries: Vec<Entry> = (100..3_100)
        .map(|n| {
            let payload = wire::write_tagged(&post(n, Some("lenina"), Some(Level::High)));
            Entry { partition: 0, offset: u64::from(n), key: String::new(), payload }
        })
        .collect();
    let end = entries.last().unwrap().offset + 1;
    let position =
        |alerts: &Alerts| alerts.read(|file| positions::load(file, "tagged")).unwrap().unwrap_or_default().next(0);
    let (alerts, before) = (centre.alerts.clone(), position(&centre.alerts));
    let flood = std::thread::spawn(move || alerts.sink().apply(&entries).unwrap());
    // Until the flood is being written.
    while !centre.alerts.is_written() {
        std::thread::yield_now();
    }
    // As whoever acts or delivers does.
    let turn = centre.alerts.database();
    let between = positions::load(&turn, "tagged").unwrap().unwrap_or_default().next(0);
    drop(turn);
    assert!(before < between && between < end, "{before} < {between} < {end}");
    flood.join().unwrap();
    assert_eq!(position(&centre.alerts), end);
}

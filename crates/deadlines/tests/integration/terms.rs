//! Tables of deadlines by the shipped files, what answers do to them, and reminders at any rhythm of asking.

use std::sync::LazyLock;
use std::time::Duration;

use config::{Config, Files};
use deadlines::{
    Answer, AnswerMark, AnswersGiven, Calendar, Deadline, DeadlineKind, DeadlineRules, Deadlines, LastReminders, Terms,
    due_reminders,
};
use jiff::tz::TimeZone;
use model::{Level, Time};
use proptest::prelude::*;

static SHIPPED: LazyLock<Config> = LazyLock::new(|| Config::parse(&Files::shipped()).unwrap());

/// The deadlines of an alert; none where it was raised before any rules were in force.
fn deadlines_of(
    raised_at: Time,
    level: Level,
    rules: &[DeadlineRules],
    calendar: &Calendar,
    zone: &TimeZone,
) -> Option<Deadlines> {
    Terms::of(raised_at, level, rules, calendar, zone).map(|terms| terms.deadlines())
}

fn at(text: &str) -> Time {
    text.parse::<jiff::civil::DateTime>().unwrap().to_zoned_datetime(SHIPPED.timezone().clone()).unwrap().timestamp()
}

fn local(at: Time) -> String {
    at.to_zoned_datetime(SHIPPED.timezone().clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

fn terms(raised: &str, level: Level) -> Terms<'static> {
    Terms::of(at(raised), level, &SHIPPED.deadlines, &SHIPPED.calendar, SHIPPED.timezone()).unwrap()
}

/// Rules as a file of them gives.
fn rules(text: &str) -> Vec<DeadlineRules> {
    Config::parse(&Files::from_iter([("deadlines.toml".to_owned(), text.to_owned())])).unwrap().deadlines
}

#[test]
fn the_shipped_terms_by_level_and_hour() {
    for (raised, level, due) in [
        ("2026-11-24T10:30", Level::Critical, "2026-11-24T14:30"),
        ("2026-11-28T23:00", Level::Critical, "2026-11-29T03:00"),
        ("2026-11-24T09:00", Level::High, "2026-11-24T18:00"),
        ("2026-11-24T10:30", Level::High, "2026-11-25T10:30"),
        ("2026-11-24T23:00", Level::Medium, "2026-11-25T18:00"),
        ("2026-11-28T12:00", Level::Low, "2026-11-30T18:00"),
        ("2026-12-30T17:00", Level::High, "2027-01-11T17:00"),
    ] {
        let deadlines = terms(raised, level).deadlines();
        assert_eq!(
            (local(deadlines.first.due), local(deadlines.last.due)),
            (due.to_owned(), due.to_owned()),
            "{raised}"
        );
        assert_eq!(
            (deadlines.first.act.as_str(), deadlines.last.basis()),
            ("условный срок", "условный срок".to_owned())
        );
    }
    assert_eq!(
        local(terms("2026-11-24T10:30", Level::High).after_interim(at("2026-11-24T15:00")).due),
        "2026-12-03T18:00"
    );
}

#[test]
fn reminders_lie_between_the_beginning_and_the_end() {
    let deadlines = terms("2026-11-24T10:30", Level::Critical).deadlines();
    let moments: Vec<String> = deadlines.first.remind_at.iter().map(|moment| local(*moment)).collect();
    assert_eq!(moments, ["2026-11-24T13:30", "2026-11-24T14:15"]);
    let short = rules("[[rules]]\nfrom = 2026-01-01\nact = 'А'\nclause = 'п. 5'\nfirst_answer = '30m'\n");
    let deadlines =
        deadlines_of(at("2026-11-24T10:30"), Level::Low, &short, &SHIPPED.calendar, SHIPPED.timezone()).unwrap();
    assert_eq!((deadlines.first.remind_at.len(), deadlines.first.basis().as_str()), (1, "А, п. 5"));
}

#[test]
fn rules_hold_for_what_is_raised_from_their_day_on() {
    let rules = rules(
        "[[rules]]\nfrom = 2026-01-01\nact = 'Старый'\nfirst_answer = '4h'\n[[rules]]\nfrom = 2026-07-01\nact = 'Новый'\nfirst_answer = '1h'\n",
    );
    let act = |raised: &str| {
        let deadlines = deadlines_of(at(raised), Level::High, &rules, &SHIPPED.calendar, SHIPPED.timezone());
        deadlines.map(|deadlines| deadlines.first.act)
    };
    assert_eq!(act("2025-12-31T23:59"), None);
    assert_eq!(act("2026-01-01T00:00").as_deref(), Some("Старый"));
    // Local midnight, not that of UTC.
    assert_eq!(act("2026-06-30T23:59").as_deref(), Some("Старый"));
    assert_eq!(act("2026-07-01T00:00").as_deref(), Some("Новый"));
    let old = Terms::of(at("2026-06-30T12:00"), Level::High, &rules, &SHIPPED.calendar, SHIPPED.timezone()).unwrap();
    assert_eq!(old.after_interim(at("2026-07-02T12:00")).act, "Старый", "history is not recalculated");
}

/// Answers in their order; then which deadlines stand still and where the final one is.
#[track_caller]
fn life(answers: &[(&str, Answer)], stopped: [Option<&str>; 2], last_due: &str) {
    let terms = terms("2026-11-24T10:30", Level::High);
    let (mut deadlines, mut state) = (terms.deadlines(), AnswersGiven::default());
    for (moment, answer) in answers {
        let answered = terms.answered(&deadlines, &state, answer, at(moment));
        assert!(!answered.summary.is_empty());
        (deadlines, state) = (answered.deadlines, answered.given);
    }
    assert_eq!(
        [state.first, state.last.map(|settled| settled.at)].map(|at| at.map(local)),
        stopped.map(|at| at.map(str::to_owned))
    );
    assert_eq!(local(deadlines.last.due), last_due);
    assert_eq!(deadlines.first, terms.deadlines().first, "the first deadline never moves");
}

fn interim() -> Answer {
    Answer::Interim { by: "anna".into() }
}

fn settled() -> Answer {
    Answer::Final { by: "anna".into(), mark: AnswerMark::Substantive }
}

const DUE: &str = "2026-11-25T10:30";

#[test]
fn an_official_reply_stops_the_first_clock_only() {
    let noon = "2026-11-24T12:00";
    life(&[], [None, None], DUE);
    life(&[(noon, Answer::Official)], [Some(noon), None], DUE);
    life(&[(noon, Answer::Official), ("2026-11-24T13:00", Answer::Official)], [Some(noon), None], DUE);
    life(&[("2026-11-24T10:00", Answer::Official)], [None, None], DUE);
}

#[test]
fn a_person_stops_the_final_clock_and_an_interim_answer_moves_it() {
    let (noon, later) = ("2026-11-24T12:00", "2026-11-26T12:00");
    life(&[(noon, settled())], [Some(noon), Some(noon)], DUE);
    life(&[(noon, Answer::Official), (later, settled())], [Some(noon), Some(later)], DUE);
    life(&[(noon, interim())], [Some(noon), None], "2026-12-03T18:00");
    life(&[(noon, interim()), (later, interim())], [Some(noon), None], "2026-12-07T18:00");
    life(&[(noon, settled()), (later, interim()), (later, Answer::Official)], [Some(noon), Some(noon)], DUE);
}

#[test]
fn an_interim_answer_takes_no_time_away() {
    let rules = rules("[[rules]]\nfrom = 2026-01-01\nact = 'А'\nfinal_answer = '240h'\nafter_interim = '1h'\n");
    let raised = at("2026-11-24T10:30");
    let terms = Terms::of(raised, Level::High, &rules, &SHIPPED.calendar, SHIPPED.timezone()).unwrap();
    let answered = terms.answered(&terms.deadlines(), &AnswersGiven::default(), &interim(), raised);
    assert_eq!(answered.deadlines, terms.deadlines());
}

#[test]
fn marks_and_answers_are_kept_by_their_codes() {
    for mark in AnswerMark::ALL {
        let json = serde_json::to_string(&Answer::Final { by: "anna".into(), mark }).unwrap();
        assert_eq!(json, format!(r#"{{"answer":"final","by":"anna","mark":"{}"}}"#, mark.as_str()));
        assert_eq!(AnswerMark::parse(mark.as_str()), Some(mark));
    }
}

#[test]
fn what_is_told_and_that_it_is_told_once() {
    let terms = terms("2026-11-24T10:30", Level::Critical);
    let (deadlines, mut last) = (terms.deadlines(), LastReminders::default());
    let first = AnswersGiven { first: Some(at("2026-11-24T11:00")), last: None };
    let mut tell = |stopped: &AnswersGiven, deadlines: &Deadlines, now: &str| -> Vec<String> {
        let told = due_reminders(deadlines, stopped, &last, at(now));
        told.iter().for_each(|reminder| last.keep(reminder));
        told.into_iter().map(|reminder| reminder.text).collect()
    };
    assert!(tell(&first, &deadlines, "2026-11-24T13:29").is_empty());
    assert_eq!(tell(&first, &deadlines, "2026-11-24T13:30"), ["окончательный ответ: осталось 1 ч (условный срок)"]);
    assert!(tell(&first, &deadlines, "2026-11-24T14:00").is_empty());
    // Nobody asked at a quarter to: what has passed meanwhile is told as one.
    assert_eq!(
        tell(&first, &deadlines, "2026-11-24T14:40"),
        ["окончательный ответ: срок истёк 10 мин назад (условный срок)"]
    );
    assert!(tell(&first, &deadlines, "2026-11-25T14:40").is_empty());
    // An interim answer moved it: it is told of anew.
    let moved = terms.answered(&deadlines, &first, &interim(), at("2026-11-24T15:00"));
    assert!(tell(&moved.given, &moved.deadlines, "2026-11-25T15:00").is_empty());
    let told = tell(&moved.given, &moved.deadlines, "2026-12-04T20:00");
    assert_eq!(told, ["окончательный ответ: срок истёк 1 сут 2 ч назад (условный срок)"]);
}

#[test]
fn a_deadline_that_comes_nearer_is_told_of_though_later_moments_were() {
    let (mild, bad) = (terms("2026-11-24T10:30", Level::High), terms("2026-11-24T10:30", Level::Critical));
    let (before, after) = (mild.deadlines(), bad.deadlines());
    let mut last = LastReminders::default();
    let now = at("2026-11-25T09:40");
    due_reminders(&before, &AnswersGiven::default(), &last, now).iter().for_each(|reminder| last.keep(reminder));
    let told = due_reminders(&after, &AnswersGiven::default(), &last, now);
    assert!(told.len() == 2 && told.iter().all(|reminder| reminder.overdue));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// However rarely it is asked: no moment is told twice, none of a deadline that stands still, and a deadline that ran out is told of.
    #[test]
    fn each_reminder_is_told_once_and_the_end_always(
        level in prop::sample::select(Level::ALL.to_vec()),
        raised in 0_i64..500_000,
        gaps in prop::collection::vec(1_i64..900, 1..60),
        answers in prop::collection::vec((0_usize..60, 0_u8..3), 0..4),
    ) {
        let raised = Time::from_second(1_767_225_600 + raised * 60).unwrap();
        let terms = Terms::of(raised, level, &SHIPPED.deadlines, &SHIPPED.calendar, SHIPPED.timezone()).unwrap();
        let (mut deadlines, mut stopped, mut last) = (terms.deadlines(), AnswersGiven::default(), LastReminders::default());
        let (mut now, mut told) = (raised, Vec::new());
        for (i, gap) in gaps.into_iter().enumerate() {
            now = now.checked_add(Duration::from_secs(gap.unsigned_abs() * 60)).unwrap();
            for (_, kind) in answers.iter().filter(|(when, _)| *when == i) {
                let answer = [Answer::Official, interim(), settled()][usize::from(*kind)].clone();
                let answered = terms.answered(&deadlines, &stopped, &answer, now);
                prop_assert!(answered.deadlines.last.due >= deadlines.last.due);
                prop_assert!(stopped.first.is_none() || answered.given.first == stopped.first);
                prop_assert!(stopped.last.is_none() || answered.given.last == stopped.last);
                (deadlines, stopped) = (answered.deadlines, answered.given);
            }
            for reminder in due_reminders(&deadlines, &stopped, &last, now) {
                prop_assert!(reminder.reminded.moment <= now);
                let stands = match reminder.kind { DeadlineKind::First => stopped.first.is_some(), DeadlineKind::Last => stopped.last.is_some() };
                prop_assert!(!stands);
                let key = (reminder.kind, reminder.reminded.due, reminder.reminded.moment);
                prop_assert!(!told.contains(&key), "{:?} twice", key);
                told.push(key);
                last.keep(&reminder);
            }
            prop_assert!(due_reminders(&deadlines, &stopped, &last, now).is_empty());
            let ran_out = |which, deadline: &Deadline, stands: bool| stands || now < deadline.due || told.contains(&(which, deadline.due, deadline.due));
            prop_assert!(ran_out(DeadlineKind::First, &deadlines.first, stopped.first.is_some()));
            prop_assert!(ran_out(DeadlineKind::Last, &deadlines.last, stopped.last.is_some()));
        }
    }
}

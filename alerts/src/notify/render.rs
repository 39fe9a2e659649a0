//! An alert in words: on a terminal, on a phone, in a message.

use config::Config;
use model::{Level, Time};

use crate::notify::letter::Letter;
use crate::store::action::Action;
use crate::store::alert_state::AlertState;
use crate::store::handle::Alerts;
use crate::views::alert_view::AlertView;

/// A quote in a message is cut here: three of them and the rest fit a phone's screen.
const QUOTE_CHARS: usize = 160;

/// What a person can do with one press, in the order of the buttons.
const BUTTONS: [Action; 3] = [Action::Ack, Action::Work, Action::FalseAlarm];

/// The button that asks for the text to forward, and its caption.
pub const FORWARD: &str = "forward";
const FORWARD_RU: &str = "Текст для пересылки";

/// The alert in full, in Russian: what, where, since when, how many, why, quotes with links, what is known.
pub fn text(alert: &AlertView, config: &Config) -> String {
    lines(alert, config, usize::MAX).join("\n")
}

fn lines(alert: &AlertView, config: &Config, quote_chars: usize) -> Vec<String> {
    let local = |time: Time| local(time, config);
    let mut lines =
        vec![format!("{} {} · {}", mark(alert.level), alert.level.name_ru().to_uppercase(), alert.headline)];
    let mut what = vec![alert.kind_name.clone()];
    what.extend(alert.place_name.clone());
    what.push(format!("с {}", local(alert.since.unwrap_or(alert.opened_at))));
    if alert.posts > 0 {
        what.push(format!("публикаций: {}", alert.posts));
        what.push(format!("авторов: {}", alert.authors));
        what.push(format!("источников: {}", alert.sources));
        what.push(format!("просмотров: {}", alert.views));
    }
    lines.push(format!("  {}", what.join(" · ")));
    if let Some(recipient) = &alert.recipient {
        lines.push(format!("  отвечает: {}", config.recipient_name(recipient)));
    }
    match &alert.clocks {
        Some(clocks) if clocks.first.stopped_at.is_none() => {
            lines.push(format!("  ответить до {} ({}) · № {}", local(clocks.first.due), clocks.first.act, alert.id));
        }
        Some(clocks) if clocks.last.stopped_at.is_none() => {
            let (due, act) = (local(clocks.last.due), &clocks.last.act);
            lines.push(format!("  первый ответ дан; окончательный до {due} ({act}) · № {}", alert.id));
        }
        _ => lines.push(format!("  № {}", alert.id)),
    }
    if let Some(state) = AlertState::parse(&alert.life).filter(|state| state.is_taken()) {
        let by = alert.life_by.as_deref().map(|by| format!(", {by}")).unwrap_or_default();
        let note = alert.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
        lines.push(format!("  {}{by} {}{note}", state.name_ru(), local(alert.life_at)));
    }
    if let Some(to) = &alert.passed_to {
        lines.push(format!("  передано: {}", config.recipient_name(to)));
    }
    if let Some(held) = &alert.held {
        let until = alert.held_until.map(|until| format!(" до {}", local(until))).unwrap_or_default();
        lines.push(format!("  сдержано{until}: {held}"));
    }
    if let Some(previous) = &alert.previous {
        lines.push(format!("  вернулось после закрытия № {previous}"));
    }
    if !alert.reasons.is_empty() {
        lines.push(format!("  сработало: {}", alert.reasons.join("; ")));
    }
    if !alert.why.is_empty() {
        lines.push(format!("  почему: {}", alert.why.join("; ")));
    }
    for quote in &alert.quotes {
        lines.push(format!("  «{}»", cut(&quote.text, quote_chars)));
        lines.push(format!(
            "    {}, {}{}",
            config.source_name(&quote.source),
            local(quote.published_at),
            quote.url.as_deref().map(|url| format!(", {url}")).unwrap_or_default()
        ));
    }
    lines
}

/// A message about an alert to a person, or to everybody. `heading` says what is new.
pub(crate) fn letter(alerts: &Alerts, view: &AlertView, heading: &str, person: Option<&str>) -> Letter {
    let config = alerts.config();
    let mut lines = lines(view, config, QUOTE_CHARS);
    if !heading.is_empty() {
        lines.insert(0, heading.to_owned());
    }
    let closed = view.state == "closed";
    let acts = BUTTONS.iter().filter(|_| !closed && person.is_some()).map(|action| {
        let url = person.and_then(|person| alerts.link(*action, &view.id, person));
        (action.label_ru().to_owned(), format!("{}:{}", action.as_str(), view.id), url)
    });
    let mut buttons: Vec<_> = acts.collect();
    if view.forward.is_some() && !buttons.is_empty() {
        buttons.push((FORWARD_RU.to_owned(), format!("{FORWARD}:{}", view.id), None));
    }
    let subject = format!("{} {}: {}", mark(view.level), capital(view.level.name_ru()), view.headline);
    Letter {
        event: "alert".into(),
        subject: if heading.is_empty() { subject } else { format!("{subject} — {heading}") },
        text: lines.join("\n"),
        buttons,
        payload: serde_json::to_value(view).unwrap_or_default(),
        attachment: None,
        heading: heading.to_owned(),
    }
}

fn mark(level: Level) -> &'static str {
    match level {
        Level::Critical => "‼",
        Level::High => "⚠",
        Level::Medium | Level::Low => "•",
    }
}

fn local(time: Time, config: &Config) -> String {
    time.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M").to_string()
}

fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text[..end].trim_end().trim_end_matches('…')),
        None => text.to_owned(),
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

//! The text that a duty officer forwards to the recipient as it stands.

use config::Config;
use model::Time;

use super::alert_view::AlertView;

/// Links in the text: whoever needs more of them opens the alert.
const LINKS: usize = 10;

/// What happened where, and the posts that tell it.
pub struct Told<'a> {
    pub what: &'a str,
    pub place: Option<&'a String>,
    /// When it began: by the residents' words, else with the first post.
    pub begin: Time,
    /// Links of its posts, the most telling first.
    pub links: &'a [&'a str],
}

/// To whom, what, where, since when, by whose words, by when an answer is due.
pub fn text(alert: &AlertView, told: &Told<'_>, config: &Config) -> String {
    let local = |time: Time| time.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M").to_string();
    let mut lines = Vec::new();
    let recipient = alert.passed_to.as_ref().or(alert.recipient.as_ref()).and_then(|id| config.recipient(id));
    if let Some(recipient) = recipient {
        let phone = recipient.phone.as_ref().map(|phone| format!(", тел. {phone}")).unwrap_or_default();
        lines.push(format!("{}{phone}", recipient.name));
    }
    lines.push("Здравствуйте! Просим проверить сообщения жителей и принять меры.".to_owned());
    lines.push(format!("Что: {}", told.what));
    lines.extend(told.place.map(|place| format!("Где: {place}")));
    let first = alert.since.unwrap_or(told.begin);
    if told.begin < first {
        lines.push(format!("Со слов жителей: с {}", local(told.begin)));
    }
    lines.push(format!("Первое сообщение: {}", local(first)));
    lines.push(format!("Публикаций: {}, авторов: {}", alert.posts, alert.authors));
    let shown = told.links.len().min(LINKS);
    lines.extend(told.links[..shown].iter().map(|link| (*link).to_owned()));
    if told.links.len() > shown {
        lines.push(format!("и ещё ссылок: {}", told.links.len() - shown));
    }
    match &alert.clocks {
        Some(clocks) if clocks.first.stopped_at.is_none() => {
            lines.push(format!("Первый ответ нужен до {} ({}).", local(clocks.first.due), clocks.first.act));
        }
        Some(clocks) if clocks.last.stopped_at.is_none() => {
            lines.push(format!("Окончательный ответ нужен до {} ({}).", local(clocks.last.due), clocks.last.act));
        }
        _ => {}
    }
    lines.push(format!("Номер тревоги: {}", alert.id));
    lines.join("\n")
}

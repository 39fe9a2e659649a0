//! A digest in words, for a terminal.

use config::Config;

use crate::digest::{Digest, SectorVolume};
use crate::local::local;

impl Digest {
    /// The digest in Russian, line by line.
    pub fn text(&self, config: &Config) -> String {
        let mut lines = vec![format!("Сводка за {}", self.date.strftime("%d.%m.%Y"))];
        lines.extend(self.marks());
        lines.push("\nТребует решения".into());
        if self.decisions.is_empty() {
            lines.push("  нет открытых тревог".into());
        }
        for decision in &self.decisions {
            lines.push(format!(
                "  {}: {} — публикаций {}, {} {} (условный срок)",
                decision.level.name_ru(),
                decision.headline,
                decision.posts,
                if decision.overdue { "срок истёк" } else { "решить до" },
                local(decision.deadline, config, "%d.%m %H:%M"),
            ));
        }
        lines.push(format!("\nПубликаций: {}{}", self.posts, against(self.posts_day_before)));
        for volume in &self.sectors {
            lines.push(format!("  {:<20}{:>5}{}", volume.sector.name_ru(), volume.posts, comparison(volume)));
        }
        if !self.topics.is_empty() {
            lines.push("\nЧаще всего".into());
            lines.extend(self.topics.iter().map(|topic| format!("  {:<40}{:>5}", topic.name, topic.posts)));
        }
        if !self.risks.is_empty() {
            lines.push("\nРиски".into());
            let risk =
                |risk: &crate::RiskLine| format!("  {:<40}{:>5}  {}", risk.name, risk.posts, risk.level.name_ru());
            lines.extend(self.risks.iter().map(risk));
        }
        if !self.alerts.is_empty() {
            lines.push("\nТревоги дня".into());
            for alert in &self.alerts {
                let state = life_ru(alert);
                let at = local(alert.opened_at, config, "%H:%M");
                lines.push(format!("  {at} {} — {}, публикаций {}", alert.headline, state, alert.posts));
            }
        }
        if !self.held.is_empty() {
            lines.push("\nСдержано".into());
            lines.extend(self.held.iter().map(|held| format!("  {} — {}", held.headline, held.why)));
        }
        let unseen: Vec<_> = self.sources.iter().filter(|source| !source.unseen.is_empty()).collect();
        lines.push(format!(
            "\nИсточники: видны полностью {} из {}",
            self.sources.len() - unseen.len(),
            self.sources.len()
        ));
        for source in unseen {
            lines.push(format!("  не видно: {} — {}", source.name, source.unseen_ru(config)));
        }
        lines.join("\n")
    }

    /// What a reader must know before the figures.
    pub(crate) fn marks(&self) -> Vec<String> {
        let mut marks = Vec::new();
        if !self.finished {
            marks.push("День ещё не окончен.".to_owned());
        }
        if self.sources.is_empty() {
            marks.push("Источники не опрашивались: данные загружены из архива, полнота неизвестна.".to_owned());
        } else if self.finished && !self.complete {
            marks.push("День виден не полностью: с другими днями не сравнивается.".to_owned());
        }
        if self.undelivered > 0 {
            marks.push(format!("Не доставлено критических сообщений: {}.", self.undelivered));
        }
        if let Some(late @ 1..) = self.late {
            marks.push(format!("За предыдущий день после его сводки поступило ещё публикаций: {late}."));
        }
        marks
    }
}

/// What an alert's state is called.
pub(crate) fn state_ru(state: &str) -> &'static str {
    match state {
        "open" => "открыта",
        "quiet" => "затихла",
        _ => "закрыта",
    }
}

/// What became of an alert; digests of before lives were kept know its state alone.
pub(crate) fn life_ru(alert: &crate::AlertLine) -> &'static str {
    alerts::AlertState::parse(&alert.life).map_or_else(|| state_ru(&alert.state), alerts::AlertState::name_ru)
}

fn against(before: Option<u64>) -> String {
    before.map(|before| format!(" (накануне {before})")).unwrap_or_default()
}

fn comparison(volume: &SectorVolume) -> String {
    let mut words = against(volume.day_before);
    if let Some(mean) = volume.mean {
        words += &format!(", в среднем за неделю {mean:.1}").replace('.', ",");
    }
    if let Some(percent) = volume.change_percent {
        words += &format!(", {percent:+} %");
    }
    words
}

impl crate::SourceSeen {
    /// When it was not seen and why.
    pub(crate) fn unseen_ru(&self, config: &Config) -> String {
        let span = |span: &crate::Span| {
            format!("с {} до {}", local(span.from, config, "%H:%M"), local(span.to, config, "%H:%M"))
        };
        let spans: Vec<String> = self.unseen.iter().map(span).collect();
        let failures: Vec<String> =
            self.failures.iter().map(|(outcome, count)| format!("{} × {count}", model::outcome_ru(outcome))).collect();
        match (self.polls, failures.is_empty()) {
            (0, _) => format!("{}; опросов не было", spans.join(", ")),
            (_, true) => spans.join(", "),
            (_, false) => format!("{}; отказы: {}", spans.join(", "), failures.join(", ")),
        }
    }
}

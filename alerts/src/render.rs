//! An alert in words, for a terminal.

use config::Config;

use crate::AlertView;

/// The alert in full, in Russian: what, where, how many, why, quotes with links.
pub fn text(alert: &AlertView, config: &Config) -> String {
    let local =
        |time: model::Time| time.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M").to_string();
    let mut lines = vec![
        format!("⚠ {} · {}", alert.level.name_ru().to_uppercase(), alert.headline),
        format!(
            "  {} · с {} · публикаций: {} · источников: {} · просмотров: {}",
            alert.kind_name,
            local(alert.opened_at),
            alert.posts,
            alert.sources,
            alert.views
        ),
        format!("  решить до {} (условный срок) · № {}", local(alert.deadline), alert.id),
    ];
    if !alert.why.is_empty() {
        lines.push(format!("  почему: {}", alert.why.join("; ")));
    }
    for quote in &alert.quotes {
        lines.push(format!("  «{}»", quote.text));
        lines.push(format!(
            "    {}, {}{}",
            config.source_name(&quote.source),
            local(quote.published_at),
            quote.url.as_deref().map(|url| format!(", {url}")).unwrap_or_default()
        ));
    }
    lines.join("\n")
}

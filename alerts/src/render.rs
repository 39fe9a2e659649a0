//! An alert in words, for a terminal.

use jiff::tz::TimeZone;

use crate::AlertView;

/// The alert in full, in Russian: what, where, how many, why, quotes with links.
pub fn text(alert: &AlertView, timezone: &TimeZone) -> String {
    let local = |time: model::Time| time.to_zoned_datetime(timezone.clone()).strftime("%d.%m.%Y %H:%M").to_string();
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
            quote.source,
            local(quote.published_at),
            quote.url.as_deref().map(|url| format!(", {url}")).unwrap_or_default()
        ));
    }
    lines.join("\n")
}

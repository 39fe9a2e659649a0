//! Charts as SVG: drawn here, because a page that must work in a closed network and on paper can load nothing.

use std::fmt::Write;

/// Posts by hour as columns. Height is against the greatest hour; every third hour is named.
pub fn hours(values: &[u64]) -> String {
    const WIDTH: u32 = 480;
    const HEIGHT: u32 = 90;
    const FLOOR: u32 = HEIGHT - 14;
    let top = values.iter().copied().max().unwrap_or(0).max(1);
    let step = WIDTH / 24;
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Публикации по часам\">");
    for (hour, &value) in values.iter().enumerate().take(24) {
        let x = hour as u32 * step;
        let height = (value * u64::from(FLOOR - 12) / top) as u32;
        let y = FLOOR - height;
        let width = step - 4;
        let _ = write!(
            svg,
            "<rect x=\"{}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"><title>{hour}:00 — {value}</title></rect>",
            x + 2
        );
        if value == top {
            let _ = write!(svg, "<text x=\"{}\" y=\"{}\">{value}</text>", x + step / 2, y - 2);
        }
        if hour % 3 == 0 {
            let _ = write!(svg, "<text x=\"{}\" y=\"{}\">{hour}</text>", x + step / 2, HEIGHT - 2);
        }
    }
    svg + "</svg>"
}

/// One bar of a day against others, with a mark at the mean of the week.
pub fn bar(value: u64, mean: Option<f64>, top: f64) -> String {
    const WIDTH: f64 = 120.0;
    let scale = |value: f64| (value / top.max(1.0) * WIDTH).clamp(0.0, WIDTH);
    let mut svg = format!(
        "<svg class=\"bar\" viewBox=\"0 0 {WIDTH} 12\" aria-hidden=\"true\"><rect y=\"2\" height=\"8\" width=\"{:.1}\"/>",
        scale(value as f64)
    );
    if let Some(mean) = mean {
        let _ = write!(svg, "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"0\" y2=\"12\"/>", scale(mean));
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_hour_is_the_highest_and_named() {
        let mut values = [0; 24];
        values[8] = 40;
        values[9] = 10;
        let svg = hours(&values);
        assert!(svg.contains("height=\"64\"><title>8:00 — 40"), "{svg}");
        assert!(svg.contains("height=\"16\"><title>9:00 — 10"), "{svg}");
        assert!(svg.contains(">40</text>"));
    }

    #[test]
    fn an_empty_day_has_a_chart_too() {
        assert!(hours(&[]).starts_with("<svg"));
        assert!(bar(0, None, 0.0).contains("width=\"0.0\""));
    }
}

//! `calendar.toml`.

use super::*;

#[test]
fn a_calendar_is_refused_with_its_line() {
    let refuse = |text: &str, line, part| refuse_one("calendar.toml", text, line, part);
    refuse("hours = '9-18'", 1, "не часть дня");
    refuse("hours = '18:00-09:00'", 1, "сначала более раннее время");
    refuse("hours = '09:00-10:00'", 1, "не меньше двух часов");
    refuse("lunch = '08:00-09:30'", 1, "выходит за рабочий день");
    refuse("lunch = '10:00-17:59'", 1, "меньше двух часов");
    refuse("days = []", 1, "нет ни одного дня недели");
    refuse("days = ['monday']", 1, "— не день недели; бывают mon, tue");
    refuse("days = ['mon', 'mon']", 1, "день `mon`: уже есть");
    refuse("holidays = []", 1, "незнакомый ключ `holidays`; здесь бывают: hours, lunch, days, year");
    let year = |rest: &str, line, part| refuse(&format!("[[year]]\nyear = 2026\n{rest}"), line, part);
    year("moved = [{ from = 2026-01-03 }]", 3, "нужны оба дня");
    year("moved = [{ from = 2026-01-03, to = 2027-01-09 }]", 3, "2027-01-09 — не из 2026 года");
    year("moved = [{ from = 2026-01-03, to = 2026-01-09, why = 'x' }]", 3, "незнакомый ключ `why`");
    year("days_off = ['2026-04-21']", 3, "нужно указать день без кавычек, например 2026-01-09, а стоит строка");
    year("days_off = [\n2026-04-21T10:00:00]", 4, "например 2026-01-09, а стоит дата");
    year("shortened = [2025-04-21]", 3, "2025-04-21 — не из 2026 года");
    year("[[year]]\nyear = 2026", 4, "год `2026`: уже есть");
    refuse("[[year]]\nmoved = []", 1, "нет ключа `year`");
    refuse("[[year]]\nyear = 26", 2, "26: такого года не ждали");
}

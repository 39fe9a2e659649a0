//! The table of levels: the first row that fits an event decides.

use config::Row;

use super::slots::Slots;

/// The number of the row that decides on an event.
pub fn deciding(rows: &[Row], slots: &Slots) -> Option<usize> {
    rows.iter().position(|row| fits(row, slots))
}

fn fits(row: &Row, slots: &Slots) -> bool {
    let one = |wanted: &[usize], has: usize| wanted.is_empty() || wanted.contains(&has);
    let maybe =
        |wanted: &[usize], has: Option<usize>| wanted.is_empty() || has.is_some_and(|has| wanted.contains(&has));
    one(&row.objects, slots.object)
        && one(&row.states, slots.state)
        && (row.when.is_empty() || row.when.contains(&slots.time.actuality))
        && (row.scales.is_empty() || row.scales.contains(&slots.scale))
        && slots.harm >= row.harm
        && maybe(&row.who, slots.who)
        && maybe(&row.wishes, slots.wish)
        && slots.days >= row.days
        && slots.evidence >= row.evidence
        && (!row.season || slots.season)
}

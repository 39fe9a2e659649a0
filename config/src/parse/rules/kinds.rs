//! `[[kind]]` of `risks/*.toml`, and the tables of earlier releases that are no longer read.

use crate::parse::names::Names;
use crate::parse::reader::{At, Table};
use crate::problems::Problem;
use crate::rules::RiskKind;

/// What is said of words and patterns that are no longer read.
const NOW: &str =
    "что случилось, теперь узнают по [[object]] и [[says]], а насколько это опасно — по [[row]] в risks/levels.toml";

/// The kinds of a file.
pub fn kinds(table: &mut Table, names: &mut Names) -> Vec<RiskKind> {
    let report = table.report();
    let mut kinds = Vec::new();
    for mut table in table.tables("kind") {
        let (code, name) = (table.required("code"), table.required("name"));
        let one_event = table.flag("one_event", false);
        table.finish();
        if let (Some(code), Some(name)) = (code, name) {
            names.risks.add(report, &code);
            kinds.push(RiskKind { kind: code.value, name: name.value, one_event });
        }
    }
    kinds
}

/// Takes the tables of the form of earlier releases out of a file: what to write instead of each, and the kinds that only they define,
/// so that what refers to one stays valid.
pub fn outdated(table: &mut Table, kinds: &mut Vec<RiskKind>, names: &mut Names) -> Vec<Problem> {
    let report = table.report();
    let mut told = Vec::new();
    let mut tell = |at: At, message: String| told.push(Problem { file: at.file.to_string(), line: at.line, message });
    for mut risk in table.tables("risk") {
        let (kind, name) = (risk.string("kind"), risk.string("name"));
        let shown = kind.as_ref().map_or("", |kind| &kind.value).to_owned();
        tell(
            risk.at(),
            format!(
                "[[risk]] `{shown}` больше не читается: {NOW}; добавьте слова в risks/*.toml своей папки и строку [[row]] с kind = {shown:?}, \
                 потом удалите эту таблицу"
            ),
        );
        if let Some(kind) = kind
            && !kinds.iter().any(|known| known.kind == kind.value)
        {
            names.risks.add(report, &kind);
            let name = name.map_or_else(|| kind.value.clone(), |name| name.value);
            kinds.push(RiskKind { kind: kind.value, name, one_event: false });
        }
    }
    for mut list in table.tables("list") {
        let id = list.string("id").map_or_else(String::new, |id| id.value);
        let instead =
            "слова, по которым запись ничего не сообщает, стоят в [[aside]], слова о пострадавших — в [[harm]]";
        tell(
            list.at(),
            format!("[[list]] `{id}` больше не читается: {instead}; перенесите своё и удалите эту таблицу"),
        );
    }
    // Patterns of topics and places may still name them.
    for id in names.word_groups.read(table) {
        let message = format!(
            "[[words]] `{}` рискам больше не нужны: {NOW}; перенесите свои слова туда, а то, что называют темы, — в taxonomy/; \
             потом удалите эту таблицу",
            id.value
        );
        tell(id.at, message);
    }
    told
}

//! The rooms of a crate (the folders of its `src/`) against their table.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use crate::arrows::Arrow;
use crate::source::{Code, FileId};
use crate::tables::Row;
use crate::workspace::Package;

/// The row of all files beside the folders that have no row of their own; `lib.rs` and `main.rs` are never meant.
const OTHER_FILES: &str = "*.rs";

/// Compares the code of the crate in `folder` with the rows of its rooms.
///
/// A folder needs a row. A file beside the folders may use every room, and none may use it, unless it has a row too;
/// with a row it is held to it like a room.
pub fn compare(folder: &str, code: &Code, arrows: &[Arrow], rows: &[Row]) -> Vec<String> {
    let source = format!("{folder}src/");
    let rows: BTreeMap<String, &BTreeSet<String>> = rows
        .iter()
        .filter_map(|row| Some((row.path.strip_prefix(&source)?.trim_end_matches('/').to_owned(), &row.uses)))
        .collect();
    let room = |file: FileId| {
        let name = first_part(code, file);
        let is_other = is_file(&name) && !is_root(&name) && !rows.contains_key(&name) && rows.contains_key(OTHER_FILES);
        if is_other { OTHER_FILES.to_owned() } else { name }
    };
    let present: BTreeSet<String> = (0..code.files.len()).map(&room).collect();
    let mut faults = Vec::new();
    for name in present.iter().filter(|name| !is_file(name) && !rows.contains_key(*name)) {
        faults.push(format!("{source}{name}/ has no row among the rooms of ARCHITECTURE.md"));
    }
    for name in rows.keys().filter(|name| !present.contains(*name)) {
        faults.push(format!("the rooms of ARCHITECTURE.md name {source}{name}, which does not exist"));
    }
    let mut crossing = BTreeSet::new();
    for arrow in arrows {
        let (from, to) = (room(arrow.from), room(arrow.to));
        if from != to && rows.get(&from).is_some_and(|uses| !uses.contains(&to)) {
            faults.push(format!("{}: ARCHITECTURE.md does not let {source}{from} use {to}", arrow.describe(code)));
        }
        crossing.insert((from, to));
    }
    for (from, uses) in rows.iter().filter(|(from, _)| present.contains(*from)) {
        for to in *uses {
            if !crossing.contains(&(from.clone(), to.clone())) {
                faults.push(format!("ARCHITECTURE.md lets {source}{from} use {to}, and it does not"));
            } else if is_file(to) && !rows.contains_key(to) {
                faults.push(format!("ARCHITECTURE.md lets {source}{from} use {to}, which has no row"));
            }
        }
    }
    faults.extend(circles(&source, &rows));
    faults
}

/// Rows that lie in no crate at all.
pub fn without_crate(packages: &[Package], rows: &[Row]) -> Vec<String> {
    let has_crate = |row: &Row| packages.iter().any(|package| row.path.starts_with(&format!("{}src/", package.folder)));
    let stray = rows.iter().filter(|row| !has_crate(row));
    stray.map(|row| format!("the rooms of ARCHITECTURE.md name {}, which lies in no crate", row.path)).collect()
}

/// The rows that a crate with folders would need as it is, with their second column left empty: for whoever writes the table.
pub fn rows(folder: &str, code: &Code, arrows: &[Arrow]) -> Vec<String> {
    let ends = arrows.iter().map(|arrow| (first_part(code, arrow.from), first_part(code, arrow.to)));
    let crossing: BTreeSet<(String, String)> = ends.filter(|(from, to)| from != to).collect();
    let all = (0..code.files.len()).map(|file| first_part(code, file));
    let mut rooms: BTreeSet<String> = all.filter(|name| !is_file(name)).collect();
    loop {
        let used = crossing.iter().filter(|(from, _)| rooms.contains(from)).map(|(_, to)| to.clone());
        let with_used: BTreeSet<String> = rooms.iter().cloned().chain(used).collect();
        if with_used == rooms {
            break;
        }
        rooms = with_used;
    }
    let row = |from: &String| {
        let used = crossing.iter().filter(|(user, _)| user == from).map(|(_, to)| format!("`{to}`"));
        let used = Vec::from_iter(used).join(", ");
        let slash = if is_file(from) { "" } else { "/" };
        format!("| `{folder}src/{from}{slash}` |  | {} |", if used.is_empty() { "–" } else { &used })
    };
    rooms.iter().map(row).collect()
}

/// The folder right below `src/` that a file lies in, or the file's name if it lies beside them.
fn first_part(code: &Code, file: FileId) -> String {
    let path = &code.files[file].in_source;
    path.components().next().map(|first| first.as_os_str().to_string_lossy().into_owned()).unwrap_or_default()
}

fn is_file(room: &str) -> bool {
    room.ends_with(".rs")
}

fn is_root(file: &str) -> bool {
    file == "lib.rs" || file == "main.rs"
}

fn circles(source: &str, rows: &BTreeMap<String, &BTreeSet<String>>) -> Vec<String> {
    let edges = rows.iter().flat_map(|(from, uses)| uses.iter().map(move |to| (from.as_str(), to.as_str())));
    let graph: DiGraphMap<&str, ()> = edges.collect();
    let rings = tarjan_scc(&graph).into_iter().filter(|ring| ring.len() > 1 || graph.contains_edge(ring[0], ring[0]));
    let told = rings.map(|mut ring| {
        ring.sort_unstable();
        format!("the rows of {source} in ARCHITECTURE.md form a circle: {}", ring.join(", "))
    });
    told.collect()
}

//! Files that need one another across folders.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use petgraph::algo::{astar, tarjan_scc};
use petgraph::graphmap::DiGraphMap;

use crate::arrows::Arrow;
use crate::source::{Code, FileId};

/// Finds each set of files that lie in more than one folder and all lead to one another, and tells its shortest way round.
/// A `mod.rs` lies in its own folder.
pub fn find(code: &Code, arrows: &[Arrow]) -> Vec<String> {
    let graph: DiGraphMap<FileId, ()> = arrows.iter().map(|arrow| (arrow.from, arrow.to)).collect();
    let mut first: BTreeMap<(FileId, FileId), &Arrow> = BTreeMap::new();
    for arrow in arrows {
        first.entry((arrow.from, arrow.to)).or_insert(arrow);
    }
    let sets = tarjan_scc(&graph).into_iter().filter(|set| folders(code, set).len() > 1);
    sets.map(|set| describe(code, &graph, &first, &set)).collect()
}

fn folders<'a>(code: &'a Code, set: &[FileId]) -> BTreeSet<&'a Path> {
    set.iter().filter_map(|&file| code.files[file].in_source.parent()).collect()
}

fn describe(
    code: &Code,
    graph: &DiGraphMap<FileId, ()>,
    first: &BTreeMap<(FileId, FileId), &Arrow>,
    set: &[FileId],
) -> String {
    let mut names: Vec<&str> = set.iter().map(|&file| code.files[file].path.as_str()).collect();
    names.sort_unstable();
    let mut text = format!("{} files form a circle across folders: {}", set.len(), names.join(", "));
    for pair in shortest(code, graph, set).windows(2) {
        if let Some(arrow) = first.get(&(pair[0], pair[1])) {
            text.push_str(&format!("\n    {} → {}", arrow.describe(code), code.files[arrow.to].path));
        }
    }
    text
}

/// The shortest way round that crosses folders; its first file stands again at the end.
fn shortest(code: &Code, graph: &DiGraphMap<FileId, ()>, set: &[FileId]) -> Vec<FileId> {
    let folder = |file: FileId| code.files[file].in_source.parent();
    let inside: BTreeSet<FileId> = set.iter().copied().collect();
    let crossing = graph
        .all_edges()
        .filter(|(from, to, ())| inside.contains(from) && inside.contains(to) && folder(*from) != folder(*to));
    let rounds = crossing.filter_map(|(from, to, ())| {
        let (_, mut way) = astar(graph, to, |file| file == from, |_| 1_usize, |_| 0)?;
        way.insert(0, from);
        Some(way)
    });
    rounds.min_by_key(Vec::len).unwrap_or_default()
}

//! `use` trees, taken apart.

use syn::{Ident, UseTree};

/// One leaf of a `use` tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The path as written.
    pub path: Vec<String>,
    /// The name in scope afterwards; none for `*` and `as _`.
    pub name: Option<String>,
    /// Whether the leaf is `*`.
    pub glob: bool,
    /// Where it stands.
    pub line: usize,
}

/// An identifier without the mark of a raw one.
pub fn plain(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

/// The leaves of a `use` tree.
pub fn imports(tree: &UseTree) -> Vec<Import> {
    let mut found = Vec::new();
    gather(tree, &mut Vec::new(), &mut found);
    found
}

fn gather(tree: &UseTree, prefix: &mut Vec<String>, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(step) => {
            prefix.push(plain(&step.ident));
            gather(&step.tree, prefix, found);
            prefix.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| gather(tree, prefix, found)),
        UseTree::Glob(glob) => {
            let line = glob.star_token.spans[0].start().line;
            found.push(Import { path: prefix.clone(), name: None, glob: true, line });
        }
        UseTree::Name(leaf) => found.push(import(prefix, &leaf.ident, None)),
        UseTree::Rename(leaf) => found.push(import(prefix, &leaf.ident, Some(plain(&leaf.rename)))),
    }
}

fn import(prefix: &[String], leaf: &Ident, renamed: Option<String>) -> Import {
    let mut path = prefix.to_vec();
    // `use a::b::{self}` brings in `b`.
    if leaf != "self" || path.is_empty() {
        path.push(plain(leaf));
    }
    let name = renamed.or_else(|| path.last().cloned()).filter(|name| name != "_");
    Import { path, name, glob: false, line: leaf.span().start().line }
}

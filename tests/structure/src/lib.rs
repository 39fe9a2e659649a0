//! Compares the code with the tables of ARCHITECTURE.md: the folders of the root, the crates and what they depend on, and the *rooms*
//! (folders) inside each crate and what they use. Paths and functions that the pages for developers name must exist.
//!
//! An *arrow* leads from the file that names something to the file that defines it. It is found by reading `use` trees and
//! paths (`crate::…`, `self::…`, `super::…`, or a name that is in scope), and is followed through re-exports and globs,
//! so that a detour over `lib.rs` or a `mod.rs` changes nothing. Code under `#[cfg(test)]` is free to use what it likes.
//!
//! A crate whose `src/` has folders has a row for each in the table of rooms. Files beside the folders may use every room, and
//! are used by none unless they have a row: of their own (`alerts/src/error.rs`), or one for all that are left (`config/src/*.rs`,
//! which never means `lib.rs` or `main.rs`). Below the rooms there is no table: there no circle of files may span two folders. A module
//! with children is `folder/mod.rs` everywhere.
//!
//! What it does not see:
//! - methods called on values: a type that reaches a file as a return value needs no path there;
//! - what a macro expands to. The arguments of a macro, the body of a `macro_rules!` and attributes (`#[serde(with = "…")]`
//!   included) are read as far as their tokens look like paths; a derive's own code and templates are not;
//! - files brought in by `include!`, and what a build script writes. `#[path = "…"]` is followed;
//! - `cfg` other than `test`: code of every feature and platform counts.
//!
//! One imprecision remains: in a macro or under a glob import a local variable may be taken for a function of the same name.

mod arrows;
mod circles;
mod imports;
mod module_files;
mod names;
mod pages;
mod parse;
mod rooms;
mod source;
mod tables;
mod test_code;
mod token_paths;
mod workspace;

use std::path::Path;

use anyhow::{Context, Result};

use tables::Tables;

/// Reads the workspace in `root` and returns one sentence for each thing that differs from the tables of its ARCHITECTURE.md.
pub fn check(root: &Path) -> Result<Vec<String>> {
    Ok([check_crates(root)?, check_rooms(root)?].concat())
}

/// The folders of the root, and the crates.
fn check_crates(root: &Path) -> Result<Vec<String>> {
    let tables = read_tables(root)?;
    let mut faults = workspace::compare_root_folders(&workspace::root_folders(root)?, &tables);
    faults.extend(workspace::compare_crates(&workspace::packages(root)?, &tables));
    Ok(faults)
}

/// The rooms inside the crates, circles of their files, and what the pages name.
fn check_rooms(root: &Path) -> Result<Vec<String>> {
    let tables = read_tables(root)?;
    let packages = workspace::packages(root)?;
    let mut faults = rooms::without_crate(&packages, &tables.rooms);
    for_each_crate(root, &packages, |package, code, arrows| {
        faults.extend(rooms::compare(&package.folder, code, arrows, &tables.rooms));
        faults.extend(circles::find(code, arrows));
        faults.extend(module_files::compare(root, code));
    })?;
    faults.extend(pages::compare(root)?);
    faults.extend(pages::compare_hops(root, &tables));
    Ok(faults)
}

/// The rows of rooms that the code would need as it is.
pub fn room_rows(root: &Path) -> Result<Vec<String>> {
    let mut rows = Vec::new();
    for_each_crate(root, &workspace::packages(root)?, |package, code, arrows| {
        rows.extend(rooms::rows(&package.folder, code, arrows));
    })?;
    Ok(rows)
}

fn for_each_crate(
    root: &Path,
    packages: &[workspace::Package],
    mut look: impl FnMut(&workspace::Package, &source::Code, &[arrows::Arrow]),
) -> Result<()> {
    let root = root.canonicalize().with_context(|| format!("looking for {}", root.display()))?;
    for package in packages {
        let code = parse::read(&root, package)?;
        look(package, &code, &arrows::find(&code));
    }
    Ok(())
}

fn read_tables(root: &Path) -> Result<Tables> {
    let page = root.join("ARCHITECTURE.md");
    let page = std::fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?;
    Ok(Tables::read(&page))
}

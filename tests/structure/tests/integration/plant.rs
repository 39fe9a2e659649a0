//! A workspace of one crate in a temporary folder.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A table of two rooms, of which only `upper` may use `lower`.
pub const UPPER_USES_LOWER: &str = "| `demo/src/lower/` | below | – |\n| `demo/src/upper/` | above | `lower` |\n";

/// The code map of a workspace that is that crate alone.
pub const ONE_CRATE: &str = "| `demo/` | the crate | – |";

/// What the sound crate of these tests holds; the files of a test come on top.
const FILES: [(&str, &str); 5] = [
    ("demo/src/lib.rs", "mod lower;\nmod upper;\n"),
    ("demo/src/lower/mod.rs", "mod stone;\npub use stone::Stone;\n"),
    ("demo/src/lower/stone.rs", "pub struct Stone;\n"),
    ("demo/src/upper/mod.rs", "mod roof;\npub use roof::{Roof, cover};\n"),
    ("demo/src/upper/roof.rs", "use crate::lower::Stone;\npub struct Roof(Stone);\npub fn cover() {}\n"),
];

/// Writes the sound crate with the given files instead of or beside its own, and checks it against these rows of rooms.
pub fn faults(rooms: &str, files: &[(&str, &str)]) -> Vec<String> {
    check(rooms, "demo", ONE_CRATE, files)
}

/// The same with the code map given as well.
pub fn check(rooms: &str, members: &str, crates: &str, files: &[(&str, &str)]) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let members: Vec<String> = members.split_whitespace().map(|name| format!("{name:?}")).collect();
    write(root, "Cargo.toml", &format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", ")));
    write(root, "demo/Cargo.toml", "[package]\nname = \"demo\"\nedition = \"2024\"\n");
    let page = format!(
        "| folder | what it is | may depend on |\n|---|---|---|\n{crates}\n\n\
         | room | what it is | may use |\n|---|---|---|\n{rooms}"
    );
    write(root, "ARCHITECTURE.md", &page);
    for (path, text) in FILES.iter().chain(files) {
        write(root, path, text);
    }
    for arguments in [&["init", "--quiet"][..], &["add", "."]] {
        assert!(Command::new("git").args(arguments).current_dir(root).status().unwrap().success());
    }
    structure::check(root).unwrap()
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

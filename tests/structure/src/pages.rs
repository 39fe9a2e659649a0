//! Paths and functions that the pages for developers name.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::tables::{Tables, in_backticks};

/// Pages whose paths are followed by people who look for a place in the code.
const PAGES: [&str; 3] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/adding.md"];

/// The folder of the records, each of them such a page.
const RECORDS: &str = "docs/decisions";

/// Each path in backticks that begins at a folder of the root exists. Patterns (`*`, `<name>`) are left alone.
pub fn compare(root: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for page in pages(root)? {
        let text = std::fs::read_to_string(root.join(&page)).with_context(|| format!("reading {}", page.display()))?;
        for (number, line) in text.lines().enumerate() {
            for path in in_backticks(line).iter().filter(|path| is_path(root, path) && !root.join(path).exists()) {
                faults.push(format!("{}:{} names {path}, which does not exist", page.display(), number + 1));
            }
        }
    }
    Ok(faults)
}

/// Each function of the hops that a post takes is defined in the file beside it.
pub fn compare_hops(root: &Path, tables: &Tables) -> Vec<String> {
    let mut faults = Vec::new();
    for (files, functions) in &tables.hops {
        let texts: Vec<String> =
            files.iter().filter_map(|file| std::fs::read_to_string(root.join(file)).ok()).collect();
        for function in functions {
            let name = function.rsplit("::").next().unwrap_or(function);
            let defines = |text: &String| ["(", "<"].iter().any(|next| text.contains(&format!("fn {name}{next}")));
            if !texts.iter().any(defines) {
                faults.push(format!(
                    "ARCHITECTURE.md names the function {function}, which {} does not define",
                    files.join(", ")
                ));
            }
        }
    }
    faults
}

fn pages(root: &Path) -> Result<Vec<PathBuf>> {
    let mut pages: Vec<PathBuf> = PAGES.iter().map(PathBuf::from).filter(|page| root.join(page).exists()).collect();
    let folder = root.join(RECORDS);
    if folder.exists() {
        let entries = std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
        let names: std::io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.file_name())).collect();
        let mut names = names?;
        names.sort();
        pages.extend(names.iter().map(|name| Path::new(RECORDS).join(name)));
    }
    Ok(pages)
}

fn is_path(root: &Path, text: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    let first = text.split_once('/').map(|(first, _)| first);
    text.chars().all(plain) && first.is_some_and(|first| !first.is_empty() && root.join(first).is_dir())
}

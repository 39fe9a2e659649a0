//! The crates as cargo knows them, and the root folders as git knows them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::tables::Tables;

/// A crate of the workspace.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its name in Cargo.toml.
    pub name: String,
    /// Its folder from the workspace's root with a slash at the end; empty for the package in the root itself.
    pub folder: String,
    /// Crates of the same workspace that it is built from, those of its tests left out.
    pub dependencies: BTreeSet<String>,
    /// `lib.rs` or `main.rs` of its library and binaries.
    pub roots: Vec<PathBuf>,
    /// The name by which its binaries call its library.
    pub library: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<RawPackage>,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct RawPackage {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<RawDependency>,
    targets: Vec<RawTarget>,
}

#[derive(Deserialize)]
struct RawDependency {
    name: String,
    kind: Option<String>,
}

#[derive(Deserialize)]
struct RawTarget {
    name: String,
    kind: Vec<String>,
    src_path: PathBuf,
}

/// Asks `cargo metadata` for the crates of the workspace in `root`.
pub fn packages(root: &Path) -> Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let answer = run(Command::new(cargo).args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(root))?;
    let metadata: Metadata = serde_json::from_slice(&answer).context("reading the answer of cargo metadata")?;
    let names: BTreeSet<String> = metadata.packages.iter().map(|package| package.name.clone()).collect();
    metadata.packages.into_iter().map(|raw| package(raw, &metadata.workspace_root, &names)).collect()
}

fn package(raw: RawPackage, root: &Path, names: &BTreeSet<String>) -> Result<Package> {
    let folder = raw.manifest_path.parent().and_then(|folder| folder.strip_prefix(root).ok());
    let folder = folder.with_context(|| format!("{} lies outside the workspace", raw.manifest_path.display()))?;
    let folder = folder.to_string_lossy();
    let is_library = |target: &RawTarget| target.kind.iter().any(|kind| kind == "lib");
    let is_built = |target: &&RawTarget| is_library(target) || target.kind.iter().any(|kind| kind == "bin");
    Ok(Package {
        folder: if folder.is_empty() { String::new() } else { format!("{folder}/") },
        dependencies: raw
            .dependencies
            .into_iter()
            .filter(|dependency| dependency.kind.as_deref() != Some("dev") && names.contains(&dependency.name))
            .map(|dependency| dependency.name)
            .collect(),
        roots: raw.targets.iter().filter(is_built).map(|target| target.src_path.clone()).collect(),
        library: raw.targets.iter().find(|target| is_library(target)).map(|target| target.name.replace('-', "_")),
        name: raw.name,
    })
}

/// Folders of the root that hold tracked files, hidden ones left out.
pub fn root_folders(root: &Path) -> Result<BTreeSet<String>> {
    let answer = run(Command::new("git").arg("ls-files").current_dir(root))?;
    let files = String::from_utf8_lossy(&answer).into_owned();
    let folders = files.lines().filter_map(|file| file.split_once('/')).map(|(folder, _)| folder.to_owned());
    Ok(folders.filter(|folder| !folder.starts_with('.')).collect())
}

fn run(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.output().with_context(|| format!("starting {command:?}"))?;
    ensure!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(output.stdout)
}

/// Each folder of the root has a row, and each row a folder.
pub fn compare_root_folders(found: &BTreeSet<String>, tables: &Tables) -> Vec<String> {
    let first = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    let known: BTreeSet<String> = tables.crates.iter().chain(&tables.folders).map(|row| first(&row.path)).collect();
    let missing = found.difference(&known).map(|folder| format!("folder {folder}/ is not in ARCHITECTURE.md"));
    let stale = known.difference(found).map(|folder| format!("ARCHITECTURE.md names {folder}/, which does not exist"));
    missing.chain(stale).collect()
}

/// Each crate has a row in the code map, and depends on what stands there, no more and no less.
pub fn compare_crates(packages: &[Package], tables: &Tables) -> Vec<String> {
    let mut faults = Vec::new();
    for package in packages.iter().filter(|package| !package.folder.is_empty()) {
        let Package { name, folder, dependencies, .. } = package;
        let Some(row) = tables.crates.iter().find(|row| row.path == *folder) else {
            faults.push(format!("{folder} is not in the code map of ARCHITECTURE.md"));
            continue;
        };
        let against = dependencies.difference(&row.uses);
        faults.extend(against.map(|other| format!("{name} depends on {other}, which ARCHITECTURE.md does not allow")));
        let stale = row.uses.difference(dependencies);
        faults.extend(stale.map(|other| format!("ARCHITECTURE.md lets {name} depend on {other}, and it does not")));
    }
    let stale = tables.crates.iter().filter(|row| packages.iter().all(|package| package.folder != row.path));
    faults.extend(stale.map(|row| format!("the code map of ARCHITECTURE.md names {}, which is no crate", row.path)));
    faults
}

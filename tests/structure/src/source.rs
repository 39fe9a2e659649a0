//! The files and modules of one crate, and the names that each module defines or brings in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use syn::Item;

/// Index of a module in [`Code::modules`].
pub type ModuleId = usize;
/// Index of a file in [`Code::files`].
pub type FileId = usize;

/// A crate as it is written, without its test code.
#[derive(Default)]
pub struct Code {
    /// Each file that some module lies in.
    pub files: Vec<File>,
    /// Modules of all targets; parents stand before their children.
    pub modules: Vec<Module>,
    /// The library's name and root module, for its binaries.
    pub library: Option<(String, ModuleId)>,
}

/// A source file.
pub struct File {
    /// From the workspace's root, for messages: `alerts/src/stories/mod.rs`.
    pub path: String,
    /// From the folder of the crate's root file: `stories/mod.rs`.
    pub in_source: PathBuf,
    /// The module that the whole file is.
    pub module: ModuleId,
    /// Its items.
    pub items: Vec<Item>,
}

/// A module, in a file of its own or inline.
#[derive(Default)]
pub struct Module {
    /// The file it stands in.
    pub file: FileId,
    /// None for `lib.rs` and `main.rs`.
    pub parent: Option<ModuleId>,
    /// The module at the top of its target, which `crate::` means.
    pub root: ModuleId,
    /// What it defines or brings in by name.
    pub names: BTreeMap<String, Vec<Definition>>,
    /// Paths whose names it brings in by `*`.
    pub globs: Vec<Vec<String>>,
}

/// What a name in a module stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Definition {
    /// A child module.
    Module(ModuleId),
    /// Something that this module's own file defines.
    Item,
    /// Brought in by `use` from this path.
    Use(Vec<String>),
}

impl Code {
    /// Whether `inner` is `outer` or lies inside it.
    pub fn lies_in(&self, inner: ModuleId, outer: ModuleId) -> bool {
        std::iter::successors(Some(inner), |&module| self.modules[module].parent).any(|module| module == outer)
    }

    /// The child of a module by name.
    pub fn child_module(&self, module: ModuleId, name: &str) -> Option<ModuleId> {
        self.modules[module].names.get(name)?.iter().find_map(|definition| match definition {
            Definition::Module(child) => Some(*child),
            _ => None,
        })
    }
}

//! Reads the files of a crate, from its root along its `mod` lines.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use syn::{Expr, Ident, Item, ItemMod, Lit, Meta};

use crate::imports::{imports, plain};
use crate::source::{Code, Definition, File, FileId, Module, ModuleId};
use crate::test_code::{is_test_item, only_in_tests};
use crate::workspace::Package;

/// Parses all targets of a crate.
pub fn read(workspace: &Path, package: &Package) -> Result<Code> {
    let mut reader = Reader { workspace, source: Path::new(""), code: Code::default() };
    for root in &package.roots {
        reader.source = root.parent().unwrap_or(Path::new(""));
        let file = reader.file(root, None)?;
        if root.ends_with("lib.rs") {
            reader.code.library = package.library.clone().map(|name| (name, reader.code.files[file].module));
        }
    }
    Ok(reader.code)
}

struct Reader<'a> {
    workspace: &'a Path,
    /// The folder of the target's root file.
    source: &'a Path,
    code: Code,
}

/// Where the files of a module's children are looked for.
struct Place {
    /// The folder that `#[path]` is relative to.
    folder: PathBuf,
    /// The folder of files named by their modules.
    children: PathBuf,
}

impl Reader<'_> {
    fn file(&mut self, path: &Path, parent: Option<ModuleId>) -> Result<FileId> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let parsed = syn::parse_file(&text).with_context(|| format!("parsing {}", path.display()))?;
        let file = self.code.files.len();
        let module = self.module(file, parent);
        self.code.files.push(File {
            path: path.strip_prefix(self.workspace).unwrap_or(path).display().to_string(),
            in_source: path.strip_prefix(self.source).unwrap_or(path).to_owned(),
            module,
            items: Vec::new(),
        });
        if !only_in_tests(&parsed.attrs) {
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            let is_folder = parent.is_none() || path.ends_with("mod.rs");
            let children = if is_folder { folder.clone() } else { path.with_extension("") };
            self.items(&parsed.items, module, &Place { folder, children })?;
            self.code.files[file].items = parsed.items;
        }
        Ok(file)
    }

    fn module(&mut self, file: FileId, parent: Option<ModuleId>) -> ModuleId {
        let modules = &mut self.code.modules;
        let id = modules.len();
        let root = parent.map_or(id, |parent| modules[parent].root);
        modules.push(Module { file, parent, root, ..Module::default() });
        id
    }

    fn items(&mut self, items: &[Item], module: ModuleId, place: &Place) -> Result<()> {
        for item in items.iter().filter(|item| !is_test_item(item)) {
            match item {
                Item::Mod(child) => {
                    let id = self.child(child, module, place)?;
                    self.define(module, plain(&child.ident), Definition::Module(id));
                }
                Item::Use(item) if item.leading_colon.is_none() => {
                    for import in imports(&item.tree) {
                        if import.glob {
                            self.code.modules[module].globs.push(import.path);
                        } else if let Some(name) = import.name {
                            self.define(module, name, Definition::Use(import.path));
                        }
                    }
                }
                other => {
                    if let Some(name) = defined_name(other) {
                        self.define(module, plain(name), Definition::Item);
                    }
                }
            }
        }
        Ok(())
    }

    fn define(&mut self, module: ModuleId, name: String, definition: Definition) {
        self.code.modules[module].names.entry(name).or_default().push(definition);
    }

    fn child(&mut self, child: &ItemMod, parent: ModuleId, place: &Place) -> Result<ModuleId> {
        let name = plain(&child.ident);
        if let Some((_, items)) = &child.content {
            let id = self.module(self.code.modules[parent].file, Some(parent));
            let inner = place.children.join(&name);
            self.items(items, id, &Place { folder: inner.clone(), children: inner })?;
            return Ok(id);
        }
        let written = written_path(child).map(|path| place.folder.join(path));
        let usual = [place.children.join(format!("{name}.rs")), place.children.join(&name).join("mod.rs")];
        let Some(path) = written.into_iter().chain(usual).find(|path| path.exists()) else {
            bail!("no file for the module {name} in {}", place.children.display());
        };
        let file = self.file(&path, Some(parent))?;
        Ok(self.code.files[file].module)
    }
}

fn written_path(module: &ItemMod) -> Option<String> {
    module.attrs.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

fn defined_name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

//! From which file to which the names of a crate lead.

use proc_macro2::TokenStream;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, Meta, Path, Visibility};

use crate::imports::{Import, imports, plain};
use crate::names::Target;
use crate::source::{Code, FileId, ModuleId};
use crate::test_code::{is_test_item, only_in_tests};
use crate::token_paths::{self, Written};

/// A file names something that another file of the same crate defines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// The file that names it.
    pub from: FileId,
    /// The file that defines it.
    pub to: FileId,
    /// The line in `from`.
    pub line: usize,
    /// The path as written there.
    pub path: String,
}

impl Arrow {
    /// For messages: `alerts/src/sink.rs:12 crate::store::Row`.
    pub fn describe(&self, code: &Code) -> String {
        format!("{}:{} {}", code.files[self.from].path, self.line, self.path)
    }
}

/// All arrows of a crate, in order of their files and lines.
pub fn find(code: &Code) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for (id, file) in code.files.iter().enumerate() {
        let mut reader = Reader { code, file: id, module: file.module, in_blocks: Vec::new(), arrows: &mut arrows };
        for item in &file.items {
            reader.visit_item(item);
        }
    }
    arrows.sort();
    arrows.dedup();
    arrows
}

struct Reader<'a> {
    code: &'a Code,
    file: FileId,
    module: ModuleId,
    /// What `use` brought in so far, inside functions as well.
    in_blocks: Vec<Import>,
    arrows: &'a mut Vec<Arrow>,
}

impl Reader<'_> {
    fn add(&mut self, targets: Vec<Target>, line: usize, path: &str) {
        for target in targets {
            let to = match target {
                Target::Item(file) => file,
                // A module that encloses this one is only a station of the path.
                Target::Module(module) if self.code.lies_in(self.module, module) => continue,
                Target::Module(module) => self.code.modules[module].file,
            };
            if to != self.file {
                self.arrows.push(Arrow { from: self.file, to, line, path: path.to_owned() });
            }
        }
    }

    fn path(&mut self, path: &[String], line: usize) {
        let mut targets = self.code.resolve(self.module, path);
        if targets.is_empty()
            && let Some((first, rest)) = path.split_first()
            && !self.code.modules[self.module].names.contains_key(first)
        {
            targets = self.through_blocks(first, rest);
        }
        self.add(targets, line, &path.join("::"));
    }

    fn through_blocks(&self, first: &str, rest: &[String]) -> Vec<Target> {
        let resolve = |path: &[&[String]]| self.code.resolve(self.module, &path.concat());
        let named = self.in_blocks.iter().filter(|import| import.name.as_deref() == Some(first));
        let found: Vec<Target> = named.flat_map(|import| resolve(&[&import.path, rest])).collect();
        if !found.is_empty() {
            return found;
        }
        // Behind a glob of an enum any name would seem to be a variant.
        let is_module = |target: &Target| matches!(target, Target::Module(_));
        let globs =
            self.in_blocks.iter().filter(|import| import.glob && resolve(&[&import.path]).iter().all(is_module));
        globs.flat_map(|import| resolve(&[&import.path, &[first.to_owned()], rest])).collect()
    }

    fn tokens(&mut self, tokens: TokenStream) {
        for Written { path, line } in token_paths::find(tokens) {
            self.path(&path, line);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_item(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let child = self.code.child_module(self.module, &plain(&item.ident));
        if let (Some(child), Some((_, items))) = (child, &item.content) {
            let outer = (self.module, std::mem::take(&mut self.in_blocks));
            self.module = child;
            items.iter().for_each(|item| self.visit_item(item));
            (self.module, self.in_blocks) = outer;
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_some() {
            return;
        }
        for import in imports(&item.tree) {
            let targets = self.code.resolve(self.module, &import.path);
            let star = if import.glob { "::*" } else { "" };
            self.add(targets, import.line, &format!("{}{star}", import.path.join("::")));
            self.in_blocks.push(import);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            let line = first.ident.span().start().line;
            let names: Vec<String> = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
            self.path(&names, line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let says_nothing = ["doc", "derive", "cfg", "cfg_attr", "allow", "expect", "path"];
        if let Meta::List(list) = &attribute.meta
            && !says_nothing.iter().any(|name| list.path.is_ident(name))
        {
            self.tokens(list.tokens.clone());
        }
    }

    /// `pub(super)` uses nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        let attributes = match item {
            syn::ImplItem::Const(item) => &item.attrs,
            syn::ImplItem::Fn(item) => &item.attrs,
            syn::ImplItem::Type(item) => &item.attrs,
            _ => return visit::visit_impl_item(self, item),
        };
        if !only_in_tests(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if !only_in_tests(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        if !only_in_tests(&field.attrs) {
            visit::visit_field_value(self, field);
        }
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        if !only_in_tests(&variant.attrs) {
            visit::visit_variant(self, variant);
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if !only_in_tests(&arm.attrs) {
            visit::visit_arm(self, arm);
        }
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if !only_in_tests(&local.attrs) {
            visit::visit_local(self, local);
        }
    }
}

//! What a path means: which module, or which file defines it.

use std::collections::BTreeSet;

use crate::source::{Code, Definition, FileId, ModuleId};

/// What a path leads to. Paths that leave the crate lead nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A module itself.
    Module(ModuleId),
    /// Something that this file defines. Variants and associated functions count as their type.
    Item(FileId),
}

/// Names that were looked up on the way, so that re-exports in a ring end.
type Visited = BTreeSet<(ModuleId, String)>;

impl Code {
    /// Follows a path as seen from `module`.
    pub fn resolve(&self, module: ModuleId, path: &[String]) -> Vec<Target> {
        self.follow(module, path, &mut Visited::new())
    }

    fn follow(&self, module: ModuleId, path: &[String], visited: &mut Visited) -> Vec<Target> {
        let Some((first, mut rest)) = path.split_first() else { return Vec::new() };
        let mut targets = match first.as_str() {
            "crate" => vec![Target::Module(self.modules[module].root)],
            "self" => vec![Target::Module(module)],
            "super" => {
                let mut parent = self.modules[module].parent;
                while let Some((_, further)) = rest.split_first().filter(|(next, _)| *next == "super") {
                    parent = parent.and_then(|parent| self.modules[parent].parent);
                    rest = further;
                }
                parent.map(Target::Module).into_iter().collect()
            }
            name => self.in_scope(module, name, visited),
        };
        for segment in rest {
            targets = self.step(&targets, segment, visited);
        }
        prefer_items(targets)
    }

    fn in_scope(&self, module: ModuleId, name: &str, visited: &mut Visited) -> Vec<Target> {
        let found = self.member(module, name, visited);
        match &self.library {
            Some((library, root)) if found.is_empty() && library == name => vec![Target::Module(*root)],
            _ => found,
        }
    }

    /// One segment further. A path that goes on after an item names something of that item.
    fn step(&self, targets: &[Target], segment: &str, visited: &mut Visited) -> Vec<Target> {
        let through_modules = targets.iter().any(|target| matches!(target, Target::Module(_)));
        let mut found = Vec::new();
        for target in targets {
            match target {
                Target::Module(module) => found.extend(self.member(*module, segment, visited)),
                Target::Item(_) if !through_modules => found.push(*target),
                Target::Item(_) => {}
            }
        }
        found
    }

    /// What `name` stands for in a module. A name that the module spells out hides the same name of a glob.
    fn member(&self, module: ModuleId, name: &str, visited: &mut Visited) -> Vec<Target> {
        if !visited.insert((module, name.to_owned())) {
            // A name that is being looked up already still stands for the child module of that name.
            return self.child_module(module, name).map(Target::Module).into_iter().collect();
        }
        let mut found = Vec::new();
        if let Some(definitions) = self.modules[module].names.get(name) {
            for definition in definitions {
                match definition {
                    Definition::Module(child) => found.push(Target::Module(*child)),
                    Definition::Item => found.push(Target::Item(self.modules[module].file)),
                    Definition::Use(path) => found.extend(self.follow(module, path, visited)),
                }
            }
        } else {
            for path in &self.modules[module].globs {
                for target in self.follow(module, path, visited) {
                    if let Target::Module(other) = target {
                        found.extend(self.member(other, name, visited));
                    }
                }
            }
        }
        visited.remove(&(module, name.to_owned()));
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// A module and a function may share a name; whoever names the function means the function.
fn prefer_items(targets: Vec<Target>) -> Vec<Target> {
    let items: Vec<Target> = targets.iter().copied().filter(|target| matches!(target, Target::Item(_))).collect();
    if items.is_empty() { targets } else { items }
}

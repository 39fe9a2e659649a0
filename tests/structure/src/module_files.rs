//! One style of module files: a module with children is `folder/mod.rs`.

use std::path::Path;

use crate::source::Code;

/// No file stands beside a folder of its name.
pub fn compare(root: &Path, code: &Code) -> Vec<String> {
    let beside = code.files.iter().filter(|file| root.join(&file.path).with_extension("").is_dir());
    let told = beside.map(|file| {
        let folder = Path::new(&file.path).with_extension("");
        format!("{} stands beside its folder; move it to {}/mod.rs", file.path, folder.display())
    });
    told.collect()
}

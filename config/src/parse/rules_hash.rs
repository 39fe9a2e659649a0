//! The hash by which a change of the rules is noticed.

use sha2::{Digest, Sha256};

use crate::files::Files;
use crate::settings::TrainedModel;
use crate::sources::Source;

/// A part of the hash: raised when the code of classification gives other tags for the same rules.
const CLASSIFIER: u32 = 4;

/// Of the files at the top of the folder, those that classification reads.
const CLASSIFYING: [&str; 2] = ["recipients.toml", "searches.toml"];

/// Hash of everything that classification reads.
pub fn rules_hash(files: &Files, sources: &[Source], model: Option<&TrainedModel>) -> String {
    let mut hash = Sha256::new();
    hash.update(CLASSIFIER.to_be_bytes());
    let mut add = |part: &str| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    };
    for (path, text) in files.iter().filter(|(path, _)| path.contains('/') || CLASSIFYING.contains(path)) {
        add(path);
        add(text);
    }
    let mut away: Vec<&str> = sources.iter().filter(|source| !source.home).map(|source| source.id.as_str()).collect();
    away.sort_unstable();
    away.into_iter().for_each(&mut add);
    model.into_iter().for_each(|model| add(&model.hash));
    hex::encode(hash.finalize())
}

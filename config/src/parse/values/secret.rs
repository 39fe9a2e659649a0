//! Where secrets are kept.

use std::path::PathBuf;

use crate::parse::reader::Table;
use crate::settings::Secret;

/// A secret's whereabouts: a file or a variable of the environment, not both.
pub fn secret(table: &mut Table, file_key: &'static str, env_key: &'static str) -> Option<Secret> {
    let file = table.string(file_key);
    let env = table.string(env_key);
    if let (Some(_), Some(env)) = (&file, &env) {
        table.report().add(&env.at, format!("указаны и `{file_key}`, и `{env_key}`; оставьте что-то одно"));
    }
    match (file, env) {
        (Some(file), _) => Some(Secret::File(PathBuf::from(file.value))),
        (None, Some(env)) => Some(Secret::Env(env.value)),
        (None, None) => None,
    }
}

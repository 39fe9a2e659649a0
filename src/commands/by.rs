//! Who does something, where it is not said.

use crate::language::say;

/// The name of who is logged in.
pub fn user() -> String {
    let name = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
    name.unwrap_or_else(|| say("оператор", "operator").to_owned())
}

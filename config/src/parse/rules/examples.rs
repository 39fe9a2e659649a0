//! Examples beside rules.

use crate::parse::reader::Table;
use crate::rules::{Example, Examples};

/// The texts that a rule must and must not match.
pub fn examples(table: &mut Table) -> Examples {
    let file = table.at().file.to_string();
    let Some(mut table) = table.table("examples") else { return Examples { file, ..Examples::default() } };
    let mut texts =
        |key| table.list(key).into_iter().map(|text| Example { line: text.at.line, text: text.value }).collect();
    let examples = Examples { file, matching: texts("match"), missing: texts("miss") };
    table.finish();
    examples
}

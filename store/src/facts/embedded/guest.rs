//! What a guest may not write. A guest is anything on this machine: another program, a page in a browser.
//!
//! The engine runs a guest's query with `readonly = 1`, which forbids writing, but its checks come late or not at all for
//! what reads files and opens connections: `file('…')` as a value, `DESCRIBE url(…)`, `s3(…)`. So functions of that
//! kind are refused by name before the engine sees the text. This looks at the text and nothing else and refuses
//! whatever it cannot be sure of: a guest has plain SELECTs, not the whole language.

use std::collections::HashSet;

/// Table functions that reach nothing but the tables of this engine.
const HARMLESS: [&str; 11] = [
    "numbers",
    "numbers_mt",
    "zeros",
    "zeros_mt",
    "values",
    "view",
    "null",
    "generateseries",
    "generate_series",
    "generaterandom",
    "merge",
];

/// Functions of values that read files or ask a service.
const REACHING_OUT: [&str; 7] =
    ["file", "catboostevaluate", "aigenerate", "aiclassify", "aiextract", "aitranslate", "aiembed"];

/// The names that guests may not call: those of the engine's table functions, in any case of letters, but harmless ones.
pub fn forbidden(table_functions: &str) -> HashSet<String> {
    let tables = table_functions.lines().map(str::to_ascii_lowercase);
    tables.filter(|name| !HARMLESS.contains(&name.as_str())).chain(REACHING_OUT.map(str::to_owned)).collect()
}

/// Refuses a guest's text, with the reason.
pub fn check(sql: &str, forbidden: &HashSet<String>) -> Result<(), String> {
    if sql.contains('\\') && sql.contains(['`', '"', '\u{201c}']) {
        return Err("guests may not use both backslashes and quoted names".into());
    }
    if sql.contains('$') {
        return Err("guests may not use $".into());
    }
    let bytes = sql.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        if length == 0 {
            at += 1;
            continue;
        }
        let word = String::from_utf8_lossy(&bytes[at..at + length]).to_ascii_lowercase();
        at += length;
        if word == "identifier" && sql.contains('{') {
            return Err("guests may not give names as parameters".into());
        }
        if forbidden.contains(&word) && may_be_called(&bytes[at..]) {
            return Err(format!("guests may not call {word}"));
        }
    }
    Ok(())
}

/// Whether what follows a name may turn it into a call: a bracket, behind closing quotes, blanks of any script or a comment.
fn may_be_called(rest: &[u8]) -> bool {
    let blank = |byte: &&u8| byte.is_ascii_whitespace() || !byte.is_ascii() || b"\x0b\0\"`".contains(byte);
    let skipped = rest.iter().take_while(blank).count();
    [&b"("[..], b"/*", b"//", b"--", b"#"].iter().any(|opening| rest[skipped..].starts_with(opening))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_guest(sql: &str, allowed: bool) {
        let names = forbidden("url\nfile\nnumbers\ns3Cluster");
        assert_eq!(check(sql, &names).is_ok(), allowed, "{sql:?}");
    }

    #[test]
    fn plain_queries_pass() {
        check_guest("SELECT url, count() FROM posts /* links */ GROUP BY url", true);
        check_guest("SELECT * FROM numbers(3) WHERE match('a', '\\\\d')", true);
        check_guest("SELECT `url` FROM posts", true);
        check_guest("SELECT urlHash(url) FROM posts", true);
    }

    #[test]
    fn nothing_that_reaches_out_passes_in_any_disguise() {
        check_guest("SELECT file('/etc/passwd')", false);
        check_guest("DESCRIBE url('http://10.0.0.1/')", false);
        check_guest("SELECT * FROM S3CLUSTER ('x')", false);
        check_guest("SELECT `file`('x')", false);
        check_guest("SELECT \"file\"('x')", false);
        check_guest("SELECT `f\\x69le`('x')", false);
        check_guest("SELECT \u{201c}file\u{201d}('x')", false);
        check_guest("SELECT file/**/('x')", false);
        check_guest("SELECT file -- x\n('x')", false);
        check_guest("SELECT file # x\n('x')", false);
        check_guest("SELECT file\u{a0}('x')", false);
        check_guest("SELECT $a$ ' $a$, file('x'), $a$ ' $a$", false);
        check_guest("SELECT * FROM {name:Identifier}", false);
    }
}

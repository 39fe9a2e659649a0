//! What a guest may not write. A guest is anything on this machine: another program, a page in a browser.
//!
//! The engine runs a guest's query with `readonly = 1`, which forbids writing, and with the rights of [`super::rights`]. Its checks come
//! late or not at all for what reads files and opens connections: `file('…')` as a value, `DESCRIBE s3(…)`. So functions of that
//! kind are refused by name before the engine sees the text, and so are names that are paths and what the engine says of itself.
//! This looks at the text and nothing else and refuses whatever it cannot be sure of: a guest has plain SELECTs, not the whole language.

use std::collections::HashSet;

/// Table functions that reach nothing but the tables of this engine.
const HARMLESS: [&str; 10] = [
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
];

/// Functions of values that read files or ask a service.
const REACHING_OUT: [&str; 7] =
    ["file", "catboostevaluate", "aigenerate", "aiclassify", "aiextract", "aitranslate", "aiembed"];

/// Databases in which the engine tells of itself, and what clients read there before they ask anything. The rest names folders of this
/// machine and the queries under way.
const OF_THE_ENGINE: [&str; 2] = ["system", "information_schema"];

/// See [`OF_THE_ENGINE`].
const READABLE: [&str; 8] =
    ["columns", "databases", "data_type_families", "formats", "functions", "numbers", "one", "settings"];

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
    if names_a_path(sql) {
        return Err("guests may not name files".into());
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
        if word == "processlist" || OF_THE_ENGINE.contains(&word.as_str()) && !may_be_read(&bytes[at..]) {
            return Err(format!("guests may not ask for {word}"));
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

/// Whether the name of a database may be followed by this: one of [`READABLE`], or what makes it no database at all.
fn may_be_read(rest: &[u8]) -> bool {
    let blank = |byte: &&u8| byte.is_ascii_whitespace() || !byte.is_ascii() || b"\x0b\0\"`".contains(byte);
    let skipped = rest.iter().take_while(blank).count();
    match &rest[skipped..] {
        [b'.', table @ ..] => READABLE.iter().any(|name| {
            let after = table.strip_prefix(name.as_bytes());
            after.is_some_and(|after| after.first().is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_'))
        }),
        [b'/' | b'-' | b'#', ..] => false,
        _ => true,
    }
}

/// Whether a quoted name is a path: the engine takes some for files.
fn names_a_path(sql: &str) -> bool {
    let mut rest = sql;
    while let Some(at) = rest.find(['\'', '"', '`']) {
        let quote = &rest[at..=at];
        let (quoted, after) = rest[at + 1..].split_once(quote).unwrap_or((&rest[at + 1..], ""));
        if quote != "'" && quoted.contains('/') {
            return true;
        }
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_guest(sql: &str, allowed: bool) {
        let names = forbidden("url\nfile\nnumbers\ns3Cluster\nmerge");
        assert_eq!(check(sql, &names).is_ok(), allowed, "{sql:?}");
    }

    #[test]
    fn plain_queries_pass() {
        check_guest("SELECT url, count() FROM posts /* links */ GROUP BY url", true);
        check_guest("SELECT * FROM numbers(3) WHERE match('a', '\\\\d')", true);
        check_guest("SELECT `url` FROM posts", true);
        check_guest("SELECT urlHash(url) FROM posts", true);
        check_guest("SELECT 'a/b', \"views\" / 2 FROM posts", true);
        check_guest("SELECT name FROM system.settings", true);
        check_guest("SELECT 'the system'", true);
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

    #[test]
    fn neither_files_nor_the_engine_itself_are_named() {
        check_guest("EXISTS TABLE default.\"/etc/passwd\"", false);
        check_guest("EXISTS TABLE `/etc/passwd`", false);
        check_guest("SELECT '\"' FROM `/etc/passwd`", false);
        check_guest("SELECT * FROM merge('system', '.*')", false);
        check_guest("SELECT * FROM system.processes", false);
        check_guest("SELECT * FROM system.one_more", false);
        check_guest("SELECT * FROM \"system\" . processes", false);
        check_guest("SELECT * FROM `system`.`processes`", false);
        check_guest("SELECT * FROM system/**/.processes", false);
        check_guest("SELECT * FROM INFORMATION_SCHEMA.tables", false);
        check_guest("SHOW FULL PROCESSLIST", false);
    }
}

//! As much of ClickHouse's syntax as the HTTP interface needs: where the text of an INSERT ends and its data starts, and the format
//! that a query asks for. The engine's own parser decides everything else.

/// An INSERT that brings data in a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insert {
    /// The statement without FORMAT and what follows it.
    pub sql: String,
    /// The format's name.
    pub format: String,
    /// Offset of the data in the bytes.
    pub data_at: usize,
}

/// Splits `INSERT INTO … FORMAT name data`. `None` if it is another statement, or if the bytes end too early to tell
/// and are not `complete`.
pub fn split_insert(bytes: &[u8], complete: bool) -> Option<Insert> {
    let mut words = Words { bytes, at: 0, depth: 0 };
    if !is(&bytes[words.next()?], "INSERT") {
        return None;
    }
    while let Some(word) = words.next() {
        let here = &bytes[word.clone()];
        if ["SELECT", "VALUES", "WITH", "WATCH", "INFILE"].iter().any(|other| is(here, other)) {
            return None;
        }
        if !is(here, "FORMAT") {
            continue;
        }
        let name = words.next()?;
        let data_at = data_begin(bytes, name.end);
        if data_at == bytes.len() && !complete {
            return None;
        }
        return Some(Insert {
            sql: std::str::from_utf8(&bytes[..word.start]).ok()?.trim().to_owned(),
            format: String::from_utf8_lossy(&bytes[name]).into_owned(),
            data_at,
        });
    }
    None
}

/// The format after the last FORMAT of a query.
pub fn output_format(sql: &str) -> Option<&str> {
    let bytes = sql.as_bytes();
    let mut words = Words { bytes, at: 0, depth: 0 };
    let mut found = None;
    let mut last: Option<std::ops::Range<usize>> = None;
    while let Some(word) = words.next() {
        if let Some(before) = last {
            let adjacent = bytes[before.end..word.start].iter().all(u8::is_ascii_whitespace);
            if is(&bytes[before], "FORMAT") && adjacent {
                found = sql.get(word.clone());
            }
        }
        last = Some(word);
    }
    found
}

fn is(word: &[u8], keyword: &str) -> bool {
    word.eq_ignore_ascii_case(keyword.as_bytes())
}

/// The engine skips blanks and one line break after the name of a format; the next byte is data.
fn data_begin(bytes: &[u8], after_name: usize) -> usize {
    let skip = |at: usize, what: &[u8]| at + usize::from(bytes.get(at).is_some_and(|byte| what.contains(byte)));
    let blanks = bytes[after_name..].iter().take_while(|byte| b" \t".contains(byte)).count();
    let at = skip(after_name + blanks, b";");
    skip(skip(at, b"\r"), b"\n")
}

/// Unquoted words outside of brackets, comments left out.
struct Words<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl Words<'_> {
    fn next(&mut self) -> Option<std::ops::Range<usize>> {
        loop {
            let rest = &self.bytes[self.at..];
            match *rest.first()? {
                quote @ (b'\'' | b'"' | b'`') => self.at += quoted(rest, quote),
                b'(' | b'[' | b'{' => {
                    self.depth += 1;
                    self.at += 1;
                }
                b')' | b']' | b'}' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.at += 1;
                }
                b'-' if rest.starts_with(b"--") => self.at += until(rest, b"\n"),
                b'/' if rest.starts_with(b"/*") => self.at += until(rest, b"*/"),
                byte if is_word(byte) => {
                    let start = self.at;
                    self.at += rest.iter().take_while(|byte| is_word(**byte)).count();
                    if self.depth == 0 {
                        return Some(start..self.at);
                    }
                }
                _ => self.at += 1,
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Length of a quoted text; all of the bytes if it does not end.
fn quoted(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Length up to and including `end`; all of the bytes if there is none.
fn until(bytes: &[u8], end: &[u8]) -> usize {
    bytes.windows(end.len()).position(|window| window == end).map_or(bytes.len(), |at| at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn insert(bytes: &str, expect: Option<(&str, &str, &str)>) {
        let split = split_insert(bytes.as_bytes(), true);
        let split = split.as_ref().map(|i| (i.sql.as_str(), i.format.as_str(), &bytes[i.data_at..]));
        assert_eq!(split, expect, "{bytes:?}");
    }

    #[test]
    fn an_insert_is_split_where_its_data_begins() {
        insert("INSERT INTO t(a) FORMAT RowBinary", Some(("INSERT INTO t(a)", "RowBinary", "")));
        insert("insert into t format CSV\n1\n", Some(("insert into t", "CSV", "1\n")));
        insert("INSERT INTO t FORMAT CSV\r\n\n1", Some(("INSERT INTO t", "CSV", "\n1")));
        insert("INSERT INTO t (`format`, values) FORMAT X {", Some(("INSERT INTO t (`format`, values)", "X", "{")));
        insert(
            "/* FORMAT a */ INSERT INTO `a format b` FORMAT X;\ny",
            Some(("/* FORMAT a */ INSERT INTO `a format b`", "X", "y")),
        );
        insert(
            "INSERT INTO t SETTINGS x = 'FORMAT a' FORMAT X",
            Some(("INSERT INTO t SETTINGS x = 'FORMAT a'", "X", "")),
        );
        insert("INSERT INTO t VALUES (1) FORMAT X", None);
        insert("INSERT INTO t SELECT 1 FORMAT X", None);
        insert("SELECT 1 FORMAT X", None);
        insert("INSERT INTO t FORMAT", None);
        insert("INSERT INTO t 'unfinished FORMAT X", None);
        insert("", None);
    }

    #[test]
    fn a_cut_insert_waits_for_more() {
        for cut in ["INSERT INTO t FORM", "INSERT INTO t FORMAT CS", "INSERT INTO t FORMAT CSV\r\n"] {
            assert_eq!(split_insert(cut.as_bytes(), false), None, "{cut:?}");
        }
        assert!(split_insert(b"INSERT INTO t FORMAT CSV\n\xff\0", false).is_some());
    }

    #[test]
    fn the_last_format_is_the_querys() {
        assert_eq!(output_format("SELECT 1 FORMAT JSON"), Some("JSON"));
        assert_eq!(output_format("SELECT format('{}', 1), 'FORMAT x' format TSV;"), Some("TSV"));
        assert_eq!(output_format("SELECT 1"), None);
        assert_eq!(output_format("SELECT (SELECT 1 FORMAT x)"), None);
    }
}

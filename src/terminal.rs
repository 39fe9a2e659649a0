//! What a terminal gets to see. Posts, titles, names and errors that quote them are other people's words: an escape sequence in them
//! could rename the window, overwrite a line, or answer in the operator's place; an override of the direction of writing could
//! show another address than there is.
//!
//! `println!` and `eprintln!` of this crate are those below, so that no command can forget it.

use std::borrow::Cow;
use std::io::{self, Write};

/// Stands where something was that a terminal would obey.
const INSTEAD: char = '\u{fffd}';

/// Prints a line to standard output, without what a terminal would obey.
macro_rules! println {
    () => { $crate::terminal::line("") };
    ($($words:tt)*) => { $crate::terminal::line(&::std::format!($($words)*)) };
}

/// Prints a line to standard error, without what a terminal would obey.
macro_rules! eprintln {
    ($($words:tt)*) => { $crate::terminal::error_line(&::std::format!($($words)*)) };
}

/// What `println!` prints.
pub fn line(words: &str) {
    std::println!("{}", shown(words));
}

/// What `eprintln!` prints.
pub fn error_line(words: &str) {
    std::eprintln!("{}", shown(words));
}

/// A line in bold where somebody sees it.
pub fn bold_line(words: &str) {
    if io::IsTerminal::is_terminal(&io::stdout()) {
        std::println!("\x1b[1m{}\x1b[0m", shown(words));
    } else {
        line(words);
    }
}

/// A text as a terminal may get it: lines and tabs stay.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.contains(is_obeyed) {
        Cow::Owned(text.replace(is_obeyed, INSTEAD.encode_utf8(&mut [0; 4])))
    } else {
        Cow::Borrowed(text)
    }
}

/// Control characters, and those that turn the direction of writing.
fn is_obeyed(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Writes text for people.
pub struct Shown<W>(pub W);

/// Writes JSON: what a terminal would obey is escaped as JSON does it, and programs read what was there.
pub struct ShownJson<W>(pub W);

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(shown(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<W: Write> Write for ShownJson<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Ok(json) = std::str::from_utf8(bytes) else {
            // Not ours: every piece of JSON that is written is whole text.
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        };
        let mut rest = json;
        while let Some((at, obeyed)) = rest.char_indices().find(|(_, c)| is_obeyed(*c)) {
            let (before, from) = rest.split_at(at);
            self.0.write_all(before.as_bytes())?;
            // Outside of strings JSON has no such characters but the end of a line.
            write!(self.0, "\\u{:04x}", u32::from(obeyed))?;
            rest = &from[obeyed.len_utf8()..];
        }
        self.0.write_all(rest.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "Нет\tводы\n\u{1b}]0;x\u{7}\u{9b}31m\r\u{8}\u{7f}\u{202e}\u{2066}";

    #[test]
    fn what_a_terminal_would_obey_is_not_shown() {
        assert_eq!(shown(HOSTILE), "Нет\tводы\n�]0;x��31m�����");
        assert!(matches!(shown("Ёлка — №1, 👨‍👩‍👧\n"), Cow::Borrowed(_)));
        let mut out = Vec::new();
        Shown(&mut out).write_all(HOSTILE.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), shown(HOSTILE));
    }

    #[test]
    fn json_keeps_what_was_there_and_shows_none_of_it() {
        let mut out = Vec::new();
        serde_json::to_writer(ShownJson(&mut out), &[HOSTILE]).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert!(!json.contains(is_obeyed), "{json}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&json).unwrap(), [HOSTILE]);
    }
}

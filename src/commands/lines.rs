//! Answers that come line by line.

use std::io::{self, Write};

/// Hands on what is written to it, a line at a time.
pub struct Lines<F> {
    each: F,
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
}

impl<F: FnMut(&[u8]) -> anyhow::Result<()>> Lines<F> {
    /// Hands each line to `each`, its end included.
    pub fn to(each: F) -> Lines<F> {
        Lines { each, line: Vec::new() }
    }
}

impl<F: FnMut(&[u8]) -> anyhow::Result<()>> Write for Lines<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if self.line.ends_with(b"\n") {
                (self.each)(&self.line).map_err(io::Error::other)?;
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

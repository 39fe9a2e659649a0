//! Posts on standard input: NDJSON, or a text a line.

use std::io::BufRead;

use anyhow::Context;
use model::{Platform, Post, PostId, Time, wire};

use crate::exit::Failure;

/// A line of standard input.
pub struct Line<'a> {
    /// From 1.
    pub number: u64,
    /// Without its end.
    pub bytes: &'a [u8],
}

/// Calls `each` with every line of standard input.
pub fn each_line(mut each: impl FnMut(Line<'_>) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        if input.read_until(b'\n', &mut line).context("cannot read standard input")? == 0 {
            break;
        }
        each(Line { number, bytes: line.trim_ascii_end() })?;
    }
    Ok(())
}

/// Calls `each` with every post of standard input, or why a line holds none.
///
/// With `text` each line is the text of a post, an empty one too; else empty lines are passed over.
pub fn each_post(
    text: bool,
    mut each: impl FnMut(Line<'_>, Result<Post, wire::WireError>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let now = Time::now();
    each_line(|line| {
        if text {
            let post = of_text(&line, now);
            each(line, Ok(post))
        } else if line.bytes.is_empty() {
            Ok(())
        } else {
            let post = wire::read_post(line.bytes, None);
            each(line, post)
        }
    })
}

/// A bare text as a post; bytes that are not UTF-8 become replacement characters.
#[allow(clippy::expect_used)] // The prefix and a number always make an id.
fn of_text(line: &Line, now: Time) -> Post {
    let id = PostId::new(format!("portal:text/{}", line.number)).expect("a well-formed id");
    Post::new(id, Platform::Portal, "text", now, String::from_utf8_lossy(line.bytes).into_owned())
}

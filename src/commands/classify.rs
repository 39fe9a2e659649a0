//! `otklik classify`.

use std::io::{BufRead, BufWriter, Write};
use std::sync::Arc;

use ::classify::Classifier;
use anyhow::Context;
use model::{Platform, Post, PostId, Time, wire};

use crate::cli::{self, Places};
use crate::commands::configuration;
use crate::{Exit, Failure};

/// Tags what comes on standard input, line by line and in order.
pub fn classify(places: &Places, args: &cli::Classify) -> Result<Exit, Failure> {
    let config = configuration(places)?;
    let mut classifier = Classifier::new(Arc::new(config), 0);
    let mut input = std::io::stdin().lock();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut exit = Exit::Done;
    let now = Time::now();
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        if input.read_until(b'\n', &mut line).context("cannot read standard input")? == 0 {
            break;
        }
        let text = line.trim_ascii_end();
        if text.is_empty() && !args.text {
            continue;
        }
        let post = if args.text { Ok(of_text(number, text, now)) } else { wire::read_post(text, None) };
        match post {
            Ok(post) => {
                let tagged = wire::write_tagged(&classifier.classify(post));
                out.write_all(&tagged).and_then(|()| out.write_all(b"\n")).context("cannot write")?;
            }
            Err(reason) => {
                eprintln!("line {number}: {reason}");
                exit = Exit::LeftOut;
            }
        }
    }
    out.flush().context("cannot write")?;
    Ok(exit)
}

/// A bare text as a post; bytes that are not UTF-8 become replacement characters.
#[allow(clippy::expect_used)] // The prefix and a number always make an id.
fn of_text(number: u64, text: &[u8], now: Time) -> Post {
    let id = PostId::new(format!("portal:text/{number}")).expect("a well-formed id");
    Post::new(id, Platform::Portal, "text", now, String::from_utf8_lossy(text).into_owned())
}

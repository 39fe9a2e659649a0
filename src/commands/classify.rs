//! `otklik classify`.

use std::io::{BufWriter, Write};
use std::sync::Arc;

use ::classify::Classifier;
use anyhow::Context;
use model::wire;

use super::input::each_post;
use crate::cli;
use crate::configuration::{Locations, configuration};
use crate::exit::{Exit, Failure};
use crate::terminal::ShownJson;

/// Tags what comes on standard input, line by line and in order.
pub fn classify(locations: &Locations, args: &cli::Classify) -> Result<Exit, Failure> {
    let mut classifier = Classifier::new(Arc::new(configuration(locations)?), 0);
    let mut out = ShownJson(BufWriter::new(std::io::stdout().lock()));
    let mut exit = Exit::Done;
    each_post(args.text, |line, post| {
        match post {
            Ok(post) => {
                let tagged = wire::write_tagged(&classifier.classify(post));
                out.write_all(&tagged).and_then(|()| out.write_all(b"\n")).context("cannot write")?;
            }
            Err(reason) => {
                eprintln!("line {}: {reason}", line.number);
                exit = Exit::LeftOut;
            }
        }
        Ok(())
    })?;
    out.flush().context("cannot write")?;
    Ok(exit)
}

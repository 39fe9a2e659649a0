//! `otklik match`.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use ::classify::Classifier;
use anyhow::Context;
use config::Config;
use model::{Post, Tags, wire};
use text::{Analyzer, FieldTest, Fields, IndexedDocument, Percolator, Query};

use super::input::{Line, each_post};
use crate::cli;
use crate::configuration::{Locations, configuration};
use crate::exit::{Exit, Failure};
use crate::terminal::ShownJson;

/// Prints for each post on standard input, in order, the ids of the queries it matches. A line that holds no post gets `[]`, so that
/// output lines keep the order of the input.
pub fn match_queries(locations: &Locations, args: &cli::Match) -> Result<Exit, Failure> {
    let (ids, queries): (Vec<String>, Vec<Query>) = read_queries(&args.queries)?.into_iter().unzip();
    let config = Arc::new(configuration(locations)?);
    let mut tagger = Tagger::new(&config, &queries);
    let rules = Percolator::new(queries);
    let mut analyzer = Analyzer::with_vocabulary(rules.vocabulary());
    let mut out = ShownJson(BufWriter::new(std::io::stdout().lock()));
    let mut exit = Exit::Done;
    each_post(args.text, |line, post| {
        let mut matched: Vec<&str> = Vec::new();
        match post {
            Ok(post) => {
                let document = analyzer.post_document(&post);
                let tags = tagger.tags(&line, &post);
                let fields = Fields { post: &post, tags: &tags, timezone: config.timezone() };
                rules.matches(&IndexedDocument::new(&document), Some(&fields), &mut |query, _| {
                    matched.push(&ids[query])
                });
            }
            Err(reason) => {
                eprintln!("line {}: {reason}", line.number);
                exit = Exit::LeftOut;
            }
        }
        serde_json::to_writer(&mut out, &matched).context("cannot write")?;
        out.write_all(b"\n").context("cannot write")?;
        Ok(())
    })?;
    out.flush().context("cannot write")?;
    Ok(exit)
}

/// Where the tags come from that queries ask about: the post's own, where it carries some, else the rules in force.
struct Tagger {
    /// None where no query asks about tags.
    classifier: Option<Classifier>,
}

impl Tagger {
    fn new(config: &Arc<Config>, queries: &[Query]) -> Tagger {
        let asks = |test: &&FieldTest| {
            !matches!(
                test,
                FieldTest::Source(_) | FieldTest::Platform(_) | FieldTest::Published { .. } | FieldTest::Reach { .. }
            )
        };
        let needed = queries.iter().any(|query| query.fields().iter().any(asks));
        Tagger { classifier: needed.then(|| Classifier::new(Arc::clone(config), 0)) }
    }

    fn tags(&mut self, line: &Line, post: &Post) -> Tags {
        let Some(classifier) = &mut self.classifier else { return Tags::default() };
        match wire::read::<Tags>(line.bytes) {
            Ok(tags) if tags != Tags::default() => tags,
            _ => classifier.classify(post.clone()).tags,
        }
    }
}

/// Reads lines of `id<TAB>query`; every line that is none is told at once, with a caret at the place.
fn read_queries(path: &Path) -> Result<Vec<(String, Query)>, Failure> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read the queries in {}", path.display()))?;
    let mut queries = Vec::new();
    let mut problems = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let query = match line.split_once('\t') {
            None => Err("no tab; a line is id<TAB>query".to_owned()),
            Some((id, query)) => {
                Query::parse(query).map(|query| (id.to_owned(), query)).map_err(|error| error.to_string())
            }
        };
        match query {
            Ok(query) => queries.push(query),
            Err(problem) => problems.push(format!("{}:{}: {problem}", path.display(), number + 1)),
        }
    }
    if problems.is_empty() { Ok(queries) } else { Err(Failure::usage(problems.join("\n"))) }
}

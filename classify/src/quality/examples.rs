//! The examples written beside the rules, run through the whole of classification.

use std::sync::Arc;

use config::{Config, Example, Examples, Problem};
use model::{Level, Platform, Post, PostId, Tags, Time};

use crate::classifier::Classifier;

/// Runs every example of topics and of rows of the table of levels. A row matches an example that becomes its kind at its level.
pub fn check_examples(config: &Arc<Config>) -> Vec<Problem> {
    let mut classifier = Classifier::new(config.clone(), 0);
    let mut problems = Vec::new();
    for topic in config.taxonomy.iter().flat_map(|rules| &rules.topics) {
        let has = |tags: &Tags| tags.topics.contains(&topic.id);
        check(&mut classifier, &mut problems, &format!("тема `{}`", topic.id), &topic.examples, has);
    }
    for row in &config.events.rows {
        let kind = row.kind.as_deref().unwrap_or("без вида");
        let name = format!("строка `{kind}`, {}", row.level.map_or("нет риска", Level::name_ru));
        let has = |tags: &Tags| match row.level {
            Some(level) => tags.risks.iter().any(|risk| Some(&risk.kind) == row.kind.as_ref() && risk.level == level),
            None => !tags.risks.iter().any(|risk| risk.level >= Level::High),
        };
        check(&mut classifier, &mut problems, &name, &row.examples, has);
    }
    problems
}

fn check(
    classifier: &mut Classifier,
    problems: &mut Vec<Problem>,
    rule: &str,
    examples: &Examples,
    has: impl Fn(&Tags) -> bool,
) {
    let both = [(&examples.matching, true), (&examples.missing, false)];
    for (example, expected) in
        both.into_iter().flat_map(|(list, expected)| list.iter().map(move |example| (example, expected)))
    {
        let tags = classifier.classify(example_post(example)).tags;
        if has(&tags) != expected {
            let verdict = if expected {
                "должен подойти и не подходит"
            } else {
                "не должен подойти и подходит"
            };
            let why: Vec<String> =
                tags.why.iter().chain(tags.risks.iter().flat_map(|risk| &risk.why)).cloned().collect();
            let found = if why.is_empty() { "ничего".to_owned() } else { why.join("; ") };
            let message = format!("{rule}: пример {:?} {verdict}; нашлось: {}", example.text, found);
            problems.push(Problem { file: examples.file.clone(), line: example.line, message });
        }
    }
}

/// An example as a post of no particular source, in the heating season.
#[allow(clippy::expect_used)] // A constant id that the tests run.
pub fn example_post(example: &Example) -> Post {
    let id = PostId::new("portal:example/1").expect("a valid id");
    Post::new(id, Platform::Portal, "example", Time::UNIX_EPOCH, example.text.clone())
}

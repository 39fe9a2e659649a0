//! The shipped rules on their own examples and, where they are present, on real appeals.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use classify::{Classifier, check_examples};
use config::{Config, Files};
use model::{Post, Sector, wire};

fn shipped() -> Arc<Config> {
    Arc::new(Config::parse(&Files::shipped()).unwrap_or_else(|problems| panic!("{problems}")))
}

fn post(text: &str) -> Post {
    let json =
        br#"{"id":"portal:a/1","platform":"portal","source":"a","published_at":"2026-11-01T10:00:00Z","text":""}"#;
    let mut post = wire::read_post(json, None).unwrap_or_else(|refused| panic!("{refused}"));
    post.text = text.to_owned();
    post
}

#[test]
fn every_example_holds() {
    let problems: Vec<String> = check_examples(&shipped()).iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{} wrong:\n{}", problems.len(), problems.join("\n"));
}

/// Sectors of real appeals by the rules alone; the floor is what was measured less a little, so that a change that spoils them shows.
#[test]
fn sectors_of_real_appeals() {
    const FLOOR: (f64, f64) = (0.74, 0.77);
    let Some(rows) = labelled("appeals/kursk_train.tsv") else { return };
    let mut classifier = Classifier::new(shipped(), 1);
    let started = Instant::now();
    let pairs: Vec<(Sector, Sector)> =
        rows.iter().map(|(sector, text)| (*sector, classifier.classify(post(text)).tags.sector)).collect();
    let seconds = started.elapsed().as_secs_f64();
    let right = pairs.iter().filter(|(gold, told)| gold == told).count();
    let accuracy = right as f64 / pairs.len() as f64;
    let scores: Vec<(Sector, f64, f64)> = Sector::ALL.iter().map(|sector| score(&pairs, *sector)).collect();
    let macro_f1 =
        scores.iter().map(|(_, precision, recall)| f1(*precision, *recall)).sum::<f64>() / scores.len() as f64;
    for (sector, precision, recall) in &scores {
        println!("{sector:10} precision {precision:.3} recall {recall:.3} F1 {:.3}", f1(*precision, *recall));
    }
    println!(
        "macro-F1 {macro_f1:.3}, accuracy {accuracy:.3} on {} appeals, {:.0} posts/s",
        pairs.len(),
        pairs.len() as f64 / seconds
    );
    assert!(macro_f1 > FLOOR.0 && accuracy > FLOOR.1, "macro-F1 {macro_f1:.3}, accuracy {accuracy:.3}");
}

fn score(pairs: &[(Sector, Sector)], sector: Sector) -> (Sector, f64, f64) {
    let count = |test: &dyn Fn(&(Sector, Sector)) -> bool| pairs.iter().filter(|pair| test(pair)).count().max(1) as f64;
    let hit = pairs.iter().filter(|pair| **pair == (sector, sector)).count() as f64;
    (sector, hit / count(&|pair| pair.1 == sector), hit / count(&|pair| pair.0 == sector))
}

fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
}

/// Sector and text of each row of a table with a header; none where the data is absent.
fn labelled(file: &str) -> Option<Vec<(Sector, String)>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(file);
    let Ok(table) = std::fs::read_to_string(&path) else {
        assert!(
            std::env::var_os("OTKLIK_REQUIRE_DATA").is_none_or(|value| value != "1"),
            "{} is needed",
            path.display()
        );
        println!("skipped: {} is absent", path.display());
        return None;
    };
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next()?.split('\t').collect();
    let column = |name| header.iter().position(|column| *column == name);
    let (sector, text) = (column("sector")?, column("text")?);
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        Some((Sector::parse(cells.get(sector)?)?, (*cells.get(text)?).to_owned()))
    };
    Some(lines.filter_map(row).collect())
}

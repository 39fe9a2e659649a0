//! How well the signature tells near-copies: on pairs of news judged by people, on posts of real channels and on edits of them made
//! here. `-- --nocapture` prints the table by which `copy_distance` was chosen.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use model::Signature;
use text::{Analyzer, Document, signature};

/// `copy_distance` as shipped.
const DISTANCE: u32 = 12;

/// Thresholds shown.
const SHOWN: [u32; 7] = [4, 8, 10, 12, 14, 16, 20];

/// Texts of the channels that are edited and compared with each other: pairs grow with the square.
const TEXTS: usize = 2_000;

/// Two texts that share so much of their distinct lemmas are called copies; those of different texts on one event share a third.
const COPY_SHARE: f64 = 0.6;

/// Pairs further apart are not looked at: no threshold would join them.
const FAR: u32 = 24;

struct Text {
    text: String,
    lemmas: HashSet<String>,
    signature: Signature,
}

fn read(analyzer: &mut Analyzer, text: &str) -> Option<Text> {
    let document: Document = analyzer.document(None, text);
    let signature = signature(&document)?;
    let words = document.tokens.iter().filter(|token| token.form.starts_with(char::is_alphanumeric));
    Some(Text { text: text.to_owned(), lemmas: words.map(|token| token.lemmas[0].to_string()).collect(), signature })
}

fn distance(a: &Text, b: &Text) -> u32 {
    (a.signature.0 ^ b.signature.0).count_ones()
}

fn shared(a: &Text, b: &Text) -> f64 {
    let both = a.lemmas.intersection(&b.lemmas).count();
    both as f64 / (a.lemmas.len() + b.lemmas.len() - both).max(1) as f64
}

/// The share of pairs within each threshold shown.
fn row(name: &str, distances: &[u32]) -> f64 {
    let within = |most: u32| distances.iter().filter(|distance| **distance <= most).count() as f64;
    let cells: Vec<String> =
        SHOWN.iter().map(|most| format!("{:6.3}", within(*most) / distances.len().max(1) as f64)).collect();
    println!("{name:34} {:7} {}", distances.len(), cells.join(" "));
    within(DISTANCE) / distances.len().max(1) as f64
}

#[test]
fn edited_copies_are_near_and_other_posts_are_far() {
    let Some(texts) = channels() else { return };
    let mut analyzer = Analyzer::new();
    let mut texts: Vec<Text> = texts.iter().filter_map(|text| read(&mut analyzer, text)).collect();
    let step = (texts.len() / TEXTS).max(1);
    texts = texts.into_iter().step_by(step).take(TEXTS).collect();
    println!("{:34} {:>7} {}", "share within bits", "pairs", SHOWN.map(|most| format!("{most:6}")).join(" "));
    let mut near = Vec::new();
    for (name, edit) in EDITS {
        let distances: Vec<u32> = texts
            .iter()
            .zip(texts.iter().cycle().skip(1))
            .filter_map(|(own, other)| Some(distance(own, &read(&mut analyzer, &edit(&own.text, &other.text))?)))
            .collect();
        near.push((name, row(name, &distances)));
    }
    let (mut copies, mut others, mut pairs) = (Vec::new(), Vec::new(), 0_u64);
    for (at, a) in texts.iter().enumerate() {
        for b in &texts[at + 1..] {
            pairs += 1;
            let apart = distance(a, b);
            if apart <= FAR {
                if shared(a, b) >= COPY_SHARE { copies.push(apart) } else { others.push(apart) }
            }
        }
    }
    row("reposts between channels", &copies);
    for most in SHOWN {
        let within = |distances: &[u32]| distances.iter().filter(|distance| **distance <= most).count();
        let (right, wrong) = (within(&copies), within(&others));
        println!(
            "{most:3} bits: {right} copies, {wrong} others joined: precision {:.3}; of pairs of others {:.7}",
            right as f64 / (right + wrong).max(1) as f64,
            wrong as f64 / pairs as f64
        );
    }
    let wrong = others.iter().filter(|apart| **apart <= DISTANCE).count() as f64 / pairs as f64;
    assert!(wrong < 1e-4, "{wrong} of pairs of other texts are joined");
    for (name, share) in near {
        assert!(share >= 0.6, "{name}: {share}");
    }
}

#[test]
fn news_of_other_stories_are_not_joined() {
    let path = data("stories/pairs.jsonl");
    let Ok(lines) = std::fs::read_to_string(&path) else { return absent(&path) };
    let mut analyzer = Analyzer::new();
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for line in lines.lines() {
        let pair: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |side: &str| format!("{}\n{}", pair[side][0].as_str().unwrap(), pair[side][1].as_str().unwrap());
        let (Some(a), Some(b)) = (read(&mut analyzer, &text("a")), read(&mut analyzer, &text("b"))) else { continue };
        if pair["same_story"].as_bool().unwrap() { &mut same } else { &mut other }.push(distance(&a, &b));
    }
    row("one story, in other words", &same);
    // One pair of these 54 retells the same figures of another day.
    let joined = row("other stories", &other);
    assert!(joined < 0.04, "{joined}");
}

type Edit = fn(&str, &str) -> String;

/// What people do to a text that they pass on; the second text lends a word.
const EDITS: [(&str, Edit); 6] = [
    ("word changed", |text, other| {
        let mut words: Vec<&str> = text.split(' ').collect();
        let middle = words.len() / 2;
        words[middle] = other.split_whitespace().max_by_key(|word| word.len()).unwrap_or("слово");
        words.join(" ")
    }),
    ("word cut", |text, _| {
        let mut words: Vec<&str> = text.split(' ').collect();
        words.remove(words.len() / 2);
        words.join(" ")
    }),
    ("last sentence cut", |text, _| {
        let cut = text.trim_end_matches(['.', '!', '?', '\n', ' ']).rfind(['.', '!', '?']);
        cut.map_or_else(|| text.to_owned(), |at| text[..=at].to_owned())
    }),
    ("words put before", |text, _| format!("❗️ Внимание, пишут подписчики: {text}")),
    ("words put after", |text, _| format!("{text} Подробности в нашем канале, подписывайтесь")),
    ("link appended", |text, _| format!("{text} https://example.ru/news/12345?from=wall")),
];

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(file)
}

fn absent(path: &Path) {
    let required = std::env::var_os("OTKLIK_REQUIRE_DATA").is_some_and(|value| value == "1");
    assert!(!required, "{} is needed", path.display());
    println!("skipped: {} is absent", path.display());
}

/// The texts of the real channels; none where the data is absent.
fn channels() -> Option<Vec<String>> {
    let folder = data("telegram/channels");
    let Ok(files) = std::fs::read_dir(&folder) else {
        absent(&folder);
        return None;
    };
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let messages = paths.iter().flat_map(|path| {
        let messages: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        messages.into_iter().filter_map(|message| Some(message["text"].as_str()?.to_owned()))
    });
    Some(messages.collect())
}

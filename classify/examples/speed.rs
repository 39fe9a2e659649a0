//! How many posts a second one core classifies, and where the time goes:
//!
//! `cargo run --release -p classify --example speed -- TEXTS [RULES…]`
//!
//! TEXTS is a file of a text a line. RULES are numbers of rules added to the shipped ones as saved searches (0, 100, 1000 and 10000), in the
//! shapes analysts write and of words that stand near each other in the texts, so that they are as frequent as the rules people write.
//! A line of the last table is what `otklik classify` does: JSON read, classified, JSON written; first with no word known yet, as a process
//! begins, then as it goes on.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use classify::Classifier;
use config::{Config, Files};
use model::{Platform, Post, PostId, TaggedPost, Time, wire};
use text::{Analyzer, Document};

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Posts measured: enough that the clock does not matter.
const POSTS: usize = 20_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let texts = std::fs::read_to_string(args.next().ok_or("give a file of texts, one a line")?)?;
    let mut rules: Vec<usize> = args.map(|number| number.parse()).collect::<Result<_, _>>()?;
    if rules.is_empty() {
        rules = vec![0, 100, 1_000, 10_000];
    }
    let texts: Vec<&str> = texts.lines().filter(|line| !line.trim().is_empty()).collect();
    let posts: Vec<Post> = texts.iter().cycle().take(POSTS.min(texts.len() * 100)).enumerate().map(post).collect();
    let bytes: usize = posts.iter().map(|post| post.text.len()).sum();
    println!("{} posts of {} bytes on average, one thread", posts.len(), bytes / posts.len().max(1));
    parts(&posts)?;
    let lines: Vec<Vec<u8>> = posts.iter().map(wire::write_post).collect();
    for count in rules {
        let config = Arc::new(with_searches(&texts, count)?);
        let mut classifier = Classifier::new(config, 1);
        let mut matched = 0;
        let mut pass = || {
            matched = 0;
            for line in &lines {
                let post = wire::read_post(line, None).unwrap_or_else(|error| panic!("{error}"));
                let tagged = classifier.classify(post);
                matched += tagged.tags.matched.len();
                black_box(wire::write_tagged(&tagged));
            }
        };
        let first = time(&mut pass);
        let later = best_of_three(&mut pass);
        let matches = matched as f64 / posts.len() as f64;
        println!("shipped rules and {count:6} more, first pass     {}", rate(&posts, first));
        println!(
            "shipped rules and {count:6} more, later          {} {matches:.1} of them match a post",
            rate(&posts, later)
        );
    }
    Ok(())
}

/// Where the time of a post goes under the shipped rules.
fn parts(posts: &[Post]) -> Result<(), config::Problems> {
    let mut analyzer = Analyzer::new();
    let mut classifier = Classifier::new(Arc::new(Config::parse(&Files::shipped())?), 1);
    let documents: Vec<Document> = posts.iter().map(|post| analyzer.post_document(post)).collect();
    let lines: Vec<Vec<u8>> = posts.iter().map(wire::write_post).collect();
    let tagged: Vec<TaggedPost> = posts.iter().map(|post| classifier.classify(post.clone())).collect();
    let copy = best_of_three(|| each(posts, Post::clone));
    let whole = best_of_three(|| each(posts, |post| classifier.classify(post.clone()))).saturating_sub(copy);
    let language = best_of_three(|| each(posts, |post| text::language(&post.text)));
    let lemmas = best_of_three(|| each(posts, |post| analyzer.post_document(post)));
    let signature = best_of_three(|| each(&documents, text::signature));
    let parts = [
        ("reading JSON", best_of_three(|| each(&lines, |line| wire::read_post(line, None)))),
        ("language", language),
        ("tokens and lemmas, words cached", lemmas),
        ("signature", signature),
        ("rules and reasons", whole.saturating_sub(language + lemmas + signature)),
        ("writing JSON", best_of_three(|| each(&tagged, wire::write_tagged))),
    ];
    let total: Duration = parts.iter().map(|(_, time)| *time).sum();
    for (what, time) in parts {
        println!("{what:38} {} {:5.1} %", rate(posts, time), 100.0 * time.as_secs_f64() / total.as_secs_f64());
    }
    println!("{:38} {}", "all of them", rate(posts, total));
    Ok(())
}

fn each<'a, T, R>(items: &'a [T], mut work: impl FnMut(&'a T) -> R) {
    items.iter().for_each(|item| drop(black_box(work(item))));
}

fn best_of_three(mut work: impl FnMut()) -> Duration {
    [(); 3].map(|()| time(&mut work)).into_iter().min().unwrap_or_default()
}

fn time(work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn rate(posts: &[Post], time: Duration) -> String {
    let seconds = time.as_secs_f64();
    format!("{:9.0} posts/s {:7.2} µs a post", posts.len() as f64 / seconds, seconds * 1e6 / posts.len() as f64)
}

fn post((number, text): (usize, &&str)) -> Post {
    let id = PostId::new(format!("portal:text/{number}")).unwrap_or_else(|error| panic!("{error}"));
    let published = "2026-11-24T12:00:00Z".parse().unwrap_or(Time::UNIX_EPOCH);
    Post::new(id, Platform::Portal, "text", published, (*text).to_owned())
}

/// The shipped configuration with saved searches in the shapes people write.
fn with_searches(texts: &[&str], count: usize) -> Result<Config, config::Problems> {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below.max(1) as u64) as usize
    };
    let mut searches = String::new();
    let mut made = 0;
    while made < count {
        let words: Vec<&str> = texts[next(texts.len())]
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.chars().count() > 3 && word.chars().all(|c| matches!(c, 'а'..='я' | 'А'..='Я')))
            .collect();
        let [a, b, c, ..] = words[next(words.len().saturating_sub(3)).min(words.len())..] else { continue };
        let beginning = |word: &str| word.chars().take(5).collect::<String>();
        let query = match next(20) {
            0..5 => format!("\"{a} {b}\"~3"),
            5..8 => format!("\"{a} {b}\""),
            8..10 => format!("{a} {b} {c}"),
            10..13 => format!("\"({a} | {c}) {b}\"~4"),
            13 => format!("{a} ({b} | {c})"),
            14 => format!("\"={a} {b}\""),
            15..17 => format!("\"{}* {b}\"~4", beginning(a)),
            17 => format!("{a} {b} -{c}"),
            18 => format!("сектор:жкх \"{a} {b}\"~5"),
            _ => format!("({a} | {}*) {b} риск:средний", beginning(c)),
        };
        made += 1;
        searches.push_str(&format!("[[search]]\nid = \"s{made}\"\nname = \"s\"\nquery = '{query}'\n"));
    }
    Config::parse(&Files::shipped().overlay([("searches.toml".to_owned(), searches)]))
}

//! Posts to measure with: from a seed, or from texts in a file.
//!
//! The text model takes its sentences from the sample district, whose every text is invented, and adds what makes a real
//! vocabulary long: misspelt words, numbers, and names that follow Zipf's law. As in any public flow most posts report
//! nothing that a municipality answers for.

use std::io::BufRead;
use std::path::Path;

use anyhow::{Context, Result, bail};
use model::{Kind, Origin, Platform, Post, PostId, Time, wire};

/// Sources that the posts come from.
const SOURCES: u64 = 500;

/// One post in this many is a later version of one before it.
const EDITS: u64 = 30;

/// One post in this many is the deletion of one before it.
const DELETIONS: u64 = 300;

/// An edit or a deletion is of one of this many posts before it: what people change is fresh.
const RECENT: u64 = 50_000;

/// Names that are not in any dictionary; the rank of the rarest.
const NAMES: u64 = 300_000;

/// One post in this many reports something; the others chat.
const REPORTS: u64 = 10;

/// Sentences of a generated post: of these numbers each is as likely.
const SENTENCES: [usize; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 14];

/// Where texts come from.
enum Texts {
    /// Sentences to put together: of chat, and of everything.
    Model { chat: Vec<String>, all: Vec<String> },
    /// Title and text, as they are, over and over.
    Given(Vec<(Option<String>, String)>),
}

/// Makes posts one by one. The same seed and number of posts make the same posts.
pub struct Posts {
    texts: Texts,
    chance: Chance,
    made: u64,
    start: Time,
    step_ms: f64,
}

impl Posts {
    /// `count` posts that were published evenly over the `days` before `end`.
    pub fn new(seed: u64, input: Option<&Path>, count: u64, days: u32, end: Time) -> Result<Posts> {
        let texts = match input {
            Some(path) => Texts::Given(read(path)?),
            None => {
                let world = sample::World::new(end, seed);
                Texts::Model { chat: sentences(&world, true), all: sentences(&world, false) }
            }
        };
        let span_ms = i64::from(days) * 24 * 3_600_000;
        let start = Time::from_millisecond(end.as_millisecond() - span_ms)?;
        Ok(Posts { texts, chance: Chance(seed), made: 0, start, step_ms: span_ms as f64 / count.max(1) as f64 })
    }

    /// The next post: a new one, an edit or a tombstone.
    pub fn next(&mut self) -> Result<Post> {
        let number = self.made;
        self.made += 1;
        let seen = self.time(number)?;
        let back = |chance: &mut Chance| number - 1 - chance.below(RECENT.min(number));
        if number > 0 && self.chance.below(DELETIONS) == 0 {
            let gone = back(&mut self.chance);
            return Ok(self.post(gone, seen)?.tombstone(seen));
        }
        if number > 0 && self.chance.below(EDITS) == 0 {
            let edited = back(&mut self.chance);
            return Ok(Post { edited_at: Some(seen), ..self.post(edited, seen)? });
        }
        self.post(number, seen)
    }

    /// The post of a number as it was seen at a time; its text is new each time.
    fn post(&mut self, number: u64, seen: Time) -> Result<Post> {
        let source = number % SOURCES;
        let (platform, id) = match source % 2 {
            0 => (Platform::Telegram, format!("tg:channel{source}/{}", number / SOURCES + 1)),
            _ => (Platform::Vk, format!("vk:-{}_{}", 1_000_000 + source, number / SOURCES + 1)),
        };
        let (title, text) = match &self.texts {
            Texts::Given(texts) => texts[(number % texts.len() as u64) as usize].clone(),
            Texts::Model { chat, all } => {
                let sentences = if self.chance.below(REPORTS) == 0 { all } else { chat };
                (None, compose(sentences, &mut self.chance))
            }
        };
        let views = self.chance.below(20_000);
        Ok(Post {
            v: wire::FORMAT,
            id: PostId::new(id)?,
            platform,
            source: format!("bench-{source}"),
            kind: Kind::Post,
            url: Some(format!("https://example.org/{source}/{number}")),
            published_at: self.time(number)?,
            edited_at: None,
            seen_at: Some(seen),
            deleted_at: None,
            title,
            text,
            poll: None,
            views: Some(views),
            reactions: Some(views / 50),
            reposts: Some(views / 400),
            comments: Some(views / 200),
            author: None,
            in_reply_to: None,
            forwarded_from: None,
            advert: false,
            origin: Origin::Live,
        })
    }

    fn time(&self, number: u64) -> Result<Time> {
        Ok(Time::from_millisecond(self.start.as_millisecond() + (number as f64 * self.step_ms) as i64)?)
    }
}

/// A file of posts, one JSON object a line, or of texts, one a line.
fn read(path: &Path) -> Result<Vec<(Option<String>, String)>> {
    let reading = || format!("cannot read {}", path.display());
    let mut texts = Vec::new();
    for (n, line) in std::io::BufReader::new(std::fs::File::open(path).with_context(reading)?).lines().enumerate() {
        let line = line.with_context(reading)?;
        if line.starts_with('{') {
            let post = wire::read_post(line.as_bytes(), None);
            let post = post.with_context(|| format!("{}, line {}", path.display(), n + 1))?;
            if !post.is_deleted() {
                texts.push((post.title, post.text));
            }
        } else if !line.trim().is_empty() {
            texts.push((None, line));
        }
    }
    if texts.is_empty() {
        bail!("{} has no texts: one a line is wanted, or posts as NDJSON", path.display());
    }
    Ok(texts)
}

/// The sentences of the sample district, each as often as it is there.
fn sentences(world: &sample::World, chat: bool) -> Vec<String> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '\n');
    let posts = world.posts().iter().filter(|post| !chat || post.sector == model::Sector::Other);
    let texts = posts.flat_map(|post| post.text.split_inclusive(ends));
    texts.map(str::trim).filter(|sentence| sentence.chars().count() > 8).map(str::to_owned).collect()
}

fn compose(sentences: &[String], chance: &mut Chance) -> String {
    let mut text = String::with_capacity(1024);
    for _ in 0..SENTENCES[chance.below(SENTENCES.len() as u64) as usize] {
        let sentence = &sentences[chance.below(sentences.len() as u64) as usize];
        for word in sentence.split(' ') {
            if !text.is_empty() {
                text.push(' ');
            }
            match chance.below(100) {
                0 => misspell(word, chance, &mut text),
                1 => text.push_str(&chance.below(100_000).to_string()),
                2 | 3 => {
                    name(chance.zipf(NAMES), &mut text);
                    text.push(' ');
                    text.push_str(word);
                }
                _ => text.push_str(word),
            }
        }
    }
    text
}

/// Leaves a letter out, or doubles it.
fn misspell(word: &str, chance: &mut Chance, text: &mut String) {
    let at = chance.below(word.chars().count().max(1) as u64) as usize;
    let twice = chance.below(2) == 0;
    for (n, letter) in word.chars().enumerate() {
        match (n == at, twice) {
            (false, _) => text.push(letter),
            (true, true) => text.extend([letter, letter]),
            (true, false) => {}
        }
    }
}

/// The name of a rank: always the same, and pronounceable.
fn name(rank: u64, text: &mut String) {
    const FIRST: [&str; 16] = [
        "Бар", "Вел", "Гор", "Дем", "Зар", "Кал", "Лод", "Мир", "Нор", "Пав", "Рож", "Сав", "Тор", "Фил", "Хар", "Чер",
    ];
    const MIDDLE: [&str; 16] =
        ["а", "ови", "ени", "ута", "ило", "ома", "ера", "иша", "ола", "уни", "ява", "едо", "ино", "ару", "оли", "ети"];
    const LAST: [&str; 8] = ["нов", "кин", "ский", "ченко", "ев", "рова", "лина", "дзе"];
    let mut rest = rank as usize;
    let mut take = |of: &'static [&'static str]| {
        let part = of[rest % of.len()];
        rest /= of.len();
        part
    };
    text.push_str(take(&FIRST));
    text.push_str(take(&MIDDLE));
    text.push_str(take(&MIDDLE));
    text.push_str(take(&LAST));
    while rest > 0 {
        text.push_str(MIDDLE[rest % MIDDLE.len()]);
        rest /= MIDDLE.len();
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
pub struct Chance(pub u64);

impl Chance {
    /// From 0 up to and without `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n.max(1)
    }

    /// A rank below `n` with a likelihood near to one over the rank.
    fn zipf(&mut self, n: u64) -> u64 {
        let unit = self.below(1 << 53) as f64 / (1_u64 << 53) as f64;
        ((n as f64).powf(unit) as u64).min(n - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(seed: u64, count: u64) -> Vec<Post> {
        let end = "2026-11-01T00:00:00Z".parse().unwrap();
        let mut posts = Posts::new(seed, None, count, 30, end).unwrap();
        (0..count).map(|_| posts.next().unwrap()).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_posts_and_another_does_not() {
        assert_eq!(made(7, 400), made(7, 400));
        assert_ne!(made(7, 400), made(8, 400));
    }

    #[test]
    fn posts_are_valid_and_some_are_edits_and_deletions_of_others() {
        let posts = made(1, 5_000);
        posts.iter().for_each(|post| wire::check_post(post, None).unwrap());
        let ids: std::collections::BTreeSet<_> = posts.iter().map(|post| &post.id).collect();
        let (deleted, edited) = (
            posts.iter().filter(|post| post.is_deleted()).count(),
            posts.iter().filter(|post| post.edited_at.is_some()).count(),
        );
        assert!((5..50).contains(&deleted) && (100..250).contains(&edited), "{deleted} {edited}");
        assert!(ids.len() > 4_700 && ids.len() < 5_000 - deleted, "{}", ids.len());
        let bytes: usize = posts.iter().map(|post| post.text.len()).sum();
        assert!((300..1_200).contains(&(bytes / posts.len())), "{}", bytes / posts.len());
    }

    #[test]
    fn texts_of_a_file_come_as_they_are_whether_lines_or_posts() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let post = r#"{"id":"vk:-1_2","platform":"vk","source":"city","published_at":"2026-11-01T10:00:00Z","title":"Вода","text":"Нет воды"}"#;
        std::fs::write(file.path(), format!("Темно во дворе\n\n{post}\n")).unwrap();
        let texts = read(file.path()).unwrap();
        assert_eq!(texts, [(None, "Темно во дворе".to_owned()), (Some("Вода".to_owned()), "Нет воды".to_owned())]);
        std::fs::write(file.path(), "\n").unwrap();
        assert!(read(file.path()).is_err());
    }
}

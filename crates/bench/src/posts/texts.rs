//! Texts of generated posts: read from a file, or put together from the sentences of the sample district.

use std::io::BufRead;
use std::path::Path;

use anyhow::{Context, Result, bail};
use model::wire;

use super::random::Random;

/// Names that are not in any dictionary; the rank of the rarest.
const NAMES: u64 = 300_000;

/// Sentences of a generated post: of these numbers each is as likely.
const SENTENCES: [usize; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 14];

/// A file of posts, one JSON object a line, or of texts, one a line.
pub fn read(path: &Path) -> Result<Vec<(Option<String>, String)>> {
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
pub fn sentences(world: &sample::World, chat: bool) -> Vec<String> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '\n');
    let posts = world.posts().iter().filter(|post| !chat || post.sector == model::Sector::Other);
    let texts = posts.flat_map(|post| post.text.split_inclusive(ends));
    texts.map(str::trim).filter(|sentence| sentence.chars().count() > 8).map(str::to_owned).collect()
}

/// A text put together from sentences, with misspelt words, numbers and rare names in between.
pub fn compose(sentences: &[String], random: &mut Random) -> String {
    let mut text = String::with_capacity(1024);
    for _ in 0..SENTENCES[random.below(SENTENCES.len() as u64) as usize] {
        let sentence = &sentences[random.below(sentences.len() as u64) as usize];
        for word in sentence.split(' ') {
            if !text.is_empty() {
                text.push(' ');
            }
            match random.below(100) {
                0 => misspell(word, random, &mut text),
                1 => text.push_str(&random.below(100_000).to_string()),
                2 | 3 => {
                    name(random.zipf(NAMES), &mut text);
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
fn misspell(word: &str, random: &mut Random, text: &mut String) {
    let at = random.below(word.chars().count().max(1) as u64) as usize;
    let twice = random.below(2) == 0;
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

#[cfg(test)]
mod tests {
    use super::*;

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

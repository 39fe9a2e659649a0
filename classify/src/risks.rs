//! Risks: what matched, what raised it, what lowered it or took it back.

use config::{Effect, Pattern};
use model::{Level, Post, Risk, Tags};
use text::Awake;

use crate::context::{asked, taken_back};
use crate::quote::Words;
use crate::rules::{Hit, Positions, RiskHits, Rules};

/// Tags risks, the worst first; one that was matched and then dropped is explained in the post's `why`.
pub fn tag(rules: &Rules, awake: &Awake, words: &Words, post: &Post, tags: &mut Tags) {
    let found = rules.risks(awake, post, tags);
    if found.risks.is_empty() {
        return;
    }
    let is_marked = post.advert;
    let post = About { rules, words, lists: &found.lists, ours: names_ours(rules, tags) };
    let advertisement = is_marked || rules.word_lists.advertisement(awake);
    for (number, hits) in &found.risks {
        let assessed = match &tags.elsewhere {
            Some(why) => Err(why.clone()),
            None if advertisement => Err("похоже на рекламу".to_owned()),
            None => assess(&post, *number, hits),
        };
        match assessed {
            Ok(risk) => tags.risks.push(risk),
            Err(why) => {
                let name = &rules.config.risks[*number].name;
                tags.why.push(format!("риск «{name}» снят: {}, {why}", words.quote(&hits.any[0].positions)));
            }
        }
    }
    // Stable: equal levels keep the order of the configuration.
    tags.risks.sort_by_key(|risk| std::cmp::Reverse(risk.level));
}

/// What the risks of a post are judged by.
struct About<'a> {
    rules: &'a Rules,
    words: &'a Words<'a>,
    lists: &'a [(usize, Positions)],
    /// It names a place of the district.
    ours: bool,
}

impl About<'_> {
    /// The lists with an effect on a risk that match: the name, and the words of the first pattern whose match counts.
    fn lists(&self, risk: usize, effect: Effect, counts: impl Fn(&[u32]) -> bool) -> Vec<(&str, &[u32])> {
        let config = &self.rules.config;
        let matched = self.rules.lists(risk, effect).filter_map(|list| {
            let mut hits = self.lists.iter().filter(|(number, _)| *number == list);
            let (_, positions) = hits.find(|(_, positions)| counts(positions))?;
            let list = &config.lists[list];
            (!list.unless_ours || !self.ours).then_some((list.name.as_str(), positions.as_slice()))
        });
        matched.collect()
    }
}

fn names_ours(rules: &Rules, tags: &Tags) -> bool {
    let places = &rules.config.places;
    tags.places.iter().any(|id| places.iter().any(|place| place.id == *id && place.kind != "elsewhere"))
}

/// The risk with every contribution, or why there is none.
fn assess(post: &About, number: usize, hits: &RiskHits) -> Result<Risk, String> {
    let words = post.words;
    let rules = &post.rules.config.risks[number];
    if let Some(hit) = hits.except.first() {
        return Err(format!("исключение: {}", told(&rules.except, hit, words)));
    }
    if let Some((name, positions)) = post.lists(number, Effect::Except, |_| true).first() {
        return Err(format!("{name}: {}", words.quote(positions)));
    }
    let mut why = Vec::new();
    let mut denied = None;
    let mut said = false;
    for hit in &hits.any {
        match taken_back(words, &hit.positions) {
            Some(reason) => denied = denied.or(Some(reason)),
            None if !said => {
                said = true;
                let matched = told(&rules.any, hit, words);
                why.push(format!("правило {}: {matched} ({})", rules.kind, rules.level.name_ru()));
            }
            None => {}
        }
    }
    if !said {
        return Err(denied.map_or("", |reason| reason.reason()).to_owned());
    }
    let mut level = rank(rules.level);
    let stands = |positions: &[u32]| taken_back(words, positions).is_none();
    for hit in once_each(&hits.raise, |hit| stands(&hit.positions)) {
        level += 1;
        why.push(format!("повышает: {}", told(&rules.raise, hit, words)));
    }
    for (name, positions) in post.lists(number, Effect::Raise, stands) {
        level += 1;
        why.push(format!("повышает: {name} {}", words.quote(positions)));
    }
    let lowers = |positions: &[u32]| stands(positions) && !asked(words, positions);
    for hit in once_each(&hits.lower, |hit| lowers(&hit.positions)) {
        level -= 1;
        why.push(format!("понижает: {}", told(&rules.lower, hit, words)));
    }
    for (name, positions) in post.lists(number, Effect::Lower, lowers) {
        level -= 1;
        why.push(format!("понижает: {name} {}", words.quote(positions)));
    }
    let Ok(index) = usize::try_from(level) else { return Err(why.split_off(1).join("; ")) };
    let level = Level::ALL[index.min(Level::ALL.len() - 1)];
    if level != rules.level {
        why.push(format!("итог: {}", level.name_ru()));
    }
    Ok(Risk { kind: rules.kind.clone(), level, why })
}

/// The first hit of each pattern that counts. Hits come sorted by pattern.
fn once_each(hits: &[Hit], counts: impl Fn(&Hit) -> bool) -> Vec<&Hit> {
    let mut once: Vec<&Hit> = hits.iter().filter(|hit| counts(hit)).collect();
    once.dedup_by_key(|hit| hit.pattern);
    once
}

/// The words that matched; where a rule asks only for fields, the rule itself.
fn told(patterns: &[Pattern], hit: &Hit, words: &Words) -> String {
    if hit.positions.is_empty() { format!("`{}`", patterns[hit.pattern].source) } else { words.quote(&hit.positions) }
}

fn rank(level: Level) -> i64 {
    Level::ALL.iter().position(|known| *known == level).unwrap_or(0) as i64
}

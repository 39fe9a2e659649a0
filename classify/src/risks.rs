//! Risks: what matched, what raised it, what lowered it or took it back.

use config::{Pattern, RiskRules};
use model::{Level, Post, Risk, Tags};
use text::Awake;

use crate::context::{advertisement, asked, taken_back};
use crate::places::Territory;
use crate::quote::Words;
use crate::rules::{Hit, RiskHits, Rules};

/// Tags risks, the worst first; one that was matched and then dropped is explained in the post's `why`.
pub fn tag(rules: &Rules, awake: &Awake, words: &Words, post: &Post, territory: &Territory, tags: &mut Tags) {
    let found = rules.risks(awake, post, tags);
    if found.is_empty() {
        return;
    }
    let advertisement = advertisement(words);
    for (number, hits) in found {
        let rules = &rules.config.risks[number];
        let assessed = match territory {
            Territory::Away(why) => Err(why.clone()),
            Territory::Ours if advertisement => Err("похоже на рекламу".to_owned()),
            Territory::Ours => assess(rules, &hits, words),
        };
        match assessed {
            Ok(risk) => tags.risks.push(risk),
            Err(why) => {
                tags.why.push(format!("риск «{}» снят: {}, {why}", rules.name, words.quote(&hits.any[0].positions)))
            }
        }
    }
    // Stable: equal levels keep the order of the configuration.
    tags.risks.sort_by_key(|risk| std::cmp::Reverse(risk.level));
}

/// The risk with every contribution, or why there is none.
fn assess(rules: &RiskRules, hits: &RiskHits, words: &Words) -> Result<Risk, String> {
    let mut why = Vec::new();
    let mut denied = None;
    let mut said = false;
    for hit in &hits.any {
        match taken_back(words, &hit.positions) {
            Some(reason) => denied = denied.or(Some(reason)),
            None if !said => {
                said = true;
                why.push(format!(
                    "правило {}: {} ({})",
                    rules.kind,
                    told(&rules.any, hit, words),
                    rules.level.name_ru()
                ));
            }
            None => {}
        }
    }
    if !said {
        return Err(denied.map_or("", |reason| reason.reason()).to_owned());
    }
    let mut level = rank(rules.level);
    for hit in once_each(&hits.raise, |hit| taken_back(words, &hit.positions).is_none()) {
        level += 1;
        why.push(format!("повышает: {}", told(&rules.raise, hit, words)));
    }
    for hit in
        once_each(&hits.lower, |hit| taken_back(words, &hit.positions).is_none() && !asked(words, &hit.positions))
    {
        level -= 1;
        why.push(format!("понижает: {}", told(&rules.lower, hit, words)));
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

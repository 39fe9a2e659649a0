//! Events and risks as tags of a post.

use config::Aside;
use model::{Post, Risk, Tags};
use text::Document;

use super::judge::{Judged, judge};
use super::marks::{Mark, Marks};
use crate::post_words::PostWords;
use crate::rules::Rules;

/// Tags events, the gravest first, and the risks that the table of levels makes of them, the worst first. A risk that was taken back is
/// explained in the post's `why`.
pub fn tag(rules: &Rules, document: &Document, words: &PostWords, post: &Post, advertisement: bool, tags: &mut Tags) {
    let (judged, marks) = judge(rules, document, words, post);
    let everything = tags.elsewhere.clone().or_else(|| advertisement.then(|| "похоже на рекламу".to_owned()));
    let asides = asides(rules, &marks, words, tags);
    for one in &judged {
        let (Some(level), Some(row)) = (one.level, one.row.map(|row| &rules.config.events.rows[row])) else { continue };
        let Some(kind) = &row.kind else { continue };
        let concerns = |(aside, _): &&(&Aside, String)| aside.objects.is_empty() || aside.objects.contains(&one.object);
        let taken_back = everything.as_ref().or_else(|| asides.iter().find(concerns).map(|(_, reason)| reason));
        if let Some(reason) = taken_back {
            let name = rules.config.risk_name(kind);
            tags.why.push(format!("риск «{name}» снят: «{}», {reason}", one.event.words.join(" … ")));
            continue;
        }
        if tags.risks.iter().any(|risk| risk.kind == *kind) {
            continue;
        }
        let why = vec![told(rules, one), format!("{}:{}: {}", row.file, row.line, level.name_ru())];
        tags.risks.push(Risk { kind: kind.clone(), level, why });
    }
    tags.events = judged.into_iter().map(|one| one.event).collect();
}

/// The event in words: «нет · холодная вода · сейчас · дом: «нет воды»».
fn told(rules: &Rules, judged: &Judged) -> String {
    let (config, event) = (&rules.config.events, &judged.event);
    let state = config.states.iter().find(|state| state.code == event.state).map_or("", |state| &state.name);
    let when = config.when.iter().find(|marker| marker.value == event.actuality).map_or("", |marker| &marker.name);
    let scale = config.scales.iter().find(|marker| Some(marker.value) == event.scale);
    let mut parts = vec![state, &config.objects[judged.object].name, when];
    parts.extend(scale.map(|scale| scale.name.as_str()));
    format!("{}: «{}»", parts.join(" · "), event.words.join(" … "))
}

/// What says that the post reports no event here, and why.
fn asides<'a>(rules: &'a Rules, marks: &Marks, words: &PostWords, tags: &Tags) -> Vec<(&'a Aside, String)> {
    let places = &rules.config.places;
    let ours = tags.places.iter().any(|id| places.iter().any(|place| place.id == *id && place.kind != "elsewhere"));
    let asides = rules.config.events.asides.iter().enumerate().filter(|(_, aside)| !(aside.unless_ours && ours));
    let found = asides.filter_map(|(number, aside)| {
        let found: Vec<&Mark> = marks.asides.iter().filter(|mark| mark.number == number).collect();
        let mut different: Vec<&str> = found.iter().map(|mark| &*words.tokens()[mark.first].lemmas[0]).collect();
        different.sort_unstable();
        different.dedup();
        (different.len() >= aside.least).then(|| (aside, format!("{}: «{}»", aside.name, found[0].written(words))))
    });
    found.collect()
}

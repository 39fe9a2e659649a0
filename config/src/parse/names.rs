//! Ids over all files: which are defined, and which are referred to.

use super::reader::{Ids, Located, Report};
use super::word_groups::WordGroups;

/// Ids over all files: those defined, and those referred to, which are checked once every file has been read.
pub struct Names {
    pub sources: Ids,
    pub topics: Ids,
    pub risks: Ids,
    pub word_groups: WordGroups,
    pub places: Ids,
    pub recipients: Ids,
    pub searches: Ids,
    pub objects: Ids,
    pub states: Ids,
    pub who: Ids,
    pub wishes: Ids,
    pub searches_used: Vec<Located<String>>,
    pub topics_used: Vec<Located<String>>,
    pub risks_used: Vec<Located<String>>,
    pub places_used: Vec<Located<String>>,
    pub objects_used: Vec<Located<String>>,
    pub states_used: Vec<Located<String>>,
    pub who_used: Vec<Located<String>>,
    pub wishes_used: Vec<Located<String>>,
    /// Places, each with the one that it lies in.
    pub within: Vec<(String, Located<String>)>,
    pub sources_used: Vec<Located<String>>,
}

impl Default for Names {
    fn default() -> Names {
        Names {
            sources: Ids::new("источник"),
            topics: Ids::new("тема"),
            risks: Ids::new("риск"),
            word_groups: WordGroups::default(),
            places: Ids::new("место"),
            recipients: Ids::new("получатель"),
            searches: Ids::new("сохранённый поиск"),
            objects: Ids::new("объект события"),
            states: Ids::new("состояние"),
            who: Ids::new("кто"),
            wishes: Ids::new("просьба"),
            searches_used: Vec::new(),
            topics_used: Vec::new(),
            risks_used: Vec::new(),
            places_used: Vec::new(),
            objects_used: Vec::new(),
            states_used: Vec::new(),
            who_used: Vec::new(),
            wishes_used: Vec::new(),
            within: Vec::new(),
            sources_used: Vec::new(),
        }
    }
}

impl Names {
    /// Reports the references to ids that no file defines.
    pub fn check_references(&self, report: &Report) {
        let references = [
            (&self.searches_used, &self.searches),
            (&self.topics_used, &self.topics),
            (&self.risks_used, &self.risks),
            (&self.places_used, &self.places),
            (&self.sources_used, &self.sources),
            (&self.objects_used, &self.objects),
            (&self.states_used, &self.states),
            (&self.who_used, &self.who),
            (&self.wishes_used, &self.wishes),
        ];
        for (used, defined) in references {
            used.iter().for_each(|id| defined.require(report, id));
        }
        self.within.iter().filter(|(inner, outer)| self.lies_in(&outer.value, inner)).for_each(|(inner, outer)| {
            report
                .add(&outer.at, format!("`within`: место `{inner}` лежит само в себе; уберите ключ у одного из мест"));
        });
    }

    /// Whether a place is another one or lies in it, however deep.
    fn lies_in(&self, inner: &str, outer: &str) -> bool {
        let mut place = inner;
        for _ in 0..=self.within.len() {
            if place == outer {
                return true;
            }
            let Some((_, next)) = self.within.iter().find(|(id, _)| id == place) else { return false };
            place = &next.value;
        }
        false
    }
}

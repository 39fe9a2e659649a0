//! Filling a template: `[one|another]` picks a variant, `{street}` and the like take a value that stays the same within a post.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::Time;

use crate::content::District;
use crate::rng::Rng;
use crate::time::{after, before, date, local};

/// The values of one post's slots.
#[derive(Debug, Clone)]
pub(super) struct Slots<'d> {
    district: &'d District,
    at: Time,
    known: BTreeMap<String, String>,
}

impl<'d> Slots<'d> {
    /// Slots of a post published at a time, some of them given.
    pub(super) fn new(district: &'d District, at: Time, given: &BTreeMap<String, String>) -> Slots<'d> {
        Slots { district, at, known: given.clone() }
    }

    /// What was filled in, for an answer about the same place.
    pub(super) fn known(&self) -> &BTreeMap<String, String> {
        &self.known
    }

    /// A template with its variants chosen and its slots filled. Unknown slots stay as written; a test looks for them.
    pub(super) fn fill(&mut self, template: &str, rng: &mut Rng) -> String {
        let chosen = choose(template, rng);
        let mut filled = String::with_capacity(chosen.len());
        let mut rest = chosen.as_str();
        while let Some((before, from)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, after)) = from.split_once('}') else {
                filled.push('{');
                rest = from;
                continue;
            };
            filled.push_str(&self.value(name, rng));
            rest = after;
        }
        filled.push_str(rest);
        filled.trim().to_owned()
    }

    fn value(&mut self, name: &str, rng: &mut Rng) -> String {
        if let Some(value) = self.known.get(name) {
            return value.clone();
        }
        let district = self.district;
        match name {
            "street" | "street_p" => self.forms("street", &["", "_p"], rng.pick(&district.streets)),
            "street2" | "street2_p" => self.forms("street2", &["", "_p"], rng.pick(&district.streets)),
            "village" | "village_p" | "village_g" => {
                self.forms("village", &["", "_p", "_g"], rng.pick(&district.villages));
            }
            "quarter" | "quarter_p" => self.forms("quarter", &["", "_p"], rng.pick(&district.quarters)),
            _ => {
                let value = self.single(name, rng);
                self.known.insert(name.to_owned(), value);
            }
        }
        self.known.get(name).cloned().unwrap_or_default()
    }

    fn forms<const N: usize>(&mut self, name: &str, suffixes: &[&str; N], forms: &[String; N]) {
        for (suffix, form) in suffixes.iter().zip(forms) {
            self.known.insert(format!("{name}{suffix}"), form.clone());
        }
    }

    fn single(&mut self, name: &str, rng: &mut Rng) -> String {
        let day = SignedDuration::from_hours(24);
        match name {
            "house" | "house2" => house(rng),
            "addr" => {
                let (street, house) = (self.value("street", rng), self.value("house", rng));
                match rng.below(5) {
                    0 => format!("ул. {street}, д. {house}"),
                    1 => format!("{street}, {house}"),
                    2 => format!("улица {street} дом {house}"),
                    _ => format!("{street} {house}"),
                }
            }
            "time" => format!("{}:{:02}", rng.between(6, 21), rng.below(12) * 5),
            "today" => date(self.at),
            "yesterday" => date(before(self.at, day)),
            "tomorrow" => date(after(self.at, day)),
            "now" => local(self.at).strftime("%H:%M").to_string(),
            "n" => rng.between(2, 9).to_string(),
            "floor" => rng.between(1, 9).to_string(),
            "nn" => rng.between(11, 64).to_string(),
            _ => match self.district.words.get(name) {
                Some(values) if !values.is_empty() => rng.pick(values).clone(),
                _ => format!("{{{name}}}"),
            },
        }
    }
}

fn house(rng: &mut Rng) -> String {
    let number = rng.between(1, 96);
    match rng.below(12) {
        0 => format!("{number}а"),
        1 => format!("{number}/2"),
        2 => format!("{number} корпус 1"),
        _ => number.to_string(),
    }
}

fn choose(template: &str, rng: &mut Rng) -> String {
    let mut chosen = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('[') {
        chosen.push_str(before);
        match from.split_once(']') {
            Some((variants, after)) if variants.contains('|') => {
                let variants: Vec<&str> = variants.split('|').collect();
                chosen.push_str(variants[rng.below(variants.len())]);
                rest = after;
            }
            _ => {
                chosen.push('[');
                rest = from;
            }
        }
    }
    chosen.push_str(rest);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn district() -> District {
        toml::from_str(
            "streets = [[\"Ткацкая\", \"Ткацкой\"]]\nvillages = [[\"А\", \"Б\", \"В\"]]\nquarters = [[\"Г\", \"Д\"]]\n[words]\nbus = [\"7\"]\n",
        )
        .unwrap()
    }

    #[track_caller]
    fn check(template: &str, expect: &str) {
        let district = district();
        let at = "2026-11-24T21:30:00Z".parse().unwrap();
        let mut slots = Slots::new(&district, at, &BTreeMap::new());
        assert_eq!(slots.fill(template, &mut Rng::new(1, "test")), expect);
    }

    #[test]
    fn variants_and_slots() {
        check("на {street_p}, ул. {street}", "на Ткацкой, ул. Ткацкая");
        check("[да|да] [не выбор] {bus}", "да [не выбор] 7");
        check("{today} {tomorrow} {now}", "25 ноября 26 ноября 00:30");
        check("{school} {unknown} {", "{school} {unknown} {");
    }

    #[test]
    fn a_slot_keeps_its_value_within_a_post() {
        let district = district();
        let at = "2026-11-24T21:30:00Z".parse().unwrap();
        let mut rng = Rng::new(1, "test");
        let filled = Slots::new(&district, at, &BTreeMap::new()).fill("{house}|{house}|{house}", &mut rng);
        let parts: Vec<&str> = filled.split('|').collect();
        assert!(parts.iter().all(|part| *part == parts[0]), "{filled}");
    }
}

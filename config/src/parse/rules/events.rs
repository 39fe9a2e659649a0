//! What an event is made of, and the words that say it: `[[object]]`, `[[state]]`, `[[says]]` and the markers of `risks/*.toml`.

use std::collections::BTreeMap;

use model::{Actuality, Harm, Scale};
use text::Phrase;

use crate::events::{Aside, Case, EventRules, Marker, Named, Object, Reach, Says, State};
use crate::parse::reader::{Located, Table};

/// At most so many words between an object and what is said of it, where the rule does not say.
const NEAR: u32 = 6;

/// The sets of words that phrases name in braces, by id.
#[derive(Default)]
pub struct Sets(BTreeMap<String, String>);

impl Sets {
    /// Reads the `[[set]]` tables of a file.
    pub fn read(&mut self, table: &mut Table) {
        for mut table in table.tables("set") {
            let (id, words) = (table.required("id"), table.list("words"));
            let words: Vec<&str> = words.iter().map(|word| word.value.as_str()).collect();
            if let Some(id) = id
                && self.0.insert(id.value.clone(), words.join("|")).is_some()
            {
                table.report().add(&id.at, format!("набор `{}` описан дважды; оставьте один", id.value));
            }
            table.finish();
        }
    }

    /// A phrase with each `{id}` as alternatives.
    fn expand(&self, phrase: &str) -> Result<String, String> {
        let mut expanded = String::new();
        let mut rest = phrase;
        while let Some((before, after)) = rest.split_once('{') {
            let (id, after) = after.split_once('}').ok_or("скобка `{` без своей `}`")?;
            let words = self.0.get(id).ok_or_else(|| format!("нет [[set]] `{id}`"))?;
            let inside = before.matches('(').count() > before.matches(')').count()
                || expanded.matches('(').count() > expanded.matches(')').count();
            expanded.push_str(before);
            expanded.push_str(&if inside { words.clone() } else { format!("({words})") });
            rest = after;
        }
        expanded.push_str(rest);
        if expanded.matches('(').count() != expanded.matches(')').count() {
            return Err("у круглой скобки нет пары".to_owned());
        }
        Ok(expanded)
    }

    /// The phrases of a key.
    fn phrases(&self, table: &mut Table, key: &'static str) -> Vec<Phrase> {
        let texts = table.list(key);
        texts.iter().flat_map(|text| self.written(table, text)).collect()
    }

    /// The phrases of a text: one, or several where alternatives of it are of several words.
    fn written(&self, table: &Table, text: &Located<String>) -> Vec<Phrase> {
        let parse = |phrase: String| Phrase::parse(&phrase).map_err(|error| error.message);
        let phrases = self.expand(&text.value).and_then(|expanded| spread(&expanded).into_iter().map(parse).collect());
        phrases
            .map_err(|message| table.report().add(&text.at, format!("слова {:?}: {message}", text.value)))
            .unwrap_or_default()
    }
}

/// A phrase for each alternative of several words: `на (час|пару часов)` is `на час` and `на пару часов`.
fn spread(phrase: &str) -> Vec<String> {
    let groups = phrase.match_indices('(').filter_map(|(from, _)| Some((from, from + phrase[from..].find(')')?)));
    let Some((from, to)) = groups
        .into_iter()
        .find(|(from, to)| phrase[from + 1..*to].split('|').any(|alternative| alternative.trim().contains(' ')))
    else {
        return vec![phrase.to_owned()];
    };
    let alternatives = phrase[from + 1..to].split('|');
    alternatives.flat_map(|one| spread(&format!("{}{}{}", &phrase[..from], one.trim(), &phrase[to + 1..]))).collect()
}

/// Codes of one kind and their numbers.
pub type Codes = BTreeMap<String, usize>;

/// Gives a code its number; a code that has one is reported.
fn declare(table: &Table, codes: &mut Codes, code: &Located<String>, number: usize) {
    if codes.insert(code.value.clone(), number).is_some() {
        table.report().add(&code.at, format!("код `{}` описан дважды; допишите слова к первому", code.value));
    }
}

/// The number of a code, or a report of one that is not declared.
pub fn number(table: &Table, codes: &Codes, code: &Located<String>) -> Option<usize> {
    let number = codes.get(&code.value).copied();
    if number.is_none() {
        let known: Vec<&str> = codes.keys().map(String::as_str).collect();
        let message = format!("{:?}: такого кода нет; есть: {}", code.value, known.join(", "));
        table.report().add(&code.at, message);
    }
    number
}

/// The numbers of the codes of a key.
pub fn numbers(table: &mut Table, key: &'static str, codes: &Codes) -> Vec<usize> {
    let list = table.list(key);
    list.iter().filter_map(|code| number(table, codes, code)).collect()
}

/// Reads the tables of all files; codes of one may be named in another.
pub fn events(tables: &mut [Table], rules: &mut EventRules) -> (Codes, Codes) {
    let mut sets = Sets::default();
    tables.iter_mut().for_each(|table| sets.read(table));
    let mut states = Codes::new();
    for table in tables.iter_mut() {
        for mut table in table.tables("state") {
            let (code, name, title) = (table.required("code"), table.required("name"), table.required("title"));
            table.finish_ref();
            if let (Some(code), Some(name), Some(title)) = (code, name, title) {
                declare(&table, &mut states, &code, rules.states.len());
                rules.states.push(State { code: code.value, name: name.value, title: title.value });
            }
        }
    }
    let mut objects = Codes::new();
    for table in tables.iter_mut() {
        for mut table in table.tables("object") {
            let (code, name, of) = (table.required("code"), table.required("name"), table.required("of"));
            let words = sets.phrases(&mut table, "words");
            let itself = table.string("itself").and_then(|code| number(&table, &states, &code));
            table.finish_ref();
            if let (Some(code), Some(name), Some(of)) = (code, name, of) {
                declare(&table, &mut objects, &code, rules.objects.len());
                rules.objects.push(Object { code: code.value, name: name.value, of: of.value, words, itself });
            }
        }
    }
    for table in tables.iter_mut() {
        rules.says.extend(table.tables("says").into_iter().filter_map(|t| says(t, &sets, &objects, &states)));
        let when = table.tables("when").into_iter().filter_map(|t| marker(t, &sets, Actuality::parse));
        rules.when.extend(when);
        rules.scales.extend(table.tables("scale").into_iter().filter_map(|t| marker(t, &sets, Scale::parse)));
        rules.harms.extend(table.tables("harm").into_iter().filter_map(|t| marker(t, &sets, Harm::parse)));
        rules.who.extend(table.tables("who").into_iter().filter_map(|t| named(t, &sets)));
        rules.wishes.extend(table.tables("wish").into_iter().filter_map(|t| named(t, &sets)));
        if let Some(mut frost) = table.table("frost") {
            rules.frost.extend(sets.phrases(&mut frost, "words"));
            frost.finish();
        }
        rules.asides.extend(table.tables("aside").into_iter().filter_map(|t| aside(t, &sets, &objects)));
    }
    (objects, states)
}

fn says(mut table: Table, sets: &Sets, objects: &Codes, states: &Codes) -> Option<Says> {
    let state = table.required("state").and_then(|code| number(&table, states, &code));
    let of = numbers(&mut table, "objects", objects);
    let words = sets.phrases(&mut table, "words");
    let case = table.parsed("case", |code| match code {
        "genitive" => Ok(Case::Genitive),
        "direct" => Ok(Case::Direct),
        _ => Err(format!("{code:?} не подходит; пишите genitive или direct")),
    });
    let near = table.number("near", NEAR, 0..=30) as usize;
    let after = table.flag("after", false);
    let oblique = table.flag("oblique", false);
    let implies = table.string("implies").and_then(|code| number(&table, objects, &code));
    let when = table.parsed("when", |code| Actuality::parse(code).ok_or_else(|| unknown(code)));
    let hides = table.flag("hides", false);
    table.finish();
    Some(Says { state: state?, objects: of, words, case, near, after, oblique, implies, when, hides })
}

fn unknown(code: &str) -> String {
    format!("{code:?}: такого кода нет")
}

fn marker<T>(mut table: Table, sets: &Sets, parse: impl Fn(&str) -> Option<T>) -> Option<Marker<T>> {
    let value = table.parsed("code", |code| parse(code).ok_or_else(|| unknown(code)));
    let name = table.required("name");
    let words = sets.phrases(&mut table, "words");
    let reach = table.parsed("reach", |code| match code {
        "before" => Ok(Reach::Before),
        "clause" => Ok(Reach::Clause),
        "sentence" => Ok(Reach::Sentence),
        "post" => Ok(Reach::Post),
        _ => Err(format!("{code:?} не подходит; пишите before, clause, sentence или post")),
    });
    let strong = table.flag("strong", false);
    table.finish();
    Some(Marker { value: value?, name: name?.value, words, reach: reach.unwrap_or(Reach::Sentence), strong })
}

fn named(mut table: Table, sets: &Sets) -> Option<Named> {
    let (code, name) = (table.required("code"), table.required("name"));
    let words = sets.phrases(&mut table, "words");
    table.finish();
    Some(Named { code: code?.value, name: name?.value, words })
}

fn aside(mut table: Table, sets: &Sets, objects: &Codes) -> Option<Aside> {
    let name = table.required("name");
    let words = sets.phrases(&mut table, "words");
    let least = table.number("least", 1, 1..=10) as usize;
    let unless_ours = table.flag("unless_ours", false);
    let objects = numbers(&mut table, "objects", objects);
    table.finish();
    Some(Aside { name: name?.value, words, least, unless_ours, objects })
}

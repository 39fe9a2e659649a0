//! One refused configuration a line, and what holds over all files.

mod alerts;
mod calendar;
mod channels;
mod deadlines;
mod events;
mod incident;
mod outdated;
mod people;
mod places;
mod rules;
mod settings;
mod sources;
mod whole;

use crate::{Config, Files, Problem};

fn files(texts: &[(&str, &str)]) -> Files {
    texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[track_caller]
fn accept(texts: &[(&str, &str)]) -> Config {
    Config::parse(&files(texts)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Exactly these problems, each told by its place and a part of its message.
#[track_caller]
fn refuse(texts: &[(&str, &str)], expect: &[(&str, &str)]) {
    let problems = Config::parse(&files(texts)).expect_err("refused").0;
    let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
    let fits = |(told, (place, part)): (&String, &(&str, &str))| {
        told.starts_with(&format!("{place}: ")) && told.contains(part)
    };
    assert!(told.len() == expect.len() && told.iter().zip(expect).all(fits), "{told:#?}");
}

#[track_caller]
fn refuse_one(file: &str, text: &str, line: usize, part: &str) {
    refuse(&[(file, text)], &[(&format!("{file}:{line}"), part)]);
}

const TOPIC: &str = "sector = 'jkh'\n[[topic]]\nid = 'jkh.water'\nname = 'Вода'\nany = ['вода']\n";

const KIND: &str = "[[kind]]\ncode = 'outage'\nname = 'Отключение'\n";

/// One object and one state, with the words that tie them; 13 lines.
const EVENTS: &str = "[[state]]\ncode = 'absent'\nname = 'нет'\ntitle = 'Нет {of}'\n\
    [[object]]\ncode = 'water'\nname = 'вода'\nof = 'воды'\nwords = ['вода']\n\
    [[says]]\nstate = 'absent'\nobjects = ['water']\nwords = ['пропасть']\n";

const PLACE: &str = "[[place]]\nid = 'mira'\nname = 'ул. Мира'\nkind = 'street'\naliases = ['улица мира']\n";

const SOURCE: &str = "[[source]]\nid = 'a'\nname = 'А'\n";

//! What stands outside quotes: words, fields, НЕ.

use std::ops::Range;

use super::cursor::{Parser, Problem};
use super::quotes::closing_quote;
use super::width::phrase;
use crate::query::ast::{Query, Term, Word};
use crate::query::fields::{FIELD_NAMES, Field};
use crate::query::limits::MIN_PREFIX_CHARS;
use crate::tokens::{Scanned, scan};
use crate::words::{self, fold};

impl Parser<'_> {
    /// A word, a field test, or НЕ.
    pub(super) fn bare(&mut self, depth: usize) -> Result<Query, Problem> {
        let start = self.at;
        let item = &self.text[start..self.item_end(start)];
        if let Some(colon) = item.find(':')
            && item[..colon].chars().all(char::is_alphabetic)
        {
            return self.field(start..start + colon);
        }
        let place = start..start + item.len();
        self.at = place.end;
        match item {
            "НЕ" => {
                if self.peek_term().is_none() {
                    return Err((place, "После отрицания нет слова.".to_owned()));
                }
                return self.negated(start, depth);
            }
            "ИЛИ" | "OR" => {
                return Err((place, format!("«Или» пишется чертой: слово | слово. Слово «{item}» — в кавычках.")));
            }
            "И" | "AND" => {
                return Err((place, format!("«И» писать не нужно, его значит пробел. Слово «{item}» — в кавычках.")));
            }
            "NOT" => return Err((place, "Отрицание пишется «-слово» или «НЕ слово».".to_owned())),
            _ => {}
        }
        if self.peek() == Some('~') || item.contains('~') {
            let tilde = start + item.find('~').unwrap_or(item.len());
            return Err((tilde..tilde + 1, "«~» ставится только после кавычек: \"слово слово\"~3.".to_owned()));
        }
        if item == "=" && self.peek().is_some_and(|c| closing_quote(c).is_some()) {
            return Err((place, "«=» ставится перед каждым словом внутри кавычек: \"=слово =слово\".".to_owned()));
        }
        let mut words = Vec::new();
        self.words(start, item, false, &mut words)?;
        if words.is_empty() {
            let message = "Здесь нет слова: знаки, ссылки и упоминания не ищутся.".to_owned();
            return Err((place, message));
        }
        phrase(words, false)
    }

    /// `name:value`, with the name at a place.
    fn field(&mut self, name: Range<usize>) -> Result<Query, Problem> {
        if name.is_empty() {
            let message = "Перед «:» нет имени поля. Поле пишется без пробелов: сектор:жкх.".to_owned();
            return Err((name.end..name.end + 1, message));
        }
        let Some(field) = Field::parse(&self.text[name.clone()]) else {
            let written = &self.text[name.clone()];
            let message = format!(
                "Поля «{written}» нет. Есть: {FIELD_NAMES}. Если это текст с двоеточием, возьмите его в кавычки."
            );
            return Err((name, message));
        };
        self.at = name.end + 1;
        let value = match self.peek() {
            Some(c) if closing_quote(c).is_some() => self.quoted_body()?,
            _ => {
                let end = self.item_end(self.at);
                let value = self.at..end;
                self.at = end;
                value
            }
        };
        let written = self.text[value.clone()].trim();
        if written.is_empty() {
            let written = &self.text[name.clone()];
            let message = format!("После «{written}:» нужно значение, без пробела.");
            return Err((name.start..name.end + 1, message));
        }
        let test = field.test(written).map_err(|message| (value, message))?;
        self.width.add_test(&(name.start..self.at))?;
        self.refuse_glued("значением поля")?;
        Ok(Query::Field(test))
    }

    /// Appends the words of an item; it may split into several, and inside quotes have none.
    pub(super) fn words(&mut self, at: usize, item: &str, quoted: bool, words: &mut Vec<Word>) -> Result<(), Problem> {
        let (body_at, body, exact) = match item.strip_prefix('=') {
            Some(body) => (at + 1, body, true),
            None => (at, item, false),
        };
        let (body, prefix) = match body.strip_suffix('*') {
            Some(body) => (body, true),
            None => (body, false),
        };
        let place = at..at + item.len();
        if let Some(star) = body.find('*') {
            let star = body_at + star;
            return Err((star..star + 1, "Звёздочка ставится только в конце слова: отключ*.".to_owned()));
        }
        if exact && prefix {
            return Err((
                place,
                "«=» и «*» вместе не бывают: слово либо точно такое, либо с таким началом.".to_owned(),
            ));
        }
        if let Some(bar) = body.find('|').filter(|_| quoted) {
            let bar = body_at + bar;
            let message = "Внутри кавычек «|» ставится только в скобках: \"(слово | слово) слово\".".to_owned();
            return Err((bar..bar + 1, message));
        }
        let first = words.len();
        scan(body, &mut |Scanned { word, start, end, context }| {
            let span = body_at + start..body_at + end;
            let terms = if prefix {
                vec![Term::Prefix(word.into())]
            } else {
                let entry = words::analyse_asked(word, context);
                if exact {
                    vec![Term::Form(entry.form)]
                } else {
                    entry.lemmas.iter().cloned().map(Term::Lemma).collect()
                }
            };
            words.push(Word { span, terms });
            true
        });
        let found = words.len() - first;
        if prefix && found != 1 {
            return Err((place, "Перед «*» должно быть начало одного слова: отключ*.".to_owned()));
        }
        if prefix && fold(body).chars().count() < MIN_PREFIX_CHARS {
            return Err((place, format!("Перед «*» нужно не меньше {MIN_PREFIX_CHARS} букв.")));
        }
        if exact && found == 0 && !quoted {
            return Err((place, "После «=» нет слова.".to_owned()));
        }
        self.width.add_words(&place, found, prefix)
    }
}

//! Alternatives, conjunctions, negations and parentheses.

use super::cursor::{Parser, Problem};
use super::quotes::closing_quote;
use crate::query::ast::Query;
use crate::query::limits::{MAX_DEPTH, MAX_QUERY_BYTES};

impl Parser<'_> {
    pub(super) fn whole(&mut self) -> Result<Query, Problem> {
        if self.text.len() > MAX_QUERY_BYTES {
            return Err((
                0..0,
                format!("Запрос длиннее {MAX_QUERY_BYTES} байт. Сократите его или разделите на несколько."),
            ));
        }
        if self.peek_term().is_none() {
            return Err((0..self.text.len(), "Запрос пуст. Напишите хотя бы одно слово.".to_owned()));
        }
        let query = self.any(0)?;
        if self.peek_term() == Some(')') {
            return Err((self.at..self.at + 1, "Лишняя закрывающая скобка.".to_owned()));
        }
        if !is_positive(&query) {
            let message = match query {
                Query::Or(_) => {
                    "С одной стороны «|» стоят одни отрицания. Добавьте туда слово или поле, которое должно быть."
                }
                _ => "Запрос состоит из одних отрицаний. Добавьте слово или поле, которое должно быть.",
            };
            return Err((0..self.text.len(), message.to_owned()));
        }
        Ok(query)
    }

    /// Alternatives: `a | b`.
    fn any(&mut self, depth: usize) -> Result<Query, Problem> {
        let mut branches = vec![self.all(depth)?];
        while self.peek_term() == Some('|') {
            self.at += 1;
            branches.push(self.all(depth)?);
        }
        Ok(one_or(branches, Query::Or))
    }

    /// Terms side by side: all are needed.
    fn all(&mut self, depth: usize) -> Result<Query, Problem> {
        let mut terms = Vec::new();
        while !matches!(self.peek_term(), None | Some('|' | ')')) {
            terms.push(self.term(depth)?);
        }
        if terms.is_empty() {
            let (place, seen) = match self.peek_term() {
                Some(c) => (self.at..self.at + c.len_utf8(), format!("перед «{c}»")),
                None => (self.text.len()..self.text.len(), "в конце запроса".to_owned()),
            };
            return Err((place, format!("Здесь, {seen}, не хватает слова.")));
        }
        Ok(one_or(terms, Query::And))
    }

    /// One term, perhaps negated.
    fn term(&mut self, depth: usize) -> Result<Query, Problem> {
        let start = self.at;
        if depth >= MAX_DEPTH {
            return Err((start..self.text.len(), format!("Вложенность глубже {MAX_DEPTH}. Упростите запрос.")));
        }
        match self.peek() {
            Some('(') => {
                self.at += 1;
                if self.peek_term() == Some(')') {
                    return Err((start..self.at + 1, "Пустые скобки.".to_owned()));
                }
                let inner = self.any(depth + 1)?;
                if self.peek_term() != Some(')') {
                    return Err((start..start + 1, "Скобка не закрыта.".to_owned()));
                }
                self.at += 1;
                Ok(inner)
            }
            Some('-') => {
                self.at += 1;
                self.negated(start, depth)
            }
            Some(c) if closing_quote(c).is_some() => self.quoted(),
            _ => self.bare(depth),
        }
    }

    /// What follows a negation that is already read.
    pub(super) fn negated(&mut self, start: usize, depth: usize) -> Result<Query, Problem> {
        match self.peek() {
            None | Some('|' | ')') => Err((start..self.at, "После отрицания нет слова.".to_owned())),
            Some(c) if c.is_whitespace() => Err((
                start..self.at,
                "После «-» стоит пробел. Отрицание пишется слитно: -слово; тире внутри фразы — в кавычках.".to_owned(),
            )),
            Some(_) => Ok(Query::Not(Box::new(self.term(depth + 1)?))),
        }
    }
}

fn one_or(mut parts: Vec<Query>, many: fn(Vec<Query>) -> Query) -> Query {
    match parts.len() {
        1 => parts.remove(0),
        _ => many(parts),
    }
}

/// Whether it asks for something that must be there, in each of its alternatives.
fn is_positive(query: &Query) -> bool {
    match query {
        Query::Word(_) | Query::Phrase { .. } | Query::Near { .. } | Query::Field(_) => true,
        Query::And(parts) => parts.iter().any(is_positive),
        Query::Or(parts) => parts.iter().all(is_positive),
        Query::Not(_) => false,
    }
}

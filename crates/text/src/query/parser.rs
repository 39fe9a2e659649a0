//! The parser: recursive descent, with every doubt an error.

use std::ops::Range;

use super::fields::{FIELD_NAMES, Field};
use super::{Query, QueryError, Term, Word};
use crate::analyzer::POSITION_GAP;
use crate::fold::fold;
use crate::morphology;
use crate::tokens::scan;

/// Longer queries are refused: they come from a mistake, and each word costs a lookup in every post.
pub const MAX_QUERY_BYTES: usize = 8 * 1024;

/// Parentheses and negations nested deeper are refused: the parser and the matcher recurse.
pub const MAX_DEPTH: usize = 32;

/// Longest distance in `"…"~N`. Farther apart, words have nothing to do with each other; and no distance may reach across
/// the gap between title and text.
pub const MAX_GAP: u32 = 50;

/// Most words in `"…"~N`: each is matched to a token of its own, which costs the square of their number.
pub const MAX_NEAR_WORDS: usize = 16;

/// A shorter prefix would meet a tenth of all words.
pub const MIN_PREFIX_CHARS: usize = 2;

// However far apart the words of one `"…"~N` may be, they are in one field.
const _: () = assert!(MAX_GAP as usize + MAX_NEAR_WORDS < POSITION_GAP as usize);

pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let mut parser = Parser { text, at: 0 };
    let result = parser.whole();
    result.map_err(|(at, message)| QueryError { at, message, query: text.to_owned() })
}

/// The place and the message.
type Problem = (Range<usize>, String);

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn whole(&mut self) -> Result<Query, Problem> {
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
    fn negated(&mut self, start: usize, depth: usize) -> Result<Query, Problem> {
        match self.peek() {
            None | Some('|' | ')') => Err((start..self.at, "После отрицания нет слова.".to_owned())),
            Some(c) if c.is_whitespace() => Err((
                start..self.at,
                "После «-» стоит пробел. Отрицание пишется слитно: -слово; тире внутри фразы — в кавычках.".to_owned(),
            )),
            Some(_) => Ok(Query::Not(Box::new(self.term(depth + 1)?))),
        }
    }

    /// `"…"` or `"…"~N`.
    fn quoted(&mut self) -> Result<Query, Problem> {
        let start = self.at;
        let body = self.quoted_body()?;
        let words = self.positions(body)?;
        if words.is_empty() {
            return Err((start..self.at, "В кавычках нет ни одного слова.".to_owned()));
        }
        if self.peek() != Some('~') {
            return Ok(phrase(words));
        }
        let tilde = self.at;
        let digits = self.text[tilde + 1..].bytes().take_while(u8::is_ascii_digit).count();
        self.at = tilde + 1 + digits;
        let place = tilde..self.at;
        let gap: Option<u32> = self.text[tilde + 1..self.at].parse().ok();
        match gap {
            None if digits == 0 => Err((place, "После «~» нужно число: \"слово слово\"~3.".to_owned())),
            Some(gap) if gap <= MAX_GAP => {
                if words.len() < 2 {
                    return Err((start..self.at, "Для «~» нужны хотя бы два слова в кавычках.".to_owned()));
                }
                if words.len() > MAX_NEAR_WORDS {
                    return Err((
                        start..self.at,
                        format!("Для «~» слов в кавычках может быть не больше {MAX_NEAR_WORDS}."),
                    ));
                }
                self.refuse_glued("«~» с числом")?;
                Ok(Query::Near { words, gap })
            }
            _ => Err((place, format!("Расстояние не больше {MAX_GAP} слов."))),
        }
    }

    /// The words between quotes: one for each position.
    fn positions(&self, body: Range<usize>) -> Result<Vec<Word>, Problem> {
        let mut words = Vec::new();
        let mut at = body.start;
        while at < body.end {
            let rest = &self.text[at..body.end];
            if let Some(inside) = alternatives_len(rest) {
                words.push(self.alternatives(at + 1..at + 1 + inside)?);
                at += inside + 2;
                continue;
            }
            // A parenthesis without alternatives is a sign of the quoted text, like a comma.
            let skipped = rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(').len();
            if skipped > 0 {
                // Alternatives may follow a parenthesis that is none: one sign at a time.
                at += rest.chars().next().map_or(skipped, char::len_utf8);
                continue;
            }
            let end = rest.find(|c: char| c.is_whitespace() || c == '(').map_or(body.end, |len| at + len);
            if self.text[at..end].ends_with('=') && alternatives_len(&self.text[end..body.end]).is_some() {
                let message = "«=» ставится перед каждым словом в скобках: \"(=слово | =слово) слово\".".to_owned();
                return Err((end - 1..end, message));
            }
            self.words(at, &self.text[at..end], true, &mut words)?;
            at = end;
        }
        Ok(words)
    }

    /// The alternatives of one position, in a range between parentheses inside quotes.
    fn alternatives(&self, inside: Range<usize>) -> Result<Word, Problem> {
        let mut terms = Vec::new();
        let mut at = inside.start;
        for written in self.text[inside.clone()].split('|') {
            let item = written.trim();
            let place = at + (written.len() - written.trim_start().len());
            at += written.len() + 1;
            let mut words = Vec::new();
            self.words(place, item, true, &mut words)?;
            match words.as_mut_slice() {
                [word] => {
                    for term in word.terms.drain(..) {
                        if !terms.contains(&term) {
                            terms.push(term);
                        }
                    }
                }
                [] => {
                    let message = "Между скобками и чертами внутри кавычек должно стоять слово.".to_owned();
                    return Err((place.saturating_sub(1)..place + item.len(), message));
                }
                [_, _, ..] => {
                    let message = format!(
                        "«{item}» — несколько слов. Внутри кавычек в скобках через черту стоят отдельные слова: \"(слово | слово) слово\"."
                    );
                    return Err((place..place + item.len(), message));
                }
            }
        }
        Ok(Word { span: inside.start - 1..inside.end + 1, terms })
    }

    /// Reads `"…"` and returns the range inside.
    fn quoted_body(&mut self) -> Result<Range<usize>, Problem> {
        let start = self.at;
        let open = self.peek().unwrap_or('"');
        let close = closing_quote(open).unwrap_or('"');
        let from = start + open.len_utf8();
        let Some(len) = self.text[from..].find(close) else {
            return Err((start..from, "Кавычка не закрыта.".to_owned()));
        };
        self.at = from + len + close.len_utf8();
        Ok(from..from + len)
    }

    /// A word, a field test, or НЕ.
    fn bare(&mut self, depth: usize) -> Result<Query, Problem> {
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
        Ok(phrase(words))
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
        self.refuse_glued("значением поля")?;
        Ok(Query::Field(test))
    }

    /// Appends the words of an item; it may split into several, and inside quotes have none.
    fn words(&self, at: usize, item: &str, quoted: bool, words: &mut Vec<Word>) -> Result<(), Problem> {
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
        scan(body, &mut |word, start, end| {
            let span = body_at + start..body_at + end;
            let terms = if prefix {
                vec![Term::Prefix(word.into())]
            } else {
                let entry = morphology::entry(word);
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
        Ok(())
    }

    /// What ends without a space before the next word was perhaps meant otherwise.
    fn refuse_glued(&self, what: &str) -> Result<(), Problem> {
        match self.peek() {
            None | Some('|' | ')') => Ok(()),
            Some(c) if c.is_whitespace() => Ok(()),
            Some(c) => Err((self.at..self.at + c.len_utf8(), format!("Между {what} и следующим словом нужен пробел."))),
        }
    }

    /// Where the item that begins at a byte ends.
    fn item_end(&self, at: usize) -> usize {
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '|' | '"' | '«' | '»' | '“' | '”' | '„');
        self.text[at..].find(ends).map_or(self.text.len(), |len| at + len)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Skips spaces and looks at what follows.
    fn peek_term(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at = self.text.len() - rest.trim_start().len();
        self.peek()
    }
}

fn closing_quote(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '«' => Some('»'),
        '“' => Some('”'),
        '„' => Some('“'),
        _ => None,
    }
}

/// Length of what is inside the alternatives `(… | …)` that a text begins with.
fn alternatives_len(text: &str) -> Option<usize> {
    let (inside, _) = text.strip_prefix('(')?.split_once(')')?;
    (inside.contains('|') && !inside.contains('(')).then_some(inside.len())
}

fn phrase(mut words: Vec<Word>) -> Query {
    match words.len() {
        1 => Query::Word(words.remove(0)),
        _ => Query::Phrase(words),
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
        Query::Word(_) | Query::Phrase(_) | Query::Near { .. } | Query::Field(_) => true,
        Query::And(parts) => parts.iter().any(is_positive),
        Query::Or(parts) => parts.iter().all(is_positive),
        Query::Not(_) => false,
    }
}

//! A TOML table read key by key. What is wrong goes into a report and reading goes on, so that one look lists every problem.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::durations::duration_within;
use super::report::{At, Located, Report};

/// A table whose keys are taken one by one; [`Table::finish`] reports those that were never taken.
pub struct Table<'a> {
    report: &'a Report,
    file: Arc<str>,
    lines: Arc<[usize]>,
    line: usize,
    entries: DeTable<'a>,
    asked: Vec<&'static str>,
}

impl<'a> Table<'a> {
    /// Parses a file; where it is no TOML all its syntax errors are reported.
    pub fn open(report: &'a Report, file: &str, text: &'a str) -> Option<Table<'a>> {
        let file: Arc<str> = Arc::from(file);
        let lines: Arc<[usize]> = text.match_indices('\n').map(|(at, _)| at).collect();
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let line = line_of(&lines, error.span().map_or(0, |span| span.start));
            report.add(
                &At { file: file.clone(), line },
                format!(
                    "это не TOML, проверьте кавычки, скобки и знаки равенства ({})",
                    error.message().replace('\n', ", ")
                ),
            );
            report.set_unreadable();
        }
        let table = Table { report, file, lines, line: 1, entries: table.into_inner(), asked: Vec::new() };
        errors.is_empty().then_some(table)
    }

    /// Where the table begins.
    pub fn at(&self) -> At {
        At { file: self.file.clone(), line: self.line }
    }

    /// Whether a key is there and was not taken yet.
    pub fn holds(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    pub fn report(&self) -> &'a Report {
        self.report
    }

    pub fn string(&mut self, key: &'static str) -> Option<Located<String>> {
        let (value, at) = self.take(key)?;
        match value {
            DeValue::String(text) => Some(Located { value: text.into_owned(), at }),
            other => self.wrong(key, "строку в кавычках", &other, &at),
        }
    }

    /// A string that must be there and not be blank.
    pub fn required(&mut self, key: &'static str) -> Option<Located<String>> {
        let before = self.holds(key);
        let text = self.string(key);
        match &text {
            None if !before => self.report.add(&self.at(), format!("нет ключа `{key}`; добавьте его")),
            Some(text) if text.value.trim().is_empty() => {
                self.report.add(&text.at, format!("ключ `{key}` пуст; заполните его"))
            }
            _ => return text,
        }
        None
    }

    /// A string that `parse` understands; what it says otherwise is the problem.
    pub fn parsed<T>(&mut self, key: &'static str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.string(key)?;
        parse(&text.value).map_err(|message| self.report.add(&text.at, format!("`{key}`: {message}"))).ok()
    }

    pub fn flag(&mut self, key: &'static str, default: bool) -> bool {
        match self.take(key) {
            None => default,
            Some((DeValue::Boolean(flag), _)) => flag,
            Some((other, at)) => self.wrong(key, "true или false", &other, &at).unwrap_or(default),
        }
    }

    pub fn integer(&mut self, key: &'static str) -> Option<Located<i64>> {
        let (value, at) = self.take(key)?;
        let number = match &value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number {
            Some(value) => Some(Located { value, at }),
            None => self.wrong(key, "целое число", &value, &at),
        }
    }

    /// A whole number within bounds.
    pub fn number(&mut self, key: &'static str, default: u32, bounds: RangeInclusive<u32>) -> u32 {
        let Some(number) = self.integer(key) else { return default };
        match u32::try_from(number.value).ok().filter(|value| bounds.contains(value)) {
            Some(value) => value,
            None => {
                let message =
                    format!("`{key}` = {}: допустимо от {} до {}", number.value, bounds.start(), bounds.end());
                self.report.add(&number.at, message);
                default
            }
        }
    }

    /// A number, whole or not, within bounds.
    pub fn float(&mut self, key: &'static str, default: f32, bounds: RangeInclusive<f32>) -> f32 {
        let Some((value, at)) = self.take(key) else { return default };
        let number = match &value {
            DeValue::Integer(number) => number.as_str().parse::<f32>().ok(),
            DeValue::Float(number) => number.as_str().parse::<f32>().ok(),
            _ => None,
        };
        match number {
            Some(number) if bounds.contains(&number) => number,
            Some(number) => {
                let message = format!("`{key}` = {number}: допустимо от {} до {}", bounds.start(), bounds.end());
                self.report.add(&at, message);
                default
            }
            None => self.wrong(key, "число", &value, &at).unwrap_or(default),
        }
    }

    /// A duration like `"90s"`, `"5m"`, `"24h"`, `"7d"`.
    pub fn duration(&mut self, key: &'static str, default: Duration, bounds: RangeInclusive<Duration>) -> Duration {
        self.parsed(key, |text| duration_within(text, &bounds)).unwrap_or(default)
    }

    /// A day like `2026-01-09`, without quotes.
    pub fn date(&mut self, key: &'static str) -> Option<Located<Date>> {
        let (value, at) = self.take(key)?;
        match date(&value) {
            Some(value) => Some(Located { value, at }),
            None => self.wrong(key, A_DAY, &value, &at),
        }
    }

    /// A list of days; absent: empty.
    pub fn dates(&mut self, key: &'static str) -> Vec<Located<Date>> {
        let mut dates = Vec::new();
        for item in self.array(key, "список дней в квадратных скобках") {
            let at = self.line(item.span().start);
            let value = item.into_inner();
            match date(&value) {
                Some(value) => dates.push(Located { value, at }),
                None => drop(self.wrong::<()>(key, A_DAY, &value, &at)),
            }
        }
        dates
    }

    /// A list of strings; absent: empty.
    pub fn list(&mut self, key: &'static str) -> Vec<Located<String>> {
        let items = self.array(key, "список строк в квадратных скобках");
        self.texts(key, items)
    }

    /// A string or a list of strings that `parse` understands each; absent, or one of them wrong: none.
    pub fn one_or_more<T>(&mut self, key: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Option<Vec<T>> {
        let texts = match self.take(key)? {
            (DeValue::String(text), at) => vec![Located { value: text.into_owned(), at }],
            (DeValue::Array(items), at) if items.is_empty() => {
                self.report.add(&at, format!("`{key}`: список пуст; назовите хотя бы одно значение или уберите ключ"));
                return None;
            }
            (DeValue::Array(items), _) => self.texts(key, items),
            (other, at) => return self.wrong(key, "строку в кавычках или список строк", &other, &at),
        };
        let parsed = texts.iter().map(|text| {
            parse(&text.value).map_err(|message| self.report.add(&text.at, format!("`{key}`: {message}"))).ok()
        });
        // All are parsed before the first that is wrong ends it, so that one look lists every problem.
        let parsed: Vec<Option<T>> = parsed.collect();
        parsed.into_iter().collect::<Option<Vec<T>>>().filter(|parsed| !parsed.is_empty())
    }

    fn texts(&mut self, key: &'static str, items: DeArray<'a>) -> Vec<Located<String>> {
        let mut texts = Vec::new();
        for item in items {
            let at = self.line(item.span().start);
            match item.into_inner() {
                DeValue::String(text) => texts.push(Located { value: text.into_owned(), at }),
                other => drop(self.wrong::<()>(key, "список из одних строк", &other, &at)),
            }
        }
        texts
    }

    /// Whether a key is there and holds a table.
    pub fn is_table(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|value| value.get_ref().is_table())
    }

    /// A `[key]` table; absent: none.
    pub fn table(&mut self, key: &'static str) -> Option<Table<'a>> {
        let (value, at) = self.take(key)?;
        match value {
            DeValue::Table(entries) => Some(self.inner(entries, at.line)),
            other => self.wrong(key, "таблицу", &other, &at),
        }
    }

    /// The `[[key]]` tables.
    pub fn tables(&mut self, key: &'static str) -> Vec<Table<'a>> {
        let mut tables = Vec::new();
        for item in self.array(key, "таблицы в двойных скобках") {
            let at = self.line(item.span().start);
            match item.into_inner() {
                DeValue::Table(entries) => tables.push(self.inner(entries, at.line)),
                other => drop(self.wrong::<()>(key, "таблицы в двойных скобках", &other, &at)),
            }
        }
        tables
    }

    /// Reports the keys that were never taken, which are misspelt.
    pub fn finish(self) {
        self.finish_ref();
    }

    /// The same where the table is still needed for its report.
    pub fn finish_ref(&self) {
        for key in self.entries.keys() {
            let message = format!("незнакомый ключ `{}`; здесь бывают: {}", key.get_ref(), self.asked.join(", "));
            self.report.add(&self.line(key.span().start), message);
        }
    }

    fn inner(&self, entries: DeTable<'a>, line: usize) -> Table<'a> {
        Table {
            report: self.report,
            file: self.file.clone(),
            lines: self.lines.clone(),
            line,
            entries,
            asked: Vec::new(),
        }
    }

    fn array(&mut self, key: &'static str, wanted: &str) -> DeArray<'a> {
        match self.take(key) {
            None => DeArray::new(),
            Some((DeValue::Array(items), _)) => items,
            Some((other, at)) => self.wrong(key, wanted, &other, &at).unwrap_or_default(),
        }
    }

    fn take(&mut self, key: &'static str) -> Option<(DeValue<'a>, At)> {
        self.asked.push(key);
        let value: Spanned<DeValue<'a>> = self.entries.remove(key)?;
        let at = self.line(value.span().start);
        Some((value.into_inner(), at))
    }

    fn wrong<T>(&self, key: &str, wanted: &str, got: &DeValue<'_>, at: &At) -> Option<T> {
        self.report.add(at, format!("`{key}`: нужно указать {wanted}, а стоит {}", kind(got)));
        None
    }

    fn line(&self, offset: usize) -> At {
        At { file: self.file.clone(), line: line_of(&self.lines, offset) }
    }
}

fn line_of(newlines: &[usize], offset: usize) -> usize {
    newlines.partition_point(|newline| *newline < offset) + 1
}

/// What a value is, in the words of the problems.
fn kind(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "строка",
        DeValue::Integer(_) => "целое число",
        DeValue::Float(_) => "дробное число",
        DeValue::Boolean(_) => "true или false",
        DeValue::Datetime(_) => "дата",
        DeValue::Array(_) => "список",
        DeValue::Table(_) => "таблица",
    }
}

const A_DAY: &str = "день без кавычек, например 2026-01-09";

fn date(value: &DeValue) -> Option<Date> {
    let DeValue::Datetime(moment) = value else { return None };
    let (Some(day), None) = (moment.date, moment.time) else { return None };
    Date::new(i16::try_from(day.year).ok()?, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()
}

//! `[[words]]` in `taxonomy/*.toml`, and in `risks/*.toml` of earlier releases: groups of words that mean the same to a rule, which patterns name in braces: `"{burn} {building}"~4`.

use std::collections::BTreeMap;

use super::reader::{Located, Table};

/// The groups of all files by their id: their words joined by `|`.
#[derive(Default)]
pub struct WordGroups(BTreeMap<String, String>);

impl WordGroups {
    /// Reads the `[[words]]` tables of a file, and tells where their ids stand.
    pub fn read(&mut self, table: &mut Table) -> Vec<Located<String>> {
        let mut ids = Vec::new();
        for mut table in table.tables("words") {
            let id = table.required("id");
            let words = table.list("words");
            if words.is_empty() {
                table.report().add(&table.at(), "в `words` нет ни одного слова; добавьте");
            }
            for word in words.iter().filter(|word| !is_word(&word.value)) {
                let message = format!(
                    "{:?} — не слово; пишите по одному слову, =слово для одной формы, нача* для начала слова",
                    word.value
                );
                table.report().add(&word.at, message);
            }
            let words: Vec<&str> = words.iter().map(|word| word.value.as_str()).collect();
            if let Some(id) = id {
                if self.0.insert(id.value.clone(), words.join("|")).is_some() {
                    let message = format!("слова `{}` описаны дважды; переименуйте одни из них", id.value);
                    table.report().add(&id.at, message);
                }
                ids.push(Located { at: table.at(), value: id.value });
            }
            table.finish();
        }
        ids
    }

    /// A pattern with each `{id}` as alternatives: in parentheses of its own, or among those it stands in.
    pub fn expand(&self, pattern: &str) -> Result<String, String> {
        let mut expanded = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            let (id, after) = after.split_once('}').ok_or("скобка `{` без своей `}`")?;
            let words = self.0.get(id).ok_or_else(|| {
                let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
                let known = if known.is_empty() { "ни одного".to_owned() } else { known.join(", ") };
                format!("нет [[words]] `{id}`; есть: {known}")
            })?;
            expanded.push_str(before);
            if among_alternatives(&expanded) {
                expanded.push_str(words);
            } else {
                expanded.push('(');
                expanded.push_str(words);
                expanded.push(')');
            }
            rest = after;
        }
        expanded.push_str(rest);
        Ok(expanded)
    }
}

/// Whether what follows stands inside parentheses inside quotes, where alternatives do not nest.
fn among_alternatives(before: &str) -> bool {
    let (mut quoted, mut depth) = (false, 0_i32);
    for c in before.chars() {
        match c {
            '"' => (quoted, depth) = (!quoted, 0),
            '(' if quoted => depth += 1,
            ')' if quoted => depth -= 1,
            _ => {}
        }
    }
    quoted && depth > 0
}

fn is_word(text: &str) -> bool {
    let word = text.strip_prefix('=').unwrap_or(text);
    let word = word.strip_suffix('*').unwrap_or(word);
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_become_alternatives() {
        let groups = WordGroups([("home".to_owned(), "дом|хата".to_owned())].into());
        let expand = |pattern: &str| groups.expand(pattern);
        assert_eq!(expand("пожар {home}").unwrap(), "пожар (дом|хата)");
        assert_eq!(expand("\"гореть {home}\"~2").unwrap(), "\"гореть (дом|хата)\"~2");
        assert_eq!(expand("\"гореть ({home}|лес)\"~2 | {home}").unwrap(), "\"гореть (дом|хата|лес)\"~2 | (дом|хата)");
        assert!(expand("{дача}").unwrap_err().contains("есть: home"));
        assert!(expand("{home").is_err());
    }
}

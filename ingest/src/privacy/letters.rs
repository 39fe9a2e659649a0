//! What a dead letter may keep of a message that somebody else wrote: metadata and masked text, never a name.

use model::wire::WireError;
use model::{Post, PostId, Time, wire};
use serde_json::{Map, Value};

use super::find::is_name_of_a_person;
use super::mask::Masks;

/// Fields of a post whose values have a form of their own, in which nobody can be named.
const MOMENTS: [&str; 4] = ["published_at", "edited_at", "seen_at", "deleted_at"];
const NUMBERS: [&str; 5] = ["v", "views", "reactions", "reposts", "comments"];
const CODES: [(&str, &[&str]); 3] = [
    ("platform", &["vk", "telegram", "portal"]),
    ("kind", &["post", "comment"]),
    ("origin", &["live", "import", "replay"]),
];

impl Masks {
    /// What may be kept of a line of an import that was refused: the whole post, masked, where it is one that broke a limit, so that it
    /// can be tried again; else its metadata alone. Nothing of what stands on the wall of a private person.
    pub fn kept_of(&self, line: &[u8]) -> String {
        if let Ok(post) = serde_json::from_slice::<Post>(&wire::mend_surrogates(line)) {
            let kept = self.imported(post).map(|post| wire::write_post(&post)).unwrap_or_default();
            return String::from_utf8_lossy(&kept).into_owned();
        }
        let fields = serde_json::from_slice::<Map<String, Value>>(line).unwrap_or_default();
        let kept: Map<String, Value> = fields.into_iter().filter(|(name, value)| is_metadata(name, value)).collect();
        if kept.is_empty() { String::new() } else { Value::Object(kept).to_string() }
    }
}

fn is_metadata(name: &str, value: &Value) -> bool {
    let text = value.as_str();
    match name {
        "id" => text.is_some_and(|id| PostId::new(id).is_ok()),
        "source" => text.is_some_and(|id| id.len() <= wire::MAX_SOURCE_BYTES && !is_name_of_a_person(id)),
        "advert" => value.is_boolean(),
        _ if MOMENTS.contains(&name) => text.is_some_and(|at| at.parse::<Time>().is_ok()),
        _ if NUMBERS.contains(&name) => value.is_u64(),
        _ => CODES.iter().any(|(code, known)| *code == name && text.is_some_and(|text| known.contains(&text))),
    }
}

/// Why a message was refused, without what it held: an error of the JSON reader quotes the value that it could not take.
pub fn reason(error: &WireError) -> String {
    let WireError::Shape(shape) = error else { return error.to_string() };
    let words = shape.to_string();
    let harmless =
        ["missing field", "duplicate field", "EOF", "expected", "trailing", "control character", "lone", "key must"];
    if harmless.iter().any(|begin| words.starts_with(begin)) {
        return error.to_string();
    }
    format!("not_a_post: a value is not what it should be at line {} column {}", shape.line(), shape.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn kept(line: &str, expect: &str) {
        assert_eq!(Masks::default().kept_of(line.as_bytes()), expect, "{line}");
    }

    #[test]
    fn a_line_that_is_no_post_leaves_its_metadata_alone() {
        kept(
            r#"{"id":"vk:-1_2","platform":"vk","source":"city","from":"Иван Петров","author":"Иван Петров","text":7,"published_at":"2026-11-01T10:00:00Z","views":5}"#,
            r#"{"id":"vk:-1_2","platform":"vk","published_at":"2026-11-01T10:00:00Z","source":"city","views":5}"#,
        );
        kept(r#"{"platform":"Иван","source":"Иван Петров","published_at":"вчера","kind":5,"id":"Иван"}"#, "");
        kept("Иван Петров, +7 900 123-45-67", "");
        kept(r#"["Иван Петров"]"#, "");
    }

    #[test]
    fn a_post_that_broke_a_limit_stays_whole_and_masked() {
        let line = r#"{"id":"vk:-1_2","platform":"vk","source":"s","published_at":"2099-11-01T10:00:00Z","text":"8-900-123-45-67","author":"Иван Петров","forwarded_from":"Иван Петров","from":"Иван"}"#;
        let kept = Masks::default().kept_of(line.as_bytes());
        let post: Post = serde_json::from_str(&kept).unwrap();
        assert_eq!((post.text.as_str(), post.author, post.forwarded_from), ("☎…", None, None));
        assert!(!kept.contains("Иван"), "{kept}");
        assert_eq!(Masks::default().kept_of(line.replace("vk:-1_2", "vk:1_2").as_bytes()), "");
    }

    #[test]
    fn a_reason_quotes_no_value() {
        let read = |json: &str| reason(&wire::read_post(json.as_bytes(), None).unwrap_err());
        assert_eq!(read(r#"{"id":"vk:-1_2"}"#), "not_a_post: missing field `platform` at line 1 column 16");
        for json in [
            r#"{"id":"vk:-1_2","platform":"Иван"}"#,
            r#"{"id":"vk:-1_2","views":"Иван"}"#,
            r#"{"published_at":"Иван"}"#,
        ] {
            let said = read(json);
            assert!(said.starts_with("not_a_post: ") && !said.contains("Иван"), "{said}");
        }
    }
}

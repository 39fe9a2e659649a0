//! Fields as the query of a URL.

use anyhow::Result;
use serde::Serialize;

/// A path with fields as its query.
pub fn with_query(path: &str, fields: &impl Serialize) -> Result<String> {
    Ok(format!("{path}?{}", to_query(fields)?))
}

/// Fields as the query of a URL, without those that are null.
pub fn to_query(fields: &impl Serialize) -> Result<String> {
    let fields = serde_json::to_value(fields)?;
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().into_iter().flatten() {
        match value {
            serde_json::Value::Null => {}
            serde_json::Value::String(text) => drop(pairs.append_pair(name, text)),
            other => drop(pairs.append_pair(name, &other.to_string())),
        }
    }
    Ok(pairs.finish())
}

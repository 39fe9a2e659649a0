//! Files that tests write, look into and need.

use std::path::{Path, PathBuf};

/// A post of ours as a line of NDJSON.
pub fn post_line(number: u32, published_at: &str, text: &str) -> String {
    let post = serde_json::json!({
        "id": format!("vk:-77_{number}"), "platform": "vk", "source": "archive",
        "published_at": published_at, "text": text, "views": number,
    });
    format!("{post}\n")
}

/// Files of a folder and those below that hold a text, byte for byte.
pub fn files_with(folder: &Path, marker: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, marker));
        } else if std::fs::read(&path).unwrap_or_default().windows(marker.len()).any(|bytes| bytes == marker.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

/// The embedded ClickHouse.
pub fn library() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"), Into::into);
    let usual = || cache.join("otklik/chdb/26.7.3-stable.1/libchdb.so");
    std::env::var_os("OTKLIK_CHDB").map_or_else(usual, Into::into)
}

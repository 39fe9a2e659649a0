//! A query and a text of arbitrary bytes, divided by the first line end: the parser, the tokens and the matcher.
//! `cargo +nightly fuzz run query` in `crates/text`.
#![no_main]

use text::{Analyzer, IndexedDocument, Query, language, matches, signature, sketch};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let input = String::from_utf8_lossy(bytes);
    let (query, text) = input.split_once('\n').unwrap_or((&input, &input));
    let document = Analyzer::new().document(Some(query), text);
    for token in &document.tokens {
        assert!(token.start < token.end && !token.lemmas.is_empty());
    }
    let _ = (signature(&document), sketch(&document, Some(query), text), language(text));
    match Query::parse(query) {
        Ok(query) => drop(matches(&query, &IndexedDocument::new(&document), None)),
        Err(error) => drop(error.to_string()),
    }
});

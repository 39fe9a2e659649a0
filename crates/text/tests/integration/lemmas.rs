//! Lemmas measured against social-media Russian whose lemmas people chose. The data lie beside the checkout and are not part of it.

use std::path::Path;

use text::Analyzer;

/// Aims of docs/quality.md: the right lemma is among the indexed ones, and they are few.
const MIN_FOUND: f64 = 0.98;
const MAX_LEMMAS_PER_WORD: f64 = 1.3;

#[test]
fn the_right_lemma_is_among_few() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/morphology/ru_taiga-ud-dev.conllu");
    let Ok(treebank) = std::fs::read_to_string(&path) else {
        assert!(
            std::env::var("OTKLIK_REQUIRE_DATA").as_deref() != Ok("1"),
            "required data are missing: {}",
            path.display()
        );
        println!("skipped: no treebank at {}", path.display());
        return;
    };
    let mut analyzer = Analyzer::new();
    let (mut words, mut found, mut tokens_seen, mut lemmas_seen) = (0_usize, 0_usize, 0_usize, 0_usize);
    for line in treebank.lines() {
        let mut columns = line.split('\t');
        let (Some(id), Some(form), Some(gold)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        // Ranges are split words, decimals are words the text leaves out.
        if id.contains(['-', '.']) || !form.chars().any(is_cyrillic) {
            continue;
        }
        let tokens = analyzer.tokens(form);
        if tokens.is_empty() {
            continue;
        }
        // A hyphenated word of several tokens is right if each part of its lemma is; hashtags have no lemma to compare beyond their words.
        let gold = gold.trim_start_matches('#').to_lowercase().replace('ё', "е");
        let whole = tokens.len() == 1;
        let parts: Vec<&str> =
            gold.split(|c: char| !whole && !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        let right = parts.len() == tokens.len()
            && parts.iter().zip(&tokens).all(|(part, token)| token.lemmas.iter().any(|lemma| **lemma == **part));
        words += 1;
        found += usize::from(right);
        tokens_seen += tokens.len();
        lemmas_seen += tokens.iter().map(|token| token.lemmas.len()).sum::<usize>();
    }
    let (share, mean) = (found as f64 / words as f64, lemmas_seen as f64 / tokens_seen as f64);
    println!("words {words}, right lemma among the indexed {share:.4}, lemmas per word {mean:.3}");
    assert!(share >= MIN_FOUND, "right lemma among the indexed: {share:.4}");
    assert!(mean <= MAX_LEMMAS_PER_WORD, "lemmas per word: {mean:.3}");
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{52f}').contains(&c)
}

//! The letters of a text, by the alphabets that have them.

use crate::words::{is_cyrillic, is_letter};

/// Letters by the alphabets that have them.
#[derive(Default)]
pub(super) struct Letters {
    pub cyrillic: usize,
    pub latin: usize,
    pub other: usize,
    /// ы, э, ъ, ё: Russian and Belarusian, never Ukrainian.
    pub russian: usize,
    /// і
    pub dotted: usize,
    /// ї, є, ґ
    pub ukrainian: usize,
    /// ў
    pub belarusian: usize,
    /// Letters of further alphabets: ђ, ќ, ә, ө, ң …
    pub foreign: usize,
}

impl Letters {
    pub(super) fn count(text: &str) -> Letters {
        let mut letters = Letters::default();
        for c in text.chars() {
            match c {
                'ы' | 'э' | 'ъ' | 'ё' | 'Ы' | 'Э' | 'Ъ' | 'Ё' => {
                    letters.cyrillic += 1;
                    letters.russian += 1;
                }
                'а'..='я' | 'А'..='Я' => letters.cyrillic += 1,
                'a'..='z' | 'A'..='Z' => letters.latin += 1,
                _ if !is_letter(c) => {}
                '\u{c0}'..='\u{24f}' => letters.latin += 1,
                _ if !is_cyrillic(c) => letters.other += 1,
                _ => {
                    letters.cyrillic += 1;
                    match c {
                        'і' | 'І' => letters.dotted += 1,
                        'ї' | 'є' | 'ґ' | 'Ї' | 'Є' | 'Ґ' => letters.ukrainian += 1,
                        'ў' | 'Ў' => letters.belarusian += 1,
                        _ => letters.foreign += 1,
                    }
                }
            }
        }
        letters
    }

    /// Whether so many letters say something: one borrowed name or a typing slip does not make a text foreign.
    pub(super) fn enough(&self, count: usize) -> bool {
        count > 0 && count * 40 >= self.cyrillic
    }
}

//! Mending JSON that some servers send: halves of surrogate pairs.

use std::borrow::Cow;

/// Replaces escapes of half a surrogate pair (`\ud83d` alone) by `\ufffd`.
///
/// Some servers cut texts in the middle of a pair; strict JSON then refuses the whole page for one broken emoji.
pub fn mend_surrogates(json: &[u8]) -> Cow<'_, [u8]> {
    let mut mended: Option<Vec<u8>> = None;
    let mut i = 0;
    while i + 1 < json.len() {
        if json[i] != b'\\' {
            i += 1;
            continue;
        }
        let Some(unit) = escape_at(json, i) else {
            i += 2;
            continue;
        };
        let pair = (0xd800..0xdc00).contains(&unit)
            && escape_at(json, i + 6).is_some_and(|low| (0xdc00..0xe000).contains(&low));
        if pair {
            i += 12;
            continue;
        }
        if (0xd800..0xe000).contains(&unit) {
            mended.get_or_insert_with(|| json.to_vec())[i + 2..i + 6].copy_from_slice(b"fffd");
        }
        i += 6;
    }
    mended.map_or(Cow::Borrowed(json), Cow::Owned)
}

/// The code unit of a `\uXXXX` escape that begins at `i`.
fn escape_at(json: &[u8], i: usize) -> Option<u32> {
    let escape = json.get(i..i + 6)?;
    if escape[0] != b'\\' || escape[1] != b'u' {
        return None;
    }
    let hex = std::str::from_utf8(&escape[2..]).ok()?;
    u32::from_str_radix(hex, 16).ok()
}

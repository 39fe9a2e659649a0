//! From bytes to text, whatever the headers claim.
//!
//! Order of belief: byte order mark, HTTP charset, XML declaration, HTML meta, detection. A declaration is believed only
//! as far as the bytes bear it out: old sites send windows-1251 under `utf-8`, koi8-r under `windows-1251`, and servers
//! add `iso-8859-1` to everything.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Declarations stand at the very start; a longer search would find words of an article about encodings.
const DECLARATION_BYTES: usize = 1024;

/// Detection is sure long before this; more only costs time.
const DETECTION_BYTES: usize = 128 * 1024;

/// Fewer broken places than one in so many characters beyond ASCII is damaged UTF-8, not another encoding.
const UTF8_DAMAGE: usize = 8;

/// The text of a page or feed. Broken sequences become U+FFFD; a byte order mark is dropped.
pub(crate) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let encoding = encoding_of(bytes, content_type);
    if std::str::from_utf8(bytes).is_err()
        && encoding.is_ascii_compatible()
        && Encoding::for_bom(bytes).is_none_or(|(encoding, _)| encoding == UTF_8)
        && let Some(text) = decode_mixed(bytes, content_type)
    {
        return Cow::Owned(text);
    }
    encoding.decode_with_bom_removal(bytes).0
}

/// A document that was put together from pieces in UTF-8 and in another encoding: titles of the site itself, texts of its old database. Each piece
/// between brackets, quotes and ends of lines is read as what it is. None where all pieces are of one kind.
fn decode_mixed(bytes: &[u8], content_type: Option<&str>) -> Option<String> {
    let pieces = || bytes.split_inclusive(|byte| matches!(byte, b'<' | b'>' | b'"' | b'\n'));
    let (unicode, other): (Vec<&[u8]>, Vec<&[u8]>) =
        pieces().filter(|piece| !piece.is_ascii()).partition(|piece| is_utf8(piece));
    if unicode.is_empty() || other.is_empty() {
        return None;
    }
    // The declaration stands at the head of the document, and the other encoding is told by what is written in it.
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    let declared = declared(head, content_type).into_iter().find(|encoding| *encoding != UTF_8);
    let sample: Vec<u8> = other.iter().flat_map(|piece| piece.iter().copied()).take(DETECTION_BYTES).collect();
    let other = likelier(declared, &sample);
    let read = |piece| if is_utf8(piece) { UTF_8 } else { other }.decode_without_bom_handling(piece).0;
    let text: String = pieces().map(read).collect();
    Some(text.trim_start_matches('\u{feff}').to_owned())
}

/// The encoding that the bytes are in.
pub(crate) fn encoding_of(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return encoding;
    }
    let declared = declared(bytes, content_type);
    if bytes.is_ascii() {
        // ISO-2022-JP is the one legacy encoding that looks like ASCII.
        return declared.into_iter().find(|encoding| !encoding.is_ascii_compatible()).unwrap_or(UTF_8);
    }
    if is_utf8(bytes) {
        return UTF_8;
    }
    let sample = &bytes[..bytes.len().min(DETECTION_BYTES)];
    likelier(declared.into_iter().find(|encoding| *encoding != UTF_8 && !encoding.decode(sample).2), sample)
}

/// The encoding that is claimed, if the bytes bear it out, else the one they look like.
fn likelier(claim: Option<&'static Encoding>, sample: &[u8]) -> &'static Encoding {
    let detected = detect(sample);
    match claim {
        Some(claim) if cyrillic_share(claim, sample) + 0.3 < cyrillic_share(detected, sample) => detected,
        Some(claim) => claim,
        None => detected,
    }
}

/// What HTTP, the XML declaration and the meta element claim, the most trustworthy first.
fn declared(bytes: &[u8], content_type: Option<&str>) -> Vec<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION_BYTES)]).to_ascii_lowercase();
    let http = content_type.map(str::to_ascii_lowercase);
    let xml = head.find("<?xml").and_then(|at| {
        let declaration = &head[at..];
        label(declaration.split_once("?>").map_or(declaration, |(declaration, _)| declaration), "encoding")
    });
    let mut claims: Vec<_> = [http.as_deref().and_then(|http| label(http, "charset")), xml, label(&head, "charset")]
        .into_iter()
        .flatten()
        .collect();
    // Servers put Latin-1 on everything they know nothing about, so it is believed after the others.
    claims.sort_by_key(|encoding| *encoding == WINDOWS_1252);
    // A text read this far byte by byte is not UTF-16, whatever it claims.
    claims.retain(|encoding| ![UTF_16LE, UTF_16BE].contains(encoding));
    claims
}

/// The encoding after `name=`, in quotes or not.
fn label(text: &str, name: &str) -> Option<&'static Encoding> {
    let value = text[text.find(name)? + name.len()..].trim_start().strip_prefix('=')?;
    let value = value.trim_start_matches([' ', '"', '\'']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(value.len());
    Encoding::for_label(&value.as_bytes()[..end])
}

/// UTF-16 shows itself in markup by its zeros: `<\0` or `\0<`.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [b'<' | b'{', 0, _, 0, ..] => Some(UTF_16LE),
        [0, b'<' | b'{', 0, _, ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether the bytes are UTF-8, a few damaged places and a cut end forgiven.
fn is_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    bad == 0 || bad * UTF8_DAMAGE < good
}

fn detect(sample: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    detector.guess(Some(b"ru"), Utf8Detection::Deny)
}

/// The share of small Cyrillic letters among what is not ASCII. A text read in the wrong Cyrillic encoding comes out in
/// capitals or in box-drawing signs.
fn cyrillic_share(encoding: &'static Encoding, sample: &[u8]) -> f64 {
    let (text, _, _) = encoding.decode(sample);
    let (mut small, mut all) = (0.0, 0.0);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        all += 1.0;
        small += if matches!(c, 'а'..='џ') { 1.0 } else { 0.0 };
    }
    if all == 0.0 { 0.0 } else { small / all }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{IBM866, KOI8_R, WINDOWS_1251};

    use super::*;

    const TEXT: &str = "На улице Мира прорвало трубу, жители остались без холодной воды до вечера";

    #[track_caller]
    fn check(written: &'static Encoding, declared: &str, http: Option<&str>) {
        let xml = format!("<?xml version=\"1.0\" encoding=\"{declared}\"?><rss>{TEXT}</rss>");
        let (bytes, _, _) = written.encode(&xml);
        assert!(decode(&bytes, http).contains(TEXT), "{} declared {declared}, {http:?}", written.name());
    }

    #[test]
    fn an_honest_declaration_is_followed() {
        check(WINDOWS_1251, "windows-1251", None);
        check(KOI8_R, "KOI8-R", None);
        check(UTF_8, "utf-8", Some("text/xml; charset=UTF-8"));
        check(IBM866, "cp866", None);
        check(WINDOWS_1251, "", Some("application/xml; charset=\"cp1251\""));
    }

    #[test]
    fn a_lie_is_seen_through() {
        check(WINDOWS_1251, "utf-8", None);
        check(KOI8_R, "utf-8", None);
        check(UTF_8, "windows-1251", Some("text/xml; charset=windows-1251"));
        check(KOI8_R, "windows-1251", None);
        check(WINDOWS_1251, "koi8-r", None);
        check(WINDOWS_1251, "windows-1251", Some("text/xml; charset=iso-8859-1"));
        check(WINDOWS_1251, "iso-8859-1", None);
        check(UTF_8, "utf-16", None);
        check(WINDOWS_1251, "no-such-encoding", None);
    }

    #[test]
    fn utf16_is_read_with_a_mark_and_without() {
        for mark in ["\u{feff}", ""] {
            let xml = format!("{mark}<rss>{TEXT}</rss>");
            let little: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = xml.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(decode(&little, Some("text/xml; charset=utf-8")), xml.trim_start_matches('\u{feff}'));
            assert_eq!(decode(&big, None), xml.trim_start_matches('\u{feff}'));
        }
    }

    #[test]
    fn pieces_of_two_encodings_are_each_read_as_what_they_are() {
        for (other, declared) in [(WINDOWS_1251, "utf-8"), (KOI8_R, "utf-8"), (WINDOWS_1251, "windows-1251")] {
            for titles in [1, 20] {
                let title = "<title>Закрыт мост</title>".repeat(titles);
                let mut bytes =
                    format!("<?xml version=\"1.0\" encoding=\"{declared}\"?><rss>{title}<description>").into_bytes();
                bytes.extend_from_slice(&other.encode(TEXT).0);
                bytes.extend_from_slice(b"</description></rss>");
                let text = decode(&bytes, None);
                assert!(
                    text.contains(TEXT) && text.contains("Закрыт мост"),
                    "{} {declared} {titles}: {text}",
                    other.name()
                );
            }
        }
    }

    #[test]
    fn meta_counts_and_damage_does_not_change_the_encoding() {
        let (html, _, _) = WINDOWS_1251.encode("<html><meta charset=windows-1251><p>нет света</p>");
        assert!(decode(&html, None).contains("нет света"));
        let mut damaged = format!("<rss>{TEXT}</rss>").into_bytes();
        damaged[20] = 0xff;
        assert!(decode(&damaged, None).contains("без холодной воды"));
        assert!(decode(&damaged[..damaged.len() - 8], None).contains("прорвало трубу"));
    }
}

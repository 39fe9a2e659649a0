//! Web addresses, e-mail addresses and the hidden part of links, which are no words of a text.

/// Ends of host names that occur without a scheme. Of others, «вода.нет» must stay two words.
const TOP_LEVEL: &[&str] = &[
    "ru", "su", "com", "org", "net", "me", "info", "io", "by", "ua", "kz", "tv", "cc", "gov", "edu", "biz", "pro",
    "site", "online", "app", "be", "ly", "de", "uk", "eu", "us",
];

/// Length of the URL, host name or e-mail address that a text begins with.
pub(super) fn address_len(rest: &str) -> Option<usize> {
    if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let host =
        rest.bytes().take_while(|&b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+')).count();
    let (head, tail) = rest.split_at(host);
    if tail.starts_with("://") {
        return Some(url_len(rest));
    }
    if let Some(domain) = tail.strip_prefix('@') {
        let len = domain.bytes().take_while(|&b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')).count();
        return (len > 0).then_some(host + 1 + len);
    }
    let head = head.trim_end_matches(['.', '-', '_', '+']);
    let (name, top) = head.rsplit_once('.')?;
    let is_host = !name.is_empty() && TOP_LEVEL.iter().any(|known| top.eq_ignore_ascii_case(known));
    is_host.then(|| if rest[head.len()..].starts_with(['/', '?', ':']) { url_len(rest) } else { head.len() })
}

fn url_len(rest: &str) -> usize {
    rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '«' | '»' | '|' | ']' | ')' | '(' | '['))
        .unwrap_or(rest.len())
}

/// Length of the hidden beginning of a VK link such as `[club1|Название]`, or of the bracket alone.
pub(super) fn markup_len(rest: &str) -> usize {
    let target = rest[1..].bytes().take_while(|&b| is_name_byte(b)).count();
    let hidden = &rest[1..1 + target];
    let is_link = ["id", "club", "public", "event"].iter().any(|kind| {
        hidden.strip_prefix(kind).is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    });
    if is_link && rest[1 + target..].starts_with('|') { target + 2 } else { 1 }
}

/// Bytes of a user or channel name.
pub(super) fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

#[cfg(test)]
mod tests {
    use crate::tokens::{Scanned, scan};

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let mut words = Vec::new();
        scan(text, &mut |Scanned { word, .. }| {
            words.push(word.to_owned());
            true
        });
        assert_eq!(words.join(" "), expect, "{text:?}");
    }

    #[test]
    fn addresses_and_mentions_are_no_words() {
        check("см. https://vk.com/wall-1_2?w=1 и www.site.ru/a, vk.com", "см и");
        check("пишите на a.b@mail.ru или @chat_bot", "пишите на или");
        check("[club12|Наш район] (t.me/abc)", "наш район");
        check("Samsung Galaxy 5.5", "samsung galaxy 5 5");
        check("вода.Нет", "вода нет");
    }
}

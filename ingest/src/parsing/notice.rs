//! Notices of blocking, which a provider or the regulator answers with in place of a site, with status 200 and in words of their own.

use super::decode::decode;

/// A longer page is not a notice: those are short, and a site's own page may speak of blocking.
const MAX_BYTES: usize = 100 * 1024;

/// The longest title that is told.
const MAX_TITLE_CHARS: usize = 100;

/// What notices link to and say, in small letters: the register's page for looking an address up, and the words that providers have from
/// the decree on it (<https://eais.rkn.gov.ru/>).
const WORDS: [&str; 10] = [
    "eais.rkn.gov.ru",
    "blocklist.rkn.gov.ru",
    "доступ к запрашиваемому ресурсу",
    "доступ к запрашиваемой странице ограничен",
    "доступ к информационному ресурсу",
    "доступ к интернет-ресурсу ограничен",
    "доступ к ресурсу ограничен",
    "доступ к сайту ограничен",
    "ресурс заблокирован",
    "единый реестр доменных имен",
];

/// Whether a page that is not what was asked for is a notice of blocking.
pub(crate) fn is_notice_of_blocking(body: &[u8], content_type: Option<&str>) -> bool {
    if body.len() > MAX_BYTES {
        return false;
    }
    let text = decode(body, content_type).to_lowercase().replace('ё', "е");
    WORDS.iter().any(|words| text.contains(words))
}

/// What a page says of itself, for who has to find out whose it is: its title, in one line.
pub(crate) fn title(body: &[u8], content_type: Option<&str>) -> Option<String> {
    let page = decode(&body[..body.len().min(MAX_BYTES)], content_type);
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find('<')?;
    let line = page[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let title: String = line.chars().filter(|c| !c.is_control()).take(MAX_TITLE_CHARS).collect();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_told_from_other_pages_in_any_encoding() {
        for (page, expect) in [
            ("<html><body>Доступ к запрашиваемому ресурсу закрыт по решению</body></html>", true),
            ("<p>Доступ к информационному ресурсу ограничен</p>", true),
            ("<a href='https://eais.rkn.gov.ru/'>?</a>", true),
            ("Сайт на ремонте", false),
            ("<p>Доступ к воде ограничен до вечера</p>", false),
            ("", false),
        ] {
            assert_eq!(is_notice_of_blocking(page.as_bytes(), None), expect, "{page}");
            let old = encoding_rs::WINDOWS_1251.encode(page).0;
            assert_eq!(is_notice_of_blocking(&old, Some("text/html; charset=windows-1251")), expect, "{page}");
        }
        let long = format!("{}<p>ресурс заблокирован", "<p>новость</p>".repeat(10_000));
        assert!(!is_notice_of_blocking(long.as_bytes(), None));
    }

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(
            title("<TITLE lang=ru>\n Доступ\n закрыт </title>".as_bytes(), None).as_deref(),
            Some("Доступ закрыт")
        );
        for page in ["", "<title></title>", "<title>без конца", "<p>слова"] {
            assert_eq!(title(page.as_bytes(), None), None, "{page}");
        }
    }
}

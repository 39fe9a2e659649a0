//! Pages that come in place of a portal's: a provider's or the regulator's notice, or another site after a redirect.

use url::Url;

use crate::parsing::{PageError, is_notice_of_blocking, title};

/// Why a page that is no feed and no page of news is taken for somebody else's; none where it may be the portal's.
pub(super) fn not_the_sites(
    asked: &str,
    came_from: &Url,
    body: &[u8],
    content_type: Option<&str>,
) -> Option<PageError> {
    let title = title(body, content_type).map(|title| format!(", titled «{title}»")).unwrap_or_default();
    if is_notice_of_blocking(body, content_type) {
        return Some(PageError::Foreign(format!("a notice of blocking{title}")));
    }
    let asked = Url::parse(asked).ok()?;
    let (asked, came_from) = (asked.host_str()?, came_from.host_str()?);
    (site(asked) != site(came_from))
        .then(|| PageError::Foreign(format!("redirected to another host, {came_from}{title}")))
}

/// The last two labels of a name, which a site's hosts have in common; an address as it is.
fn site(host: &str) -> &str {
    let is_address = host.starts_with('[') || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let last_two = host.rmatch_indices('.').nth(1).map_or(0, |(dot, _)| dot + 1);
    if is_address { host } else { &host[last_two..] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(asked: &str, came_from: &str, body: &str, expect: Option<&str>) {
        let came_from = Url::parse(came_from).unwrap();
        let error = not_the_sites(asked, &came_from, body.as_bytes(), None);
        assert_eq!(error.map(|error| error.to_string()).as_deref(), expect, "{asked} {came_from}");
    }

    #[test]
    fn a_page_of_another_site_and_a_notice_are_named_and_a_page_of_the_site_is_not() {
        let page = "<html><title>Город</title><body>Новости</body></html>";
        check("https://rss.city.example/a", "https://www.city.example/", page, None);
        check("https://10.0.0.1/a", "https://10.0.0.1/b", page, None);
        check(
            "https://city.example/rss",
            "http://blocked.provider.example/?url=city.example",
            page,
            Some("foreign_page: redirected to another host, blocked.provider.example, titled «Город»"),
        );
        let notice = "<p>Доступ к информационному ресурсу ограничен</p>";
        check(
            "https://city.example/rss",
            "https://city.example/rss",
            notice,
            Some("foreign_page: a notice of blocking"),
        );
    }
}

//! Proxies: the common one, one of a section's own, or none.

use url::Url;

use super::secret::secret;
use crate::parse::reader::Table;
use crate::settings::Proxy;

/// The table's own proxy, else `common`; `"direct"` is none at all.
pub fn own_or_common_proxy(table: &mut Table, common: Option<Proxy>) -> Option<Proxy> {
    let given = table.holds("proxy");
    let url = table.parsed("proxy", proxy_url);
    let auth = secret(table, "proxy_auth_file", "proxy_auth_env");
    if given {
        // A wrong address is reported, so that nothing comes of what is given here.
        return url.flatten().map(|url| Proxy { url, auth });
    }
    if auth.is_some() {
        table
            .report()
            .add(&table.at(), "`proxy_auth_file` и `proxy_auth_env` имеют смысл только рядом с `proxy`; добавьте его");
    }
    common
}

/// Address of a proxy; none for `direct`.
fn proxy_url(text: &str) -> Result<Option<String>, String> {
    if text == "direct" {
        return Ok(None);
    }
    let wrong = |why: String| {
        format!("{why}; пишите, например, \"http://proxy.example.ru:3128\", \"socks5://127.0.0.1:1080\" или \"direct\"")
    };
    let url = Url::parse(text).map_err(|error| wrong(format!("это не адрес ({error})")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "в адресе стоит имя или пароль; положите `имя:пароль` в файл и назовите его в `proxy_auth_file`".to_owned()
        );
    }
    if !matches!(url.scheme(), "http" | "https" | "socks5") || !url.has_host() {
        return Err(wrong(format!("{text:?} — не http, не https и не socks5 с именем узла")));
    }
    Ok(Some(text.trim_end_matches('/').to_owned()))
}

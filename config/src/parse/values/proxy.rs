//! Proxies: the common one, one of a section's own, or none.

use url::Url;

use super::secret::secret;
use crate::parse::reader::Table;
use crate::settings::{Proxy, Secret, Way};

/// The table's own ways, else `common`; `"direct"` is one without a proxy. A login is for each proxy of the list.
pub fn own_or_common_ways(table: &mut Table, common: &[Way]) -> Vec<Way> {
    let given = table.holds("proxy");
    let urls = table.one_or_more("proxy", proxy_url);
    let auth = login(table, given);
    if !given {
        return common.to_vec();
    }
    let way = |url: Option<String>| url.map_or(Way::Direct, |url| Way::Through(Proxy { url, auth: auth.clone() }));
    // A wrong address is reported, so that nothing comes of what is given here.
    urls.map_or_else(|| vec![Way::Direct], |urls| urls.into_iter().map(way).collect())
}

/// The table's own proxy, else `common`; `"direct"` is none at all.
pub fn own_or_common_proxy(table: &mut Table, common: Option<Proxy>) -> Option<Proxy> {
    let given = table.holds("proxy");
    let url = table.parsed("proxy", proxy_url);
    let auth = login(table, given);
    if given {
        // A wrong address is reported, so that nothing comes of what is given here.
        return url.flatten().map(|url| Proxy { url, auth });
    }
    common
}

/// The login of the proxies that stand beside it.
fn login(table: &mut Table, beside_a_proxy: bool) -> Option<Secret> {
    let auth = secret(table, "proxy_auth_file", "proxy_auth_env");
    if auth.is_some() && !beside_a_proxy {
        table
            .report()
            .add(&table.at(), "`proxy_auth_file` и `proxy_auth_env` имеют смысл только рядом с `proxy`; добавьте его");
    }
    auth
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

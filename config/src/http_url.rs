//! Addresses of servers.

use url::{Host, Url};

/// An address of a server: `http` or `https`, with a host, kept without a slash at the end.
pub fn http_url(text: &str) -> Result<String, String> {
    let wrong = |why: &str| format!("{text:?} {why}; пишите, например, \"https://example.ru/path\"");
    let url = Url::parse(text).map_err(|error| wrong(&format!("— не адрес ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("— не http и не https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!(
            "в адресе узла {} стоит имя или пароль; секретам здесь не место, уберите их",
            url.host_str().unwrap_or("?")
        ));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Whether an address names this machine itself, so that nothing of what is said there leaves it.
pub fn is_on_loopback(address: &str) -> bool {
    match Url::parse(address).ok().and_then(|url| url.host().map(|host| host.to_owned())) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

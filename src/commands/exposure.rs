//! What of an installation can be reached from other machines: `check` says so, since it is easily forgotten.

use std::net::SocketAddr;

use config::{Roles, Settings, is_on_loopback};

use crate::instance::tls;
use crate::language::say;

/// What must not stay as it is: a certificate that cannot be used, roles that are asked over the network in the clear, or by a secret
/// that is none.
pub fn problems(settings: &Settings) -> Vec<String> {
    let page = settings.web.certificate.iter().filter_map(tls::problem).map(|problem| format!("[web]: {problem}"));
    let roles = settings.roles.iter().flat_map(problems_of_roles);
    page.chain(roles).collect()
}

fn problems_of_roles(roles: &Roles) -> Vec<String> {
    let secret = roles.secret.read_long().err().map(|error| format!("[roles]: {error}"));
    // The page is for people, and TLS before it is their proxy's.
    let asked = roles.addresses().filter(|(role, _)| *role != "web");
    let clear = asked.filter(|(_, address)| address.starts_with("http://") && !is_on_loopback(address));
    let words = say(
        "роли спрашивают друг друга по сети открыто; пишите https:// и укажите cert_file, key_file и ca_file в [roles] (docs/roles.md)",
        "the roles ask one another over the network in the clear; write https:// and give cert_file, key_file and ca_file in [roles] (docs/roles.md)",
    );
    let clear = clear.map(|(role, address)| format!("[roles] {role} = \"{address}\": {words}"));
    let certificate = roles.certificate.iter().filter_map(tls::problem).map(|problem| format!("[roles]: {problem}"));
    secret.into_iter().chain(clear).chain(certificate).collect()
}

/// A warning for each address that is not the loopback.
pub fn warnings(settings: &Settings) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut open = |address: Option<SocketAddr>, key: &str, words: &str| {
        if let Some(address) = address.filter(|address| !address.ip().is_loopback()) {
            warnings.push(format!("{key} = \"{address}\": {words}"));
        }
    };
    open(
        Some(settings.web.listen),
        "[web] listen",
        say(
            "страницу и API увидит любой, кто до них дойдёт: пользователей у них нет; оставьте петлю (127.0.0.1) или поставьте перед ними прокси, который спрашивает, кто это",
            "the page and the API answer whoever reaches them: they know no users; keep the loopback (127.0.0.1), or put a proxy before them that asks who it is",
        ),
    );
    open(
        settings.facts.as_ref().and_then(|facts| facts.listen),
        "[facts] listen",
        say(
            "встроенный ClickHouse отвечает по сети, пароль и тексты идут открыто; закройте порт ото всех, кроме машин ролей",
            "the embedded ClickHouse answers over the network, its password and the texts travel in the clear; close the port to all but the machines of the roles",
        ),
    );
    open(
        settings.vk.callback,
        "[vk] callback",
        say(
            "события ВКонтакте должны приходить только через ваш прокси; оставьте петлю или закройте порт ото всех, кроме него",
            "events of VK are to come through your proxy alone; keep the loopback, or close the port to all but the proxy",
        ),
    );
    open(
        settings.max.webhook.as_ref().map(|webhook| webhook.listen),
        "[max] webhook",
        say(
            "события MAX должны приходить только через ваш прокси; оставьте петлю или закройте порт ото всех, кроме него",
            "events of MAX are to come through your proxy alone; keep the loopback, or close the port to all but the proxy",
        ),
    );
    let roles = settings.roles.iter().flat_map(|roles| roles.addresses());
    for (role, address) in roles.filter(|(_, address)| !is_on_loopback(address)) {
        let words = say(
            "роль отвечает по сети; закройте порт ото всех, кроме машин других ролей",
            "the role answers over the network; close the port to all but the machines of the other roles",
        );
        warnings.push(format!("[roles] {role} = \"{address}\": {words}"));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use config::{Config, Files};

    use super::*;

    fn of(settings: &str) -> Vec<String> {
        let files = Files::shipped().overlay(vec![("otklik.toml".to_owned(), settings.to_owned())]);
        warnings(&Config::parse(&files).unwrap().settings)
    }

    #[test]
    fn every_address_beyond_the_loopback_is_named() {
        let roles = "[roles]\nsecret_env = 'S'\nstore = ['http://127.0.0.1:1', 'https://10.0.0.1:2']\nweb = ['http://[::1]:3', 'http://localhost:4']";
        let open = of(&format!(
            "[web]\nlisten = '0.0.0.0:80'\n[facts]\nlisten = '10.0.0.1:81'\n[vk]\ncallback = '[::]:82'\n\
             [max]\nwebhook = '0.0.0.0:83'\nwebhook_url = 'https://a.example/max'\nsecret_env = 'S'\n{roles}"
        ));
        let named: Vec<&str> = open.iter().filter_map(|warning| warning.split(": ").next()).collect();
        assert_eq!(
            named,
            [
                "[web] listen = \"0.0.0.0:80\"",
                "[facts] listen = \"10.0.0.1:81\"",
                "[vk] callback = \"[::]:82\"",
                "[max] webhook = \"0.0.0.0:83\"",
                "[roles] store = \"https://10.0.0.1:2\"",
            ]
        );
        let closed = format!(
            "[web]\nlisten = '127.0.0.1:80'\n[facts]\nlisten = '[::1]:81'\n{}",
            roles.replace("10.0.0.1", "127.0.0.2")
        );
        assert_eq!(of(&closed), [""; 0]);
    }

    #[test]
    fn roles_beyond_the_loopback_speak_tls_and_have_a_secret() {
        let place = tempfile::tempdir().unwrap();
        let secret = place.path().join("secret");
        let of = |content: &str, addresses: &str| {
            std::fs::write(&secret, content).unwrap();
            let closed = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            std::fs::set_permissions(&secret, closed).unwrap();
            let settings = format!("[roles]\nsecret_file = '{}'\n{addresses}", secret.display());
            let files = Files::shipped().overlay(vec![("otklik.toml".to_owned(), settings)]);
            problems(&Config::parse(&files).unwrap().settings)
        };
        let long = "0123456789abcdef0123456789abcdef";
        let all_right = "store = ['https://10.0.0.1:1', 'http://127.0.0.1:2']\nweb = ['http://10.0.0.1:3']";
        assert_eq!(of(long, all_right), [""; 0]);
        assert!(of(&long[1..], all_right)[0].contains("openssl rand"));
        let clear = of(long, "store = ['http://10.0.0.1:1']");
        assert!(
            clear[0].starts_with("[roles] store = \"http://10.0.0.1:1\"") && clear[0].contains("cert_file"),
            "{clear:?}"
        );
    }
}

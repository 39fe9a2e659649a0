//! `otklik.toml`.

use super::*;
use crate::{Secret, Way};

#[test]
fn a_platform_has_the_common_proxies_its_own_or_none() {
    let ways = |text: &str| {
        let settings = accept(&[("otklik.toml", text)]).settings;
        let names = |ways: Vec<Way>| {
            let name = |way: Way| way.proxy().map_or("direct".to_owned(), |proxy| proxy.url.clone());
            ways.into_iter().map(name).collect::<Vec<_>>().join(" ")
        };
        [settings.fetch.ways, settings.vk.ways, settings.telegram.ways].map(names)
    };
    assert_eq!(ways(""), ["direct", "direct", "direct"]);
    assert_eq!(ways("[fetch]\nproxy = 'http://a:1/'"), ["http://a:1", "http://a:1", "http://a:1"]);
    assert_eq!(
        ways("[telegram]\nproxy = 'socks5://b:2'\n[fetch]\nproxy = 'http://a:1'\n[vk]\nproxy = 'direct'"),
        ["http://a:1", "direct", "socks5://b:2"]
    );
    assert_eq!(
        ways("[telegram]\nproxy = ['direct', 'socks5://b:2/', 'http://c:3']"),
        ["direct", "direct", "direct socks5://b:2 http://c:3"]
    );
    let text = "[telegram]\nproxy = ['http://b:2', 'http://c:3']\nproxy_auth_env = 'A'";
    let login = |way: &Way| way.proxy().and_then(|proxy| proxy.auth.clone());
    let ways = accept(&[("otklik.toml", text)]).settings.telegram.ways;
    assert_eq!(ways.iter().map(login).collect::<Vec<_>>(), vec![Some(Secret::Env("A".into())); 2]);
}

#[test]
fn hosts_of_a_platform_are_a_list_and_one_host_is_a_list_too() {
    let bases = |text: &str| {
        let settings = accept(&[("otklik.toml", text)]).settings;
        (settings.vk.api, settings.telegram.preview)
    };
    let (api, preview) = bases("");
    assert_eq!(api, ["https://api.vk.ru/method", "https://api.vk.com/method"]);
    assert_eq!(preview, ["https://t.me", "https://telegram.me", "https://telegram.dog"]);
    // As configurations of earlier releases have it.
    let (api, preview) = bases("[vk]\napi = 'https://api.vk.com/method'\n[telegram]\npreview = 'https://t.me'");
    assert_eq!((api, preview), (vec!["https://api.vk.com/method".to_owned()], vec!["https://t.me".to_owned()]));
    let (_, preview) = bases("[telegram]\npreview = ['https://telegram.dog/', 'http://127.0.0.1:8080']");
    assert_eq!(preview, ["https://telegram.dog", "http://127.0.0.1:8080"]);
}

#[test]
fn names_of_the_page_are_kept_as_browsers_write_them() {
    let text = "public_url = 'https://Отклик.рф/mcu/'\n[web]\nhosts = ['Otklik.Example.ru', '10.0.0.5', '2001:DB8::1']\n\
                proxies = ['127.0.0.1', '10.1.2.3/8']";
    let settings = accept(&[("otklik.toml", text)]).settings;
    assert_eq!(settings.page_hosts(), ["otklik.example.ru", "10.0.0.5", "[2001:db8::1]", "xn--h1adbcny.xn--p1ai"]);
    let proxies: Vec<String> = settings.web.proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["127.0.0.1/32", "10.0.0.0/8"]);
}

#[test]
fn the_engine_of_the_figures_has_its_account_and_no_guests_unless_told() {
    let facts = |text: &str| accept(&[("otklik.toml", text)]).settings.facts.unwrap();
    let own = facts("[facts]\nlisten = '127.0.0.1:8123'");
    assert_eq!((own.url.as_str(), own.user.as_str(), own.guests), ("http://127.0.0.1:8123", "otklik", false));
    assert!(facts("[facts]\nlisten = '127.0.0.1:8123'\nguests = true").guests);
    let server = facts("[facts]\nurl = 'http://a:8123'");
    assert_eq!((server.user.as_str(), server.guests), ("default", false));
}

#[test]
fn posts_are_kept_for_ever_unless_told_for_how_many_months() {
    let months = |text: &str| accept(&[("otklik.toml", text)]).settings.archive.keep_months;
    assert_eq!([months(""), months("[archive]"), months("[archive]\nkeep_months = 36")], [None, None, Some(36)]);
}

#[test]
fn settings_are_refused_with_their_line() {
    let refuse = |text, line, part| refuse_one("otklik.toml", text, line, part);
    refuse("a = \n", 1, "не TOML");
    refuse("timezone = 'Mars/Base'", 1, "\"Mars/Base\" — не часовой пояс");
    refuse("[telegram]\npreview = []", 2, "список пуст");
    refuse(
        "[telegram]\npreview = ['https://t.me',\n'ftp://t.me']",
        3,
        "`preview`: \"ftp://t.me\" — не http и не https",
    );
    refuse("[vk]\napi = 3", 2, "строку в кавычках или список строк");
    refuse("[vk]\nproxy = ['direct', 'ftp://a']", 2, "не http, не https и не socks5");
    refuse("[vk]\nproxy = 'ftp://a'", 2, "не http, не https и не socks5");
    refuse("[fetch]\nproxy = 'http://u:p@a:1'", 2, "proxy_auth_file");
    refuse("[telegram]\nproxy_auth_env = 'A'", 1, "только рядом с `proxy`");
    refuse("[[fetch.host]]\nname = 'https://t.me'", 2, "не имя узла");
    refuse("[[fetch.host]]\nname = 't.me'\n[[fetch.host]]\nname = 'T.me'", 4, "уже есть");
    refuse("timezone = 3", 1, "нужно указать строку в кавычках, а стоит целое число");
    refuse("\n\nzone = 'UTC'", 3, "незнакомый ключ `zone`; здесь бывают: timezone, public_url");
    refuse("[web]\nport = 1", 2, "незнакомый ключ `port`; здесь бывают: listen, hosts, proxies");
    refuse("[web]\nlisten = 'localhost'", 2, "не адрес с портом");
    refuse("[web]\nhosts = ['a',\n'http://b']", 3, "`hosts`: \"http://b\" — не имя узла");
    refuse("[web]\nhosts = ['otklik.example.ru:8686']", 2, "не имя узла");
    refuse("[web]\nproxies = ['proxy.example.ru']", 2, "не адрес и не сеть");
    refuse("[web]\nproxies = '127.0.0.1'", 2, "список строк");
    refuse("[journal]\nkeep_days = 0", 2, "`keep_days` = 0: допустимо от 1 до 3650");
    refuse("[archive]\nkeep_months = 0", 2, "`keep_months` = 0: допустимо от 1 до 600");
    refuse("[archive]\nkeep_months = 'год'", 2, "нужно указать целое число, а стоит строка");
    refuse("[archive]\nkeep_days = 30", 2, "незнакомый ключ `keep_days`; здесь бывают: keep_months");
    refuse("[journal]\nmax_mb = 'much'", 2, "нужно указать целое число, а стоит строка");
    refuse("journal = 3", 1, "нужно указать таблицу");
    refuse("public_url = 'ftp://example.ru'", 1, "не http и не https");
    refuse("public_url = 'example.ru'", 1, "не адрес");
    refuse("[facts]\nurl = 'http://u:p@host'", 2, "стоит имя или пароль");
    refuse("[facts]\nuser = 'x'", 1, "нет ключа `url`");
    refuse("[facts]\nurl = 'http://a:1'\nguests = true", 1, "только на петле");
    refuse("[facts]\nlisten = '10.0.0.1:8123'\nguests = true", 1, "только на петле");
    refuse("[kafka]\nprefix = 'x.'", 1, "нет ключа `brokers`");
    refuse("[kafka]\nbrokers = 'a:9092,b'", 2, "\"b\" — не узел:порт");
    refuse("[kafka]\nbrokers = 'a:1'\nprefix = 'отклик'", 3, "латинских букв");
    refuse("[kafka]\nbrokers = 'a:1'\nca_file = 'x'", 1, "`tls` не true");
    refuse("[kafka]\nbrokers = 'a:1'\ntls = true\ncert_file = 'x'", 1, "пишутся вместе");
    refuse("[kafka]\nbrokers = 'a:1'\nuser = 'x'", 1, "для входа нужны");
    refuse("[kafka]\nbrokers = 'a:1'\nsasl_mechanism = 'GSSAPI'", 3, "бывают PLAIN");
    refuse("[roles]\nstore = ['http://a:1']", 1, "нет ключа `secret_file`");
    refuse("[roles]\nsecret_file = 'x'\nstore = ['a:1']", 3, "`store`");
    refuse("[roles]\nsecret_file = 'x'\ncert_file = 'y'", 1, "пишутся вместе");
    let encrypted =
        "[roles]\nsecret_file = 'x'\ncert_file = 'y'\nkey_file = 'z'\nweb = ['http://a:1']\nstore = ['http://a:2']";
    refuse(encrypted, 6, "пишите https://");
    refuse("[vk]\ntoken_file = 'a'\ntoken_env = 'B'", 3, "оставьте что-то одно");
    refuse("[digest]\nat = '25:00'", 2, "не время суток");
    refuse("[fetch]\ncontact = 'почта'", 2, "латиницей");
    refuse("[fetch]\nallow_private = ['a', 1]", 2, "список из одних строк");
}

#[test]
fn the_bot_that_reads_max_is_asked_or_asks_and_has_authorities_of_its_own() {
    let max = |text: &str| accept(&[("otklik.toml", text)]).settings.max;
    let bare = max("");
    assert_eq!(bare.api, ["https://platform-api2.max.ru"]);
    assert!(bare.token.is_none() && bare.ca_file.is_none() && bare.webhook.is_none());
    let whole = max("[max]\ntoken_file = 'a'\nca_file = '/etc/ca.pem'\nproxy = 'direct'\n\
         webhook = '127.0.0.1:9'\nwebhook_url = 'https://otklik.example.ru/max'\nsecret_env = 'S'");
    let hook = whole.webhook.unwrap();
    assert_eq!((hook.listen.port(), hook.url.as_str()), (9, "https://otklik.example.ru/max"));
    assert_eq!(whole.ca_file.unwrap().to_str(), Some("/etc/ca.pem"));
    refuse_one("otklik.toml", "[max]\nwebhook = '127.0.0.1:9'", 1, "нужны `webhook`, `webhook_url` и `secret_file`");
    let open = "[max]\nwebhook = '127.0.0.1:9'\nwebhook_url = 'http://a.ru/max'\nsecret_env = 'S'";
    refuse(&[("otklik.toml", open)], &[("otklik.toml:1", "нужны `webhook`"), ("otklik.toml:3", "только по https://")]);
}

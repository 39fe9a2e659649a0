//! `channels.toml`.

use std::path::PathBuf;

use super::*;
use crate::{ChannelKind, GatewayRequest, MailSecurity, Secret};

fn channels(text: &str) -> crate::Channels {
    accept(&[("channels.toml", text), ("otklik.toml", "[fetch]\nproxy = 'http://common:1'")]).channels
}

#[track_caller]
fn refuse(text: &str, line: usize, part: &str) {
    refuse_one("channels.toml", text, line, part);
}

#[test]
fn nothing_is_on_until_it_is_written() {
    for config in [accept(&[]), Config::parse(&Files::shipped()).unwrap()] {
        let on = ChannelKind::ALL.into_iter().filter(|kind| config.channels.has(*kind));
        assert_eq!(on.collect::<Vec<_>>(), [ChannelKind::Terminal]);
    }
}

/// What the shipped file shows, with its marks of comments taken away, is what it says it is.
#[test]
fn the_shipped_examples_are_valid() {
    let shipped = Files::shipped();
    let shown = shipped.get("channels.toml").unwrap();
    let lines = shown.lines().filter_map(|line| line.strip_prefix("# "));
    let keys = lines.filter(|line| line.starts_with('[') || line.split(' ').nth(1) == Some("="));
    let channels = channels(&keys.collect::<Vec<_>>().join("\n"));
    let [telegram, email, vk, max] =
        [ChannelKind::Telegram, ChannelKind::Email, ChannelKind::Vk, ChannelKind::Max].map(|kind| channels.has(kind));
    assert!(telegram && email && vk && max && channels.webhooks.len() == 1);
    let email = channels.email.as_ref().unwrap();
    assert_eq!((email.port, email.security, email.from_name.as_str()), (465, MailSecurity::Tls, "Отклик"));
    assert_eq!(channels.telegram.as_ref().unwrap().api, "https://api.telegram.org");
    assert!(channels.has(ChannelKind::Sms) && channels.has(ChannelKind::Call));
    assert_eq!(channels.secrets().len(), 7);
}

#[test]
fn defaults_and_proxies() {
    let on = channels(
        "[telegram]\ntoken_env = 'A'\n[vk]\ntoken_env = 'B'\nproxy = 'direct'\n[max]\ntoken_env = 'C'\nca_file = 'ca.pem'\n\
         [email]\nserver = 'smtp.city.example'\nsecurity = 'starttls'\nfrom = 'otklik@город.рф'\n\
         [[webhook]]\nname = 'a'\nurl = 'https://a.example/x/'\n",
    );
    let telegram = on.telegram.unwrap();
    assert_eq!(telegram.token, Secret::Env("A".into()));
    assert_eq!(telegram.proxy.unwrap().url, "http://common:1");
    assert_eq!(on.vk.unwrap().proxy, None);
    let max = on.max.unwrap();
    assert_eq!((max.api.as_str(), max.ca_file), ("https://platform-api2.max.ru", Some(PathBuf::from("ca.pem"))));
    let email = on.email.unwrap();
    assert_eq!((email.port, email.login), (587, None));
    assert_eq!((on.webhooks[0].url.as_str(), &on.webhooks[0].proxy), ("https://a.example/x", &None));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    refuse("[telegram]\napi = 'https://api.telegram.org'\n", 1, "укажите, где лежит токен");
    refuse("[telegram]\ntoken_file = '/a'\ntoken_env = 'A'\n", 3, "оставьте что-то одно");
    refuse("[telegram]\ntoken_env = 'A'\napi = 'ftp://x'\n", 3, "не http и не https");
    refuse("[telegram]\ntoken_env = 'A'\nchat = 5\n", 3, "незнакомый ключ `chat`");
    refuse("[fax]\n", 1, "незнакомый ключ `fax`; здесь бывают: telegram, email, vk, max, sms, call, webhook");
    let email = "[email]\nserver = 'smtp.city.example'\nfrom = 'a@city.example'\n";
    refuse("[email]\nserver = 'smtp.city.example'\n", 1, "нет ключа `from`");
    refuse("[email]\nserver = 'smtp://x'\nfrom = 'a@city.example'\n", 2, "— не имя узла");
    refuse("[email]\nserver = 'x'\nfrom = 'А <a@city.example>'\n", 3, "— не адрес почты");
    refuse(&format!("{email}security = 'none'\n"), 4, "открыто сообщения не ходят");
    refuse(&format!("{email}port = 0\n"), 4, "допустимо от 1 до 65535");
    refuse(&format!("{email}user = 'a'\n"), 1, "для входа нужны");
    refuse(&format!("{email}from_name = \"a\\nb\"\n"), 4, "одной строкой");
    let webhook = "[[webhook]]\nname = 'a'\nurl = 'https://a.example'\n";
    refuse(&format!("{webhook}{webhook}"), 5, "webhook `a`: уже есть");
    refuse("[[webhook]]\nname = 'a'\n", 1, "нет ключа `url`");
    refuse(&format!("{webhook}proxy = 'x'\n"), 4, "`proxy`");
    refuse(&format!("{webhook}proxy_auth_env = 'P'\n"), 1, "только рядом с `proxy`");
}

#[test]
fn an_address_is_one_of_its_channel() {
    use ChannelKind::{Email, Max, Telegram, Terminal, Vk, Webhook};
    let cases = [
        (Telegram, "123456789", true),
        (Telegram, "-100123", true),
        (Telegram, "@otklik_bot", true),
        (Telegram, "otklik_bot", false),
        (Telegram, "0", false),
        (Vk, "123456789", true),
        (Vk, "@name", false),
        (Max, "-77", true),
        (Max, "", false),
        (Email, "officer@example.ru", true),
        (Email, "officer", false),
        (Email, "a@example.ru, b@example.ru", false),
        (Webhook, "https://example.ru/hook", true),
        (Webhook, "example.ru/hook", false),
        (Terminal, "", true),
    ];
    for (kind, to, fits) in cases {
        let checked = crate::parse::channels::address(kind, to);
        assert_eq!(checked.is_ok(), fits, "{kind:?} {to:?}: {checked:?}");
        assert!(checked.err().is_none_or(|message| message.starts_with(&format!("{to:?}"))), "{kind:?} {to:?}");
    }
}

#[test]
fn every_kind_of_channel_has_a_code_and_a_name_of_its_own() {
    for kind in ChannelKind::ALL {
        assert_eq!(ChannelKind::parse(kind.as_str()), Some(kind));
        let named_alike = ChannelKind::ALL.into_iter().filter(|other| other.name_ru() == kind.name_ru());
        assert_eq!(named_alike.count(), 1, "{kind:?}");
    }
}

#[test]
fn a_gateway_of_telephones_says_how_it_is_asked() {
    let on = channels(
        "[sms]\nurl = 'https://sms.example/send'\nquery = ['phones={to}', 'mes={text}', 'psw={secret}']\nsecret_env = 'S'\n\
         [call]\nurl = 'https://calls.example/'\njson = '{\"to\": \"{to}\", \"say\": [\"{text}\"]}'\nheaders = ['X-Key: a:b']\n",
    );
    let sms = on.sms.unwrap();
    let [to, text] = [("phones", "{to}"), ("mes", "{text}")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let GatewayRequest::Query(pairs) = &sms.request else { panic!("{sms:?}") };
    assert_eq!(
        (&pairs[..2], sms.max_chars, sms.proxy.unwrap().url.as_str()),
        (&[to, text][..], 300, "http://common:1")
    );
    let call = on.call.unwrap();
    assert_eq!(call.headers, [("X-Key".to_owned(), "a:b".to_owned())]);
    assert!(matches!(call.request, GatewayRequest::Json(_)));

    refuse("[sms]\nurl = 'https://sms.example/'\n", 1, "укажите одно из");
    refuse("[sms]\nurl = 'https://sms.example/'\nform = ['to={to}']\njson = '{}'\n", 1, "укажите одно из");
    refuse("[sms]\nurl = 'https://sms.example/'\nform = ['text={text}']\n", 1, "нет {to}");
    refuse("[sms]\nurl = 'https://sms.example/'\nform = ['to={to}', 'key={secret}']\n", 1, "пишутся вместе");
    refuse("[sms]\nurl = 'https://sms.example/'\nform = ['to={to}', '{text}']\n", 3, "не имя=значение");
    refuse("[sms]\nurl = 'https://sms.example/'\njson = '{to}'\n", 3, "не JSON");
}

#[test]
fn a_call_comes_beside_another_address() {
    let person = "[[person]]\nid = 'a'\nname = 'А'\nrole = 'officer'\naddresses = [";
    let call = "{ channel = 'call', to = '+79001234567' }";
    let people = |addresses: &str| format!("{person}{addresses}]\n[chain]\nsteps = ['officer']\ncall_after = '5m'\n");
    let people_of = |addresses: &str| {
        let channels = "[call]\nurl = 'https://calls.example/'\nform = ['to={to}']\n[sms]\nurl = 'https://sms.example/'\nform = ['to={to}']\n";
        accept(&[("channels.toml", channels), ("people.toml", &people(addresses))]).people
    };
    let both = people_of(&format!("{call}, {{ channel = 'sms', to = '89001234567' }}"));
    let anna = &both.persons[0];
    assert_eq!((anna.addresses.len(), anna.addresses[0].channel), (1, ChannelKind::Sms));
    assert_eq!((anna.call.as_ref().unwrap().channel, both.chain.call_after.as_secs()), (ChannelKind::Call, 300));
    refuse_one("people.toml", &people(call), 1, "в дополнение к другому адресу");
    refuse_one("people.toml", &people("{ channel = 'sms', to = '123' }"), 5, "пишите номер телефона");
}

//! `alerts.toml` and `recipients.toml`.

use super::*;
use crate::{AlertRules, Secret};

#[test]
fn recipients_and_alerts_are_refused_with_their_line() {
    let recipient = |rest: &str, line, part| {
        refuse_one("recipients.toml", &format!("[[recipient]]\nid = 'a'\nname = 'А'\n{rest}"), line, part);
    };
    recipient("", 1, "укажите `sectors` или `topics`");
    recipient("sectors = ['jkx']", 4, "не сектор");
    recipient("sectors = ['jkh']\nphone = 'звоните'", 5, "не номер телефона");
    recipient("topics = ['jkh.water']", 4, "тема `jkh.water`: такого нет");
    recipient("sectors = ['jkh']\nplaces = [\n'mira']", 6, "место `mira`: такого нет");
    recipient("sectors = ['jkh']\nsources = ['city']", 5, "источник `city`: такого нет");
    let rule = |text: &str| format!("[[rule]]\nid = 'r'\nreason = 'r'\nowner = 'o'\n{text}");
    refuse_one("alerts.toml", &rule("kind = 'risk'\nlevel = 'red'"), 6, "\"red\" — не уровень");
    let kinds = "— не вид правила; пишите risk, burst, spread, growth, query, silence, recurrence или system";
    refuse_one("alerts.toml", &rule("kind = 'magic'"), 5, kinds);
    refuse_one("alerts.toml", &rule("kind = 'spread'"), 1, "нужно `sources` или `views`");
    refuse_one("alerts.toml", &rule("kind = 'burst'\nby = 'person'"), 6, "по этому не считают");
    refuse_one("alerts.toml", &rule("kind = 'query'\nsearch = 'none'"), 6, "сохранённый поиск `none`: такого нет");
    refuse_one("alerts.toml", &rule("kind = 'silence'\nof = 'night'"), 6, "молчать не может");
    refuse_one("alerts.toml", "[[rule]]\nid = 'r'\nkind = 'risk'\nowner = 'o'", 1, "нет ключа `reason`");
    refuse_one("alerts.toml", "copy_distance = '4h'", 1, "целое число");
    refuse_one("alerts.toml", "wide_kinds = ['none']", 1, "риск `none`: такого нет");
    refuse_one("alerts.toml", "[shift]\nat = ['25:00']", 2, "не время суток");
    refuse_one("alerts.toml", "[shift]\nto = ['king']", 2, "— не роль");
    refuse_one("alerts.toml", "[heartbeat]\nurl = 'x'", 2, "не адрес");
    refuse_one("alerts.toml", "webhook = 'example.ru'", 1, "не адрес");
    refuse_one("alerts.toml", "webhook_secret_env = 'HOOK'", 1, "его здесь нет");
    let both = "webhook = 'https://a.example'\nwebhook_secret_env = 'HOOK'\nwebhook_secret_file = 'hook'";
    refuse_one("alerts.toml", both, 2, "webhook_secret");
    refuse_one("alert.toml", "", 1, "незнакомый файл");
}

#[test]
fn requests_to_the_webhook_are_signed_with_its_secret() {
    let webhook = |text: &str| {
        let files = Files::shipped().overlay(vec![("alerts.toml".to_owned(), text.to_owned())]);
        Config::parse(&files).unwrap().channels.webhooks.pop().unwrap()
    };
    let hook = webhook("webhook = 'https://a.example/hook'\nwebhook_secret_env = 'HOOK'");
    assert_eq!((hook.name.as_str(), hook.secret), (AlertRules::WEBHOOK, Some(Secret::Env("HOOK".into()))));
    assert_eq!(webhook("webhook = 'https://a.example/hook'").secret, None);
}

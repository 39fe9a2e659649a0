//! `channels.toml`, a function for each section, and what the addresses of each kind of channel must look like.

use std::path::PathBuf;

use super::phone_gateway;
use super::reader::{Ids, Table};
use super::values::{http_url, own_or_common_proxy, secret};
use crate::channels::{ChannelKind, Channels, Email, MailSecurity, MaxBot, TelegramBot, VkCommunity, Webhook};
use crate::files::Files;
use crate::settings::{Proxy, Secret};

/// RFC 5321's bound on an address.
const MAX_ADDRESS_BYTES: usize = 254;

/// `common` is the proxy of `[fetch]`.
pub fn read(mut table: Table, common: Option<Proxy>, files: &Files) -> Channels {
    let telegram = table.table("telegram").and_then(|table| telegram(table, common.clone()));
    let email = table.table("email").and_then(|table| email(table, files));
    let vk = table.table("vk").and_then(|table| vk(table, common.clone()));
    let max = table.table("max").and_then(|table| max(table, common.clone(), files));
    let sms = table.table("sms").and_then(|table| phone_gateway::read(table, common.clone()));
    let call = table.table("call").and_then(|table| phone_gateway::read(table, common));
    let mut names = Ids::new("webhook");
    let webhooks = table.tables("webhook").into_iter().filter_map(|table| webhook(table, &mut names)).collect();
    table.finish();
    Channels { telegram, email, vk, max, sms, call, webhooks }
}

fn telegram(mut table: Table, common: Option<Proxy>) -> Option<TelegramBot> {
    let token = token(&mut table);
    let api = table.parsed("api", http_url).unwrap_or_else(|| "https://api.telegram.org".to_owned());
    let proxy = own_or_common_proxy(&mut table, common);
    table.finish();
    Some(TelegramBot { token: token?, api, proxy })
}

fn vk(mut table: Table, common: Option<Proxy>) -> Option<VkCommunity> {
    let token = token(&mut table);
    let api = table.parsed("api", http_url).unwrap_or_else(|| "https://api.vk.ru/method".to_owned());
    let proxy = own_or_common_proxy(&mut table, common);
    table.finish();
    Some(VkCommunity { token: token?, api, proxy })
}

fn max(mut table: Table, common: Option<Proxy>, files: &Files) -> Option<MaxBot> {
    let token = token(&mut table);
    let api = table.parsed("api", http_url).unwrap_or_else(|| "https://platform-api2.max.ru".to_owned());
    let ca_file = ca_file(&mut table, files);
    let proxy = own_or_common_proxy(&mut table, common);
    table.finish();
    Some(MaxBot { token: token?, api, ca_file, proxy })
}

fn webhook(mut table: Table, names: &mut Ids) -> Option<Webhook> {
    let name = table.required("name");
    name.iter().for_each(|name| names.add(table.report(), name));
    let url = table.required("url").and_then(|url| {
        let checked = http_url(&url.value);
        checked.map_err(|message| table.report().add(&url.at, format!("`url`: {message}"))).ok()
    });
    let secret = secret(&mut table, "secret_file", "secret_env");
    let proxy = own_or_common_proxy(&mut table, None);
    table.finish();
    Some(Webhook { name: name?.value, url: url?, secret, proxy })
}

fn email(mut table: Table, files: &Files) -> Option<Email> {
    let server = table.required("server").map(|server| {
        if server.value.contains([':', '/', '@', ' ']) {
            let message = format!("`server`: {:?} — не имя узла; пишите, например, \"smtp.example.ru\"", server.value);
            table.report().add(&server.at, message);
        }
        server.value
    });
    let security = table.parsed("security", |text| match text {
        "tls" => Ok(MailSecurity::Tls),
        "starttls" => Ok(MailSecurity::StartTls),
        other => Err(format!("{other:?} не подходит; пишите \"tls\" или \"starttls\": открыто сообщения не ходят")),
    });
    let security = security.unwrap_or(MailSecurity::Tls);
    let usual = if security == MailSecurity::Tls { 465 } else { 587 };
    let port = table.number("port", usual, 1..=u32::from(u16::MAX));
    let ca_file = ca_file(&mut table, files);
    let from = table.required("from").and_then(|from| {
        let checked = sender(&from.value);
        checked.map_err(|message| table.report().add(&from.at, format!("`from`: {message}"))).ok()
    });
    let from_name = table.parsed("from_name", one_line).unwrap_or_else(|| "Отклик".to_owned());
    let user = table.string("user").map(|user| user.value);
    let login = match (user, secret(&mut table, "password_file", "password_env")) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        _ => {
            table.report().add(&table.at(), "для входа нужны `user` и `password_file` или `password_env`");
            None
        }
    };
    table.finish();
    // `number` keeps the port within bounds.
    let port = u16::try_from(port).unwrap_or(u16::MAX);
    Some(Email { server: server?, port, security, ca_file, from: from?, from_name, login })
}

/// A bot's or a community's token, without which the section means nothing.
fn token(table: &mut Table) -> Option<Secret> {
    let token = secret(table, "token_file", "token_env");
    if token.is_none() {
        table.report().add(
            &table.at(),
            "укажите, где лежит токен: `token_file = \"…\"` или `token_env = \"…\"`; либо уберите раздел, тогда канал выключен",
        );
    }
    token
}

/// Whether an address in `people.toml` is one of this kind of channel. Enough to catch a slip of the pen; whether it exists only its
/// server knows.
pub fn address(kind: ChannelKind, to: &str) -> Result<(), String> {
    const CHAT: &str = "пишите номер чата, например \"123456789\"";
    let is_chat = to.parse::<i64>().is_ok_and(|number| number != 0);
    let (fits, hint) = match kind {
        ChannelKind::Telegram => (
            is_chat || to.strip_prefix('@').is_some_and(is_telegram_name),
            "пишите номер чата, например \"123456789\", или имя канала, например \"@name\"",
        ),
        ChannelKind::Vk | ChannelKind::Max => (is_chat, CHAT),
        ChannelKind::Sms | ChannelKind::Call => (is_telephone(to), "пишите номер телефона, например \"+79001234567\""),
        ChannelKind::Email => (is_email(to), "пишите один адрес, например \"officer@example.ru\""),
        ChannelKind::Webhook => return http_url(to).map(drop),
        ChannelKind::Terminal => return Ok(()),
    };
    match fits {
        true => Ok(()),
        false => Err(format!("{to:?}: на этом канале так никого не зовут; {hint}")),
    }
}

fn is_telegram_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The longest number of a telephone (ITU-T E.164), and the shortest that a network outside a firm takes.
const TELEPHONE: std::ops::RangeInclusive<usize> = 10..=15;

fn is_telephone(to: &str) -> bool {
    let digits = to.strip_prefix('+').unwrap_or(to);
    TELEPHONE.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_email(to: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "@<>,;:\"".contains(c));
    to.len() <= MAX_ADDRESS_BYTES
        && to.split_once('@').is_some_and(|(user, host)| part(user) && part(host) && host.contains('.'))
}

fn ca_file(table: &mut Table, files: &Files) -> Option<PathBuf> {
    table.string("ca_file").map(|path| files.path(&path.value))
}

/// The address that letters come from.
fn sender(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} — не адрес почты; пишите, например, \"otklik@example.ru\"");
    let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '@');
    if local.is_empty()
        || !domain.contains('.')
        || text.len() > MAX_ADDRESS_BYTES
        || format!("{local}{domain}").contains(odd)
    {
        return Err(wrong());
    }
    Ok(text.to_owned())
}

/// It becomes a part of a header.
fn one_line(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().count() > 100 || text.contains(char::is_control) {
        return Err("пишите имя одной строкой, не длиннее 100 знаков".to_owned());
    }
    Ok(text.to_owned())
}

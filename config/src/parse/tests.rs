//! One refused configuration a line, and what holds over all files.

mod channels;

use std::fs;
use std::time::Duration;

use super::*;
use crate::{Address, AlertRules, Calendar, ChannelKind, Hours, PersonRole, Term, TokenKind};

fn files(texts: &[(&str, &str)]) -> Files {
    texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[track_caller]
fn accept(texts: &[(&str, &str)]) -> Config {
    config(&files(texts)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Exactly these problems, each told by its place and a part of its message.
#[track_caller]
fn refuse(texts: &[(&str, &str)], expect: &[(&str, &str)]) {
    let problems = config(&files(texts)).expect_err("refused").0;
    let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
    let fits = |(told, (place, part)): (&String, &(&str, &str))| {
        told.starts_with(&format!("{place}: ")) && told.contains(part)
    };
    assert!(told.len() == expect.len() && told.iter().zip(expect).all(fits), "{told:#?}");
}

#[track_caller]
fn refuse_one(file: &str, text: &str, line: usize, part: &str) {
    refuse(&[(file, text)], &[(&format!("{file}:{line}"), part)]);
}

const TOPIC: &str = "sector = 'jkh'\n[[topic]]\nid = 'jkh.water'\nname = 'Вода'\nany = ['вода']\n";
const RISK: &str = "[[risk]]\nkind = 'outage'\nname = 'Отключение'\nlevel = 'high'\n";
const PLACE: &str = "[[place]]\nid = 'mira'\nname = 'ул. Мира'\nkind = 'street'\naliases = ['улица мира']\n";
const SOURCE: &str = "[[source]]\nid = 'a'\nname = 'А'\n";

#[test]
fn shipped_files_are_valid() {
    let config = config(&Files::shipped()).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(config.sources.len() >= 8 && config.sources.iter().all(|source| !source.enabled));
    assert_eq!(config.settings.web.listen.port(), 8686);
}

#[test]
fn no_files_are_the_defaults_and_the_shipped_settings_state_them() {
    let empty = accept(&[]);
    let shipped = config(&Files::shipped()).unwrap();
    assert_eq!(format!("{:?}", empty.settings), format!("{:?}", shipped.settings));
    // Kinds are those of the risks, of which there are none here.
    let without_kinds = AlertRules { wide_kinds: Vec::new(), ..shipped.alerts };
    assert_eq!(format!("{:?}", empty.alerts), format!("{without_kinds:?}"));
    assert_eq!(format!("{:?}", empty.people), format!("{:?}", shipped.people));
    assert_eq!(empty.deadlines, shipped.deadlines);
    // What the government moved is nobody's default.
    assert_eq!(empty.calendar, Calendar { years: Vec::new(), ..shipped.calendar });
    assert_eq!(empty.alerts.group_window, Duration::from_secs(86400));
    assert!(empty.sources.is_empty() && empty.taxonomy.is_empty());
}

#[test]
fn a_page_of_news_is_read_by_valid_selectors_only() {
    let portal = |list: &str| format!("{SOURCE}url = 'https://city.example/news'\nlist = {list}\n");
    let sources = accept(&[("sources.toml", &portal("{ item = 'li.news', date = 'time' }"))]).sources;
    let list = sources[0].list.clone().unwrap();
    assert_eq!((list.item.as_str(), list.link.as_str(), list.date.as_deref()), ("li.news", "a[href]", Some("time")));
    let refuse = |list: &str, part| refuse_one("sources.toml", &portal(list), 5, part);
    refuse("{ item = 'li[' }", "не селектор CSS");
    refuse("{ title = 'h3' }", "нет ключа `item`");
    refuse("{ item = 'li', href = 'a' }", "незнакомый ключ `href`");
    refuse_one("sources.toml", &format!("{SOURCE}channel = 'gorod'\nidentity = 'link'\n"), 1, "только у портала");
}

#[test]
fn a_platform_has_the_common_proxy_its_own_or_none() {
    let proxies = |text: &str| {
        let settings = accept(&[("otklik.toml", text)]).settings;
        [settings.fetch.proxy, settings.vk.proxy, settings.telegram.proxy].map(|proxy| proxy.map(|proxy| proxy.url))
    };
    let url = |text: &str| Some(text.to_owned());
    assert_eq!(proxies("[fetch]\nproxy = 'http://a:1/'"), [url("http://a:1"), url("http://a:1"), url("http://a:1")]);
    assert_eq!(
        proxies("[telegram]\nproxy = 'socks5://b:2'\n[fetch]\nproxy = 'http://a:1'\n[vk]\nproxy = 'direct'"),
        [url("http://a:1"), None, url("socks5://b:2")]
    );
}

#[test]
fn settings_are_refused_with_their_line() {
    let refuse = |text, line, part| refuse_one("otklik.toml", text, line, part);
    refuse("a = \n", 1, "не TOML");
    refuse("timezone = 'Mars/Base'", 1, "\"Mars/Base\" — не часовой пояс");
    refuse("[vk]\nproxy = 'ftp://a'", 2, "не http, не https и не socks5");
    refuse("[fetch]\nproxy = 'http://u:p@a:1'", 2, "proxy_auth_file");
    refuse("[telegram]\nproxy_auth_env = 'A'", 1, "только рядом с `proxy`");
    refuse("[[fetch.host]]\nname = 'https://t.me'", 2, "не имя узла");
    refuse("[[fetch.host]]\nname = 't.me'\n[[fetch.host]]\nname = 'T.me'", 4, "уже есть");
    refuse("timezone = 3", 1, "нужно указать строку в кавычках, а стоит целое число");
    refuse("\n\nzone = 'UTC'", 3, "незнакомый ключ `zone`; здесь бывают: timezone, public_url");
    refuse("[web]\nport = 1", 2, "незнакомый ключ `port`; здесь бывают: listen");
    refuse("[web]\nlisten = 'localhost'", 2, "не адрес с портом");
    refuse("[journal]\nkeep_days = 0", 2, "`keep_days` = 0: допустимо от 1 до 3650");
    refuse("[journal]\nmax_mb = 'much'", 2, "нужно указать целое число, а стоит строка");
    refuse("journal = 3", 1, "нужно указать таблицу");
    refuse("public_url = 'ftp://example.ru'", 1, "не http и не https");
    refuse("public_url = 'example.ru'", 1, "не адрес");
    refuse("[facts]\nurl = 'http://u:p@host'", 2, "стоит имя или пароль");
    refuse("[facts]\nuser = 'x'", 1, "нет ключа `url`");
    refuse("[kafka]\nprefix = 'x.'", 1, "нет ключа `brokers`");
    refuse("[kafka]\nbrokers = 'a:9092,b'", 2, "\"b\" — не узел:порт");
    refuse("[kafka]\nbrokers = 'a:1'\nprefix = 'отклик'", 3, "латинских букв");
    refuse("[kafka]\nbrokers = 'a:1'\nca_file = 'x'", 1, "`tls` не true");
    refuse("[kafka]\nbrokers = 'a:1'\ntls = true\ncert_file = 'x'", 1, "пишутся вместе");
    refuse("[kafka]\nbrokers = 'a:1'\nuser = 'x'", 1, "для входа нужны");
    refuse("[kafka]\nbrokers = 'a:1'\nsasl_mechanism = 'GSSAPI'", 3, "бывают PLAIN");
    refuse("[roles]\nstore = ['http://a:1']", 1, "нет ключа `secret_file`");
    refuse("[roles]\nsecret_file = 'x'\nstore = ['a:1']", 3, "`store`");
    refuse("[vk]\ntoken_file = 'a'\ntoken_env = 'B'", 3, "оставьте что-то одно");
    refuse("[digest]\nat = '25:00'", 2, "не время суток");
    refuse("[fetch]\ncontact = 'почта'", 2, "латиницей");
    refuse("[fetch]\nallow_private = ['a', 1]", 2, "список из одних строк");
}

#[test]
fn sources_are_refused_with_their_line() {
    let refuse = |rest: &str, line, part| refuse_one("sources.toml", &format!("{SOURCE}{rest}"), line, part);
    refuse("", 1, "нужен ровно один адрес");
    refuse("channel = 'news'\nurl = 'https://a.ru'", 1, "нужен ровно один адрес");
    refuse("channel = '@news'", 4, "не имя открытого канала");
    refuse("channel = 'https://t.me/news'", 4, "не имя открытого канала");
    refuse("channel = '1news'", 4, "не имя открытого канала");
    refuse("owner = 5", 4, "номер сообщества отрицательный: -5");
    refuse("owner = 0", 4, "0 — не стена");
    refuse("url = 'file:///etc/passwd'", 4, "не http и не https");
    refuse("owner = -5\nevery = '5 minutes'", 5, "не длительность");
    refuse("owner = -5\nevery = '1s'", 5, "допустимо от");
    refuse("owner = -5\nenabled = 'yes'", 5, "нужно указать true или false");
    refuse("owner = -5\nevry = '5m'", 5, "незнакомый ключ `evry`");
    refuse("owner = -5\n[[source]]\nid = 'a'\nname = 'Б'\nowner = -6", 6, "источник `a`: уже есть в sources.toml:2");
    refuse("owner = -5\n[[source]]\nid = 'b'\nname = 'Б'\nowner = -5", 8, "уже есть в sources.toml:4");
    refuse("owner = -5\n[[source]]\nid = 'б'\nname = 'Б'\nowner = -6", 6, "латинских букв");
    refuse("owner = -5\n[[source]]\nname = 'Б'\nowner = -6", 5, "нет ключа `id`");
    refuse("owner = -5\n[[source]]\nid = 'b'\nname = ' '\nowner = -6", 7, "ключ `name` пуст");
}

#[test]
fn rules_are_refused_with_their_line() {
    let topic = |rest: &str, line, part| refuse_one("taxonomy/jkh.toml", &format!("{TOPIC}{rest}"), line, part);
    topic("except = ['(']", 6, "запрос `(`, знак");
    topic("except = ['сектор:jkh']", 6, "поля не годятся");
    topic("weight = 0", 6, "`weight` = 0");
    topic("weight = 'a'", 6, "нужно указать число");
    topic("[topic.examples]\nmatches = []", 7, "незнакомый ключ `matches`; здесь бывают: match, miss");
    topic("[[topic]]\nid = 'jkh.water'\nname = 'В'\nany = ['а']", 7, "уже есть в taxonomy/jkh.toml:3");
    topic("[[topic]]\nid = 'tko.water'\nname = 'В'\nany = ['а']", 7, "должен начинаться с `jkh.`");
    topic("[[topic]]\nid = 'jkh.gas'\nname = 'Газ'", 6, "в `any` нет ни одного запроса");
    refuse_one("taxonomy/water.toml", TOPIC, 1, "должны лежать в taxonomy/jkh.toml");
    refuse_one("taxonomy/jkh.toml", "sector = 'jhk'", 1, "\"jhk\" — не сектор; бывают jkh, tko");
    let risk = |rest: &str, line, part| refuse_one("risks/a.toml", &format!("{RISK}{rest}"), line, part);
    risk("any = ['охват:>5']", 5, "только поля сектор:, тема: и место:");
    risk("any = ['тема:jkh.gas']", 5, "тема `jkh.gas`: такого нет");
    risk("any = ['место:nowhere']", 5, "место `nowhere`: такого нет");
    risk("any = ['а']\nraise = 'б'", 6, "нужно указать список строк");
    risk("", 1, "в `any` нет ни одного запроса");
    refuse_one("risks/a.toml", &format!("{}any = ['а']", RISK.replace("high", "awful")), 4, "не уровень");
    let place = |rest: &str, line, part| refuse_one("places/a.toml", &format!("{PLACE}{rest}"), line, part);
    place("[[place]]\nid = 'mira'\nname = 'М'\nkind = 'street'\naliases = ['а']", 7, "уже есть в places/a.toml:2");
    place("[[place]]\nid = 'm'\nname = 'М'\nkind = 'road'\naliases = ['а']", 9, "не вид места");
    place("[[place]]\nid = 'm'\nname = 'М'\nkind = 'street'\naliases = []", 6, "в `aliases` нет ни одного запроса");
    place(
        "[[place]]\nid = 'm'\nname = 'М'\nkind = 'street'\naliases = ['а']\nunsure = ['б']",
        6,
        "`unsure` и `doubt` пишутся вместе",
    );
}

#[test]
fn saved_searches_may_ask_for_everything_that_exists() {
    let search = |query: &str| format!("[[search]]\nid = 'burst'\nname = 'Прорывы'\nquery = '{query}'\n");
    let risk = format!("{RISK}any = ['вода']\n");
    let all = search("вода сектор:жкх тема:jkh.water риск:outage риск:высокий место:mira охват:>10 дата:2026-11-01..");
    let config = accept(&[
        ("taxonomy/jkh.toml", TOPIC),
        ("risks/all.toml", &risk),
        ("places/all.toml", PLACE),
        ("searches.toml", &all),
    ]);
    assert_eq!((config.searches.len(), config.search_name("burst")), (1, "Прорывы"));
    let refuse = |text: &str, line, part| refuse_one("searches.toml", text, line, part);
    refuse(&search("вода риск:flood"), 4, "риск `flood`: такого нет");
    refuse(&search("вода источник:nowhere"), 4, "источник `nowhere`: такого нет");
    refuse(&search("вода)"), 4, "знак 5: Лишняя");
    refuse(&[search("вода"), search("свет")].concat(), 6, "burst");
    refuse("[[search]]\nid = 'a'\nname = 'A'\n", 1, "нет ключа `query`");
}

#[test]
fn recipients_and_alerts_are_refused_with_their_line() {
    let recipient = |rest: &str, line, part| {
        refuse_one("recipients.toml", &format!("[[recipient]]\nid = 'a'\nname = 'А'\n{rest}"), line, part);
    };
    recipient("", 1, "укажите `sectors` или `topics`");
    recipient("sectors = ['jkx']", 4, "не сектор");
    recipient("topics = ['jkh.water']", 4, "тема `jkh.water`: такого нет");
    recipient("sectors = ['jkh']\nplaces = [\n'mira']", 6, "место `mira`: такого нет");
    recipient("sectors = ['jkh']\nsources = ['city']", 5, "источник `city`: такого нет");
    let rule = |text: &str| format!("[[rule]]\nid = 'r'\nreason = 'r'\nowner = 'o'\n{text}");
    refuse_one("alerts.toml", &rule("kind = 'risk'\nlevel = 'red'"), 6, "\"red\" — не уровень");
    refuse_one("alerts.toml", &rule("kind = 'magic'"), 5, "— не вид правила");
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
    refuse_one("alert.toml", "", 1, "незнакомый файл");
}

const OFFICER: &str = "[[person]]\nid = 'a'\nname = 'А'\nrole = 'officer'\n";
const ONE_STEP: &str = "[chain]\nsteps = ['officer']\n";

#[test]
fn people_are_refused_with_their_line() {
    let refuse = |text: &str, line, part| refuse_one("people.toml", text, line, part);
    let person = |rest: &str, line, part| refuse(&format!("{OFFICER}{rest}\n{ONE_STEP}"), line, part);
    person("hours = 'night'", 5, "пишите \"always\" или \"working\"");
    person("phone = '1'", 5, "незнакомый ключ `phone`");
    person("[[person]]\nid = 'a'\nname = 'Б'\nrole = 'lead'", 6, "человек `a`: уже есть в people.toml:2");
    person("[[person]]\nid = 'b'\nname = 'Б'\nrole = 'boss'", 8, "\"boss\" — не роль; бывают officer, lead");
    person("[[person]]\nid = 'b'\nname = 'Б'", 5, "нет ключа `role`");
    let address = |address: &str, part| person(&format!("addresses = [{address}]"), 5, part);
    address("{ channel = 'sms', to = '1' }", "\"sms\" — не канал; бывают telegram, email");
    address("{ to = '1' }", "нет ключа `channel`");
    address("{ channel = 'email' }", "нет ключа `to`");
    address("{ channel = 'email', to = 'officer' }", "пишите один адрес");
    address("{ channel = 'email', to = 'a@b.ru, c@d.ru' }", "пишите один адрес");
    address("{ channel = 'telegram', to = 'officer' }", "номер чата");
    address("{ channel = 'telegram', to = '@' }", "номер чата");
    address("{ channel = 'vk', to = '@officer' }", "номер чата");
    address("{ channel = 'max', to = '0' }", "номер чата");
    address("{ channel = 'webhook', to = 'example.ru' }", "не адрес");
    address("{ channel = 'terminal', to = '1' }", "незнакомый ключ `to`");
    address("{ channel = 'vk', to = '1' }, { channel = 'vk', to = '1' }", "`1` указан дважды");
    let route = |rest: &str, line, part| refuse(&format!("{OFFICER}{ONE_STEP}[[route]]\n{rest}"), line, part);
    route("", 7, "в `to` нет ни одной роли");
    route("to = ['operator']", 8, "роли `operator` нет ни у одного [[person]]");
    route("to = ['officer']\nlevel = 'red'", 9, "— не уровень");
    route("to = ['officer']\nsectors = ['gas']", 9, "— не сектор");
    route("to = ['officer']\nplaces = ['nowhere']", 9, "место `nowhere`: такого нет");
    route("to = ['officer']\nkinds = ['fire']", 9, "— не вид правила; бывают risk, burst");
    route("to = ['officer']\nwhen = 'night'", 9, "не подходит");
}

#[test]
fn a_chain_is_refused_with_its_line() {
    let refuse = |rest: &str, line, part| refuse_one("people.toml", &format!("{OFFICER}{rest}"), line, part);
    refuse("[chain]\nsteps = []", 5, "в `steps` нет ни одной роли");
    refuse("[chain]\nsteps = ['officer', 'officer']", 6, "ступень `officer`: уже есть");
    refuse("[chain]\nsteps = [\n'officer',\n'head']", 8, "роли `head` нет ни у одного [[person]]");
    refuse(&format!("{ONE_STEP}repeat_most = '1s'"), 7, "допустимо от");
    refuse(&format!("{ONE_STEP}wait = '10'"), 7, "не длительность");
    refuse(&format!("{ONE_STEP}[chain.wait]\nhigh = '0m'"), 8, "допустимо от");
    refuse(&format!("{ONE_STEP}[chain.wait]\nawful = '5m'"), 8, "незнакомый ключ `awful`; здесь бывают: low, medium");
    // Without `steps` the chain is the shipped one, and this file has nobody for three of its steps.
    let missing = ["lead", "head", "curator"].map(|role| format!("роли `{role}` нет ни у одного [[person]]"));
    let mut expect: Vec<(&str, &str)> = missing.iter().map(|part| ("people.toml:1", part.as_str())).collect();
    expect.sort_unstable();
    self::refuse(&[("people.toml", OFFICER)], &expect);
}

#[test]
fn people_are_read_as_they_are_written() {
    let config = accept(&[
        (
            "people.toml",
            "[[person]]\nid = 'a'\nname = 'А'\nrole = 'officer'\nhours = 'working'\naddresses = [\n\
             { channel = 'telegram', to = '-100123' },\n{ channel = 'email', to = 'a@example.ru' },\n{ channel = 'terminal' }]\n\
             [[route]]\nto = ['officer']\nlevel = 'high'\nplaces = ['mira']\nwhen = 'working'\nkinds = ['silence']\n\
             [chain]\nsteps = ['officer']\nwait = '5m'\n",
        ),
        ("places/a.toml", PLACE),
    ]);
    let people = config.people;
    let channels: Vec<(ChannelKind, &str)> =
        people.persons[0].addresses.iter().map(|contact| (contact.channel, contact.to.as_str())).collect();
    let expect =
        [(ChannelKind::Telegram, "-100123"), (ChannelKind::Email, "a@example.ru"), (ChannelKind::Terminal, "")];
    assert_eq!(channels, expect);
    assert_eq!((people.persons[0].hours, people.routes[0].when), (Hours::Working, Some(Hours::Working)));
    assert_eq!((people.routes[0].level, people.routes[0].kinds[0].as_str()), (model::Level::High, "silence"));
    assert_eq!(people.chain.steps, [PersonRole::Officer]);
    assert!(model::Level::ALL.iter().all(|level| people.chain.wait.of(*level).as_secs() == 300));
    assert!(people.reaches_somebody() && !accept(&[]).people.reaches_somebody());
}

#[test]
fn a_calendar_is_refused_with_its_line() {
    let refuse = |text: &str, line, part| refuse_one("calendar.toml", text, line, part);
    refuse("hours = '9-18'", 1, "не часть дня");
    refuse("hours = '18:00-09:00'", 1, "сначала более раннее время");
    refuse("hours = '09:00-10:00'", 1, "не меньше двух часов");
    refuse("lunch = '08:00-09:30'", 1, "выходит за рабочий день");
    refuse("lunch = '10:00-17:59'", 1, "меньше двух часов");
    refuse("days = []", 1, "нет ни одного дня недели");
    refuse("days = ['monday']", 1, "— не день недели; бывают mon, tue");
    refuse("days = ['mon', 'mon']", 1, "день `mon`: уже есть");
    refuse("holidays = []", 1, "незнакомый ключ `holidays`; здесь бывают: hours, lunch, days, year");
    let year = |rest: &str, line, part| refuse(&format!("[[year]]\nyear = 2026\n{rest}"), line, part);
    year("moved = [{ from = 2026-01-03 }]", 3, "нужны оба дня");
    year("moved = [{ from = 2026-01-03, to = 2027-01-09 }]", 3, "2027-01-09 — не из 2026 года");
    year("moved = [{ from = 2026-01-03, to = 2026-01-09, why = 'x' }]", 3, "незнакомый ключ `why`");
    year("days_off = ['2026-04-21']", 3, "нужно указать день без кавычек, например 2026-01-09, а стоит строка");
    year("days_off = [\n2026-04-21T10:00:00]", 4, "например 2026-01-09, а стоит дата");
    year("shortened = [2025-04-21]", 3, "2025-04-21 — не из 2026 года");
    year("[[year]]\nyear = 2026", 4, "год `2026`: уже есть");
    refuse("[[year]]\nmoved = []", 1, "нет ключа `year`");
    refuse("[[year]]\nyear = 26", 2, "26: такого года не ждали");
}

#[test]
fn deadlines_are_refused_with_their_line() {
    let refuse = |text: &str, line, part| refuse_one("deadlines.toml", text, line, part);
    let rules =
        |rest: &str, line, part| refuse(&format!("[[rules]]\nfrom = 2026-01-01\nact = 'Акт'\n{rest}"), line, part);
    refuse("[[rules]]\nact = 'Акт'", 1, "нет ключа `from`");
    refuse("[[rules]]\nact = 'Акт'\nfrom = '2026-01-01'", 3, "день без кавычек");
    refuse("[[rules]]\nfrom = 2026-01-01", 1, "нет ключа `act`");
    refuse("rule = 1", 1, "незнакомый ключ `rule`; здесь бывают: rules");
    rules("first_answer = '9 hours'", 4, "— не срок; пишите, например, \"4h\", \"9 working hours\"");
    rules("first_answer = '0 working hours'", 4, "— не срок");
    rules("final_answer = '251 working days'", 4, "— не срок");
    rules("[rules.first_answer]\nhigh = '9'", 5, "— не срок");
    rules("[rules.after_interim]\nawful = '9h'", 5, "незнакомый ключ `awful`");
    rules("remind = ['1h',\n'soon']", 5, "не длительность");
    rules("remind = ['1m','2m','3m','4m','5m','6m','7m','8m','9m']", 1, "больше 8 напоминаний");
    rules("[[rules]]\nfrom = 2026-01-01\nact = 'Б'", 5, "первый день `2026-01-01`: уже есть в deadlines.toml:2");
}

#[test]
fn rules_of_deadlines_come_oldest_first_with_their_terms() {
    let text = "[[rules]]\nfrom = 2027-07-01\nact = 'Новый'\nclause = 'п. 5'\nfirst_answer = '90m'\nremind = ['15m', '2h']\n\
        [rules.final_answer]\nlow = '1 working day'\n[[rules]]\nfrom = 2026-07-01\nact = 'Старый'\n";
    let deadlines = accept(&[("deadlines.toml", text)]).deadlines;
    let acts: Vec<&str> = deadlines.iter().map(|rules| rules.act.as_str()).collect();
    assert_eq!(acts, ["Старый", "Новый"]);
    let (old, new) = (&deadlines[0], &deadlines[1]);
    let terms = |terms: &crate::ByLevel<Term>| model::Level::ALL.map(|level| terms.of(level).to_string());
    assert_eq!(terms(&old.first_answer), ["9 working hours", "9 working hours", "9 working hours", "4h"]);
    assert_eq!(terms(&old.final_answer), terms(&old.first_answer));
    assert_eq!(terms(&new.final_answer), ["1 working days", "90m", "90m", "90m"]);
    assert_eq!(terms(&new.after_interim), ["7 working days"; 4].map(str::to_owned));
    assert_eq!(new.remind, [Duration::from_secs(7200), Duration::from_secs(900)]);
    assert_eq!((new.clause.as_str(), old.clause.as_str()), ("п. 5", ""));
}

#[test]
fn problems_of_all_files_are_listed_together() {
    refuse(
        &[
            ("otklik.toml", "timezone = 'X'\nzone = 1\n[web]\nlisten = ''"),
            ("sources.toml", "[[source]]\nid = 'a'\nname = 'А'\nowner = 5\nx = 1"),
            ("places/b.toml", &PLACE.replace("улица мира", "\"")),
            ("taxonomy/jkh.toml", "sector = \n[[topic]\n"),
            ("recipients.toml", "[[recipient]]\nid = 'a'\nname = 'А'\ntopics = ['jkh.water']"),
        ],
        &[
            ("otklik.toml:1", "не часовой пояс"),
            ("otklik.toml:2", "незнакомый ключ `zone`"),
            ("otklik.toml:4", "не адрес"),
            ("places/b.toml:5", "запрос"),
            ("sources.toml:4", "отрицательный"),
            ("sources.toml:5", "незнакомый ключ `x`"),
            ("taxonomy/jkh.toml:1", "не TOML"),
            ("taxonomy/jkh.toml:2", "не TOML"),
        ],
    );
}

#[test]
fn what_is_written_is_what_is_read() {
    let config = accept(&[
        ("sources.toml", &format!("{SOURCE}channel = 'City_News'\nevery = '90s'\nhome = false\n")),
        ("taxonomy/tko.toml", &TOPIC.replace("jkh", "tko")),
        ("taxonomy/jkh.toml", &format!("{TOPIC}[topic.examples]\nmatch = [\n'Нет воды',\n'Вода']\n")),
        ("risks/a.toml", &format!("{RISK}any = ['тема:jkh.water вода']\n")),
        ("places/a.toml", PLACE),
        (
            "recipients.toml",
            "[[recipient]]\nid = 'r'\nname = 'Р'\ntopics = ['jkh.water']\nplaces = ['mira']\nsources = ['a']",
        ),
    ]);
    let source = &config.sources[0];
    assert_eq!(source.address, Address::Telegram("city_news".into()));
    assert_eq!((source.every, source.home, source.enabled), (Duration::from_secs(90), false, true));
    let sectors: Vec<_> = config.taxonomy.iter().map(|rules| rules.sector.as_str()).collect();
    assert_eq!(sectors, ["jkh", "tko"]);
    let examples = &config.taxonomy[0].topics[0].examples;
    assert_eq!((examples.file.as_str(), examples.matching[1].line), ("taxonomy/jkh.toml", 9));
    assert_eq!(config.recipients[0].sources, ["a"]);
}

#[test]
fn the_rules_hash_follows_the_rules_and_nothing_else() {
    let base = [("taxonomy/jkh.toml", TOPIC), ("otklik.toml", "")];
    let hash = accept(&base).rules_hash;
    assert_eq!(hash.len(), 64);
    assert_eq!(hash, accept(&[base[0], ("otklik.toml", "[journal]\nkeep_days = 3")]).rules_hash);
    let home = format!("{SOURCE}owner = -5\n");
    assert_eq!(hash, accept(&[base[0], ("sources.toml", &home)]).rules_hash);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sectors.model");
    fs::write(&file, MODEL).unwrap();
    for other in [
        [("otklik.toml", format!("[classify]\nmodel = {:?}", file.to_str().unwrap()))],
        [("taxonomy/jkh.toml", TOPIC.replace("'вода'", "'водопровод'"))],
        [("places/a.toml", PLACE.to_owned())],
        [("recipients.toml", "[[recipient]]\nid = 'r'\nname = 'Р'\nsectors = ['jkh']".to_owned())],
        [("sources.toml", format!("{home}home = false\n"))],
    ] {
        let [(path, text)] = other;
        assert_ne!(hash, accept(&[base[0], base[1], (path, &text)]).rules_hash, "{path}");
    }
}

/// A model without features: its header and seven zeros.
const MODEL: &[u8] = b"OTKLIK-S\x01\0\0\0\x07\0\0\0\0\0\0\0\
    \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

#[test]
fn a_model_lies_in_the_folder_and_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("otklik.toml"), "[classify]\nmodel = 'sectors.model'\n").unwrap();
    let read = || config(&Files::read(folder.path()).unwrap());
    let refused = |message: &str| {
        let problems = read().unwrap_err().0;
        assert_eq!((problems.len(), problems[0].file.as_str(), problems[0].line), (1, "otklik.toml", 2));
        assert!(problems[0].message.contains(message), "{}", problems[0].message);
    };
    refused("No such file");
    fs::write(folder.path().join("sectors.model"), "PK").unwrap();
    refused("это не модель; обучите её: `otklik train`");
    fs::write(folder.path().join("sectors.model"), MODEL).unwrap();
    assert_eq!(read().unwrap().settings.classify.model.as_ref().map(|model| model.hash.len()), Some(64));
}

#[test]
fn words_and_lists_are_shared_by_all_risk_files() {
    let shared = "[[words]]\nid = 'home'\nwords = ['дом', 'хата']\n\
        [[list]]\nid = 'drill'\nname = 'учения'\nany = ['учения']\neverywhere = 'except'\n";
    let config = accept(&[
        ("risks/z.toml", shared),
        ("risks/a.toml", &format!("{RISK}any = ['\"гореть {{home}}\"~2']\nlower_lists = ['drill']\n")),
    ]);
    assert_eq!(config.risks[0].any[0].source, "\"гореть {home}\"~2");
    assert_eq!(config.risks[0].lists, [(crate::Effect::Lower, "drill".to_owned())]);
    assert_eq!((config.lists[0].everywhere, config.lists[0].unless_ours), (Some(crate::Effect::Except), false));
    let a = |rest: &str| format!("{RISK}{rest}");
    refuse_one("risks/a.toml", &a("any = ['а']\nexcept_lists = ['sport']"), 6, "sport");
    refuse_one("risks/a.toml", &a("any = ['{home}']"), 5, "нет [[words]] `home`");
    refuse_one("risks/a.toml", "[[words]]\nid = 'home'\nwords = ['жилой дом']", 3, "не слово");
    refuse_one("risks/a.toml", "[[list]]\nid = 'a'\nname = 'А'\nany = ['а']\neverywhere = 'on'", 5, "не подходит");
}

#[test]
fn streets_and_institutions_need_a_name_only() {
    let places = "[[street]]\nname = 'Лесная'\n[[street]]\nname = 'Мира'\ntype = 'проспект'\nid = 'mira'\n\
        [[institution]]\nname = 'Школа № 5'\nalso = ['Зелёная школа']\n";
    let config = accept(&[("places/a.toml", places)]);
    let told: Vec<(&str, &str, &str)> =
        config.places.iter().map(|place| (place.id.as_str(), place.name.as_str(), place.kind.as_str())).collect();
    let expect = [
        ("ul-lesnaya", "ул. Лесная", "street"),
        ("mira", "пр-т Мира", "street"),
        ("shkola-5", "Школа № 5", "institution"),
    ];
    assert_eq!(told, expect);
    assert!(config.places[2].aliases.iter().any(|alias| alias.source == "\"зеленая школа\""));
    refuse_one("places/a.toml", "[[street]]\nname = 'Мира'\ntype = 'авеню'", 3, "не вид улицы");
    refuse_one("places/a.toml", "[[street]]\nname = 'Мира'\n[[street]]\nname = 'Мира'", 4, "ul-mira");
    refuse_one("places/a.toml", "[[institution]]\nname = '!'", 2, "нет слова");
}

#[test]
fn tokens_searches_and_events_of_vk_are_read() {
    let config = accept(&[
        (
            "otklik.toml",
            "[vk]\ntoken_file = 'a'\ncallback = '127.0.0.1:9'\n[[vk.token]]\nkind = 'user'\nenv = 'B'\n[vk.limits]\nwall_get_per_day = 7",
        ),
        (
            "sources.toml",
            "[[source]]\nid = 'own'\nname = 'Н'\nowner = -5\nweight = 4\n[source.events]\ntoken_env = 'C'\nconfirmation = 'd'\nsecret_file = 'e'\n\
             [[source]]\nid = 'q'\nname = 'П'\nsearch = ' вода '\ncomments = false",
        ),
    ]);
    let vk = &config.settings.vk;
    let kinds: Vec<TokenKind> = vk.tokens.iter().map(|token| token.kind).collect();
    assert_eq!((kinds, vk.limits.wall_get_per_day), (vec![TokenKind::Service, TokenKind::User], 7));
    assert!(vk.callback.is_some());
    let events = config.sources[0].events.as_ref().unwrap();
    assert!(
        events.long_poll.is_some() && events.callback.as_ref().is_some_and(|callback| callback.confirmation == "d")
    );
    assert_eq!(config.sources[1].address, Address::VkSearch("вода".into()));
    assert!(!config.sources[1].comments && config.sources[0].weight == 4.0);
}

#[test]
fn wrong_tokens_searches_and_events_are_refused_with_their_line() {
    refuse_one("otklik.toml", "[[vk.token]]\nkind = 'bot'\nenv = 'A'", 2, "не подходит");
    refuse_one("otklik.toml", "[[vk.token]]\nkind = 'user'", 1, "укажите, где лежит токен");
    refuse_one("otklik.toml", "[vk.limits]\nuser_per_second = 0", 2, "допустимо от 1 до 1000");
    refuse_one("sources.toml", &format!("{SOURCE}search = ' '"), 4, "пишите от 1 до 200 знаков");
    let events = |address: &str, keys: &str| format!("{SOURCE}{address}\n[source.events]\n{keys}");
    refuse_one("sources.toml", &events("channel = 'gorod'", "token_env = 'A'"), 5, "только у сообщества ВКонтакте");
    refuse_one("sources.toml", &events("owner = -5", ""), 5, "укажите `token_file`");
    refuse_one(
        "sources.toml",
        &events("owner = -5", "token_env = 'A'\nconfirmation = 'b'"),
        5,
        "для Callback API нужны",
    );
}

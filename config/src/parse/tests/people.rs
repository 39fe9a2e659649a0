//! `people.toml`.

use super::*;
use crate::{ChannelKind, Hours, PersonRole};

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
    address("{ channel = 'fax', to = '1' }", "\"fax\" — не канал; бывают telegram, email");
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

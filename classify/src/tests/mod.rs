//! What is recognised in invented posts, under rules that are ours and small.

mod places;
mod posts;
mod risks;
mod rows;
mod sectors;

use std::sync::Arc;

use config::{Config, Files};
use model::{Level, Post, Sector, Tags, wire};

use crate::Classifier;

const JKH: &str = r#"
sector = "jkh"
[[topic]]
id = "jkh.water"
name = "Водоснабжение"
any = ['"нет вода"', '"вода нет"', 'водопровод']
except = ['бассейн']
[topic.examples]
match = ["Второй день нет воды"]
miss = ["В бассейне нет воды"]
[[topic]]
id = "jkh.heating"
name = "Отопление"
any = ['батарея холодный', 'отопление']
"#;

const ROADS: &str = r#"
sector = "roads"
[[topic]]
id = "roads.pits"
name = "Ямы"
any = ['яма', 'дорога разбитый']
weight = 1.5
"#;

const OTHER: &str = r#"
sector = "other"
[[topic]]
id = "other.animals"
name = "Животные"
any = ['собака']
weight = 1.5
[[topic]]
id = "other.shelling"
name = "Обстрел"
any = ['обстрел']
weight = 4
"#;

/// Two kinds of risk, and the fewest words that tell of them.
const RISKS: &str = r#"
[[kind]]
code = "fire"
name = "Пожар"
[[kind]]
code = "outage"
name = "Отключение"
[[state]]
code = "burns"
name = "горит"
title = "Горит: {name}"
[[state]]
code = "absent"
name = "нет"
title = "Нет {of}"
[[object]]
code = "fire"
name = "пожар"
of = "пожара"
words = ["пожар", "возгорание"]
itself = "burns"
[[object]]
code = "building"
name = "здание"
of = "здания"
words = ["дом", "сарай", "склад"]
[[object]]
code = "water"
name = "вода"
of = "воды"
words = ["вода"]
[[object]]
code = "supply"
name = "подача"
of = "подачи"
words = ["отключение"]
itself = "absent"
[[says]]
state = "burns"
objects = ["building"]
words = ["гореть", "полыхать"]
[[says]]
state = "absent"
objects = ["water"]
case = "genitive"
words = ["=нет"]
[[says]]
state = "absent"
objects = ["water"]
words = ["отключить", "пропасть"]
[[when]]
code = "over"
name = "кончилось"
reach = "sentence"
words = ["потушить", "ликвидировать", "устранить", "восстановить"]
[[when]]
code = "now"
name = "сейчас"
words = ["до сих пор", "=сейчас"]
[[when]]
code = "past"
name = "раньше"
words = ["в прошлый год"]
[[when]]
code = "feared"
name = "может случиться"
reach = "before"
words = ["если", "может"]
[[when]]
code = "planned"
name = "по плану"
words = ["завтра"]
[[scale]]
code = "institution"
name = "учреждение"
words = ["школа", "больница"]
[[scale]]
code = "house"
name = "дом"
words = ["=доме", "=дома"]
[[harm]]
code = "hurt"
name = "пострадавшие"
words = ["пострадавший"]
[[aside]]
name = "учения"
words = ["учение"]
[[aside]]
name = "новость"
unless_ours = true
words = ["источник"]
[[aside]]
name = "кино"
objects = ["building"]
words = ["кино"]
[[row]]
kind = "fire"
level = "medium"
state = ["burns"]
when = ["over"]
[[row]]
kind = "fire"
level = "critical"
state = ["burns"]
when = ["now"]
scale = ["institution"]
[[row]]
kind = "fire"
level = "critical"
state = ["burns"]
when = ["now"]
harm = "hurt"
[[row]]
kind = "fire"
level = "high"
state = ["burns"]
when = ["now"]
[row.examples]
match = ["Горит дом, пожар!"]
miss = ["Пожара нет, жгут траву", "Пожар в школе"]
[[row]]
kind = "outage"
level = "high"
state = ["absent"]
when = ["now"]
scale = ["institution"]
[[row]]
kind = "outage"
level = "medium"
state = ["absent"]
when = ["now"]
"#;

const PLACES: &str = r#"
[[place]]
id = "orekhovo"
name = "пос. Орехово"
kind = "settlement"
aliases = ['орехово']
[[place]]
id = "sadovaya"
name = "ул. Садовая"
kind = "street"
aliases = ['садовая', '"улица садовая"']
[[place]]
id = "school-5"
name = "школа № 5"
kind = "institution"
aliases = ['"пятый школа"']
[[place]]
id = "dalniy"
name = "г. Дальний"
kind = "elsewhere"
aliases = ['"город дальний"']
"#;

const RECIPIENTS: &str = r#"
[[recipient]]
id = "vodokanal"
name = "Водоканал"
topics = ["jkh.water"]
sources = ["vodokanal-page"]
[[recipient]]
id = "orekhovo-jkh"
name = "ЖКХ Орехово"
sectors = ["jkh"]
places = ["orekhovo"]
[[recipient]]
id = "jkh"
name = "Управление ЖКХ"
sectors = ["jkh"]
"#;

const SOURCES: &str = "[[source]]\nid = 'region'\nname = 'Область'\nowner = -1\nhome = false\n\
    [[source]]\nid = 'vodokanal-page'\nname = 'Водоканал'\nowner = -2\n";

const SEARCHES: &str = r#"
[[search]]
id = "burning"
name = "Горит"
query = 'риск:fire -кино'
[[search]]
id = "school-roof"
name = "Крыша школы"
query = '"(крыша|кровля) школа"~2'
"#;

fn configured(jkh: &str) -> Arc<Config> {
    let files: Files = [
        ("taxonomy/jkh.toml", jkh),
        ("taxonomy/roads.toml", ROADS),
        ("taxonomy/other.toml", OTHER),
        ("risks/all.toml", RISKS),
        ("places/all.toml", PLACES),
        ("recipients.toml", RECIPIENTS),
        ("sources.toml", SOURCES),
        ("searches.toml", SEARCHES),
    ]
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .into_iter()
    .collect();
    Arc::new(Config::parse(&files).unwrap_or_else(|problems| panic!("{problems}")))
}

fn classifier() -> Classifier {
    Classifier::new(configured(JKH), 7)
}

fn post(text: &str) -> Post {
    let mut post = wire::read_post(
        br#"{"id":"vk:-1_2","platform":"vk","source":"city","published_at":"2026-11-01T10:00:00Z","text":""}"#,
        None,
    )
    .unwrap();
    post.text = text.to_owned();
    post
}

fn tags(text: &str) -> Tags {
    classifier().classify(post(text)).tags
}

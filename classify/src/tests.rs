//! What is recognised in invented posts, under rules that are ours and small.

use config::{Files, TrainedModel};
use model::{Level, Sector, wire};
use proptest::prelude::*;

use super::*;

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

const RISKS: &str = r#"
[[words]]
id = "burn"
words = ["гореть", "полыхать"]
[[list]]
id = "drill"
name = "учения"
everywhere = "lower"
any = ['учение']
[[list]]
id = "news"
name = "новость"
unless_ours = true
any = ['источник']
[[list]]
id = "victims"
name = "пострадавшие"
any = ['пострадавший | погибший']
[[risk]]
kind = "fire"
name = "Пожар"
level = "high"
any = ['пожар | возгорание', '"{burn} дом"~2']
except = ['лес кино']
except_lists = ["news"]
raise = ['школа | больница']
raise_lists = ["victims"]
lower = ['потушить | ликвидировать']
[risk.examples]
match = ["Горит дом, пожар!"]
miss = ["Пожара нет, жгут траву"]
[[risk]]
kind = "outage"
name = "Отключение"
level = "medium"
any = ['отключение', 'тема:jkh.water']
lower = ['устранить', 'восстановить']
raise = ['место:school-5']
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

#[track_caller]
fn sectors(text: &str, expect: &[Sector], topics: &[&str]) {
    let tags = tags(text);
    assert_eq!((&tags.sectors[..], tags.sector), (expect, expect[0]), "{text}: {:?}", tags.why);
    assert_eq!(tags.topics, topics, "{text}: {:?}", tags.why);
}

#[test]
fn the_sector_is_that_of_the_strongest_topics() {
    use Sector::*;
    sectors("Второй день нет воды", &[Jkh], &["jkh.water"]);
    sectors("Красивый закат", &[Other], &[]);
    sectors("В бассейне нет воды", &[Other], &[]);
    sectors("Яма на дороге, и водопровод", &[Roads, Jkh], &["roads.pits", "jkh.water"]);
    sectors("Яма, нет воды, холодные батареи", &[Jkh, Roads], &["jkh.water", "jkh.heating", "roads.pits"]);
    sectors("У ямы собаки", &[Roads, Other], &["roads.pits", "other.animals"]);
    sectors("Нет воды, и собаки", &[Jkh, Other], &["jkh.water", "other.animals"]);
    sectors("Обстрел, воронка: яма", &[Other, Roads], &["other.shelling", "roads.pits"]);
}

#[test]
fn each_tag_says_the_rule_and_the_words_as_written() {
    let why = tags("Опять НЕТ ВОДЫ на ул. Садовой! Яма").why.join("\n");
    for line in [
        "правило jkh.water: «НЕТ ВОДЫ»",
        "место «ул. Садовая»: «ул. Садовой»",
        "главный сектор ЖКХ: ЖКХ 2,02, Дороги 1,61",
    ] {
        assert!(why.contains(line), "{line}: {why}");
    }
}

/// The level of the only risk, or what its removal says; and a part of the reason.
#[track_caller]
fn risk(text: &str, level: Option<Level>, reason: &str) {
    let tags = tags(text);
    assert_eq!(tags.risks.first().map(|risk| risk.level), level, "{text}: {tags:?}");
    let why = tags.risks.first().map_or(&tags.why, |risk| &risk.why).join("\n");
    assert!(why.contains(reason), "{text}: {reason}: {why}");
}

#[test]
fn a_risk_is_raised_and_lowered_with_reasons() {
    risk("Пожар на Садовой", Some(Level::High), "правило fire: «Пожар» (высокий)");
    risk("Пожар в школе", Some(Level::Critical), "повышает: «школе»\nитог: критический");
    risk("Пожар в школе, есть пострадавшие", Some(Level::Critical), "повышает: пострадавшие «пострадавшие»");
    risk("Полыхает соседний дом", Some(Level::High), "правило fire: «Полыхает … дом» (высокий)");
    risk("Пожар в сарае потушили", Some(Level::Medium), "понижает: «потушили»\nитог: средний");
    risk("Пожар потушили, это были учения", Some(Level::Low), "понижает: учения «учения»");
    risk("Пожар в кино про лес", None, "снят: «Пожар», исключение: «кино … лес»");
    risk("Пожар, передаёт источник", None, "новость: «источник»");
    risk("Пожар на Садовой, передаёт источник", Some(Level::High), "правило fire");
    risk("Нет воды", Some(Level::Medium), "правило outage: `тема:jkh.water` (средний)");
    risk("Нет воды в пятой школе", Some(Level::High), "повышает: `место:school-5`");
    risk(
        "Отключение устранили, воду восстановили",
        None,
        "риск «Отключение» снят: «Отключение», понижает: «устранили»; понижает: «восстановили»",
    );
}

#[test]
fn a_negated_word_does_not_count() {
    risk("Пожара нет, это дым от костра", None, "«Пожара», отрицание");
    risk("Информация о взрыве: пожара не было", None, "отрицание");
    risk("Это не пожар", None, "отрицание");
    risk("Без пожаров прошла неделя", None, "отрицание");
    risk("Нет ни одного пожара", None, "отрицание");
    risk("Пожар! Нет воды тушить", Some(Level::High), "«Пожар»");
    risk("Пожар нет сил терпеть", Some(Level::High), "«Пожар»");
    risk("Пожара нет в школе, но пожар в магазине", Some(Level::Critical), "правило fire");
    risk("Пожара нет, но есть возгорание", Some(Level::High), "«возгорание»");
    risk("Пожар. Пострадавших нет.", Some(Level::High), "правило fire");
    risk("Пожар до сих пор не потушили", Some(Level::High), "правило fire");
    risk("Пожара на складе не было", None, "отрицание");
    risk("Пожар в доме пожарных не было", Some(Level::High), "правило fire");
    risk("Если пожар, звоните 101", None, "предположение");
    risk("Если кто рядом, у нас пожар", Some(Level::High), "правило fire");
    risk("Почему никто не едет, если в доме пожар?", Some(Level::High), "правило fire");
    risk("Пожара над рынком в четверг не было", None, "отрицание");
}

#[test]
fn a_question_for_information_is_no_report_and_a_complaint_put_as_one_is() {
    risk("Будет ли отключение завтра?", None, "вопрос, а не сообщение");
    risk("Скажите, планируется отключение?", None, "вопрос, а не сообщение");
    risk("Правда, что у рынка пожар?", None, "вопрос, а не сообщение");
    risk("Был ли пожар на рынке?", None, "вопрос, а не сообщение");
    risk("Есть ли пострадавшие при пожаре?", Some(Level::Critical), "«пожаре»");
    risk("Будет ли сегодня вода после отключения?", Some(Level::Medium), "«отключения»");
    risk("Можно ли потушить пожар на свалке?", Some(Level::High), "«пожар»");
    risk("Когда закончится отключение?", Some(Level::Medium), "«отключение»");
    risk("До каких пор будет отключение?", Some(Level::Medium), "«отключение»");
    risk("Кто знает, будет ли отключение?", None, "вопрос, а не сообщение");
    risk("Почему опять отключение?", Some(Level::Medium), "«отключение»");
    risk("Сколько будет длиться отключение?", Some(Level::Medium), "«отключение»");
    risk("Когда устранят отключение?", Some(Level::Medium), "«отключение»");
    risk("Отключение с утра. Будет ли вода?", Some(Level::Medium), "«Отключение»");
}

#[test]
fn advertisements_and_other_towns_raise_nothing() {
    risk("Пожар цен! Скидка, акция, доставка. Пожар", None, "похоже на рекламу");
    risk("Защита от пожара. ООО Огонёк erid: 2Vt", None, "похоже на рекламу");
    let mut marked = post("Пожар на Садовой");
    marked.advert = true;
    assert_eq!(classifier().classify(marked).tags.risks, [], "the platform's own mark");
    risk("Пожар в городе Дальний", None, "речь о другом месте (г. Дальний)");
    risk("Пожар на Садовой, едут из города Дальний", Some(Level::High), "правило fire");
    let mut away = post("Пожар");
    away.source = "region".to_owned();
    let tags = classifier().classify(away).tags;
    let elsewhere = tags.elsewhere.as_deref().unwrap_or_default();
    assert!(tags.risks.is_empty() && elsewhere.contains("источник не о нашем округе"), "{tags:?}");
}

#[track_caller]
fn places(text: &str, places: &[&str], subject: Option<&str>, recipient: Option<&str>) {
    let tags = tags(text);
    assert_eq!(tags.places, places, "{text}");
    assert_eq!((tags.subject.as_deref(), tags.recipient.as_deref()), (subject, recipient), "{text}: {:?}", tags.why);
}

#[test]
fn places_the_most_exact_first_and_who_answers() {
    places("Нет воды в Орехово", &["orekhovo"], Some("Отключение, пос. Орехово"), Some("vodokanal"));
    places(
        "Нет отопления, Орехово, улица Садовая",
        &["sadovaya", "orekhovo"],
        Some("Отопление, ул. Садовая, пос. Орехово"),
        Some("orekhovo-jkh"),
    );
    places("Нет отопления у пятой школы", &["school-5"], Some("Отопление, школа № 5"), Some("jkh"));
    places("Яма", &[], Some("Ямы"), None);
    places("Нет отопления в городе Дальний", &["dalniy"], Some("Отопление, г. Дальний"), None);
    places("Добрый вечер, Садовая", &["sadovaya"], None, None);
}

#[test]
fn the_subject_names_the_house_and_a_street_that_is_not_listed() {
    let subject = |text: &str| tags(text).subject.unwrap_or_default();
    assert_eq!(subject("Пожар на Садовой, 12"), "Пожар, ул. Садовая, 12");
    assert_eq!(subject("Пожар, ул. Лесной, д. 14а"), "Пожар, ул. Лесная, 14а");
    assert_eq!(subject("Пожар на проспекте Мира, 5, пос. Орехово"), "Пожар, пр-т Мира, 5, пос. Орехово");
    assert_eq!(subject("Пожар на улице страшный"), "Пожар");
}

#[test]
fn the_owner_of_a_page_answers_for_what_stands_in_it() {
    let mut page = post("Яма у дома");
    page.source = "vodokanal-page".to_owned();
    let tags = classifier().classify(page).tags;
    assert_eq!(tags.recipient.as_deref(), Some("vodokanal"));
    assert!(tags.why.contains(&"ответственный: Водоканал (это его страница)".to_owned()), "{:?}", tags.why);
}

#[test]
fn since_and_until_are_told_with_a_topic_or_a_risk_only() {
    let told = tags("Нет воды с 8 утра, обещают до 18:00");
    let time = |text: &str| Some(text.parse::<model::Time>().unwrap());
    assert_eq!((told.since, told.until), (time("2026-11-01T05:00:00Z"), time("2026-11-01T15:00:00Z")));
    let quiet = tags("Гуляли с 8 утра до 18:00");
    assert_eq!((quiet.since, quiet.until), (None, None));
}

#[test]
fn title_and_poll_count_and_quotes_come_from_them() {
    let mut titled = post("Подробности позже");
    titled.title = Some("Пожар на Садовой".to_owned());
    titled.poll = Some(model::Poll { question: "Видели яму?".to_owned(), options: vec!["Да".to_owned()] });
    let tags = classifier().classify(titled).tags;
    assert_eq!(
        (tags.risks[0].why[0].as_str(), tags.topics[0].as_str()),
        ("правило fire: «Пожар» (высокий)", "roads.pits")
    );
    assert!(tags.why.iter().any(|why| why.to_lowercase().contains("«яму»")), "{:?}", tags.why);
}

#[test]
fn a_tombstone_carries_no_tags_but_the_rule_set() {
    let stone = post("Пожар").tombstone("2026-11-02T10:00:00Z".parse().unwrap());
    assert_eq!(classifier().classify(stone).tags, Tags { rules: 7, ..Tags::default() });
}

#[test]
fn examples_are_run_and_the_wrong_ones_named_with_their_line() {
    assert_eq!(check_examples(&configured(JKH)), []);
    let wrong = JKH
        .replace("miss = [\"В бассейне нет воды\"]", "miss = [\"Нет воды\"]")
        .replace("match = [\"Второй день", "match = [\"Там");
    let wrong = wrong.replace("\"Там нет воды\"", "\"Там светло\"");
    let told: Vec<String> = check_examples(&configured(&wrong)).iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told[0].starts_with(
            "taxonomy/jkh.toml:9: тема `jkh.water`: пример \"Там светло\" должен подойти и не подходит; нашлось: ничего"
        ),
        "{told:#?}"
    );
    assert!(
        told[1].starts_with("taxonomy/jkh.toml:10: ")
            && told[1].contains("не должен подойти и подходит; нашлось: правило jkh.water"),
        "{told:#?}"
    );
}

#[test]
fn a_megabyte_of_nothing_and_of_one_word_pass() {
    for text in
        ["\u{200b}".repeat(350_000), "не ".repeat(200_000), "пожар ".repeat(20_000), "пожар? нет ".repeat(10_000)]
    {
        assert_eq!(tags(&text).rules, 7, "{}", text.len());
    }
}

proptest! {
    #[test]
    fn no_text_panics_and_the_same_text_gives_the_same_bytes(
        text in "(\\PC|[ .,!?\n]|пожар|нет|не|вода|ли|яма|садовая|\u{200b}){0,60}",
        title in proptest::option::of("\\PC{0,20}"),
    ) {
        let mut post = post(&text);
        post.title = title;
        let first = wire::write_tagged(&classifier().classify(post.clone()));
        let mut warm = classifier();
        warm.classify(self::post("нет пожара, яма на Садовой"));
        prop_assert_eq!(first, wire::write_tagged(&warm.clone().classify(post.clone())));
        prop_assert_eq!(wire::write_tagged(&warm.classify(post.clone())), wire::write_tagged(&warm.classify(post)));
    }
}

#[test]
fn a_post_carries_the_saved_searches_it_matches() {
    assert_eq!(tags("Пожар на складе, протекла кровля нашей школы").matched, ["burning", "school-roof"]);
    assert_eq!(tags("В кино пожар на складе").matched, [""; 0]);
}

/// The rules know potholes and the model dust; together they tell both, and each says what it went by.
#[test]
fn a_model_is_weighed_with_the_rules_and_says_so() {
    let row = |number: usize| {
        let (sector, text) = [
            (Sector::Roads, "самосвал пылит под окнами"),
            (Sector::Other, "концерт под окнами"),
            (Sector::Jkh, "сырость и плесень под окнами"),
        ][number % 3];
        labelled::Labelled { line: number, sector, title: None, text: format!("{text} {number}") }
    };
    let rows: Vec<labelled::Labelled> = (0..60).map(row).collect();
    let model = training::train(rows.iter(), &mut || ()).unwrap();
    let mut config = Config::clone(&configured(JKH));
    config.settings.classify.model = Some(Arc::new(TrainedModel::from_bytes(&model.to_bytes()).unwrap()));
    let mut classifier = Classifier::new(Arc::new(config), 1);

    let dust = classifier.classify(post("Самосвал пылит")).tags;
    assert_eq!((dust.sector, &dust.sectors[..], dust.topics.len()), (Sector::Roads, &[Sector::Roads][..], 0));
    assert!(dust.why.contains(&"модель: Дороги, слова «Самосвал пылит»".to_owned()), "{:?}", dust.why);

    let both = classifier.classify(post("Нет воды, а самосвал пылит")).tags;
    assert_eq!((both.sectors.len(), &both.topics[..]), (2, &["jkh.water".to_owned()][..]), "{:?}", both.why);
    assert!(both.why.iter().any(|why| why.contains("; вместе с правилами: ")), "{:?}", both.why);

    let water = classifier.classify(post("Нет воды")).tags;
    assert_eq!(water.sector, Sector::Jkh, "{:?}", water.why);
}

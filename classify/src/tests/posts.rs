//! What holds for a post as a whole.

use proptest::prelude::*;

use super::*;
use crate::check_examples;

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
        ("горит · пожар · сейчас: «Пожар»", "roads.pits")
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

//! Topics and sectors, by the rules and with a trained model.

use config::TrainedModel;

use super::*;
use crate::{labelled, training};

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

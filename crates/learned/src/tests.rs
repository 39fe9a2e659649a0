use model::Sector;
use proptest::prelude::*;
use text::Analyzer;

use super::*;

/// Words that only posts of a sector have.
const WORDS: [(Sector, &str); 3] = [
    (Sector::Jkh, "вода батарея подъезд"),
    (Sector::Roads, "яма асфальт светофор"),
    (Sector::Tko, "мусор контейнер свалка"),
];

fn trained() -> SectorModel {
    let mut analyzer = Analyzer::new();
    let mut trainer = Trainer::default();
    for number in 0..60 {
        let (sector, words) = WORDS[number % WORDS.len()];
        let word = words.split(' ').nth(number / 3 % 3).unwrap();
        let tokens = analyzer.tokens(&format!("здравствуйте у нас опять {word} номер{number}"));
        trainer.add(&tokens, sector);
    }
    trainer.train(&mut || ()).unwrap()
}

fn told(model: &SectorModel, text: &str) -> (Sector, Vec<String>) {
    let tokens = Analyzer::new().tokens(text);
    let sector = model.opinion(&tokens).sector();
    let reasons = model.reasons(&tokens, sector, 2);
    (sector, reasons.into_iter().map(|at| tokens[at].form.to_string()).collect())
}

#[test]
fn it_tells_what_it_was_taught_and_why() {
    let model = trained();
    for (text, sector, reasons) in [
        ("Снова яма, асфальта нет", Sector::Roads, vec!["асфальта", "яма"]),
        ("свалка мусора", Sector::Tko, vec!["мусора", "свалка"]),
        ("в подъезде", Sector::Jkh, vec!["подъезде"]),
    ] {
        let (told, mut words) = told(&model, text);
        words.sort();
        assert_eq!((told, words), (sector, reasons.into_iter().map(str::to_owned).collect()), "{text}");
    }
}

#[test]
fn pieces_of_words_carry_over_a_typo() {
    assert_eq!(told(&trained(), "светафор").0, Sector::Roads);
}

#[test]
fn the_same_texts_give_the_same_bytes_and_these_the_same_model() {
    let bytes = trained().to_bytes();
    assert_eq!(bytes, trained().to_bytes());
    assert_eq!(SectorModel::from_bytes(&bytes), Ok(trained()));
}

#[test]
fn too_little_to_learn_from_is_refused() {
    let refused = |texts: usize| {
        let mut trainer = Trainer::default();
        (0..texts).for_each(|_| trainer.add(&[], Sector::Tko));
        trainer.train(&mut || ()).unwrap_err()
    };
    assert_eq!(refused(0), TrainError::Few(0));
    assert_eq!(refused(MIN_TEXTS - 1), TrainError::Few(MIN_TEXTS - 1));
    assert_eq!(refused(MIN_TEXTS), TrainError::OneSector(Sector::Tko));
}

#[test]
fn damage_is_named() {
    let good = trained().to_bytes();
    let changed = |at: usize, to: &[u8]| {
        let mut bytes = good.clone();
        bytes[at..at + to.len()].copy_from_slice(to);
        SectorModel::from_bytes(&bytes).unwrap_err()
    };
    assert_eq!(SectorModel::from_bytes(b""), Err(FormatError::NoModel));
    assert_eq!(SectorModel::from_bytes(b"timezone = 1"), Err(FormatError::NoModel));
    assert_eq!(changed(8, &[9]), FormatError::Version(9));
    assert_eq!(changed(12, &[6]), FormatError::Sectors(6));
    let length = FormatError::Damaged("its length is not the one it states");
    assert_eq!(changed(16, &[0xff; 4]), length);
    assert_eq!(SectorModel::from_bytes(&good[..good.len() - 1]), Err(length));
    assert_eq!(SectorModel::from_bytes(&good[..10]), Err(FormatError::Damaged("it ends early")));
    assert_eq!(changed(20, &f32::NAN.to_le_bytes()), FormatError::Damaged("a weight is out of range"));
    assert_eq!(changed(20 + 28, &[0xff; 8]), FormatError::Damaged("its features are out of order"));
}

proptest! {
    /// Whatever the bytes: an error or a model that answers.
    #[test]
    fn hostile_bytes_do_not_panic(at in 0usize..2000, to in any::<[u8; 4]>(), end in 0usize..4000, rest: Vec<u8>) {
        thread_local! { static GOOD: Vec<u8> = trained().to_bytes(); }
        let mut bytes = GOOD.with(Clone::clone);
        let at = at.min(bytes.len() - 4);
        bytes[at..at + 4].copy_from_slice(&to);
        if let Ok(model) = SectorModel::from_bytes(&bytes) {
            let margins = model.opinion(&[]).margins;
            prop_assert!(margins.iter().all(|margin| margin.is_finite()));
        }
        bytes.truncate(end.min(bytes.len()));
        let _ = SectorModel::from_bytes(&bytes);
        let _ = SectorModel::from_bytes(&rest);
    }
}

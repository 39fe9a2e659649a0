use proptest::prelude::*;

use super::*;

/// A query as one line, so that expectations can be read.
fn show(query: &Query) -> String {
    let words = |words: &[Word]| words.iter().map(show_word).collect::<Vec<_>>().join(" ");
    let dot = |across: &bool| if *across { "." } else { "" };
    let parts = |parts: &[Query]| parts.iter().map(show).collect::<Vec<_>>().join(" ");
    match query {
        Query::Word(word) => show_word(word),
        Query::Phrase { words: all, across } => format!("\"{}\"{}", words(all), dot(across)),
        Query::Near { words: all, gap, across } => format!("\"{}\"~{gap}{}", words(all), dot(across)),
        Query::And(all) => format!("(& {})", parts(all)),
        Query::Or(all) => format!("(| {})", parts(all)),
        Query::Not(part) => format!("!{}", show(part)),
        Query::Field(test) => format!("{test:?}"),
    }
}

fn show_word(word: &Word) -> String {
    let term = |term: &Term| match term {
        Term::Lemma(lemma) => lemma.to_string(),
        Term::Form(form) => format!("={form}"),
        Term::Prefix(prefix) => format!("{prefix}*"),
    };
    word.terms.iter().map(term).collect::<Vec<_>>().join("/")
}

#[track_caller]
fn check(text: &str, expect: &str) {
    match Query::parse(text) {
        Ok(query) => assert_eq!(show(&query), expect, "{text}"),
        Err(error) => panic!("{error}"),
    }
}

/// Refused with this in the message, at this part of the query.
#[track_caller]
fn refused(text: &str, message: &str, at: &str) {
    let error = Query::parse(text).expect_err(text);
    assert!(error.message.contains(message), "{error}");
    assert_eq!(&text[error.at.clone()], at, "{error}");
}

#[test]
fn a_sentence_end_between_the_words_lets_them_stand_in_different_sentences() {
    check("\"нет света. Воды тоже\"", "\"нет свет вода тоже\".");
    check("\"вода. Садовая\"~3", "\"вода садовый\"~3.");
    check("\"вода! (двора | улицы)\"~3", "\"вода двор/улица\"~3.");
    check("\"нет воды.\"", "\"нет вода\"");
    check("\"на ул. Мира, нет\"~3", "\"на улица мир нет\"~3");
}

#[test]
fn words_and_how_they_are_joined() {
    check("вода", "вода");
    check("Воды нет", "(& вода нет)");
    check("вода | свет газ", "(| вода (& свет газ))");
    check("(вода | свет) отключили", "(& (| вода свет) отключить)");
    check("вода -горячая", "(& вода !горячий)");
    check("вода НЕ горячая", "(& вода !горячий)");
    check("вода не горячая", "(& вода не горячий)");
    check("вода -(свет | газ)", "(& вода !(| свет газ))");
    check("=воды", "=воды");
    check("Отключ*", "отключ*");
    check("((вода))", "вода");
    check("🔥", "🔥");
}

#[test]
fn phrases_and_nearness() {
    check("\"нет воды\"", "\"нет вода\"");
    check("«нет воды»", "\"нет вода\"");
    check("\"вода\"", "вода");
    check("\"нет, воды!\"", "\"нет вода\"");
    check("\"=нет отключ*\"", "\"=нет отключ*\"");
    check("\"нет воды\"~3", "\"нет вода\"~3");
    check("\"нет воды\"~0 | свет", "(| \"нет вода\"~0 свет)");
}

#[test]
fn a_position_of_a_phrase_can_have_alternatives() {
    check("\"(авария | порыв) труба\"~4", "\"авария/порыв труба\"~4");
    check("\"нет (воды|света|=газа|тепл*)\"", "\"нет вода/свет/=газа/тепл*\"");
    check("\"(воды | света)\"", "вода/свет");
    check("\"(воды | вода | воду) (свет|газ)\"", "\"вода свет/газ\"");
    check("«(свет|газ) отключили»", "\"свет/газ отключить\"");
    check("\"отключили(свет|газ)воды\"", "\"отключить свет/газ вода\"");
    check("\"вода (свет, газ) отключили\"", "\"вода свет газ отключить\"");
    check("\"((воды | света) нет\"", "\"вода/свет нет\"");
    check("\":( (воды | света) нет\"", "\"вода/свет нет\"");
}

#[test]
fn a_word_that_splits_is_a_phrase() {
    check("школа-интернат", "\"школа интернат\"");
    check("#НетВоды", "\"нет вода\"");
    check("вода,свет", "\"вода свет\"");
    check("10:30", "\"10 30\"");
    check("=школа-интернат", "\"=школа =интернат\"");
}

#[test]
fn fields_have_russian_and_latin_names() {
    check("сектор:жкх", "Sector(Jkh)");
    check("Sector:jkh", "Sector(Jkh)");
    check("сектор:\"социальная политика\"", "Sector(Social)");
    check("тема:no-water", "Topic(\"no-water\")");
    check("риск:высокий", "RiskLevel(High)");
    check("риск:fire", "RiskKind(\"fire\")");
    check("источник:city-news", "Source(\"city-news\")");
    check("платформа:вк", "Platform(Vk)");
    check("место:mira-street", "Place(\"mira-street\")");
    check("дата:2026-11-01..2026-11-24", "Published { from: Some(2026-11-01), to: Some(2026-11-24) }");
    check("дата:2026-11-01", "Published { from: Some(2026-11-01), to: Some(2026-11-01) }");
    check("дата:..2026-11-24", "Published { from: None, to: Some(2026-11-24) }");
    check("охват:>1000", "Reach { op: Greater, views: 1000 }");
    check("охват:<=5 вода", "(& Reach { op: LessOrEqual, views: 5 } вода)");
    check("вода -сектор:тко", "(& вода !Sector(Tko))");
}

#[test]
fn every_doubt_is_refused_at_its_place() {
    refused("", "пуст", "");
    refused("  ", "пуст", "  ");
    refused("-вода", "одних отрицаний", "-вода");
    refused("вода | -свет", "С одной стороны «|»", "вода | -свет");
    refused("вода сектор : жкх", "Перед «:» нет имени", ":");
    refused("вода )", "Лишняя", ")");
    refused("(вода", "не закрыта", "(");
    refused("вода ()", "Пустые скобки", "()");
    refused("вода |", "не хватает слова", "");
    refused("| вода", "не хватает слова", "|");
    refused("вода - свет", "пробел", "-");
    refused("вода -", "нет слова", "-");
    refused("вода НЕ", "нет слова", "НЕ");
    refused("вода ИЛИ свет", "чертой", "ИЛИ");
    refused("вода И свет", "пробел", "И");
    refused("\"нет воды", "Кавычка", "\"");
    refused("\"нет воды|света\"", "только в скобках", "|");
    refused("\"нет (воды | горячей воды)\"", "несколько слов", "горячей воды");
    refused("\"нет (воды | школа-интернат)\"", "несколько слов", "школа-интернат");
    refused("\"нет (воды|)\"", "должно стоять слово", "|");
    refused("\"нет (|воды)\"", "должно стоять слово", "(");
    refused("\"нет (воды | !)\"", "должно стоять слово", " !");
    refused("\"нет ((воды | света) | газа)\"", "только в скобках", "|");
    refused("\"нет =(воды | света)\"", "перед каждым словом", "=");
    refused("\"нет (воды | света)*\"", "начало одного слова", "*");
    refused("\"(воды | света)\"~3", "два слова", "\"(воды | света)\"~3");
    refused("\"нет (воды | света\"", "только в скобках", "|");
    refused("\"...\"", "ни одного слова", "\"...\"");
    refused("\"нет воды\"~", "нужно число", "~");
    refused("\"нет воды\"~999", "не больше 50", "~999");
    refused("\"вода\"~3", "два слова", "\"вода\"~3");
    refused("вода~3", "после кавычек", "~");
    refused("в*да", "в конце слова", "*");
    refused("в*", "не меньше 2", "в*");
    refused("=вод*", "вместе не бывают", "=вод*");
    refused("=", "нет слова", "=");
    refused("нет !!!", "нет слова", "!!!");
    refused("цвет:красный", "Поля «цвет» нет", "цвет");
    refused("сектор: жкх", "нужно значение", "сектор:");
    refused("сектор:жкхх", "Такого сектора нет", "жкхх");
    refused("платформа:ок", "Такой платформы нет", "ок");
    refused("дата:01.11.2026", "не дата", "01.11.2026");
    refused("дата:2026-02-30", "не дата", "2026-02-30");
    refused("дата:2026-11-24..2026-11-01", "позже", "2026-11-24..2026-11-01");
    refused("дата:..", "хотя бы одна", "..");
    refused("охват:много", "целым числом", "много");
    refused("охват:>99999999999999999999", "целым числом", ">99999999999999999999");
    refused("тема:a=b", "код", "a=b");
    refused(&"вода ".repeat(2000), "длиннее", "");
    refused(
        &format!("{}вода{}", "(".repeat(40), ")".repeat(40)),
        "Вложенность",
        &format!("{}вода{}", "(".repeat(8), ")".repeat(40)),
    );
}

#[test]
fn an_error_points_with_a_caret() {
    let error = Query::parse("нет воды )").unwrap_err();
    assert_eq!(error.to_string(), "Лишняя закрывающая скобка.\nнет воды )\n         ^");
}

#[test]
fn the_fields_of_a_query_are_known() {
    assert!(Query::parse("вода").unwrap().fields().is_empty());
    assert_eq!(Query::parse("вода -(сектор:тко | охват:>1)").unwrap().fields().len(), 2);
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(text in ".{0,80}") {
        if let Err(error) = Query::parse(&text) {
            let _ = error.to_string();
            prop_assert!(text.get(error.at).is_some());
        }
    }

    #[test]
    fn nothing_of_its_own_signs_makes_it_panic(text in "[а-в ()|(|)\"«»~=*:#@\\-0-9НЕa-c\u{200b}\u{301}🔥]{0,60}") {
        match Query::parse(&text) {
            Err(error) => {
                let _ = error.to_string();
                prop_assert!(text.get(error.at).is_some());
            }
            Ok(query) => spans(&query, &text)?,
        }
    }
}

/// Every word lies where it says.
fn spans(query: &Query, text: &str) -> Result<(), TestCaseError> {
    let inside =
        |word: &Word| prop_assert_eq_ok(text.get(word.span.clone()).is_some_and(|written| !written.is_empty()));
    match query {
        Query::Word(word) => inside(word),
        Query::Phrase { words, .. } | Query::Near { words, .. } => words.iter().try_for_each(inside),
        Query::And(parts) | Query::Or(parts) => parts.iter().try_for_each(|part| spans(part, text)),
        Query::Not(part) => spans(part, text),
        Query::Field(_) => Ok(()),
    }
}

fn prop_assert_eq_ok(holds: bool) -> Result<(), TestCaseError> {
    prop_assert!(holds);
    Ok(())
}

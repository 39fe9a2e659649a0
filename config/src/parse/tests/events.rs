//! `risks/*.toml`: what events are made of, and the table of levels.

use model::{Actuality, Level, Scale};

use super::*;
use crate::events::Row;

#[track_caller]
fn row(text: &str) -> Row {
    let config = accept(&[("risks/events.toml", EVENTS), ("risks/levels.toml", &format!("{KIND}[[row]]\n{text}"))]);
    config.events.rows[0].clone()
}

#[test]
fn codes_may_be_named_in_any_file_and_numbers_stand_for_them() {
    let config = accept(&[
        ("risks/a.toml", &format!("{KIND}[[row]]\nkind = 'outage'\nlevel = 'high'\nobject = ['water']\n")),
        ("risks/z.toml", EVENTS),
    ]);
    let row = &config.events.rows[0];
    assert_eq!((row.file.as_str(), row.line, &row.objects[..]), ("risks/a.toml", 4, &[0][..]));
    assert_eq!((row.kind.as_deref(), row.level), (Some("outage"), Some(Level::High)));
    assert_eq!((config.risks.len(), config.risk_name("outage")), (1, "Отключение"));
}

#[test]
fn a_row_asks_for_nothing_that_it_does_not_say() {
    let open = row("level = 'none'");
    assert_eq!((open.kind, open.level, open.days, open.evidence, open.season), (None, None, 0, 0, false));
    assert!(open.objects.is_empty() && open.states.is_empty() && open.when.is_empty() && open.scales.is_empty());
    let asks = row(
        "level = 'low'\nkind = 'outage'\nwhen = ['now', 'repeated']\nscale = ['street+', 'flat', 'unknown']\ndays = 7",
    );
    assert_eq!(asks.when, [Actuality::Now, Actuality::Repeated]);
    let wide = [Scale::Street, Scale::Quarter, Scale::Settlement, Scale::Institution, Scale::Flat].map(Some);
    assert_eq!((&asks.scales[..5], asks.scales[5], asks.days), (&wide[..], None, 7));
}

#[test]
fn an_alternative_of_several_words_is_a_phrase_of_its_own() {
    let words = |written: &str| {
        let set = "[[set]]\nid = 'pipe'\nwords = ['труба', 'стальной труба']\n";
        let text = format!("{set}{}", EVENTS.replace("'пропасть'", written));
        accept(&[("risks/a.toml", &text)]).events.says[0].words.len()
    };
    assert_eq!(words("'на час'"), 1);
    assert_eq!(words("'на (час|минута)'"), 1, "alternatives of one word stand at one place");
    assert_eq!(words("'на (час|пара час|долгий время)'"), 3);
    assert_eq!(words("'(с|до) (утро|самый утро)'"), 2);
    assert_eq!(words("'лопнуть {pipe}'"), 2, "a set may have them too");
}

#[test]
fn words_and_markers_are_refused_with_their_line() {
    let refuse = |from: &str, to: &str, line, part| {
        assert!(EVENTS.contains(from), "{from}");
        refuse_one("risks/a.toml", &EVENTS.replace(from, to), line, part);
    };
    refuse("state = 'absent'", "state = 'gone'", 11, "\"gone\": такого кода нет; есть: absent");
    refuse("objects = ['water']", "objects = [\n'water',\n'gas']", 14, "\"gas\": такого кода нет; есть: water");
    refuse("words = ['вода']", "words = ['вода', 'горячий (']", 9, "слова \"горячий (\": у круглой скобки нет пары");
    refuse("words = ['вода']", "words = ['-']", 9, "слова \"-\"");
    refuse(
        "[[says]]",
        "[[state]]\ncode = 'absent'\nname = 'нет'\ntitle = 'Нет'\n[[says]]",
        11,
        "код `absent` описан дважды",
    );
    refuse("words = ['вода']", "words = ['{pipe}']", 9, "нет [[set]] `pipe`");
    refuse("words = ['пропасть']", "words = ['пропасть']\nfar = 3", 14, "незнакомый ключ `far`");
    refuse("words = ['пропасть']", "words = ['пропасть']\nnear = 99", 14, "`near` = 99");
    refuse("words = ['пропасть']", "words = ['пропасть']\ncase = 'dative'", 14, "пишите genitive или direct");
    refuse("words = ['пропасть']", "words = ['пропасть']\nwhen = 'never'", 14, "\"never\": такого кода нет");
    refuse_one("risks/a.toml", "[[state]]\ncode = 'absent'\nname = 'нет'", 1, "нет ключа `title`");
    let marker = |rest: &str, line, part| {
        refuse_one("risks/a.toml", &format!("[[scale]]\nname = 'дом'\nwords = ['дом']\n{rest}"), line, part);
    };
    marker("code = 'castle'", 4, "\"castle\": такого кода нет");
    marker("code = 'house'\nreach = 'page'", 5, "пишите before, clause, sentence или post");
    refuse_one(
        "risks/a.toml",
        "[[set]]\nid = 'a'\nwords = ['а']\n[[set]]\nid = 'a'\nwords = ['б']",
        5,
        "описан дважды",
    );
    refuse_one("risks/a.toml", "[[aside]]\nname = 'а'\nwords = ['а']\nleast = 0", 4, "`least` = 0");
}

#[test]
fn rows_are_refused_with_their_line() {
    let refuse = |rest: &str, line, part| {
        let text = format!("{KIND}[[row]]\n{rest}");
        refuse(
            &[("risks/events.toml", EVENTS), ("risks/levels.toml", &text)],
            &[(&format!("risks/levels.toml:{line}"), part)],
        );
    };
    refuse("kind = 'outage'", 4, "нет ключа `level`");
    refuse("level = 'high'", 4, "у строки с уровнем нет `kind`; добавьте вид риска");
    refuse("level = 'awful'\nkind = 'outage'", 5, "не уровень");
    refuse("level = 'high'\nkind = 'outrage'", 6, "риск `outrage`: такого нет");
    refuse("level = 'none'\nobject = ['gas']", 6, "\"gas\": такого кода нет; есть: water");
    refuse("level = 'none'\nstate = ['gone']", 6, "\"gone\": такого кода нет; есть: absent");
    refuse("level = 'none'\nwhen = ['soon']", 6, "\"soon\": такого времени нет");
    refuse("level = 'none'\nscale = ['castle+']", 6, "\"castle+\": такого охвата нет; пишите код, код+ или unknown");
    refuse("level = 'none'\nharm = 'awful'", 6, "\"awful\": такого вреда нет");
    refuse("level = 'none'\nevidence = 11", 6, "`evidence` = 11");
    refuse("level = 'none'\nany = ['вода']", 6, "незнакомый ключ `any`");
    refuse("level = 'none'\n[row.examples]\nhit = ['а']", 7, "незнакомый ключ `hit`; здесь бывают: match, miss");
}

//! `deadlines.toml`.

use std::time::Duration;

use ::deadlines::{ByLevel, Term};

use super::*;

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
    let terms = |terms: &ByLevel<Term>| model::Level::ALL.map(|level| terms.of(level).to_string());
    assert_eq!(terms(&old.first_answer), ["9 working hours", "9 working hours", "9 working hours", "4h"]);
    assert_eq!(terms(&old.final_answer), terms(&old.first_answer));
    assert_eq!(terms(&new.final_answer), ["1 working days", "90m", "90m", "90m"]);
    assert_eq!(terms(&new.after_interim), ["7 working days"; 4].map(str::to_owned));
    assert_eq!(new.remind, [Duration::from_secs(7200), Duration::from_secs(900)]);
    assert_eq!((new.clause.as_str(), old.clause.as_str()), ("п. 5", ""));
}

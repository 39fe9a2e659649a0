//! Whatever bytes a messenger answers with: a parser answers too, never panics, and gives out what keeps its bounds.

use proptest::prelude::*;

use crate::notify::channels::{MAX_ACTION_BYTES, parse_max_updates, parse_telegram_updates, parse_vk_answer};

const FIXTURES: [&str; 3] = [
    include_str!("../../../../fixtures/telegram_updates.json"),
    include_str!("../../../../fixtures/max_updates.json"),
    include_str!("../../../../fixtures/vk_error.json"),
];

fn check(bytes: &[u8]) {
    let read = [parse_telegram_updates(bytes), parse_max_updates(bytes)];
    for (presses, _) in read.into_iter().flatten() {
        for press in presses {
            assert!(press.action.len() <= MAX_ACTION_BYTES);
            assert!(press.id.is_some() || press.action.starts_with('/'));
            assert!(press.from.parse::<i64>().is_ok() && press.chat.parse::<i64>().is_ok());
        }
    }
    let _ = parse_vk_answer(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        check(&bytes);
    }

    #[test]
    fn damaged_answers(
        which in 0..FIXTURES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..8),
    ) {
        let mut bytes = FIXTURES[which].as_bytes().to_vec();
        for (at, byte, remove) in changes {
            let at = at.index(bytes.len());
            if remove {
                bytes.remove(at);
            } else {
                bytes[at] = byte;
            }
        }
        check(&bytes);
    }

    #[test]
    fn odd_values(value in "(null|true|-?[0-9]{1,25}|\"[a-z/@ ]{0,80}\"|\\[\\]|\\{\\})", which in 0usize..6) {
        let key = ["update_id", "id", "data", "payload", "user_id", "text"][which];
        for fixture in FIXTURES {
            let mut document: serde_json::Value = serde_json::from_str(fixture).unwrap();
            replace(&mut document, key, &serde_json::from_str(&value).unwrap_or_default());
            check(document.to_string().as_bytes());
        }
    }
}

/// Puts a value under a key wherever the key stands.
fn replace(document: &mut serde_json::Value, key: &str, value: &serde_json::Value) {
    match document {
        serde_json::Value::Object(fields) => {
            for (name, inner) in fields {
                if name == key { *inner = value.clone() } else { replace(inner, key, value) }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| replace(item, key, value)),
        _ => {}
    }
}

#[test]
fn what_cannot_be_understood_is_confirmed_with_the_rest() {
    let (presses, next) = parse_telegram_updates(FIXTURES[0].as_bytes()).unwrap();
    let actions: Vec<&str> = presses.iter().map(|press| press.action.as_str()).collect();
    assert_eq!((actions, next), (vec!["ack:7f3a", "/start"], Some(100_000_006)));
    let (presses, marker) = parse_max_updates(FIXTURES[1].as_bytes()).unwrap();
    let actions: Vec<&str> = presses.iter().map(|press| press.action.as_str()).collect();
    assert_eq!((actions, marker), (vec!["ack:7f3a", "/help", "/start"], Some(2051)));
    assert_eq!(parse_vk_answer(FIXTURES[2].as_bytes()).unwrap_err().unwrap().0, 901);
    // The greatest number there is does not overflow.
    let last = format!(r#"{{"ok":true,"result":[{{"update_id":{}}}]}}"#, i64::MAX);
    assert_eq!(parse_telegram_updates(last.as_bytes()), Ok((Vec::new(), Some(i64::MAX))));
}

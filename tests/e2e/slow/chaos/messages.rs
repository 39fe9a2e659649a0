//! What is fed to the roles, and what must be left of it.

use std::collections::BTreeMap;

use fastrand::Rng;
use model::{Time, Version};
use serde_json::json;

/// The first rules of an installation.
const RULE_SET: u32 = 1;

/// Emergencies, each in a street of its own: one alert each.
pub const ALARMS: usize = 24;

/// What is said of an emergency, by turns.
pub const EMERGENCIES: [&str; 4] = [
    "Пожар! Горит жилой дом, в квартире дети, помогите. Улица Испытаний-",
    "Сильный запах газа в подъезде, дышать нечем, газовая служба не едет. Улица Испытаний-",
    "Взрыв в жилом доме, есть пострадавшие, люди под завалами. Улица Испытаний-",
    "Дети отравились в столовой, скорая увезла в больницу пятнадцать человек. Улица Испытаний-",
];

/// What else people write; it raises nothing.
const ORDINARY: [&str; 4] = [
    "Ёлку на площади уже нарядили, красиво",
    "Когда откроют каток у школы",
    "Спасибо библиотеке за вечер поэзии",
    "Автобус сегодня пришёл вовремя, удивили",
];

/// A message of a post, and its place in the order of versions.
pub struct Message {
    pub id: String,
    pub seen_ms: i64,
    pub deleted: bool,
    pub json: Vec<u8>,
}

/// What is left of a post at the end.
pub type Expected = BTreeMap<String, Option<u64>>;

fn time(ms: i64) -> String {
    Time::from_millisecond(ms).unwrap().to_string()
}

fn message(id: &str, published_ms: i64, seen_ms: i64, text: &str, deleted: bool) -> Message {
    let mut post = json!({
        "v": 1, "id": id, "platform": "vk", "source": "chaos", "origin": "live", "text": if deleted { "" } else { text },
        "published_at": time(published_ms), "seen_at": time(seen_ms),
    });
    if deleted {
        post["deleted_at"] = json!(time(seen_ms));
    }
    Message { id: id.to_owned(), seen_ms, deleted, json: post.to_string().into_bytes() }
}

/// Posts with edits and deletions, in an order in which versions come late, early and again.
pub fn messages(posts: usize, random: &mut Rng) -> Vec<Message> {
    let now = Time::now().as_millisecond();
    let mut keyed: Vec<(u64, Message)> = Vec::new();
    let mut put = |at: usize, spread: u64, random: &mut Rng, message: Message| {
        keyed.push(((at as u64) * 16 + random.u64(..spread), message));
    };
    let every = (posts / ALARMS).max(1);
    for n in 0..posts {
        let published = now - 3_600_000 + n as i64;
        let seen = published + 60_000;
        if n % every == 0 && n / every < ALARMS {
            let alarm = n / every;
            let text = format!("{}{}. {}", EMERGENCIES[alarm % EMERGENCIES.len()], alarm + 1, details(alarm));
            put(n, 1, random, message(&format!("vk:-9_{alarm}"), published, seen, &text, false));
            continue;
        }
        let id = format!("vk:-7_{n}");
        let text = format!("{} {n}", ORDINARY[n % ORDINARY.len()]);
        put(n, 1, random, message(&id, published, seen, &text, false));
        // Each version may fall anywhere within some thousand posts, before the first one too.
        let spread = 16 * 3_000;
        if random.u8(..10) == 0 {
            put(n, spread, random, message(&id, published, seen + 1_000, &format!("{text}, исправлено"), false));
        }
        if random.u8(..20) == 0 {
            put(n, spread, random, message(&id, published, seen + 2_000, "", true));
        }
        if random.u8(..20) == 0 {
            put(n, spread, random, message(&id, published, seen, &text, false));
        }
    }
    keyed.sort_by_key(|(at, _)| *at);
    keyed.into_iter().map(|(_, message)| message).collect()
}

/// The fold that every sink must end at: of each post the version that was seen last; `None` where that is its deletion.
pub fn fold(messages: &[Message]) -> Expected {
    let mut last: BTreeMap<&str, &Message> = BTreeMap::new();
    for message in messages {
        let known = last.entry(&message.id).or_insert(message);
        if message.seen_ms > known.seen_ms {
            *known = message;
        }
    }
    let version = |seen_ms| Version::new(Time::from_millisecond(seen_ms).unwrap(), RULE_SET).0;
    last.into_iter().map(|(id, last)| (id.to_owned(), (!last.deleted).then_some(version(last.seen_ms)))).collect()
}

/// Words of an emergency's own: without them texts of one kind would be near-copies, which are one alert wherever they are.
fn details(alarm: usize) -> String {
    let mut random = Rng::with_seed(alarm as u64);
    let syllables = ["бра", "кул", "ветри", "мо", "жда", "лес", "пони", "хру", "ште", "гар", "зи", "тол"];
    let mut word = || (0..3).map(|_| syllables[random.usize(..syllables.len())]).collect::<String>();
    (0..40).map(|_| word()).collect::<Vec<_>>().join(" ")
}

/// Places for the emergencies.
pub fn places() -> String {
    let place = |n| {
        format!(
            "[[place]]\nid = \"ispytaniy-{n}\"\nname = \"ул. Испытаний-{n}\"\nkind = \"street\"\naliases = ['\"улица испытаний {n}\"']\n"
        )
    };
    (1..=ALARMS).map(place).collect()
}

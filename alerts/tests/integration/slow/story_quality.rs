//! How well posts on one event are told from posts on one subject: on pairs of news judged by people and on posts of real channels;
//! and how many posts a second are assigned. `-- --nocapture` prints the tables of docs/quality.md.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use alerts::{MAX_RECENT, RecentPosts, Resemblance};
use model::{SAME_EVENT, Signature, Sketch, Time};
use text::Analyzer;

/// `copy_distance` as shipped.
const COPY_DISTANCE: u32 = 12;

const DAY_S: i64 = 24 * 3600;

/// Two texts that share so much of their distinct lemmas are called copies, if they are no shorter than [`COPY_WORDS`].
const COPY_SHARE: f64 = 0.6;
const COPY_WORDS: usize = 8;

/// So long after a post hardly anything new reports its event: what would be joined then is what is alike by chance.
const LATER_S: i64 = 10 * DAY_S;

/// One in so many posts is assigned by the clock, among the others.
const EVERY: usize = 10;

/// How often each sketch is made by the clock, which is coarse.
const ROUNDS: usize = 20;

/// One in so many posts is compared with all others of a day: pairs grow with the square.
const COMPARED: usize = 4;

#[derive(Clone)]
struct Post {
    at: Time,
    channel: String,
    lemmas: HashSet<String>,
    signature: Option<Signature>,
    sketch: Option<Sketch>,
}

fn post(analyzer: &mut Analyzer, at: Time, channel: &str, title: Option<&str>, text: &str) -> Post {
    let document = analyzer.document(title, text);
    let words = document.tokens.iter().filter(|token| token.form.starts_with(char::is_alphanumeric));
    Post {
        at,
        channel: channel.to_owned(),
        lemmas: words.map(|token| token.lemmas[0].to_string()).collect(),
        signature: text::signature(&document),
        sketch: text::sketch(&document, title, text),
    }
}

fn is_near_copy(a: &Post, b: &Post) -> bool {
    let (Some(a), Some(b)) = (a.signature, b.signature) else { return false };
    (a.0 ^ b.0).count_ones() <= COPY_DISTANCE
}

fn similarity(a: &Post, b: &Post) -> Option<f32> {
    a.sketch.as_ref().zip(b.sketch.as_ref()).and_then(|(a, b)| a.similarity(b))
}

/// As `RecentPosts` does: where one says too little for a sketch the signatures decide.
fn told_as(a: &Post, b: &Post) -> f32 {
    similarity(a, b).unwrap_or_else(|| if is_near_copy(a, b) { 1.0 } else { 0.0 })
}

#[test]
fn posts_on_one_event_are_joined_and_posts_on_one_subject_are_not() {
    let path = data("stories/pairs.jsonl");
    let Ok(lines) = std::fs::read_to_string(&path) else { return absent(&path) };
    let mut analyzer = Analyzer::new();
    let mut pairs = Vec::new();
    for line in lines.lines() {
        let pair: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut side = |side: &str| {
            let (title, text) = (pair[side][0].as_str().unwrap(), pair[side][1].as_str().unwrap());
            post(&mut analyzer, Time::UNIX_EPOCH, side, Some(title), text)
        };
        pairs.push((told_as(&side("a"), &side("b")), pair["same_story"].as_bool().unwrap()));
    }
    println!("{} pairs, {} of one story", pairs.len(), right(&pairs));
    for from in [0.4, 0.45, 0.5, 0.55, 0.6, SAME_EVENT, 0.65, 0.7, 0.8] {
        let joined = joined(&pairs, from);
        println!(
            "similarity {from:4.2}: joined {:3}, rightly {:3}: precision {:.3}, recall {:.3}",
            joined.len(),
            right(&joined),
            right(&joined) as f64 / joined.len() as f64,
            right(&joined) as f64 / right(&pairs) as f64
        );
    }
    // What to expect of pairs not seen: the least threshold is taken that joins one of the others wrongly at most.
    let half = |which: usize| pairs.iter().skip(which).step_by(2).copied().collect::<Vec<Pair>>();
    for (tried, seen) in [(half(0), half(1)), (half(1), half(0))] {
        let precise = |from: &f32| joined(&seen, *from).len() - right(&joined(&seen, *from)) <= 1;
        let from = (20..=100).map(|percent| percent as f32 / 100.0).find(precise).unwrap_or(1.1);
        let joined = joined(&tried, from);
        println!(
            "half of them by the other half's threshold {from:.2}: joined {}, rightly {} of {}",
            joined.len(),
            right(&joined),
            right(&tried)
        );
    }
    let joined = joined(&pairs, SAME_EVENT);
    assert!(
        right(&joined) * 10 >= joined.len() * 9,
        "{} of {} joined pairs are of one story",
        right(&joined),
        joined.len()
    );
    assert!(
        right(&joined) * 2 >= right(&pairs),
        "{} of {} pairs of one story are joined",
        right(&joined),
        right(&pairs)
    );
}

/// How alike two texts are, and whether people say that they tell one story.
type Pair = (f32, bool);

fn joined(pairs: &[Pair], from: f32) -> Vec<Pair> {
    pairs.iter().filter(|(similarity, _)| *similarity >= from).copied().collect()
}

fn right(pairs: &[Pair]) -> usize {
    pairs.iter().filter(|(_, same)| *same).count()
}

#[test]
fn reposts_between_channels_become_one_story() {
    let Some(posts) = channels() else { return };
    let mut recent: RecentPosts<usize> = RecentPosts::new(DAY_S, COPY_DISTANCE);
    let mut stories: Vec<usize> = Vec::new();
    let (mut copies, mut events) = (0, 0);
    for (number, post) in posts.iter().enumerate() {
        recent.forget_before(after(post.at, -DAY_S));
        let nearest = recent.nearest(post.at, post.signature, post.sketch.as_ref());
        match &nearest {
            Some((_, Resemblance::NearCopy(_))) => copies += 1,
            Some((_, Resemblance::SameEvent(_))) => events += 1,
            None => {}
        }
        let story = nearest.map_or(number, |(story, _)| story);
        recent.insert(story, post.at, number as u64, post.signature, post.sketch.clone());
        stories.push(story);
    }
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    stories.iter().for_each(|story| *sizes.entry(*story).or_default() += 1);
    let largest = sizes.values().max().unwrap();
    println!(
        "{} posts: {copies} joined as near copies, {events} as the same event; the largest story has {largest}",
        posts.len()
    );

    let reposts = reposts(&posts);
    let share = |told: &dyn Fn(usize, usize) -> bool| {
        reposts.iter().filter(|(a, b)| told(*a, *b)).count() as f64 / reposts.len() as f64
    };
    let by_signature = share(&|a, b| is_near_copy(&posts[a], &posts[b]));
    let by_sketch = share(&|a, b| similarity(&posts[a], &posts[b]) >= Some(SAME_EVENT));
    let assigned = share(&|a, b| stories[a] == stories[b]);
    println!(
        "{} reposts between channels within a day: by signature {by_signature:.3}, by sketch {by_sketch:.3}, in one story {assigned:.3}",
        reposts.len()
    );

    let (near, far) =
        (joined_pairs(&posts, -DAY_S..0), joined_pairs(&posts, -LATER_S - DAY_S / 2..-LATER_S + DAY_S / 2));
    let share = |(joined, pairs): (usize, usize)| joined as f64 / pairs as f64;
    println!("pairs joined by sketch: {} of {} within a day, {} of {} ten days apart", near.0, near.1, far.0, far.1);
    let wrong = share(far) / share(near);
    println!("of what is joined within a day {wrong:.4} would be joined without being close in time");
    assert!(wrong < 0.05, "{wrong}");
    assert!(assigned >= 0.85, "{assigned}");
}

#[test]
fn assigning_a_post_takes_microseconds_among_as_many_as_are_remembered() {
    let Some(messages) = messages() else { return };
    let mut analyzer = Analyzer::new();
    // Cut in two there are as many as are remembered.
    let halves = messages.iter().flat_map(|message| {
        let middle = message.text.ceil_char_boundary(message.text.len() / 2);
        let (first, second) = message.text.split_at(middle);
        [first, second].map(|half| post(&mut analyzer, Time::UNIX_EPOCH, "", None, half))
    });
    let (mut known, mut new) = (Vec::new(), Vec::new());
    for (number, half) in halves.enumerate() {
        if number % EVERY == 0 { new.push(half) } else { known.push(half) }
    }
    let mut recent: RecentPosts<usize> = RecentPosts::new(DAY_S, COPY_DISTANCE);
    let mut stories = 0;
    let mut assign = |recent: &mut RecentPosts<usize>, posts: Vec<Post>| {
        let mut joined = 0;
        for post in posts {
            let nearest = recent.nearest(post.at, post.signature, post.sketch.as_ref());
            joined += usize::from(nearest.is_some());
            stories += 1;
            let story = nearest.map_or(stories, |(story, _)| story);
            recent.insert(story, post.at, stories as u64, post.signature, post.sketch);
        }
        joined
    };
    assign(&mut recent, known);
    let (kept, posts, before) = (recent.len(), new.len(), cpu_ns());
    let joined = assign(&mut recent, new);
    let spent = cpu_ns() - before;
    println!(
        "{posts} posts assigned among {kept} of at most {MAX_RECENT}, {joined} to a story that was there: {:.1} µs, {:.0} posts/s of CPU",
        spent / posts as f64 / 1e3,
        posts as f64 / spent * 1e9
    );
    assert!(joined > 0 && kept > MAX_RECENT / 2);

    // Few at once and many times, since a post is sketched just after its words were looked up.
    let (mut sketches, mut spent) = (0, 0.0);
    for few in messages.chunks(100) {
        let documents: Vec<_> = few.iter().map(|message| (analyzer.document(None, &message.text), message)).collect();
        let before = cpu_ns();
        for _ in 0..ROUNDS {
            let made = documents.iter().filter_map(|(document, message)| text::sketch(document, None, &message.text));
            sketches += made.count();
        }
        spent += cpu_ns() - before;
    }
    println!(
        "{} of {} posts have a sketch; making one takes {:.2} µs",
        sketches / ROUNDS,
        messages.len(),
        spent / (messages.len() * ROUNDS) as f64 / 1e3
    );
}

/// How many pairs of a post and one so many seconds later (negative: earlier) tell the same event by their sketches, of how many.
fn joined_pairs(posts: &[Post], later: std::ops::Range<i64>) -> (usize, usize) {
    let (mut joined, mut pairs) = (0, 0);
    for post in posts.iter().step_by(COMPARED) {
        let from = posts.partition_point(|other| other.at < after(post.at, later.start));
        let to = posts.partition_point(|other| other.at < after(post.at, later.end));
        pairs += to - from;
        joined += posts[from..to].iter().filter(|other| similarity(post, other) >= Some(SAME_EVENT)).count();
    }
    (joined, pairs)
}

/// CPU time of this thread in nanoseconds: others build and test beside it.
fn cpu_ns() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse().unwrap()
}

fn after(at: Time, seconds: i64) -> Time {
    Time::from_second(at.as_second() + seconds).unwrap()
}

/// Pairs of posts of different channels within a day that are copies.
fn reposts(posts: &[Post]) -> Vec<(usize, usize)> {
    let mut reposts = Vec::new();
    let mut first = 0;
    for (number, post) in posts.iter().enumerate() {
        while posts[first].at < after(post.at, -DAY_S) {
            first += 1;
        }
        for (other, earlier) in posts.iter().enumerate().take(number).skip(first) {
            let (few, many) =
                (post.lemmas.len().min(earlier.lemmas.len()), post.lemmas.len().max(earlier.lemmas.len()));
            // Texts of too different lengths cannot share so much.
            if few < COPY_WORDS || earlier.channel == post.channel || (few as f64) < COPY_SHARE * many as f64 {
                continue;
            }
            let both = post.lemmas.intersection(&earlier.lemmas).count();
            if both as f64 >= COPY_SHARE * (few + many - both) as f64 {
                reposts.push((other, number));
            }
        }
    }
    reposts
}

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(file)
}

fn absent(path: &Path) {
    let required = std::env::var_os("OTKLIK_REQUIRE_DATA").is_some_and(|value| value == "1");
    assert!(!required, "{} is needed", path.display());
    println!("skipped: {} is absent", path.display());
}

struct Message {
    at: Time,
    channel: String,
    text: String,
}

/// The posts of the real channels by time; none where the data is absent.
fn messages() -> Option<Vec<Message>> {
    let folder = data("telegram/channels");
    let Ok(files) = std::fs::read_dir(&folder) else {
        absent(&folder);
        return None;
    };
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let mut messages: Vec<Message> = Vec::new();
    for path in paths {
        let file: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        messages.extend(file.iter().filter_map(|message| {
            let text = |field: &str| message[field].as_str().map(str::to_owned);
            Some(Message { at: text("date")?.parse().unwrap(), channel: text("channel")?, text: text("text")? })
        }));
    }
    messages.sort_by_key(|message| message.at);
    Some(messages)
}

fn channels() -> Option<Vec<Post>> {
    let mut analyzer = Analyzer::new();
    let read = |message: Message| post(&mut analyzer, message.at, &message.channel, None, &message.text);
    Some(messages()?.into_iter().map(read).collect())
}

//! Whatever a channel, its server, the journal and our own process do: in the end the journal says what the channel says.

use proptest::prelude::*;

use super::telegram_channels::{Channel, address, message, preview};
use super::*;

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Step {
    Publish(u64),
    Edit(usize),
    Delete(usize),
    Views(usize),
    Server(bool),
    Journal(bool),
    Wait(i64),
    Restart,
    Poll,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (1..9u64).prop_map(Step::Publish),
        2 => any::<usize>().prop_map(Step::Edit),
        2 => any::<usize>().prop_map(Step::Delete),
        1 => any::<usize>().prop_map(Step::Views),
        1 => any::<bool>().prop_map(Step::Server),
        1 => any::<bool>().prop_map(Step::Journal),
        2 => (1..4000i64).prop_map(Step::Wait),
        1 => Just(Step::Restart),
        4 => Just(Step::Poll),
    ];
    prop::collection::vec(step, 1..40)
}

/// The channel, its next number, and whether older pages are out of order.
struct Stage {
    channel: Channel,
    next: u64,
    down: bool,
}

impl Stage {
    fn pick(&mut self, which: usize) -> Option<u64> {
        let count = self.channel.len();
        (count > 0).then(|| *self.channel.keys().nth(which % count).unwrap())
    }
}

async fn play(steps: Vec<Step>) {
    let stage = Stage { channel: Channel::new(), next: 1, down: false };
    let (site, server) = Site::serve(stage, |stage, asked| {
        if stage.down && asked.target.contains('?') { answer(500, &[], "") } else { preview(&mut stage.channel, asked) }
    })
    .await;
    let mut world = World::new(&server, &address(), false);
    for (moment, step) in steps.into_iter().enumerate() {
        let now = world.now();
        match step {
            Step::Publish(count) => site.change(|stage| {
                for _ in 0..count {
                    stage.channel.insert(stage.next, message("Текст", &now.to_string()));
                    stage.next += 1 + stage.next % 2;
                }
            }),
            Step::Edit(which) => site.change(|stage| {
                if let Some(number) = stage.pick(which) {
                    stage.channel.get_mut(&number).unwrap().text = format!("Правка {moment}");
                }
            }),
            Step::Delete(which) => site.change(|stage| {
                if let Some(number) = stage.pick(which) {
                    stage.channel.remove(&number);
                }
            }),
            Step::Views(which) => site.change(|stage| {
                if let Some(number) = stage.pick(which) {
                    stage.channel.get_mut(&number).unwrap().views += 1;
                }
            }),
            Step::Server(down) => site.change(|stage| stage.down = down),
            Step::Journal(broken) => world.journal.broken.store(broken, Ordering::Relaxed),
            Step::Wait(seconds) => world.wait(seconds),
            Step::Restart => world = world.restart(),
            Step::Poll => drop(world.poll().await),
        }
    }
    world.journal.broken.store(false, Ordering::Relaxed);
    site.change(|stage| stage.down = false);
    // An hour for what was looked for in vain; so many polls as one checks of the posts that may be gone.
    for _ in 0..15 {
        world.wait(3700);
        assert!(world.poll().await.covers_from.is_some());
    }
    check(&world, &site.0.lock().unwrap().channel);
}

/// The latest versions in the journal are the channel, and versions only ever rise.
#[track_caller]
fn check(world: &World, channel: &Channel) {
    let mut latest: HashMap<String, Post> = HashMap::new();
    for post in world.journal.posts() {
        if let Some(before) = latest.insert(post.id.to_string(), post.clone()) {
            assert!(post.seen() > before.seen(), "{} went backwards", post.id);
            assert!(!post.same_content(&before), "{} is a version without a change", post.id);
        }
    }
    let alive: BTreeMap<String, String> =
        latest.into_iter().filter(|(_, post)| !post.is_deleted()).map(|(id, post)| (id, post.text)).collect();
    let expect: BTreeMap<String, String> =
        channel.iter().map(|(number, message)| (format!("tg:gorod/{number}"), message.text.clone())).collect();
    assert_eq!(alive, expect);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_the_end_the_journal_says_what_the_channel_says(steps in steps()) {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(play(steps));
    }
}

//! The order of posts and their numbers on the platforms.

use model::Time;

use crate::content::{Address, Content};
use crate::post::Post;
use crate::rng::Rng;

/// Sorts by time, leaves out what would come outside the world, and carries the references along. What refers to another post
/// comes after it, so a post that stays keeps what it refers to.
pub(super) fn in_order(posts: Vec<Post>, start: Time, end: Time) -> Vec<Post> {
    let within = |at: &usize| start <= posts[*at].published_at && posts[*at].published_at < end;
    let mut order: Vec<usize> = (0..posts.len()).filter(within).collect();
    order.sort_by_key(|&at| (posts[at].published_at, at));
    let mut place = vec![0; posts.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new;
    }
    let mut sorted: Vec<Post> = order.iter().map(|&old| posts[old].clone()).collect();
    for post in &mut sorted {
        post.reply_to = post.reply_to.map(|old| place[old]);
        post.repost_of = post.repost_of.map(|old| place[old]);
    }
    sorted
}

/// Numbers grow with time and have gaps: VK numbers comments along with posts, Telegram service messages and what was removed.
pub(super) fn number(mut posts: Vec<Post>, content: &Content, seed: u64) -> Vec<Post> {
    let mut rng = Rng::new(seed, "numbers");
    let mut last: Vec<u64> = content.sources.iter().map(|source| source.first).collect();
    for post in &mut posts {
        let gap = match content.sources[post.source].address {
            Address::Vk { .. } => rng.between(1, 23),
            Address::Telegram { .. } => {
                i64::from(rng.chance(0.25)) + i64::from(rng.chance(0.1)) * rng.between(1, 4) + 1
            }
            Address::Feed { .. } => rng.between(1, 3),
        };
        last[post.source] += gap.unsigned_abs();
        post.number = last[post.source];
    }
    posts
}

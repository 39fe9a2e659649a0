//! Which posts an alert quotes: different texts, since a text that was copied a hundred times says no more than once.

use crate::store::post::StoredPost;

/// Posts among which the quoted ones are chosen: short texts have no signature by which they would be known as copies before.
pub const LOOKED_AT: usize = 60;

/// A text that is part of another one is the same text, if it is not so short that any text may hold it.
const PART_CHARS: usize = 40;

/// The first posts of different texts. Texts whose signatures differ in at most `copy_distance` bits are one.
pub fn different_texts(posts: &[StoredPost], most: usize, copy_distance: u32) -> Vec<&StoredPost> {
    let mut chosen: Vec<(&StoredPost, String)> = Vec::new();
    for post in posts {
        if chosen.len() == most {
            break;
        }
        let words = words(&post.text);
        if !chosen.iter().any(|(other, told)| is_copy(post, other, copy_distance) || is_same(&words, told)) {
            chosen.push((post, words));
        }
    }
    chosen.into_iter().map(|(post, _)| post).collect()
}

fn is_copy(post: &StoredPost, other: &StoredPost, copy_distance: u32) -> bool {
    let apart = post.signature.zip(other.signature).map(|(one, two)| (one.0 ^ two.0).count_ones());
    apart.is_some_and(|apart| apart <= copy_distance)
}

fn is_same(one: &str, two: &str) -> bool {
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    short == long || (short.chars().count() >= PART_CHARS && long.contains(short))
}

/// The words alone: case, marks and emoji make no other text.
fn words(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

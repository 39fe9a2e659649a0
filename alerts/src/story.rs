//! Which story a post belongs to: a pure decision with its reason.
//!
//! A story is what several posts tell of the same event: the same kind of risk (or topic), the same place, close in time, or nearly
//! the same words. It knows posts and sources; who wrote them is none of its business.

use config::hex;
use model::{PostId, Time};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A post, reduced to what the decision looks at.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub id: PostId,
    /// Kind of risk, or the topic where there is no risk.
    pub kind: String,
    /// Whether half a town may report one event of this kind from many places, and this post reports one that is told of.
    pub wide: bool,
    /// Kind and place make posts of a risk one story; of a topic only the wording does.
    pub is_risk: bool,
    pub place: Option<String>,
    pub published_at: Time,
}

/// A story that the post may belong to.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub id: String,
    pub kind: String,
    pub place: Option<String>,
    /// Publication of its oldest and newest post.
    pub first: Time,
    pub last: Time,
    /// Whether it has reached the level of alerts: many places make one story of an event, not of mild complaints.
    pub is_serious: bool,
    /// When a person closed its alert: what is published later is another story.
    pub closed_at: Option<Time>,
}

/// How close in time posts of one story are, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Windows {
    pub group_s: i64,
    pub wide_s: i64,
}

/// What becomes of the post. Each carries its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It joins a story.
    Join { story: String, reason: JoinReason },
    /// It shows that two stories are one; the smaller id stays.
    Merge { keep: String, gone: String, reason: JoinReason },
    /// It begins one; `previous` is the closed story that it brings back.
    Open { story: String, previous: Option<String> },
}

/// Why a post joins a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinReason {
    /// A person put it there.
    Corrected,
    /// Nearly the same text.
    NearCopy,
    /// Other words about the same event.
    SameEvent,
    /// The same kind and place.
    SamePlace,
    /// A kind that is reported from many places at once.
    ManyPlaces,
    /// It names no place, and there is one story that it can mean.
    OnlyOne,
}

/// Groups a post with one of the stories around it, or begins a new one.
///
/// `near` is the story whose texts are nearest to the post's, whatever place either names. `candidates` are those of its kind, oldest
/// first, so that the decision does not hang on the order of rows.
pub fn decide(
    post: &Incoming,
    near: Option<(&Candidate, JoinReason)>,
    candidates: &[Candidate],
    windows: Windows,
) -> Decision {
    let at = post.published_at.as_second();
    let within = |story: &&Candidate, window: i64| {
        at >= story.first.as_second() - window && at <= story.last.as_second() + window
    };
    let open = |story: &&Candidate| story.closed_at.is_none_or(|closed| post.published_at <= closed);
    let close: Vec<&Candidate> = candidates.iter().filter(|story| within(story, windows.group_s)).collect();
    let told = near.filter(|(story, _)| open(story) && within(story, windows.group_s));
    // From its first post on: a story that goes on for days is not joined from everywhere all the time.
    let wide = |story: &Candidate| story.is_serious && (at - story.first.as_second()).abs() <= windows.wide_s;
    let placed = by_place(post, close.iter().copied().filter(open).collect(), wide);
    match (told, placed) {
        (Some((near, reason)), Some((placed, JoinReason::SamePlace)))
            if near.id != placed.id && near.kind == placed.kind =>
        {
            let (keep, gone) = if near.id < placed.id { (near, placed) } else { (placed, near) };
            Decision::Merge { keep: keep.id.clone(), gone: gone.id.clone(), reason }
        }
        (Some((story, reason)), _) | (None, Some((story, reason))) => {
            Decision::Join { story: story.id.clone(), reason }
        }
        (None, None) => {
            let ended = close.into_iter().filter(|story| !open(story));
            let ended = near.map(|(story, _)| story).filter(|story| !open(story)).into_iter().chain(ended);
            let previous = ended.filter(|story| story.place == post.place).max_by_key(|story| story.closed_at);
            Decision::Open {
                story: story_id(&post.kind, post.place.as_deref(), &post.id),
                previous: previous.map(|story| story.id.clone()),
            }
        }
    }
}

fn by_place<'a>(
    post: &Incoming,
    open: Vec<&'a Candidate>,
    wide: impl Fn(&Candidate) -> bool,
) -> Option<(&'a Candidate, JoinReason)> {
    if !post.is_risk {
        return None;
    }
    if let Some(story) = open.iter().find(|story| story.place == post.place) {
        return Some((story, JoinReason::SamePlace));
    }
    if post.wide
        && let Some(story) = open.iter().find(|story| wide(story))
    {
        return Some((story, JoinReason::ManyPlaces));
    }
    match (&post.place, &open[..]) {
        (None, [story]) => Some((story, JoinReason::OnlyOne)),
        _ => None,
    }
}

/// The id of a story: from its content, so that the same posts give the same story on any machine.
pub fn story_id(kind: &str, place: Option<&str>, first: &PostId) -> String {
    content_id(&[kind, place.unwrap_or(""), first.as_str()])
}

/// An id made of parts: twelve hex digits.
pub fn content_id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex(&hash.finalize()[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS: Windows = Windows { group_s: 24 * 3600, wide_s: 6 * 3600 };

    fn at(hour: i64) -> Time {
        Time::from_second(1_790_000_000 + hour * 3600).unwrap()
    }

    fn post(place: Option<&str>, hour: i64) -> Incoming {
        Incoming {
            id: PostId::new("vk:-1_9").unwrap(),
            kind: "fire".into(),
            wide: false,
            is_risk: true,
            place: place.map(Into::into),
            published_at: at(hour),
        }
    }

    fn story(id: &str, place: Option<&str>, first: i64, last: i64) -> Candidate {
        Candidate {
            id: id.into(),
            kind: "fire".into(),
            place: place.map(Into::into),
            first: at(first),
            last: at(last),
            is_serious: true,
            closed_at: None,
        }
    }

    #[track_caller]
    fn check(post: &Incoming, near: Option<&Candidate>, stories: &[Candidate], expect: Option<(&str, JoinReason)>) {
        let near = near.map(|story| (story, JoinReason::NearCopy));
        let got = match decide(post, near, stories, WINDOWS) {
            Decision::Join { story, reason } => Some((story, reason)),
            Decision::Merge { .. } | Decision::Open { .. } => None,
        };
        assert_eq!(got, expect.map(|(story, reason)| (story.to_owned(), reason)));
    }

    #[test]
    fn a_post_joins_by_copy_then_by_place_then_where_only_one_can_be_meant() {
        let (mira, lenina) = (story("mira", Some("mira"), 0, 2), story("lenina", Some("lenina"), 0, 2));
        let both = [mira.clone(), lenina.clone()];
        check(&post(None, 3), Some(&lenina), &both, Some(("lenina", JoinReason::NearCopy)));
        check(&post(Some("lenina"), 3), None, &both, Some(("lenina", JoinReason::SamePlace)));
        check(&post(Some("sadovaya"), 3), None, &both, None);
        check(&post(None, 3), None, std::slice::from_ref(&mira), Some(("mira", JoinReason::OnlyOne)));
        check(&post(None, 3), None, &both, None);
        let topic = Incoming { is_risk: false, ..post(None, 3) };
        check(&topic, None, std::slice::from_ref(&mira), None);
    }

    #[test]
    fn a_story_reaches_a_window_beyond_its_first_and_last_post() {
        let mira = [story("mira", Some("mira"), 0, 30)];
        for (hour, joins) in [(-25, false), (-24, true), (54, true), (55, false)] {
            let expect = joins.then_some(("mira", JoinReason::SamePlace));
            check(&post(Some("mira"), hour), None, &mira, expect);
        }
    }

    #[test]
    fn a_wide_kind_joins_from_another_place_while_it_is_fresh() {
        let mira = [story("mira", Some("mira"), 0, 0)];
        let wide = |hour| Incoming { wide: true, ..post(Some("lenina"), hour) };
        check(&wide(6), None, &mira, Some(("mira", JoinReason::ManyPlaces)));
        check(&wide(7), None, &mira, None);
        check(&wide(6), None, &[Candidate { is_serious: false, ..mira[0].clone() }], None);
    }

    #[test]
    fn a_post_that_is_near_one_story_and_in_the_place_of_another_makes_them_one() {
        let (b, a) = (story("b", Some("lenina"), 0, 2), story("a", Some("mira"), 0, 2));
        let merged = decide(&post(Some("mira"), 3), Some((&b, JoinReason::NearCopy)), &[b.clone(), a], WINDOWS);
        let expect = Decision::Merge { keep: "a".into(), gone: "b".into(), reason: JoinReason::NearCopy };
        assert_eq!(merged, expect);
    }

    #[test]
    fn what_is_published_after_the_closing_is_a_story_of_its_own_that_knows_the_old_one() {
        let closed = Candidate { closed_at: Some(at(4)), ..story("mira", Some("mira"), 0, 2) };
        check(&post(Some("mira"), 3), None, std::slice::from_ref(&closed), Some(("mira", JoinReason::SamePlace)));
        let again = decide(&post(Some("mira"), 5), None, std::slice::from_ref(&closed), WINDOWS);
        let Decision::Open { story, previous } = again else { panic!("{again:?}") };
        assert_ne!(story, "mira");
        assert_eq!(previous.as_deref(), Some("mira"));
    }
}

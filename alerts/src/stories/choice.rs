//! Which story a post belongs to: a pure decision with its reason.
//!
//! A story is what several posts tell of the same event: the same thing in the same state, or where none is known the same kind of risk;
//! the same place or one around it, close in time; or nearly the same words. It knows posts and sources, never persons.

use model::{Event, PostId, Time};
use serde::{Deserialize, Serialize};

use super::relation::{Relation, relation};
use crate::store::content_id::content_id;

/// A post, reduced to what the decision looks at.
#[derive(Debug, Clone)]
pub struct IncomingPost {
    pub id: PostId,
    /// Kind of risk, or the topic where there is no risk.
    pub kind: String,
    /// One event of this kind may be reported from many places of half a town, and this post is serious enough for an alert.
    pub wide: bool,
    /// Posts of a risk make one story by kind and place; posts of a topic only by their event in an exact place, or by their wording.
    pub is_risk: bool,
    /// What is told of its kind in one place is one event, whichever things the posts name.
    pub one_event: bool,
    /// What it mainly tells.
    pub events: Vec<Event>,
    pub place: Option<String>,
    /// The place is a street or an institution: many holes of one town are no event.
    pub is_exact: bool,
    /// Places that its place lies in.
    pub around: Vec<String>,
    pub published_at: Time,
}

impl IncomingPost {
    /// How what it tells stands to what a story is about.
    pub fn relation(&self, story: &Candidate) -> Relation {
        relation(&self.events, &story.events, self.one_event && self.kind == story.kind)
    }
}

/// A story that the post may belong to.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub id: String,
    pub kind: String,
    /// What it is about.
    pub events: Vec<Event>,
    pub place: Option<String>,
    /// Places that its place lies in.
    pub around: Vec<String>,
    /// Publication of its oldest and newest post.
    pub first: Time,
    pub last: Time,
    /// It has reached the level of alerts: reports from many places make one story of an event, not of mild complaints.
    pub is_serious: bool,
    /// When a person closed its alert: what is published later belongs to another story.
    pub closed_at: Option<Time>,
}

/// How far apart in time posts of one story may be, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct StoryWindows {
    pub group_s: i64,
    pub wide_s: i64,
}

/// What becomes of the post, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It joins a story.
    Join { story: String, reason: JoinReason },
    /// It shows that two stories are one. The smaller id stays.
    Merge { keep: String, gone: String, reason: JoinReason },
    /// It begins a story; `previous` is the closed story whose event is back.
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
    /// The same event or kind, and the same place.
    SamePlace,
    /// The same event, told of a place that lies in the other's or around it.
    PlaceAround,
    /// A kind that is reported from many places at once.
    ManyPlaces,
    /// It names no place, and there is only one story that it can mean.
    OnlyOne,
}

/// Groups a post with one of the stories around it, or begins a new one.
///
/// `near` is the story whose texts resemble the post's most, whatever place either names. `candidates` are the stories of its kind or its
/// event, oldest first, so that the decision does not depend on the order of rows.
pub fn choose_story(
    post: &IncomingPost,
    near: Option<(&Candidate, JoinReason)>,
    candidates: &[Candidate],
    windows: StoryWindows,
) -> Decision {
    let at = post.published_at.as_second();
    let within = |story: &&Candidate, window: i64| {
        at >= story.first.as_second() - window && at <= story.last.as_second() + window
    };
    let open = |story: &&Candidate| story.closed_at.is_none_or(|closed| post.published_at <= closed);
    let may_be = |story: &&Candidate| post.relation(story) != Relation::Another;
    let close: Vec<&Candidate> =
        candidates.iter().filter(may_be).filter(|story| within(story, windows.group_s)).collect();
    // A copy is a copy whatever was read out of it; other words about the same place may be about another event.
    let near = near.filter(|(story, reason)| *reason == JoinReason::NearCopy || may_be(story));
    let told = near.filter(|(story, _)| open(story) && within(story, windows.group_s));
    // Counted from its first post: a story that goes on for days must not be joined from everywhere all the time.
    let wide = |story: &Candidate| story.is_serious && (at - story.first.as_second()).abs() <= windows.wide_s;
    let placed = by_place(post, close.iter().copied().filter(open).collect(), wide);
    match (told, placed) {
        (Some((near, reason)), Some((placed, JoinReason::SamePlace)))
            if near.id != placed.id
                && near.kind == placed.kind
                && relation(&near.events, &placed.events, post.one_event && post.kind == near.kind)
                    != Relation::Another =>
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
    post: &IncomingPost,
    open: Vec<&'a Candidate>,
    wide: impl Fn(&Candidate) -> bool,
) -> Option<(&'a Candidate, JoinReason)> {
    if !post.is_risk && !post.is_exact {
        return None;
    }
    let is_same = |story: &Candidate| post.relation(story) == Relation::Same;
    let of_event: Vec<&Candidate> = open.iter().copied().filter(|story| is_same(story)).collect();
    let of_kind: Vec<&Candidate> =
        open.iter().copied().filter(|story| post.is_risk && story.kind == post.kind && !is_same(story)).collect();
    // What tells the same event comes before what is only of the same kind.
    for stories in [&of_event, &of_kind] {
        if let Some(story) = stories.iter().find(|story| story.place == post.place) {
            return Some((story, JoinReason::SamePlace));
        }
    }
    if !post.is_risk {
        return None;
    }
    if let Some(story) = of_event.iter().find(|story| is_around(post, story)) {
        return Some((story, JoinReason::PlaceAround));
    }
    let both = [of_event, of_kind].concat();
    if post.wide
        && let Some(story) = both.iter().find(|story| wide(story))
    {
        return Some((story, JoinReason::ManyPlaces));
    }
    match (&post.place, &both[..]) {
        (None, [story]) => Some((story, JoinReason::OnlyOne)),
        _ => None,
    }
}

/// Whether the place of one lies in that of the other.
fn is_around(post: &IncomingPost, story: &Candidate) -> bool {
    let (Some(own), Some(its)) = (&post.place, &story.place) else { return false };
    post.around.contains(its) || story.around.contains(own)
}

/// The id of a story: from its content, so that the same posts give the same story on any machine.
pub fn story_id(kind: &str, place: Option<&str>, first: &PostId) -> String {
    content_id(&[kind, place.unwrap_or(""), first.as_str()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Scale;

    const WINDOWS: StoryWindows = StoryWindows { group_s: 24 * 3600, wide_s: 6 * 3600 };

    fn at(hour: i64) -> Time {
        Time::from_second(1_790_000_000 + hour * 3600).unwrap()
    }

    fn post(place: Option<&str>, hour: i64) -> IncomingPost {
        IncomingPost {
            id: PostId::new("vk:-1_9").unwrap(),
            kind: "fire".into(),
            wide: false,
            is_risk: true,
            one_event: false,
            events: Vec::new(),
            place: place.map(Into::into),
            is_exact: true,
            around: Vec::new(),
            published_at: at(hour),
        }
    }

    fn story(id: &str, place: Option<&str>, first: i64, last: i64) -> Candidate {
        Candidate {
            id: id.into(),
            kind: "fire".into(),
            events: Vec::new(),
            place: place.map(Into::into),
            around: Vec::new(),
            first: at(first),
            last: at(last),
            is_serious: true,
            closed_at: None,
        }
    }

    #[track_caller]
    fn check(post: &IncomingPost, near: Option<&Candidate>, stories: &[Candidate], expect: Option<(&str, JoinReason)>) {
        let near = near.map(|story| (story, JoinReason::NearCopy));
        let got = match choose_story(post, near, stories, WINDOWS) {
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
        let topic = IncomingPost { is_risk: false, ..post(None, 3) };
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
        let wide = |hour| IncomingPost { wide: true, ..post(Some("lenina"), hour) };
        check(&wide(6), None, &mira, Some(("mira", JoinReason::ManyPlaces)));
        check(&wide(7), None, &mira, None);
        check(&wide(6), None, &[Candidate { is_serious: false, ..mira[0].clone() }], None);
    }

    #[test]
    fn a_post_that_is_near_one_story_and_in_the_place_of_another_makes_them_one() {
        let (b, a) = (story("b", Some("lenina"), 0, 2), story("a", Some("mira"), 0, 2));
        let merged = choose_story(&post(Some("mira"), 3), Some((&b, JoinReason::NearCopy)), &[b.clone(), a], WINDOWS);
        let expect = Decision::Merge { keep: "a".into(), gone: "b".into(), reason: JoinReason::NearCopy };
        assert_eq!(merged, expect);
    }

    #[test]
    fn what_is_published_after_the_closing_is_a_story_of_its_own_that_knows_the_old_one() {
        let closed = Candidate { closed_at: Some(at(4)), ..story("mira", Some("mira"), 0, 2) };
        check(&post(Some("mira"), 3), None, std::slice::from_ref(&closed), Some(("mira", JoinReason::SamePlace)));
        let again = choose_story(&post(Some("mira"), 5), None, std::slice::from_ref(&closed), WINDOWS);
        let Decision::Open { story, previous } = again else { panic!("{again:?}") };
        assert_ne!(story, "mira");
        assert_eq!(previous.as_deref(), Some("mira"));
    }

    fn event(object: &str, scale: Scale) -> Vec<Event> {
        vec![crate::stories::relation::tests::event(object, "absent", Some(scale))]
    }

    #[test]
    fn stories_join_by_event_in_one_place_or_around_it() {
        let water = Candidate { events: event("water", Scale::House), ..story("water", Some("mira"), 0, 2) };
        let of = |object, place| IncomingPost { events: event(object, Scale::House), ..post(place, 3) };
        let one = std::slice::from_ref(&water);
        check(&of("water", Some("mira")), None, one, Some(("water", JoinReason::SamePlace)));
        check(&of("heating", Some("mira")), None, one, None);
        check(&of("heating", Some("mira")), Some(&water), one, Some(("water", JoinReason::NearCopy)));
        let told = choose_story(&of("heating", Some("mira")), Some((&water, JoinReason::SameEvent)), one, WINDOWS);
        assert!(matches!(told, Decision::Open { .. }), "other words about the same place, and another thing: {told:?}");
        // A milder post tells the same event by itself, where the place is exact; without an event the kind decides, as ever.
        let mild = IncomingPost { is_risk: false, kind: "jkh.water".into(), ..of("water", Some("mira")) };
        check(&mild, None, one, Some(("water", JoinReason::SamePlace)));
        check(&IncomingPost { is_exact: false, ..mild.clone() }, None, one, None);
        check(&IncomingPost { events: Vec::new(), ..mild }, None, one, None);
        check(&post(Some("mira"), 3), None, one, Some(("water", JoinReason::SamePlace)));

        let town = |object| IncomingPost { around: vec!["town".into()], ..of(object, Some("lenina")) };
        let of_town = Candidate { place: Some("town".into()), ..water.clone() };
        check(&town("water"), None, std::slice::from_ref(&of_town), Some(("water", JoinReason::PlaceAround)));
        check(&town("heating"), None, &[of_town], None);
        let in_town = Candidate { around: vec!["town".into()], ..water };
        check(&of("water", Some("town")), None, &[in_town], Some(("water", JoinReason::PlaceAround)));
    }

    #[test]
    fn a_flat_does_not_join_an_institution() {
        let garden = Candidate { events: event("heating", Scale::Institution), ..story("garden", Some("mira"), 0, 2) };
        let of = |scale| IncomingPost { events: event("heating", scale), ..post(Some("mira"), 3) };
        check(&of(Scale::Flat), None, std::slice::from_ref(&garden), None);
        check(&of(Scale::Institution), None, &[garden], Some(("garden", JoinReason::SamePlace)));
    }

    #[test]
    fn where_one_place_has_one_event_of_a_kind_whatever_is_named_joins() {
        let burning = Candidate { events: event("shed", Scale::House), ..story("burning", Some("mira"), 0, 2) };
        let smoke = IncomingPost { events: event("smoke", Scale::House), ..post(Some("mira"), 1) };
        check(&smoke, None, std::slice::from_ref(&burning), None);
        let smoke = IncomingPost { one_event: true, ..smoke };
        check(&smoke, None, std::slice::from_ref(&burning), Some(("burning", JoinReason::SamePlace)));
        let elsewhere = IncomingPost { place: Some("lenina".into()), ..smoke };
        check(&elsewhere, None, &[burning], None);
    }

    #[test]
    fn what_tells_the_event_comes_before_what_is_only_of_the_kind() {
        let old = story("a", Some("mira"), 0, 2);
        let water = Candidate { events: event("water", Scale::House), ..story("b", Some("mira"), 1, 2) };
        let told = IncomingPost { events: event("water", Scale::House), ..post(Some("mira"), 3) };
        check(&told, None, &[old, water], Some(("b", JoinReason::SamePlace)));
    }
}

//! Which alert a post belongs to: a pure decision with its reason.

use model::{PostId, Signature, Time};
use sha2::{Digest, Sha256};

/// A post that reaches the threshold, reduced to what grouping looks at.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub id: PostId,
    pub kind: String,
    pub place: Option<String>,
    pub published_at: Time,
    pub signature: Option<Signature>,
}

/// An open alert of the same kind.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub id: String,
    pub place: Option<String>,
    /// Publication of its oldest and newest post.
    pub first: Time,
    pub last: Time,
    pub signatures: Vec<Signature>,
}

/// What becomes of the post. Each carries its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It joins an alert.
    Join { alert: String, reason: JoinReason },
    /// It raises one.
    Open { alert: String },
}

/// Why a post joins an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinReason {
    /// Nearly the same text.
    NearCopy,
    /// The same place.
    SamePlace,
    /// It names no place, and there is one alert that it can mean.
    OnlyOne,
}

/// Groups a post with one of the open alerts of its kind, or opens a new one.
///
/// A near-copy goes with its original whatever place either names. Candidates come oldest first, so that the decision does
/// not hang on the order of rows.
pub fn decide(post: &Incoming, candidates: &[Candidate], window_s: i64, copy_distance: u32) -> Decision {
    let near = |alert: &&Candidate| {
        let at = post.published_at.as_second();
        at >= alert.first.as_second() - window_s && at <= alert.last.as_second() + window_s
    };
    let close: Vec<&Candidate> = candidates.iter().filter(near).collect();
    let join = |alert: &Candidate, reason| Decision::Join { alert: alert.id.clone(), reason };
    if let Some(signature) = post.signature {
        let copies =
            |alert: &&&Candidate| alert.signatures.iter().any(|other| distance(signature, *other) <= copy_distance);
        if let Some(alert) = close.iter().find(copies) {
            return join(alert, JoinReason::NearCopy);
        }
    }
    if let Some(alert) = close.iter().find(|alert| alert.place == post.place) {
        return join(alert, JoinReason::SamePlace);
    }
    if let (None, [alert]) = (&post.place, &close[..]) {
        return join(alert, JoinReason::OnlyOne);
    }
    Decision::Open { alert: alert_id(&post.kind, post.place.as_deref(), &post.id) }
}

fn distance(a: Signature, b: Signature) -> u32 {
    (a.0 ^ b.0).count_ones()
}

/// The id of an alert: from its content, so that the same posts give the same alert on any machine.
fn alert_id(kind: &str, place: Option<&str>, first: &PostId) -> String {
    let mut hash = Sha256::new();
    for part in [kind, place.unwrap_or(""), first.as_str()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Time {
        Time::from_second(1_790_000_000 + hour * 3600).unwrap()
    }

    fn post(place: Option<&str>, hour: i64, signature: u64) -> Incoming {
        Incoming {
            id: PostId::new("vk:-1_9").unwrap(),
            kind: "fire".into(),
            place: place.map(Into::into),
            published_at: at(hour),
            signature: Some(Signature(signature)),
        }
    }

    fn alert(id: &str, place: Option<&str>, first: i64, last: i64) -> Candidate {
        Candidate {
            id: id.into(),
            place: place.map(Into::into),
            first: at(first),
            last: at(last),
            signatures: vec![Signature(0)],
        }
    }

    #[track_caller]
    fn check(post: &Incoming, alerts: &[Candidate], expect: Option<(&str, JoinReason)>) {
        let got = match decide(post, alerts, 24 * 3600, 3) {
            Decision::Join { alert, reason } => Some((alert, reason)),
            Decision::Open { .. } => None,
        };
        assert_eq!(got, expect.map(|(alert, reason)| (alert.to_owned(), reason)));
    }

    const FAR: u64 = u64::MAX;

    #[test]
    fn a_post_joins_by_copy_then_by_place_then_where_only_one_can_be_meant() {
        let (mira, lenina) = (alert("mira", Some("mira"), 0, 2), alert("lenina", Some("lenina"), 0, 2));
        let both = [mira.clone(), lenina.clone()];
        check(&post(Some("lenina"), 5, FAR), &both, Some(("lenina", JoinReason::SamePlace)));
        check(&post(Some("lenina"), 5, 0b111), &both, Some(("mira", JoinReason::NearCopy)));
        check(&post(Some("lenina"), 5, 0b1111), std::slice::from_ref(&mira), None);
        check(&post(None, 5, FAR), &[mira], Some(("mira", JoinReason::OnlyOne)));
        check(&post(None, 5, FAR), &both, None);
        check(&post(Some("sadovaya"), 5, FAR), &both, None);
    }

    #[test]
    fn posts_far_apart_in_time_are_different_alerts() {
        let mira = [alert("mira", Some("mira"), 0, 2)];
        check(&post(Some("mira"), 26, FAR), &mira, Some(("mira", JoinReason::SamePlace)));
        check(&post(Some("mira"), 27, FAR), &mira, None);
        check(&post(Some("mira"), -25, 0), &mira, None);
    }

    #[test]
    fn the_id_comes_from_content() {
        let open = |place| match decide(&post(place, 0, 0), &[], 0, 0) {
            Decision::Open { alert } => alert,
            join => panic!("{join:?}"),
        };
        assert_eq!(open(Some("mira")), open(Some("mira")));
        assert_ne!(open(Some("mira")), open(None));
    }
}

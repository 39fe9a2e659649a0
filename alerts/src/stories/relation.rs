//! How what a post tells stands to what a story is about.

use model::{Event, Scale};

/// Whether the events of a post and of a story may be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The same thing in the same state.
    Same,
    /// Nothing speaks for it nor against it: the same thing in another state, things of one kind of event, or one of them tells no event.
    Possible,
    /// Another thing; or a flat here and an institution there, which are two events whatever both lack.
    Another,
}

/// Compares what two of them tell, each with its main event first. `one_event`: they are of one kind of risk, of which one place has one
/// event at a time, whichever things the posts name.
pub fn relation(one: &[Event], two: &[Event], one_event: bool) -> Relation {
    let (Some(main), Some(other)) = (one.first(), two.first()) else { return Relation::Possible };
    if is_home_and_institution(main.scale, other.scale) || is_home_and_institution(other.scale, main.scale) {
        return Relation::Another;
    }
    let mut pairs = one.iter().flat_map(|event| two.iter().map(move |other| (event, other)));
    let same_object = pairs.clone().any(|(event, other)| event.object == other.object);
    match pairs.any(|(event, other)| event.object == other.object && event.state == other.state) {
        true => Relation::Same,
        false if same_object || one_event => Relation::Possible,
        false => Relation::Another,
    }
}

fn is_home_and_institution(one: Option<Scale>, two: Option<Scale>) -> bool {
    matches!(one, Some(Scale::Flat | Scale::Riser)) && two == Some(Scale::Institution)
}

/// The code by which stories about an event are found.
pub fn code(event: &Event) -> String {
    format!("{}:{}", event.object, event.state)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use model::{Actuality, Harm};

    pub fn event(object: &str, state: &str, scale: Option<Scale>) -> Event {
        Event {
            object: object.into(),
            state: state.into(),
            actuality: Actuality::Now,
            scale,
            count: None,
            harm: Harm::None,
            who: None,
            wish: None,
            words: Vec::new(),
        }
    }

    #[test]
    fn events_are_one_by_thing_and_state_and_never_of_a_flat_and_an_institution() {
        let cold = event("cold_water", "absent", Some(Scale::House));
        let hot = event("hot_water", "absent", Some(Scale::House));
        let weak = event("cold_water", "weak", None);
        let flat = event("heating", "absent", Some(Scale::Flat));
        let kindergarten = event("heating", "absent", Some(Scale::Institution));
        let house = event("heating", "absent", Some(Scale::House));
        let of = std::slice::from_ref;
        let cases: [(&[Event], &[Event], Relation); 9] = [
            (of(&cold), of(&cold), Relation::Same),
            (of(&cold), of(&hot), Relation::Another),
            (&[hot.clone(), cold.clone()], of(&cold), Relation::Same),
            (of(&cold), of(&weak), Relation::Possible),
            (of(&cold), &[], Relation::Possible),
            (&[], &[], Relation::Possible),
            (of(&flat), of(&kindergarten), Relation::Another),
            (of(&flat), of(&house), Relation::Same),
            (of(&house), of(&kindergarten), Relation::Same),
        ];
        for (one, two, expect) in cases {
            let found = (relation(one, two, false), relation(two, one, false));
            assert_eq!(found, (expect, expect), "{one:?} {two:?}");
        }
        let (smoke, shed) = (event("smoke", "present", None), event("shed", "burns", Some(Scale::House)));
        assert_eq!(relation(of(&smoke), of(&shed), true), Relation::Possible);
        assert_eq!(relation(of(&flat), of(&kindergarten), true), Relation::Another, "whatever both lack");
    }
}

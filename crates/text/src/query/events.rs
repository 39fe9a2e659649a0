//! Tests of what a post reports: its events and their slots.

use model::{Actuality, Event, Harm, Scale};

use super::ast::Comparison;
use super::fields::comparison;

/// What one event of a post must be. A slot that is not asked for may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventTest {
    /// Code of the object.
    pub object: Option<String>,
    /// Code of its state.
    pub state: Option<String>,
    /// When it happens.
    pub actuality: Option<Actuality>,
    /// How far it reaches; false where the text does not say.
    pub scale: Option<AtLeast<Scale>>,
    /// What it does to people.
    pub harm: Option<AtLeast<Harm>>,
    /// How many; false where the text gives no number.
    pub count: Option<(Comparison, u32)>,
    /// Who is harmed.
    pub who: Option<String>,
    /// What is asked for.
    pub wish: Option<String>,
}

/// A value of an ordered slot: exactly this one, or with `+` this one and all above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtLeast<T> {
    /// The value.
    pub value: T,
    /// Whether those above pass as well.
    pub or_above: bool,
}

/// A slot of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Object,
    State,
    Actuality,
    Scale,
    Harm,
    Count,
    Who,
    Wish,
}

/// The slots that `event:` gives by their place; the others are named.
const BY_PLACE: [Slot; 5] = [Slot::Object, Slot::State, Slot::Actuality, Slot::Scale, Slot::Harm];

/// Stands for any value.
const ANY: &str = "*";

impl<T: PartialOrd> AtLeast<T> {
    fn passes(&self, value: &T) -> bool {
        if self.or_above { *value >= self.value } else { *value == self.value }
    }
}

impl EventTest {
    /// Whether an event is such.
    pub fn passes(&self, event: &Event) -> bool {
        let code =
            |asked: &Option<String>, told: Option<&str>| asked.as_deref().is_none_or(|asked| told == Some(asked));
        code(&self.object, Some(&event.object))
            && code(&self.state, Some(&event.state))
            && self.actuality.is_none_or(|actuality| actuality == event.actuality)
            && self.scale.is_none_or(|scale| event.scale.is_some_and(|told| scale.passes(&told)))
            && self.harm.is_none_or(|harm| harm.passes(&event.harm))
            && self.count.is_none_or(|(op, count)| event.count.is_some_and(|told| op.holds(told.into(), count.into())))
            && code(&self.who, event.who.as_deref())
            && code(&self.wish, event.wish.as_deref())
    }

    /// `object.state.actuality.scale.harm`, each a code or `*`, the last ones left out; then `slot=value` for any slot and `count>=3`.
    ///
    /// # Errors
    /// What to write instead, in Russian.
    pub fn parse(value: &str) -> Result<EventTest, String> {
        let mut test = EventTest::default();
        let mut places = BY_PLACE.into_iter();
        for part in value.split('.') {
            let (slot, value) = match part.find(['=', '<', '>']) {
                Some(sign) => {
                    let (name, value) = part.split_at(sign);
                    let slot =
                        Slot::parse(name).ok_or_else(|| format!("«{name}» — не часть события. Есть: {SLOT_NAMES}."))?;
                    // Of a number the sign is a part.
                    (slot, if slot == Slot::Count { value } else { value.trim_start_matches('=') })
                }
                None => (places.next().ok_or(TOO_MANY)?, part),
            };
            if value != ANY {
                test.set(slot, value)?;
            }
        }
        Ok(test)
    }

    /// A test of one slot.
    pub(super) fn of_slot(slot: Slot, value: &str) -> Result<EventTest, String> {
        let mut test = EventTest::default();
        test.set(slot, value)?;
        Ok(test)
    }

    fn set(&mut self, slot: Slot, value: &str) -> Result<(), String> {
        match slot {
            Slot::Object => self.object = Some(code(value)?),
            Slot::State => self.state = Some(code(value)?),
            Slot::Who => self.who = Some(code(value)?),
            Slot::Wish => self.wish = Some(code(value)?),
            Slot::Actuality => {
                let known = || Actuality::ALL.map(Actuality::as_str).join(", ");
                self.actuality = Some(Actuality::parse(value).ok_or_else(|| unknown(value, &known()))?);
            }
            Slot::Scale => self.scale = Some(at_least(value, Scale::parse, &Scale::ALL.map(Scale::as_str))?),
            Slot::Harm => self.harm = Some(at_least(value, Harm::parse, &Harm::ALL.map(Harm::as_str))?),
            Slot::Count => {
                let (op, count) = comparison(value).ok_or("Число сравнивается с целым: число:3, число:>=3.")?;
                self.count = Some((op, u32::try_from(count).unwrap_or(u32::MAX)));
            }
        }
        Ok(())
    }
}

const TOO_MANY: &str = "После пятой части события пишется имя: событие:cold_water.absent.now.house+.hurt+.count>=3.";

/// The names a message lists.
const SLOT_NAMES: &str = "object, state, actuality, scale, harm, count, who, wish";

impl Slot {
    /// The slot of a Russian or Latin name, folded.
    pub(super) fn parse(name: &str) -> Option<Slot> {
        Some(match name {
            "объект" | "object" => Slot::Object,
            "состояние" | "state" => Slot::State,
            "когда" | "actuality" => Slot::Actuality,
            "масштаб" | "scale" => Slot::Scale,
            "вред" | "harm" => Slot::Harm,
            "число" | "count" => Slot::Count,
            "кто" | "who" => Slot::Who,
            "просьба" | "wish" => Slot::Wish,
            _ => return None,
        })
    }
}

fn code(value: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    if value.is_empty() || !value.chars().all(fits) {
        return Err("Здесь нужен код: строчные латинские буквы, цифры, «_» и «-».".to_owned());
    }
    Ok(value.to_owned())
}

fn at_least<T>(value: &str, parse: fn(&str) -> Option<T>, known: &[&str]) -> Result<AtLeast<T>, String> {
    let (code, or_above) = value.strip_suffix('+').map_or((value, false), |code| (code, true));
    let value =
        parse(code).ok_or_else(|| format!("{} С «+» на конце — это и больше.", unknown(code, &known.join(", "))))?;
    Ok(AtLeast { value, or_above })
}

fn unknown(code: &str, known: &str) -> String {
    format!("Кода «{code}» здесь нет. Есть: {known}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        Event {
            object: "cold_water".into(),
            state: "absent".into(),
            actuality: Actuality::Now,
            scale: Some(Scale::Houses),
            count: Some(3),
            harm: Harm::Hurt,
            who: Some("child".into()),
            wish: None,
            words: Vec::new(),
        }
    }

    #[track_caller]
    fn check(test: &str, expect: bool) {
        assert_eq!(EventTest::parse(test).unwrap().passes(&event()), expect, "{test}");
    }

    #[test]
    fn every_slot_given_must_hold() {
        for test in [
            "*",
            "cold_water",
            "cold_water.absent",
            "*.absent.now",
            "cold_water.absent.now.houses.hurt",
            "*.*.*.house+",
            "*.*.*.*.feared+",
            "count>=3.who=child",
            "object=cold_water.count=3",
            "cold_water.count<4",
        ] {
            check(test, true);
        }
        for test in [
            "gas",
            "cold_water.burst",
            "*.*.past",
            "*.*.*.house",
            "*.*.*.street+",
            "*.*.*.*.dead+",
            "count>3",
            "who=adult",
            "wish=repair",
        ] {
            check(test, false);
        }
        let unsaid = Event { scale: None, count: None, ..event() };
        assert!(!EventTest::parse("scale=flat+").unwrap().passes(&unsaid));
        assert!(!EventTest::parse("count<9").unwrap().passes(&unsaid));
    }

    #[test]
    fn what_is_not_understood_is_told() {
        for (test, message) in [
            ("Вода", "код"),
            ("a.b.then", "now, repeated"),
            ("*.*.*.home", "house, houses"),
            ("*.*.*.*.*.child", "пятой"),
            ("colour=red", "не часть события"),
            ("count=many", "целым"),
            ("a..now", "код"),
        ] {
            assert!(EventTest::parse(test).unwrap_err().contains(message), "{test}");
        }
    }
}

//! `risks/events.toml` and its neighbours: what an event is made of, the words that say it, and the table of levels.

use model::{Actuality, Harm, Level, Scale};
use text::Phrase;

use crate::rules::Examples;

/// Everything by which events are recognised and judged.
#[derive(Debug, Clone, Default)]
pub struct EventRules {
    /// `[[object]]`: things that something happens to.
    pub objects: Vec<Object>,
    /// `[[state]]`: what may be the matter with them.
    pub states: Vec<State>,
    /// `[[says]]`: words that say of an object in which state it is.
    pub says: Vec<Says>,
    /// `[[when]]`: words of time and mood.
    pub when: Vec<Marker<Actuality>>,
    /// `[[scale]]`: words that tell how far an event reaches.
    pub scales: Vec<Marker<Scale>>,
    /// `[[harm]]`: words of what it does to people.
    pub harms: Vec<Marker<Harm>>,
    /// `[[who]]`: people.
    pub who: Vec<Named>,
    /// `[[wish]]`: what may be asked for.
    pub wishes: Vec<Named>,
    /// `[[aside]]`: words by which a post is no report of an event here.
    pub asides: Vec<Aside>,
    /// `[frost]`: words of frost, in which heat matters whatever the season.
    pub frost: Vec<Phrase>,
    /// `[[row]]` of `levels.toml`, in their order.
    pub rows: Vec<Row>,
}

impl EventRules {
    /// How an alert says that an object is in a state: «Нет холодной воды»; `None` where one of the codes is not declared.
    pub fn title(&self, object: &str, state: &str) -> Option<String> {
        let object = self.objects.iter().find(|known| known.code == object)?;
        let state = self.states.iter().find(|known| known.code == state)?;
        Some(state.title.replace("{name}", &object.name).replace("{of}", &object.of))
    }
}

/// A code with the name that people see, and its words.
#[derive(Debug, Clone)]
pub struct Named {
    /// `code`.
    pub code: String,
    /// `name`.
    pub name: String,
    /// `words`.
    pub words: Vec<Phrase>,
}

/// An `[[object]]`.
#[derive(Debug, Clone)]
pub struct Object {
    /// `code`, e.g. `cold_water`.
    pub code: String,
    /// `name`: «холодная вода».
    pub name: String,
    /// `of`: the name in the genitive, «холодной воды».
    pub of: String,
    /// `words`.
    pub words: Vec<Phrase>,
    /// `itself`: the state that its mention alone says, as with «пожар»; a number in [`EventRules::states`].
    pub itself: Option<usize>,
}

/// A `[[state]]`.
#[derive(Debug, Clone)]
pub struct State {
    /// `code`, e.g. `absent`.
    pub code: String,
    /// `name`: «нет».
    pub name: String,
    /// `title`: how an alert says it, with `{name}` and `{of}` for the object.
    pub title: String,
}

/// A `[[says]]`.
#[derive(Debug, Clone)]
pub struct Says {
    /// `state`, a number in [`EventRules::states`].
    pub state: usize,
    /// `objects`, numbers in [`EventRules::objects`].
    pub objects: Vec<usize>,
    /// `words`.
    pub words: Vec<Phrase>,
    /// `case`: the object must stand in it.
    pub case: Option<Case>,
    /// `near`: at most so many other words between the object and these.
    pub near: usize,
    /// `after`: the object may only follow these words.
    pub after: bool,
    /// `oblique`: the object may stand behind a preposition, as a place: «течёт в подвале».
    pub oblique: bool,
    /// `implies`: the object that is meant where none is named, a number in [`EventRules::objects`].
    pub implies: Option<usize>,
    /// `when`: what these words say of the time by themselves.
    pub when: Option<Actuality>,
    /// `hides`: other words inside these say nothing: «сбить с ног» hits nobody.
    pub hides: bool,
}

/// The case of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// «нет воды».
    Genitive,
    /// «вода пропала», «отключили воду».
    Direct,
}

/// Words that give a slot a value.
#[derive(Debug, Clone)]
pub struct Marker<T> {
    /// `code`.
    pub value: T,
    /// `name` people see.
    pub name: String,
    /// `words`.
    pub words: Vec<Phrase>,
    /// `reach`: whom they concern.
    pub reach: Reach,
    /// `strong`: they outweigh other words of time: «до сих пор».
    pub strong: bool,
}

/// How far from its words a marker works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The events of its clause that come after it: «может упасть».
    Before,
    /// The events of its clause.
    Clause,
    /// The events of its sentence.
    Sentence,
    /// Every event of the post.
    Post,
}

/// An `[[aside]]`.
#[derive(Debug, Clone)]
pub struct Aside {
    /// `name` people see in a reason.
    pub name: String,
    /// `words`.
    pub words: Vec<Phrase>,
    /// `least`: so many different words are needed.
    pub least: usize,
    /// `unless_ours`: takes nothing back in a post that names a place of the district.
    pub unless_ours: bool,
    /// `objects`: only events of these, numbers in [`EventRules::objects`]; empty: all.
    pub objects: Vec<usize>,
}

/// A `[[row]]`: the first one that fits an event decides.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where it stands.
    pub file: String,
    /// Its line.
    pub line: usize,
    /// `kind`, of a `[[kind]]`.
    pub kind: Option<String>,
    /// `level`; absent: no risk.
    pub level: Option<Level>,
    /// `object`, numbers in [`EventRules::objects`]; empty: any.
    pub objects: Vec<usize>,
    /// `state`, numbers in [`EventRules::states`]; empty: any.
    pub states: Vec<usize>,
    /// `when`; empty: any.
    pub when: Vec<Actuality>,
    /// `scale`; empty: any. An event of unknown scale fits only if `None` is among them.
    pub scales: Vec<Option<Scale>>,
    /// `harm`: this or worse.
    pub harm: Harm,
    /// `who`, numbers in [`EventRules::who`]; empty: any.
    pub who: Vec<usize>,
    /// `wish`, numbers in [`EventRules::wishes`]; empty: any.
    pub wishes: Vec<usize>,
    /// `days`: it lasts so many days or more.
    pub days: u32,
    /// `evidence`: so many pieces or more.
    pub evidence: u32,
    /// `season`: only in the heating season.
    pub season: bool,
    /// `[row.examples]`.
    pub examples: Examples,
}

//! What a post reports, formalised: which thing is in which state, when, for how many, and whom it harms.

use serde::{Deserialize, Serialize};

/// One event that a post tells of. Objects, states and wishes are codes of `config/risks/events.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What it is about, for example `cold_water`.
    pub object: String,
    /// What is the matter with it, for example `absent`.
    pub state: String,
    /// Whether it happens now.
    pub actuality: Actuality,
    /// How far it reaches; null where the text does not say.
    #[serde(default)]
    pub scale: Option<Scale>,
    /// How many of what the scale names (houses, yards …), where the text gives the number.
    #[serde(default)]
    pub count: Option<u32>,
    /// What it does to people.
    #[serde(default)]
    pub harm: Harm,
    /// Who is harmed or endangered, for example `child`; null where nobody is named.
    #[serde(default)]
    pub who: Option<String>,
    /// What the author asks for, for example `repair`; null where nothing is asked.
    #[serde(default)]
    pub wish: Option<String>,
    /// The words that say it, as they stand in the text.
    #[serde(default)]
    pub words: Vec<String>,
}

/// When an event happens, as its clause tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actuality {
    /// At the moment of writing.
    Now,
    /// Again and again, or always: a state of affairs.
    Repeated,
    /// Ended: repaired, put out, given back.
    Over,
    /// Told of a day long gone.
    Past,
    /// Announced for a time to come.
    Planned,
    /// It might happen.
    Feared,
    /// Asked for, or asked about.
    Wished,
}

impl Actuality {
    /// All values, in the order of their declaration.
    pub const ALL: [Actuality; 7] = [
        Actuality::Now,
        Actuality::Repeated,
        Actuality::Over,
        Actuality::Past,
        Actuality::Planned,
        Actuality::Feared,
        Actuality::Wished,
    ];

    /// The code on the wire and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Actuality::Now => "now",
            Actuality::Repeated => "repeated",
            Actuality::Over => "over",
            Actuality::Past => "past",
            Actuality::Planned => "planned",
            Actuality::Feared => "feared",
            Actuality::Wished => "wished",
        }
    }

    /// The value of a code.
    pub fn parse(code: &str) -> Option<Actuality> {
        Actuality::ALL.into_iter().find(|value| value.as_str() == code)
    }
}

/// How far an event reaches, narrow to wide; an institution (school, hospital …) counts as wider than any number of houses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// One flat, room, garage or private yard.
    Flat,
    /// A riser of flats one above the other.
    Riser,
    /// An entrance of a block of flats.
    Entrance,
    /// One house.
    House,
    /// Several houses.
    Houses,
    /// A street.
    Street,
    /// A quarter of a town.
    Quarter,
    /// A village or a town.
    Settlement,
    /// A school, kindergarten, hospital, home for the elderly …
    Institution,
}

impl Scale {
    /// All values, narrow to wide.
    pub const ALL: [Scale; 9] = [
        Scale::Flat,
        Scale::Riser,
        Scale::Entrance,
        Scale::House,
        Scale::Houses,
        Scale::Street,
        Scale::Quarter,
        Scale::Settlement,
        Scale::Institution,
    ];

    /// The code on the wire and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Scale::Flat => "flat",
            Scale::Riser => "riser",
            Scale::Entrance => "entrance",
            Scale::House => "house",
            Scale::Houses => "houses",
            Scale::Street => "street",
            Scale::Quarter => "quarter",
            Scale::Settlement => "settlement",
            Scale::Institution => "institution",
        }
    }

    /// The value of a code.
    pub fn parse(code: &str) -> Option<Scale> {
        Scale::ALL.into_iter().find(|value| value.as_str() == code)
    }
}

/// What an event does to people, mild to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// None is told.
    #[default]
    None,
    /// Somebody may be hurt.
    Feared,
    /// Somebody is hurt, ill, or in danger of life at this moment.
    Hurt,
    /// Somebody died.
    Dead,
}

impl Harm {
    /// All values, mild to worst.
    pub const ALL: [Harm; 4] = [Harm::None, Harm::Feared, Harm::Hurt, Harm::Dead];

    /// The code on the wire and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Harm::None => "none",
            Harm::Feared => "feared",
            Harm::Hurt => "hurt",
            Harm::Dead => "dead",
        }
    }

    /// The value of a code.
    pub fn parse(code: &str) -> Option<Harm> {
        Harm::ALL.into_iter().find(|value| value.as_str() == code)
    }
}

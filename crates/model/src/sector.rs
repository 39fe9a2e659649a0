//! Sectors.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the six sectors a municipality answers for, or everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sector {
    /// ЖКХ: housing and utilities.
    Jkh,
    /// ТКО: municipal solid waste.
    Tko,
    /// Social policy.
    Social,
    /// Education.
    Education,
    /// Roads.
    Roads,
    /// Public transport.
    Transport,
    /// None of the six.
    #[default]
    Other,
}

impl Sector {
    /// All sectors, in the order people see them.
    pub const ALL: [Sector; 7] =
        [Sector::Jkh, Sector::Tko, Sector::Social, Sector::Education, Sector::Roads, Sector::Transport, Sector::Other];

    /// The code on the wire and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Sector::Jkh => "jkh",
            Sector::Tko => "tko",
            Sector::Social => "social",
            Sector::Education => "education",
            Sector::Roads => "roads",
            Sector::Transport => "transport",
            Sector::Other => "other",
        }
    }

    /// The sector of a code.
    pub fn parse(code: &str) -> Option<Sector> {
        Sector::ALL.into_iter().find(|sector| sector.as_str() == code)
    }

    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            Sector::Jkh => "ЖКХ",
            Sector::Tko => "ТКО",
            Sector::Social => "Социальная политика",
            Sector::Education => "Образование",
            Sector::Roads => "Дороги",
            Sector::Transport => "Транспорт",
            Sector::Other => "Прочее",
        }
    }
}

impl fmt::Display for Sector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

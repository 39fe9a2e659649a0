//! `places/*.toml` and `recipients.toml`: the district and who answers for it.

use model::Sector;

use crate::rules::Pattern;

/// A `[[place]]`.
#[derive(Debug, Clone)]
pub struct Place {
    /// `id`: unique, e.g. `mira-street`.
    pub id: String,
    /// `name` people see, e.g. `ул. Мира`.
    pub name: String,
    /// `kind`: `settlement`, `street`, `institution`, `district`, or `elsewhere` (a known place outside, which
    /// must not be confused with ours).
    pub kind: String,
    /// `within`: the settlement or district that it lies in, an id of another place.
    pub within: Option<String>,
    /// `aliases`: patterns of the query language that mean this place.
    pub aliases: Vec<Pattern>,
    /// `unsure`: patterns that may mean this place and another as well; they count only where no alias of any place matches.
    pub unsure: Vec<Pattern>,
    /// `doubt`: the explanation shown where only `unsure` matched.
    pub doubt: Option<String>,
}

/// A `[[recipient]]`.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// `id`: unique.
    pub id: String,
    /// `name` people see.
    pub name: String,
    /// `phone`: where it is told of what cannot wait.
    pub phone: Option<String>,
    /// `sectors` it answers for.
    pub sectors: Vec<Sector>,
    /// `topics` it answers for; empty: all of its sectors.
    pub topics: Vec<String>,
    /// `places` it answers for; empty: the whole district.
    pub places: Vec<String>,
    /// `sources`: its official accounts, ids of `sources.toml`.
    pub sources: Vec<String>,
}

//! `people.toml`: who is notified of what, how they are reached, and to whom an alert goes next.

use std::time::Duration;

use deadlines::ByLevel;
use model::{Level, Sector};

use crate::channels::ChannelKind;

/// `people.toml`.
#[derive(Debug, Clone)]
pub struct People {
    /// `[[person]]` (default: one for each step of the chain, without an address).
    pub persons: Vec<Person>,
    /// `[[route]]`: whom an alert goes to first.
    pub routes: Vec<Route>,
    /// `[chain]`: whom it goes to when nobody acknowledges it.
    pub chain: Chain,
}

/// A `[[person]]`.
#[derive(Debug, Clone)]
pub struct Person {
    /// `id`: unique.
    pub id: String,
    /// `name` people see.
    pub name: String,
    /// `role`: what they answer for; several persons can share one.
    pub role: PersonRole,
    /// `addresses`: tried in this order until one accepts the message.
    pub addresses: Vec<Contact>,
    /// The one of them that is called, apart from the others, of which it is none: about a critical alert that nobody accepted.
    pub call: Option<Contact>,
    /// `hours`: when they are notified of what is not critical (default always).
    pub hours: Hours,
}

/// What a person answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonRole {
    /// On duty: the first to be notified of everything.
    Officer,
    /// Responsible for monitoring and risks.
    Lead,
    /// Head of the control centre; gets the daily digest.
    Head,
    /// Curator, above the centre.
    Curator,
    /// Searches and exports.
    Analyst,
    /// Keeps the installation running.
    Operator,
}

/// An address of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// `channel`.
    pub channel: ChannelKind,
    /// `to`: the address as this channel writes it: a chat, an e-mail address, a URL; empty for the terminal.
    pub to: String,
}

/// When something may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hours {
    /// At any time.
    Always,
    /// In the working time of `calendar.toml`.
    Working,
}

/// A `[[route]]`: its conditions, and whom it adds to the people who are notified of an alert that meets all of them. An empty list is
/// no condition.
#[derive(Debug, Clone)]
pub struct Route {
    /// `to`: all who have one of these roles.
    pub to: Vec<PersonRole>,
    /// `level`: alerts of this level or above (default low).
    pub level: Level,
    /// `sectors`: alerts of one of these.
    pub sectors: Vec<Sector>,
    /// `places`: alerts of one of these, ids of `places/`.
    pub places: Vec<String>,
    /// `when`: only then; critical alerts at any time (default always).
    pub when: Option<Hours>,
    /// `kinds`: alerts of one of these kinds of rule, codes of [`RULE_KINDS`](crate::RULE_KINDS).
    pub kinds: Vec<String>,
}

/// `[chain]`: an alert that nobody acknowledges goes from step to step, and at the top is repeated until somebody does.
#[derive(Debug, Clone)]
pub struct Chain {
    /// `steps`: roles from the first to be notified to the top; at least one, none twice, each held by somebody.
    pub steps: Vec<PersonRole>,
    /// `wait`: after so long without acknowledgement it goes a step up (default critical 10m, high 30m, medium 4h, low 24h).
    pub wait: ByLevel<Duration>,
    /// `repeat_most`: at the top the pause between repeats doubles up to this, or stays `wait` where that is longer (default 6h).
    pub repeat_most: Duration,
    /// `call_after`: whoever was told of a critical alert is called so long afterwards, unless somebody accepted it (default 3m).
    pub call_after: Duration,
}

impl PersonRole {
    /// All roles, those of the chain first, in its order.
    pub const ALL: [PersonRole; 6] = [
        PersonRole::Officer,
        PersonRole::Lead,
        PersonRole::Head,
        PersonRole::Curator,
        PersonRole::Analyst,
        PersonRole::Operator,
    ];

    /// The code in configuration and on disk.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonRole::Officer => "officer",
            PersonRole::Lead => "lead",
            PersonRole::Head => "head",
            PersonRole::Curator => "curator",
            PersonRole::Analyst => "analyst",
            PersonRole::Operator => "operator",
        }
    }

    /// The role of a code.
    pub fn parse(code: &str) -> Option<PersonRole> {
        PersonRole::ALL.into_iter().find(|role| role.as_str() == code)
    }

    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            PersonRole::Officer => "дежурный",
            PersonRole::Lead => "ответственный за мониторинг и риски",
            PersonRole::Head => "руководитель МЦУ",
            PersonRole::Curator => "куратор",
            PersonRole::Analyst => "аналитик",
            PersonRole::Operator => "администратор",
        }
    }
}

impl Chain {
    /// The roles of the chain that ships.
    pub const STEPS: [PersonRole; 4] = [PersonRole::Officer, PersonRole::Lead, PersonRole::Head, PersonRole::Curator];
}

impl People {
    /// Those who have a role, in the order of the file.
    pub fn with_role(&self, role: PersonRole) -> impl Iterator<Item = &Person> {
        self.persons.iter().filter(move |person| person.role == role)
    }

    /// The person of an id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.persons.iter().find(|person| person.id == id)
    }

    /// Whether anybody in the chain has an address; otherwise an alert reaches nobody.
    pub fn reaches_somebody(&self) -> bool {
        self.persons.iter().any(|person| self.chain.steps.contains(&person.role) && !person.addresses.is_empty())
    }
}

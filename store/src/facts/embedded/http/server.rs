//! What requests are answered from.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Mutex;

use super::slots::Slots;
use crate::facts::embedded::chdb::{Library, Session};

/// The engine and its account.
pub(in crate::facts::embedded) struct Server {
    /// The engine.
    pub library: &'static Library,
    /// Its data folder.
    pub data: PathBuf,
    /// Name of the account that may write.
    pub user: &'static str,
    /// Its password.
    pub password: String,
    /// The one database that guests read.
    pub database: &'static str,
    /// Whether only names of this machine are answered.
    pub loopback: bool,
    /// Whether somebody without a password may read.
    pub guests: bool,
    /// The engine's version.
    pub version: String,
    /// The engine's time zone.
    pub timezone: String,
    /// Names of the engine's settings.
    pub settings: HashSet<String>,
    /// Functions that guests may not call.
    pub forbidden: HashSet<String>,
    /// An open session keeps the engine up between requests.
    pub _keeper: Mutex<Session>,
    /// Places for running queries.
    pub slots: Slots,
}

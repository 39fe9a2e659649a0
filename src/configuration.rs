//! Where configuration and data are, and the configuration in force.

use std::path::{Path, PathBuf};

use clap::Args;
use config::{Config, Files};

use crate::exit::Failure;

/// Where configuration and data are.
#[derive(Debug, Clone, Args)]
pub struct Locations {
    /// Folder of configuration [default: ./config where it has an otklik.toml, then /etc/otklik, then what is built in]
    #[arg(long, global = true, value_name = "DIR", env = "OTKLIK_CONFIG")]
    pub config: Option<PathBuf>,
    /// Data folder, or the one of a running instance [default: ~/.local/share/otklik; the sample's: otklik-sample beside it]
    #[arg(long, global = true, value_name = "DIR", env = "OTKLIK_DATA")]
    pub data: Option<PathBuf>,
}

/// The files of the configuration in force: a folder's, or what is built in; with an overlay, such as the sample's.
pub fn files(locations: &Locations, overlay: Vec<(String, String)>) -> Result<Files, Failure> {
    let files = match config_folder(locations) {
        Some(folder) => Files::read(&folder).map_err(|error| Failure::usage(error.to_string()))?,
        None => Files::shipped(),
    };
    Ok(files.overlay(overlay))
}

/// The configuration in force, valid as a whole.
pub fn configuration(locations: &Locations) -> Result<Config, Failure> {
    valid(&files(locations, Vec::new())?)
}

/// Validates files; what is wrong with them is wrong use.
pub fn valid(files: &Files) -> Result<Config, Failure> {
    Config::parse(files).map_err(|problems| Failure::usage(problems.to_string()))
}

/// The folder that was given, else `./config`, else `/etc/otklik`, where they have an `otklik.toml`.
fn config_folder(locations: &Locations) -> Option<std::path::PathBuf> {
    locations.config.clone().or_else(|| {
        let usual = [Path::new("config"), Path::new("/etc/otklik")];
        usual.into_iter().find(|folder| folder.join("otklik.toml").exists()).map(Path::to_owned)
    })
}

//! `run` and what looks at a running instance.

use clap::Args;

use crate::roles::Role;

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Run against the sample district, on its own clock
    #[arg(long)]
    pub sample: bool,
    /// Run only this role; may be repeated; needs the sections kafka and roles of otklik.toml [default: all]
    #[arg(long = "role", value_name = "ROLE")]
    pub roles: Vec<Role>,
    /// The sample with each role as a process of its own, on a Kafka that is started for it
    #[arg(long, requires = "sample", conflicts_with = "roles")]
    pub apart: bool,
    /// Address of the page and the API, instead of the configured one; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<std::net::SocketAddr>,
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Also read the whole search index and compare its checksums
    #[arg(long)]
    pub index: bool,
    /// Also ask the running instance: exit code 1 if a critical message did not arrive, a stage fails, or a source is not seen
    #[arg(long)]
    pub live: bool,
    /// Also try every host and port that this configuration needs, each on its way: a table for the owner of the firewall; exit code 1
    /// if something has nobody that answers
    #[arg(long)]
    pub network: bool,
}

/// `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// `topics`.
#[derive(Debug, Args)]
pub struct Topics {
    /// Make nothing; exit code 1 if anything is not as the configuration asks
    #[arg(long)]
    pub check: bool,
}

//! How each of Otklik's listeners takes connections: how many, from whom, and for how long. Whoever connects and says nothing, or asks
//! and does not read, holds a connection and nothing else, and loses it to the next one who comes.

mod accept;
mod body;
mod client;
mod connection;
mod descriptors;
mod limits;
mod patience;
mod reader;
mod seats;
mod traffic;

pub use accept::{Accept, bind, serve};
pub use connection::{Connection, Importance, Settings};
pub use descriptors::{raise_descriptors, share};
pub use ipnet::IpNet;
pub use limits::Limits;
pub use tokio_native_tls::TlsAcceptor;
pub use traffic::{Traffic, traffic};

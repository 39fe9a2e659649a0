//! Tagged posts → alerts → outbox → channels.

mod view;

pub use view::{AlertView, Quote};

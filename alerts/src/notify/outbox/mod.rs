//! What is to be sent and what became of it. The decision, the text and the address are stored in one transaction before anything is
//! sent, and the state of a message before and after each attempt.

mod counts;
mod delivery;
mod enqueue;
mod next;
mod queue;
mod sent;

pub use counts::OutboxCounts;
pub use delivery::Delivery;
pub use enqueue::{Entry, enqueue};
pub use sent::{editable, rewrite};

//! The limits of a listener.

use std::time::Duration;

/// From one request to the end of the head of the next. A connection that says nothing for longer is closed; clients of ours that keep
/// connections let go of them before (`pool_idle_timeout`).
const HEAD: Duration = Duration::from_secs(20);

/// How long a peer may keep us waiting, in all, for each [`crate::patience::PIECE`] that it takes or sends.
const PATIENCE: Duration = Duration::from_secs(30);

/// The limits of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at a time. Beyond them the one that has said nothing for longest is closed for a new one; where each of them is being
    /// answered, the new one is.
    pub connections: usize,
    /// Of these, from one address: one visitor must not be the only one.
    pub per_address: usize,
    /// Requests that are no more than ordinary leave so many connections to those that are ([`crate::Importance`]).
    pub reserve: usize,
    /// The same of one address.
    pub reserve_per_address: usize,
    /// From one request to the end of the head of the next, and from the connection to the first.
    pub head: Duration,
    /// How long a peer may keep us waiting for 64 KiB, as a reader of an answer or as the sender of a request's body. Without this
    /// a reader that takes nothing holds its answer, and the thread that writes it, for ever.
    pub patience: Duration,
}

impl Limits {
    /// So many connections, and the other limits in proportion.
    pub fn of(connections: usize) -> Limits {
        let per_address = connections.div_ceil(4);
        Limits {
            connections,
            per_address,
            reserve: connections / 16,
            reserve_per_address: per_address / 8,
            head: HEAD,
            patience: PATIENCE,
        }
    }
}

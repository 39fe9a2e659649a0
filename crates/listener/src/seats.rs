//! Who holds the connections of a listener.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::connection::Importance;
use crate::limits::Limits;
use crate::traffic::Counters;

/// The connections of a listener.
pub struct Seats {
    limits: Limits,
    counters: Arc<Counters>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    /// Numbers seats, and every moment at which one begins to wait.
    turn: u64,
    seats: HashMap<u64, Held>,
    /// Ordinary requests that are being answered.
    ordinary: usize,
    by_address: HashMap<IpAddr, OfAddress>,
}

/// A connection.
struct Held {
    /// Whose it is; a proxy's connections are nobody's.
    address: Option<IpAddr>,
    /// Since when it has waited for a request; none while one is being answered.
    waiting: Option<u64>,
    /// Whether the rest of an answer is still to be read.
    blocked: Arc<AtomicBool>,
    leave: Arc<Notify>,
}

#[derive(Default)]
struct OfAddress {
    connections: usize,
    /// Ordinary requests that are being answered.
    ordinary: usize,
}

/// A connection's seat, until it is dropped or another needs it.
pub struct Seat {
    seats: Arc<Seats>,
    id: u64,
    leave: Arc<Notify>,
    /// Whether the reader of this connection keeps us waiting.
    pub blocked: Arc<AtomicBool>,
}

/// A request that is being answered, until this is dropped.
pub struct Answering {
    seat: Arc<Seat>,
    client: IpAddr,
    importance: Importance,
}

impl Seats {
    pub fn new(limits: Limits, counters: Arc<Counters>) -> Arc<Seats> {
        Arc::new(Seats { limits, counters, taken: Mutex::default() })
    }

    /// A seat for a connection of an address. Where there is none left, the connection that has waited longest gives up its own; `None`: all
    /// are being answered.
    pub fn take(self: &Arc<Seats>, address: Option<IpAddr>) -> Option<Arc<Seat>> {
        let mut taken = self.lock();
        let of_address = |taken: &Taken| address.map_or(0, |address| taken.of(address).connections);
        if of_address(&taken) >= self.limits.per_address && !self.evict(&mut taken, |held| held.address == address)
            || taken.seats.len() >= self.limits.connections && !self.evict(&mut taken, |_| true)
        {
            self.counters.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let id = taken.next_turn();
        let (leave, blocked) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let held = Held { address, waiting: Some(id), blocked: Arc::clone(&blocked), leave: Arc::clone(&leave) };
        taken.seats.insert(id, held);
        taken.connections(address, 1);
        self.count(&taken);
        Some(Arc::new(Seat { seats: Arc::clone(self), id, leave, blocked }))
    }

    /// Asks every connection that waits for a request to leave.
    pub fn close_waiting(&self) {
        let mut taken = self.lock();
        while self.evict(&mut taken, |_| true) {}
    }

    /// Takes the seat of the connection that has waited longest, of those that read their last answer to its end before all.
    fn evict(&self, taken: &mut Taken, of: impl Fn(&Held) -> bool) -> bool {
        let waiting = taken.seats.iter().filter(|(_, held)| of(held));
        let longest =
            waiting.filter_map(|(id, held)| Some((held.blocked.load(Ordering::Relaxed), held.waiting?, *id))).min();
        let Some((_, _, id)) = longest else { return false };
        if let Some(held) = taken.leave(id) {
            held.leave.notify_one();
            self.counters.evicted.fetch_add(1, Ordering::Relaxed);
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, taken: &Taken) {
        self.counters.open.store(taken.seats.len() as u64, Ordering::Relaxed);
    }
}

impl Taken {
    fn next_turn(&mut self) -> u64 {
        self.turn += 1;
        self.turn
    }

    fn of(&self, address: IpAddr) -> &OfAddress {
        const NONE: &OfAddress = &OfAddress { connections: 0, ordinary: 0 };
        self.by_address.get(&address).unwrap_or(NONE)
    }

    fn connections(&mut self, address: Option<IpAddr>, change: isize) {
        let Some(address) = address else { return };
        self.change(address, |of| of.connections = of.connections.saturating_add_signed(change));
    }

    fn requests(&mut self, client: IpAddr, change: isize) {
        self.ordinary = self.ordinary.saturating_add_signed(change);
        self.change(client, |of| of.ordinary = of.ordinary.saturating_add_signed(change));
    }

    fn change(&mut self, address: IpAddr, change: impl FnOnce(&mut OfAddress)) {
        let of = self.by_address.entry(address).or_default();
        change(of);
        if of.connections == 0 && of.ordinary == 0 {
            self.by_address.remove(&address);
        }
    }

    fn leave(&mut self, id: u64) -> Option<Held> {
        let held = self.seats.remove(&id)?;
        self.connections(held.address, -1);
        Some(held)
    }
}

impl Seat {
    /// A request begins; `None`: there are too many of its importance, in all or of this client.
    pub fn begin(self: &Arc<Seat>, client: IpAddr, importance: Importance) -> Option<Answering> {
        let limits = &self.seats.limits;
        let mut taken = self.seats.lock();
        if importance == Importance::Ordinary {
            let (all, own) = (limits.connections - limits.reserve, limits.per_address - limits.reserve_per_address);
            if taken.ordinary >= all || taken.of(client).ordinary >= own {
                self.seats.counters.refused.fetch_add(1, Ordering::Relaxed);
                return None;
            }
        }
        let held = taken.seats.get_mut(&self.id)?;
        held.waiting = None;
        let address = held.address;
        match importance {
            Importance::Ordinary => taken.requests(client, 1),
            // Whoever is known is not counted by the address.
            Importance::Own => taken.connections(address, -1),
            Importance::Vital => {}
        }
        Some(Answering { seat: Arc::clone(self), client, importance })
    }

    /// Resolves once another connection needs the seat.
    pub async fn is_lost(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let mut taken = self.seat.seats.lock();
        if self.importance == Importance::Ordinary {
            taken.requests(self.client, -1);
        }
        let turn = taken.next_turn();
        let Some(held) = taken.seats.get_mut(&self.seat.id) else { return };
        held.waiting = Some(turn);
        let address = held.address;
        if self.importance == Importance::Own {
            taken.connections(address, 1);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        taken.leave(self.id);
        self.seats.count(&taken);
    }
}

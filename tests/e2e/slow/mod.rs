//! Tests that take longer than all others together: kills, restarts of a broker, roles apart.
//!
//! `make test` leaves them out, `make test-slow` runs them.

mod apart;
mod attack;
mod chaos;
mod corrected;
mod forgotten;
mod kept;
mod kill;

//! Alerts as a whole, on a clock of their own.

mod centre;
mod corrections;
mod deadlines;
mod let_go;
mod looking;
mod masks;
mod notifying;
mod outbox;
mod rules;
mod silences;
mod slow;
mod stories;
mod views;

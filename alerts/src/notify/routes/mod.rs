//! Who is notified of an alert, and to whom it goes when nobody acknowledges it: pure decisions with their reasons.

mod addressees;
mod escalation;

#[cfg(test)]
mod tests;

pub use addressees::{Addressee, Facts, first_addressees, step_addressees};
pub use escalation::{ChainPosition, Escalation, escalate, initial_step};

//! The parsers against documents: invented ones, damaged ones, and real ones that lie beside the checkout.

#![allow(clippy::unwrap_used)] // Helpers of tests, which may panic.

mod golden;
mod hostile;
mod masks;
mod real_data;

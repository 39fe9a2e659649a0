//! What every channel promises, and what its tests share. Each channel's own tests are in its folder, against a server that keeps its
//! platform's documented limits and fails on request. The clock is the test's.

mod contract;
mod hostile;
mod net;
mod support;

pub use net::{lossy, nobody, serve};
pub use support::{Lab, Received, Server, TestClock, id, message, missing_secret, page, secret, told};

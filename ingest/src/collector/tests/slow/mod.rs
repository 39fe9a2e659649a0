//! Tests that take long: `make test-slow` runs them.

use super::*;

mod week;

//! Waiting, never for ever.

use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

/// Long enough for a busy machine; a test that passes does not wait for it.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A command may import, rebuild or measure.
const COMMAND_PATIENCE: Duration = Duration::from_secs(600);

/// What is waited for keeps the processor between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The end of a wait.
pub struct Deadline {
    begun: Instant,
    patience: Duration,
}

impl Deadline {
    pub fn new(patience: Duration) -> Deadline {
        Deadline { begun: Instant::now(), patience }
    }

    /// What is left; a failure that says what was waited for, once that is nothing.
    #[track_caller]
    pub fn left(&self, what: impl FnOnce() -> String) -> Duration {
        match self.patience.checked_sub(self.begun.elapsed()) {
            Some(left) => left,
            None => panic!("not so after {} s: {}", self.patience.as_secs(), what()),
        }
    }
}

/// Asks until it is so.
#[track_caller]
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Deadline::new(PATIENCE);
    while !so() {
        deadline.left(|| what.to_owned());
        std::thread::park_timeout(LOOK_AGAIN);
    }
}

/// Waits until a process ends; one that does not is killed, and the test fails.
#[track_caller]
pub fn ended(child: &mut Child, what: &str) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > COMMAND_PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{what} did not end within {} s", COMMAND_PATIENCE.as_secs());
        }
        std::thread::park_timeout(LOOK_AGAIN);
    }
}

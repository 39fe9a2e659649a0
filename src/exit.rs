//! How a command ends: its exit code, and the failure that is printed.

use std::process::ExitCode;

/// Exit codes that scripts rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong use or invalid configuration.
    Usage = 2,
    /// Done, but something was left out; standard error says what.
    LeftOut = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a command ended early, with the exit code that says so.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    error: anyhow::Error,
}

impl Failure {
    /// Wrong use or invalid configuration.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Usage, error: anyhow::Error::msg(message.into()) }
    }

    /// Prints it, and returns its exit code.
    pub fn report(&self) -> ExitCode {
        eprintln!("otklik: {:#}", self.error);
        self.exit.into()
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure { exit: Exit::Failed, error }
    }
}

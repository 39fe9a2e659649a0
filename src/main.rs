//! The `otklik` binary: roles and tools as subcommands, and the only place that picks a backend or joins roles.

// First: its macros are everybody's.
#[macro_use]
mod terminal;

mod cli;
mod client;
mod commands;
mod configuration;
mod exit;
mod folder;
mod instance;
mod language;
mod private;
mod roles;

use std::process::ExitCode;

use exit::Exit;

/// Stages drop what other threads allocated, which the system's allocator is slow at. Measured: 6 to 9 % of the time of
/// classification and search, and 150 MB or more less resident.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::Cli::read() {
        Ok(cli) => cli,
        Err(usage) => {
            let _ = usage.print();
            return if usage.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    private::close_to_others();
    start_logging();
    if !matches!(cli.command, cli::Command::Run(_)) {
        exit_quietly_when_output_closes();
    }
    match commands::run(cli) {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(),
    }
}

/// Lets `otklik status | head` end as any tool does once its reader has gone: Rust would report a panic.
fn exit_quietly_when_output_closes() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str().is_some_and(|message| message.starts_with("failed printing to stdout")) {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

/// Logs go to standard error, so that standard output stays what the command prints. `OTKLIK_LOG` filters them,
/// `OTKLIK_LOG_FORMAT=json` makes them JSON.
fn start_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("OTKLIK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,tantivy=error,html5ever=error"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| terminal::Shown(std::io::stderr()))
        .with_target(true);
    if std::env::var("OTKLIK_LOG_FORMAT").is_ok_and(|format| format == "json") {
        builder.json().init();
    } else {
        builder.with_ansi(false).init();
    }
}

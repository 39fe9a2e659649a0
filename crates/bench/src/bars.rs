//! Progress on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// For work whose end is not known.
pub fn spinner(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// For a number of posts.
pub fn progress(posts: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} posts, {per_sec}, {eta}");
    ProgressBar::new(posts)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message("whole path")
}

//! How the platforms differ where their polls are taken in.

/// What a platform says of its posts and how it has to be polled. Each platform states its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlatformProfile {
    /// Posts have ascending numbers, so that one missing between two others shows.
    pub numbered: bool,
    /// Every number belongs to a post. Not so where posts and comments are numbered in one row.
    pub gapless: bool,
    /// A post says how many comments it has. One that does not is not asked for comments.
    pub tells_comment_counts: bool,
    /// A source that brings nothing new is polled more rarely.
    pub slows_when_quiet: bool,
    /// Calls are limited per day and planned over all sources. Neither a restart nor an outage may spend them.
    pub calls_are_planned: bool,
}

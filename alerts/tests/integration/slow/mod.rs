//! Tests that take longer than twenty seconds.

mod channels;
mod month;
mod story_quality;

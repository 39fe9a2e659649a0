//! A sample district: fifteen days of the life of an invented city, served on the loopback in the platforms' own formats, so
//! that the real collectors poll it as they would poll the world.
//!
//! Every text, name and number in it is invented. It depends on nothing of the product but `model`.

mod clock;
mod config_files;
mod content;
mod generate;
mod links;
mod post;
mod rng;
mod serve;
mod time;
mod world;

pub use clock::{LIVE, SAVE_INTERVAL, SPEED, SampleClock, Saved};
pub use config_files::config_files;
pub use content::{Address, Format, Kind, Ring, Source};
pub use post::{Post, View};
pub use serve::{TOKEN, router};
#[cfg(any(test, feature = "expected"))]
pub use world::Expected;
pub use world::World;

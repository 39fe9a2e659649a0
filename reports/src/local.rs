//! Times in words.

use config::Config;
use model::Time;

/// A time as people of the district read it.
pub fn local(time: Time, config: &Config, format: &str) -> String {
    time.to_zoned_datetime(config.timezone().clone()).strftime(format).to_string()
}

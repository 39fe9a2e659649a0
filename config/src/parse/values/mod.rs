//! Values that several files have in common, and what is wrong with those that are not valid.

mod by_level;
mod codes;
mod phone;
mod proxy;
mod secret;

pub use crate::http_url::http_url;
pub use by_level::{by_level, duration_between};
pub use codes::{level, sector, sector_codes};
pub use phone::phone;
pub use proxy::{own_or_common_proxy, own_or_common_ways};
pub use secret::secret;

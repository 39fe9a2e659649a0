//! Events of communities that the operator owns: Bots Long Poll, which is asked, and the Callback API, which calls us.
//! Both only make posts visible sooner; the wall is polled as if they did not exist.

mod callback;
mod long_poll;
mod take;

#[cfg(test)]
pub(crate) use callback::router;
pub(crate) use callback::{Callbacks, serve};
pub(crate) use long_poll::listen;
#[cfg(test)]
pub(crate) use long_poll::{LongPollServer, turn};

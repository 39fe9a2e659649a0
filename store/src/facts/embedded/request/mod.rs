//! A request in the terms of ClickHouse's HTTP interface: who asks, and for what.

mod account;
mod call;
mod form;
mod header_text;
mod host;
#[cfg(test)]
mod tests;

pub(super) use account::{Account, User, is_writer};
pub(super) use call::{Call, read_call};
pub(super) use form::{form_boundary, read_form};
pub(super) use host::{asked_by_another_site, names_loopback};

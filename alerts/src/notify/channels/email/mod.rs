//! E-mail by SMTP (RFC 5321) over TLS.

mod letter;
mod smtp;

#[cfg(test)]
pub mod tests;

pub use smtp::Email;

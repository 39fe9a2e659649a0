//! What people do with alerts: from the command line, the web page, a link in an e-mail, a button in a messenger.

pub mod buttons;
pub mod false_alarms;
pub mod move_post;
pub mod on_alert;
pub mod request;
pub mod silencing;

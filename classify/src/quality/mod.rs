//! How well it recognises: the examples beside the rules, rows that do nothing, sectors against labelled texts with a model trained on
//! them, and risks against texts that people have judged.

pub mod evaluation;
mod examples;
pub mod judged;
pub mod labelled;
pub mod ringing;
mod rows;
pub mod training;

pub use examples::check_examples;
pub use rows::{shadowed_rows, unreached_rows};

//! The JSON API, one file for each part that answers.

pub mod alerts;
pub mod audit;
pub mod csv;
pub mod figures;
pub mod health;
pub mod pages;
pub mod search;
pub mod sources;
pub mod thread;

//! libchdb, ClickHouse as a library, behind safe types. The only place with `unsafe`.
//!
//! Names and signatures are those of `chdb.h` of release 26.7. The library is never unloaded: its threads run until the process
//! ends.

#![allow(unsafe_code)]

mod answer;
mod insert;
mod library;
mod session;
mod text;

pub(super) use answer::Answer;
pub(super) use library::Library;
pub(super) use session::Session;

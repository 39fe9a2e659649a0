//! The tables: numbered changes of them, on one server or a cluster, their rows, and removing from them.

mod cluster;
mod let_go;
mod migrate;
mod purge;
mod rows;

pub(super) use cluster::quoted;
pub(super) use rows::{CountersRow, Dated, PostRow, counters_row, coverage_row, post_row, row_of};
#[cfg(test)]
pub(super) use {
    cluster::{local, migrations_table, on_cluster, statements},
    migrate::MIGRATIONS,
};

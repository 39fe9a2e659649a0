//! What is done with an instance as a whole: backup, replay, rebuild, purge, and the like.

mod audit;
pub mod backup;
pub mod corrections;
pub mod dead_letters;
pub mod deletions;
pub mod earlier_index;
pub mod forget;
pub mod imports;
pub mod let_go;
mod purge;
pub mod rebuild;
pub mod replay;
pub mod suggestions;

//! The figures: ClickHouse, embedded or a server, behind the official client.

mod types;

pub use types::{DayFigures, Figure, FigureBy, FiguresRequest, Step};

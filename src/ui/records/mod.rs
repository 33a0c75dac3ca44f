//! The kinds of records that people see: what a list offers, what a row shows.

mod cells;
mod facts;
mod query;

pub use cells::{cells, columns, titles};
pub use facts::{changes, facts, heading, named, value};

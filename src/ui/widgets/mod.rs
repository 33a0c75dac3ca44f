//! The building blocks of all screens.

pub mod chrome;
pub mod input;
pub mod instalments;
pub mod paint;
pub mod path;
pub mod records;
pub mod table;

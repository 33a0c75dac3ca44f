//! The building blocks of all screens.

pub mod chrome;
pub mod input;
pub mod table;

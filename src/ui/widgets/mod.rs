//! What all screens are made of.

pub mod chrome;
pub mod input;
pub mod table;

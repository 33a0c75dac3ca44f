//! Tests of the promises in `docs/promises.md` about access and data, in their quick form. `tests/torture`
//! repeats the costly ones with many more rounds.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
pub mod support;

mod access;
mod after_restore;
mod backup;
mod chain;
mod cluster;
mod common;
mod connection;
mod distance;
mod doubt;
mod dump;
mod durability;
mod faults;
mod files;
mod foreign;
mod frozen;
mod histories;
mod hosted;
mod imports;
mod migrations;
mod opening;
mod ownership;
mod races;
mod restore;
mod secrets;
mod server;
mod tls;
mod versions;

//! Epic Events: a full-screen terminal CRM for the staff of an event company.
//!
//! # Layers
//!
//! `main → app → ui → services → storage → domain`: a layer uses only what stands to its right.
//! `ui` and `app` exchange requests and replies with `services` and call nothing there; SQL is
//! only in `storage`. `tests/architecture.rs` checks this.
//!
//! | layer | what is there |
//! | --- | --- |
//! | [`app`] | the state machine, the lock, the worker thread, the terminal |
//! | [`ui`] | screens, popups, keys, words, colours; no input or output |
//! | [`services`] | every action as a request: the actor, the right, the rules, the write, the audit row |
//! | [`storage`] | the queries of each table, for two database engines |
//! | [`domain`] | the records and their rules, the rights table, money, dates; no input or output |
//!
//! Outside of the layers: [`schema`] names the tables and their columns; [`config`], [`cli`],
//! [`telemetry`] and [`doctor`] connect the program to the machine.
//!
//! # One key press
//!
//! The input thread sends the key to the loop (`app::run`). [`app::App::update`] gives it to the
//! popup or to the top screen, which answers with an action. If that is a request, it goes to the
//! worker thread, which calls [`services::Services::execute`]. The reply comes back on the same
//! channel as the keys and goes to the screen that asked.

pub mod app;
pub mod cli;
pub mod config;
pub mod doctor;
pub mod domain;
#[cfg(test)]
mod rights_test;
pub mod schema;
pub mod services;
pub mod storage;
pub mod telemetry;
pub mod ui;

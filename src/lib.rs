//! Epic Events: a full-screen terminal CRM for the staff of an event company.
//!
//! # Layers
//!
//! `main → app → ui → services → storage → domain`: a layer uses only the layers to its right. `ui`
//! and `app` exchange requests and replies with `services`; only the worker thread executes them.
//! SQL is only in `storage`. `tests/architecture` checks this.
//!
//! | layer | contents |
//! | --- | --- |
//! | [`app`] | the state machine, the lock, the worker thread, the terminal |
//! | [`ui`] | screens, popups, keys, texts, colours; no input or output |
//! | [`services`] | executes requests: checks the user's right and the rules, writes, adds the audit row |
//! | [`storage`] | the queries of each table, for two database engines |
//! | [`domain`] | the records and their rules, the rights table, money, dates; no input or output |
//!
//! Outside of the layers: [`schema`] declares the tables and their columns; [`config`] reads the
//! configuration, [`cli`] the command line, whose subcommands are in `commands`, beside `main`;
//! [`telemetry`] writes logs; [`doctor`] diagnoses faults.
//!
//! # One key press
//!
//! The input thread sends the key to the main loop (`app::run`). [`app::App::update`] passes it to
//! the popup or to the top screen, which returns an action. If the action is a request, it is sent
//! to the worker thread, which calls [`services::Services::execute`]. The reply comes back on the
//! same channel as the keys and is passed to the screen that sent the request.

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

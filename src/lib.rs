//! Epic Events: a full-screen terminal CRM for the staff of an event company.
//!
//! # The map of the house
//!
//! `main → app → ui → services → storage → domain`: a floor uses only what stands to its
//! right, and `ui` takes from `services` no more than requests and replies. A test
//! (`tests/architecture.rs`) holds this.
//!
//! | floor | what is there |
//! | --- | --- |
//! | [`app`] | the state machine, the lock, the worker thread, the terminal |
//! | [`ui`] | screens, popups, keys, words, colours; no input or output |
//! | [`services`] | every action as a request; fence, right, rules, write, audit |
//! | [`storage`] | query functions per table over two engines |
//! | [`domain`] | rules, rights as data, money, dates; no input or output |
//!
//! Beside them: [`schema`] names the tables, [`config`], [`cli`] and [`telemetry`] are the
//! program's edge to the machine.
//!
//! One key press, seen through: the input thread sends the key to the loop (`app::run`);
//! [`app::App::update`] gives it to the popup or the top screen; that answers with an
//! action; a request goes to the worker, which calls [`services::Services::execute`]; the
//! reply comes back on the same channel and to the screen that asked.

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

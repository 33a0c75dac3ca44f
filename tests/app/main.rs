//! Tests that drive the application with keys, without a terminal: the screen is a buffer, and requests are
//! executed at once or held back.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
pub mod support;

mod album;
mod answers;
mod audit;
mod calendar;
mod columns;
mod deciding;
mod desk;
mod ends;
mod filters;
mod forms;
mod hostile;
mod imports;
mod imports_preview;
mod imports_undo;
mod instalments;
mod jobs;
mod keys;
mod known;
mod late;
mod lists;
mod log;
mod looks;
mod marks;
mod merging;
mod messages;
mod mouse;
mod outcomes;
mod palette;
mod payments;
mod pickers;
mod plans;
mod printing;
mod questions;
mod random;
mod rights;
mod screens;
mod session;
mod signing;
mod stopping;
mod temporary;
mod totals;
mod undo;
mod unseen;
mod validation;
mod views;
mod waiting;
mod whole;
mod wizard;
mod work;

//! Layer 3: what people see and press. A screen's state, keys and drawing stand
//! together; nothing here does input or output.
//!
//! A key goes to the popup if one is open, otherwise to the top screen, which answers with an
//! [`Action`] for the app. Footer, help and key handling read the same [`keys::Binding`]s, so they
//! cannot differ.

pub mod action;
pub mod actions;
pub mod context;
pub mod destination;
pub mod entity;
pub mod form;
pub mod keymap;
pub mod keys;
pub mod notice;
pub mod overlap;
pub mod paper;
pub mod popup;
pub mod question;
pub mod reasons;
pub mod report;
pub mod screens;
pub mod span;
pub mod text;
pub mod theme;
pub mod widgets;

pub use action::Action;
pub use context::{Context, Preferences};
pub use destination::{Destination, Leave};
pub use notice::{Notice, Tone};

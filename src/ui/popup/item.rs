//! A line of a menu.

use super::outcome::Outcome;

/// A line of a menu.
#[derive(Debug, Clone, Default)]
pub struct Item {
    pub label: String,
    pub detail: String,
    /// Other words by which the line is found, and those of the other language.
    pub also: String,
    pub foreign: String,
    pub outcome: Option<Outcome>,
}

//! What opens over a screen: one at a time, a closed list.

use crate::domain::UserId;

/// How a popup ended, told to the screen that opened it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Yes to the question that the screen asked.
    Confirmed,
    /// A person was picked; nobody, where that was offered.
    Person(Option<UserId>, String),
    /// The line with this number of a short list of choices.
    Choice(usize),
    /// A client or contract was picked: its id and name.
    Record(i64, String),
}

//! What a popup returns.

use chrono::NaiveDate;
use secrecy::SecretString;

use crate::{
    domain::{
        Field, ViewId,
        assigning::Candidate,
        entity::{Query, Record},
        lists::ChosenColumn,
    },
    services::Request,
    ui::{destination::Destination, keys::Command},
};

/// The result of a popup.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The question was confirmed.
    Confirmed,
    /// The index of the chosen line.
    Choice(usize),
    /// A user; `None` is the choice of nobody, if that was offered.
    Person(Option<Box<Candidate>>),
    /// Several users who were marked, in the order of marking.
    People(Vec<Candidate>),
    /// The picked record.
    Record(Box<Record>),
    Password(SecretString),
    Day(NaiveDate),
    Text(String),
    /// A line of text was left unfinished with this in it, and is kept for the next time.
    Left(String),
    /// The query with the filters that the user has set, and the names of the records among them. It
    /// comes from a form, which is closed like a popup.
    Refined(Box<Query>, Vec<(Field, String)>),
    /// A view of a list, or what to do with one.
    View(ViewChoice),
    /// The columns of a list; `None` for those of the preset.
    Columns(Option<Vec<ChosenColumn>>),
    /// A command that was chosen in the help or the palette.
    Run(Command),
    /// A destination that was chosen in the palette.
    Go(Destination),
    /// The same, with a command to run there.
    GoAndRun(Destination, Command),
    /// The same, with a sentence about what to do there.
    GoAndSay(Destination, String),
}

/// A line of the menu of views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewChoice {
    /// One of the program's own views, by its index.
    BuiltIn(usize),
    /// A view that a user has saved.
    Saved(ViewId),
    /// Save what the list shows as a new view.
    SaveAs,
    /// Save what the list shows in its present view.
    Replace,
    Rename,
    /// Share the present view with everybody, or no longer.
    Share(bool),
    Remove(ViewId),
}

/// What happens after a popup has handled a key.
#[derive(Debug)]
pub enum PopupResult {
    Stay,
    Close,
    Done(Outcome),
    /// Send a request for the lines of a menu.
    Ask(Request),
}

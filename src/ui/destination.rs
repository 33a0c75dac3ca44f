//! Where the user can go, as data. A screen names its destination and never builds another screen;
//! `screens::open` does.

use super::{form::FormSpec, text::Phrase};
use crate::domain::{
    ContractId, ViewId,
    entity::{EntityKind, Query},
    plans::Plan,
};

/// A screen to open, or a way out of the present ones.
#[derive(Debug, Clone)]
pub enum Destination {
    /// A screen of `screens::SECTIONS`, by its name there.
    Section(Phrase<'static>),
    /// A list. If the user has left this view before, it comes back as it was left.
    List(Box<Query>),
    /// The records that a number on the home screen has counted. Nothing else may narrow this
    /// list, so one that was left with a filter does not come back in its place.
    Counted(Box<Query>),
    /// A view of a list that a user has saved.
    SavedView(ViewId),
    /// A record with everything that belongs to it, by its kind and id.
    Record(EntityKind, i64),
    /// An empty form for a new record.
    Create(EntityKind),
    /// A form that is filled in already: with the values of a record, with the filters of a list, or
    /// for what belongs to a record.
    Form(Box<FormSpec>),
    /// The form of rows.
    Rows(RowsFor),
    /// Leave the present screens.
    Leave(Leave),
    /// Hide everything until the user enters the password.
    Lock,
}

/// What the rows of a form of rows are.
#[derive(Debug, Clone)]
pub enum RowsFor {
    /// The instalments of a contract.
    Contract(ContractId),
    NewPlan,
    /// The parts of a plan that was read.
    Plan(Box<Plan>),
}

/// A way out, which loses what is typed in the screens that it closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Close all screens but the home screen.
    Home,
    SignOut,
    Quit,
}

//! What is said after a write, and asked before one.

use crate::{
    domain::{
        Field, audit::Verb, entity::EntityKind, error::Inheritance, events::Status, policy::Permission, users::Role,
    },
    services::Share,
};

/// What was done to one record, in words where it is a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed<'a> {
    pub verb: Verb,
    /// The id of the record, which people know only of a contract.
    pub number: i64,
    /// What the record is called; a contract has the name of its client.
    pub name: &'a str,
    /// The changed fields as [`Told::FieldNow`], the status, or the start of a new event.
    pub values: &'a str,
    /// The event has lost its support.
    pub without_support: bool,
    /// Who took over what a user owned.
    pub shares: &'a [Share],
}

/// A change that is not taken back by the key that undoes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    New(EntityKind),
    /// A user was deactivated, or moved to another role, and others have taken over.
    Deactivated,
    RoleChanged,
    PasswordReset,
    OwnPassword,
    Signed,
    PaymentCancelled,
    Settings,
    ViewSaved,
    ViewRemoved,
    Columns,
}

/// What a write did, or that it was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told<'a> {
    /// What is now true of a record that was written.
    Now(Deed<'a>),
    /// The new value of a field, in such a sentence; may be empty.
    FieldNow {
        field: Field,
        value: &'a str,
    },
    SwitchNow {
        field: Field,
        on: bool,
    },
    /// So many of the written records have left the view of the list.
    LeftView {
        kind: EntityKind,
        gone: usize,
        of: usize,
    },
    /// Who looks after a client now.
    LooksAfter {
        client: &'a str,
        name: &'a str,
    },
    TakenOver(&'a [Share]),
    ArchivedSome {
        kind: EntityKind,
        count: usize,
        restored: bool,
    },
    Assigned {
        title: &'a str,
        name: &'a str,
    },
    Unassigned(&'a str),
    AssignedSome {
        count: usize,
        name: &'a str,
    },
    UnassignedSome(usize),
    /// An event had the status that was to be set.
    StatusAlready(Status),
    /// An event had the support that was to be given.
    AssignedAlready {
        title: &'a str,
        name: &'a str,
    },
    /// An event had no support that could be taken away.
    UnassignedAlready(&'a str),
    AssignedAsBefore(usize),
    /// An event and another one of the same person with its times, `None` if it may not be seen. The
    /// title is empty if the event has just been named.
    Overlaps {
        title: &'a str,
        other: Option<(&'a str, &'a str)>,
    },
    MoreOverlaps(usize),
    /// What is still true after a question was cancelled.
    NothingSigned,
    NothingRemoved,
    NothingArchived,
    NothingRestored,
    NothingHandedOver,
    NothingSaved,
    StillActive,
    StillDeactivated,
    PasswordStays,
    SupportStays,
    StatusStays,
    /// What was typed since the form was sent can be saved too; said after it was said that it was saved.
    TypedSince,
    /// What was typed into these fields since the form was sent came too late; whether there is something else to
    /// save.
    LostSince {
        fields: &'a str,
        rest: bool,
    },
    PreferencesKept,
    /// The user has stopped waiting for a file.
    GaveUpFile,
    NothingUndone,
    /// Why this change of the record of this name cannot be undone, and what to do instead.
    Lasts {
        what: Lasting,
        name: &'a str,
        /// Who took over what a user owned.
        shares: &'a [Share],
    },
}

/// What is asked before a write, and what there is to know for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked<'a> {
    /// Another currency in the settings.
    CurrencyMeans {
        old: &'a str,
        new: &'a str,
    },
    /// Another time zone in the settings.
    TimeZoneMeans(&'a str),
    /// Another length of passwords in the settings.
    PasswordLengthMeans,
    /// Another default plan, or other parts of it.
    DefaultPlanMeans,
    /// So many contracts that are not fully paid follow it.
    DefaultFollowers(i64),
    /// What somebody of this role does not get back when the account is activated again; nothing if
    /// the role looks after nothing.
    NotGivenBack(Role),
    /// An event that is said to be done although it begins only then.
    DoneAhead(&'a str),
    /// The title of the question about shares: what this user owns.
    SharesOf(&'a Inheritance),
    ShareOf(&'a Share),
    /// The question whether to assign an event, or several, that overlap others.
    AssignAnyway {
        title: &'a str,
        name: &'a str,
    },
    AssignVerb,
    AssignSomeAnyway {
        count: usize,
        name: &'a str,
    },
    /// Who can change a new record that the user cannot change any more: who has this right.
    OthersCorrect(Permission),
    /// The question whether to hand over these.
    HandOverAsk(&'a str),
    HandOverAskSome(usize),
    ContractsGoAlong,
    HeirFor(&'a Inheritance),
    /// What this user owns, before it is asked who takes it over.
    Owns(&'a Inheritance),
    /// Below the people of a picker: whom Enter hands over to, and how several are marked.
    HandsOverTo(&'a str),
    /// The same if some are marked.
    MarkedPeople {
        count: usize,
        who: &'a str,
    },
    /// No time zone is found under what was typed.
    NoSuchZone,
    /// This user owns other numbers of clients or events by now than those that were confirmed.
    OwnsOthersNow(&'a str),
    /// The button that goes back to the people who take over.
    ChooseOthers,
    /// Free, but not for all of several events that overlap.
    NotForAll(&'a str),
    TheseOverlap {
        count: usize,
        titles: &'a str,
    },
}

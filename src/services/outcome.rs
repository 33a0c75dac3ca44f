//! The outcome of a write: its reply and its audit entries.

use super::{Balance, Done, Merged, Reply, Share, WriteRequest};
use crate::{
    domain::audit::{Auditable, AuditedFields, Changes, Verb},
    storage::audit::AuditEntry,
};

/// What a write did: the reply, and an audit entry for each record that it changed.
#[derive(Debug)]
pub(super) struct WriteOutcome {
    pub reply: Reply,
    pub entries: Vec<AuditEntry>,
}

/// What went to the heirs of a user: the audit entries, and who has how much.
#[derive(Debug, Default)]
pub(super) struct Inherited {
    pub entries: Vec<AuditEntry>,
    pub shares: Vec<Share>,
}

impl WriteOutcome {
    /// One record was written.
    pub fn saved(entry: AuditEntry, version: i32) -> Self {
        Self::written(entry, version, None)
    }

    /// One record was written, and the request `by` undoes it.
    pub fn undoable(entry: AuditEntry, version: i32, by: WriteRequest) -> Self {
        Self::written(entry, version, Some(Box::new(by)))
    }

    fn written(entry: AuditEntry, version: i32, undo: Option<Box<WriteRequest>>) -> Self {
        let (subject, id) = (entry.subject, entry.id.unwrap_or_default());
        let AuditEntry { verb, name, changes, .. } = entry.clone();
        let done = Some(Box::new(Done {
            verb,
            name,
            changes,
            shares: Vec::new(),
            balance: None,
            is_twin: false,
            merged: None,
        }));
        Self { reply: Reply::Saved { subject, id, version, done, undo }, entries: vec![entry] }
    }

    /// The same, after others have taken over what the user owned.
    pub fn inherited(mut self, inherited: Inherited) -> Self {
        if let Reply::Saved { done: Some(done), .. } = &mut self.reply {
            done.shares = inherited.shares;
        }
        self.entries.extend(inherited.entries);
        self
    }

    /// The same of a merge or its undo, with the entries of the other records.
    pub fn merged(mut self, merged: Merged, entries: impl IntoIterator<Item = AuditEntry>) -> Self {
        if let Reply::Saved { done: Some(done), .. } = &mut self.reply {
            done.merged = Some(merged);
        }
        self.entries.extend(entries);
        self
    }

    /// The same, after it was found whether another client may be the one that was written.
    pub fn twin(mut self, is_twin: bool) -> Self {
        if let Reply::Saved { done: Some(done), .. } = &mut self.reply {
            done.is_twin = is_twin;
        }
        self
    }

    /// The same, after the amount due on a contract has changed: with the contract's own entry.
    pub fn balanced(mut self, entry: AuditEntry, balance: Balance) -> Self {
        if let Reply::Saved { done: Some(done), .. } = &mut self.reply {
            done.balance = Some(balance);
        }
        self.entries.push(entry);
        self
    }

    /// The new values were the same as the stored ones, so nothing was written.
    pub fn unchanged<T: Auditable>(record: &T, version: i32) -> Self {
        Self {
            reply: Reply::Saved { subject: T::SUBJECT, id: record.number(), version, done: None, undo: None },
            entries: Vec::new(),
        }
    }
}

/// The audit entry for a changed record.
pub(super) fn changed<T: Auditable>(verb: Verb, name: &str, before: &T, after: &T) -> AuditEntry {
    entry::<T>(verb, after.number(), name, before.audited_fields().changes_to(&after.audited_fields()))
}

/// The audit entry for a new record.
pub(super) fn created<T: Auditable>(verb: Verb, name: &str, after: &T) -> AuditEntry {
    entry::<T>(verb, after.number(), name, AuditedFields::default().changes_to(&after.audited_fields()))
}

fn entry<T: Auditable>(verb: Verb, number: i64, name: &str, changes: Changes) -> AuditEntry {
    AuditEntry::new(verb, T::SUBJECT, Some(number), name.to_owned(), changes)
}

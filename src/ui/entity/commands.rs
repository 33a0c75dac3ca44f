//! The commands on records of any kind: what is offered, which right it needs, and how it begins.

use super::{
    definition::{Begins, Begun, Entity, Seen},
    forms::{edit_form, new_form},
    records::{heading, named},
};
use crate::{
    domain::{
        entity::{EntityKind, Record},
        policy::Permission,
    },
    services::{Marked, WriteRequest},
    ui::{
        Context,
        keys::Command,
        text::{Asked, Phrase},
    },
};

/// The commands on a record of this kind and that for a new one, in the order of the bottom line.
pub fn commands(kind: EntityKind) -> Vec<Command> {
    dispatch!(EntityKind kind, E => E::COMMANDS.iter().map(|(command, ..)| *command).collect())
}

/// The right that a command needs; `None` if records of this kind do not have this command.
pub fn permission(kind: EntityKind, command: Command) -> Option<Permission> {
    dispatch!(EntityKind kind, E => entry::<E>(command).map(|(permission, _)| permission))
}

/// Whether the command can be applied to several records of this kind at once.
pub fn is_for_several(kind: EntityKind, command: Command) -> bool {
    dispatch!(EntityKind kind, E => entry::<E>(command).is_some_and(|(_, begins)| begins.is_for_several()))
}

/// Whether records of this kind can be marked: there is a command for several of them.
pub fn is_markable(kind: EntityKind) -> bool {
    dispatch!(EntityKind kind, E => E::COMMANDS.iter().any(|(.., begins)| begins.is_for_several()))
}

/// Begins a command on records of one kind. It does not check whether that is allowed. `None` if
/// these records do not have this command.
pub fn begin(command: Command, records: &[&Record], ctx: &Context) -> Option<Begun> {
    let kind = records.first()?.kind();
    dispatch!(EntityKind kind, E => begin_on::<E>(command, records, ctx))
}

fn entry<E: Entity>(command: Command) -> Option<(Permission, &'static Begins<E::Row>)> {
    let (_, permission, begins) = E::COMMANDS.iter().find(|(one, ..)| *one == command)?;
    Some((*permission, begins))
}

fn begin_on<E: Entity>(command: Command, records: &[&Record], ctx: &Context) -> Option<Begun> {
    let (_, begins) = entry::<E>(command)?;
    let rows: Vec<&E::Row> = records.iter().filter_map(|record| E::row(record)).collect();
    match (begins, records) {
        (Begins::New, _) => None,
        (Begins::NewFor(kind), _) => new_form(*kind, records.first().copied(), ctx).map(Begun::Form),
        (Begins::Edit, _) => edit_form(records.first()?, ctx).map(Begun::Form),
        (Begins::Archive { one, .. }, [record]) => Some(archive(record, *one, ctx)),
        (Begins::Archive { several, .. }, _) => archive_several(records, (*several)?, ctx),
        (Begins::One(begin), _) => Some(begin(rows.first()?, ctx)),
        (Begins::Several(begin), _) => Some(begin(&rows, ctx)),
    }
}

fn archive(record: &Record, write: fn(Seen, bool) -> WriteRequest, ctx: &Context) -> Begun {
    let hidden = record.is_hidden();
    let (verb, means) = ctx.archiving(record.kind(), hidden);
    let lost = match record {
        Record::User(user) if hidden => ctx.say(Phrase::Asked(Asked::NotGivenBack(user.role))),
        _ => String::new(),
    };
    let lines = [means, lost].into_iter().filter(|line| !line.is_empty()).collect();
    Begun::Confirm { title: heading(record, ctx), lines, verb, write: write(Seen::of(record), hidden) }
}

/// All are archived, or restored if the first is archived already.
fn archive_several(records: &[&Record], marked: fn(&[Seen]) -> Marked, ctx: &Context) -> Option<Begun> {
    let first = records.first()?;
    let hidden = first.is_hidden();
    let (verb, means) = ctx.archiving(first.kind(), hidden);
    let seen: Vec<Seen> = records.iter().map(|record| Seen::of(record)).collect();
    let marked = marked(&seen);
    Some(Begun::Confirm {
        title: ctx.say(Phrase::ArchiveSome { count: records.len(), hidden }),
        lines: vec![named(records, ctx), means],
        verb,
        write: if hidden { WriteRequest::RestoreAll(marked) } else { WriteRequest::ArchiveAll(marked) },
    })
}

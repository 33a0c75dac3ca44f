//! What can be done with a record, in a list and on its own screen: the same keys, the same reasons
//! why not, the same questions. What each entity offers is in `ui/entity`.

use super::{
    Action, Context, Destination, Notice,
    entity::{self, Begun, Seen, ThenOption, ThenUser},
    keys::{Binding, Command},
    popup::{Outcome, Popup, Source},
    text::Phrase,
};
use crate::{
    domain::{
        Reason,
        audit::Verb,
        entity::{EntityKind, Record},
        policy::{self, Owner},
    },
    services::{Assigned, Missed, Reply, Request, WriteRequest},
};

/// What follows when the popup that asks is answered.
#[derive(Debug, Clone)]
pub enum Intent {
    Copy,
    Send(WriteRequest),
    ForUser(Vec<Seen>, ThenUser),
    ForOption(Seen, ThenOption),
}

/// The binding of a command, available unless a reason is given.
pub fn bind(command: Command, ctx: &Context, unavailable: Option<String>) -> Binding {
    let (label, help) = ctx.command(command);
    Binding { key: ctx.keys.of(command), command, label: label.into(), help: help.into(), unavailable }
}

/// The same without a word in the bottom line.
pub fn bind_quietly(command: Command, ctx: &Context) -> Binding {
    Binding { label: "".into(), ..bind(command, ctx, None) }
}

/// The values of a record, to choose one to copy.
pub fn copy_part(parts: Vec<(String, String)>, ctx: &Context) -> Action {
    Action::Popup(Box::new(Popup::values(ctx.say(Phrase::CopyTitle), parts)))
}

/// What can be done with the selected record, or with the marked ones, or why it cannot.
pub fn bindings(kind: EntityKind, records: &[&Record], ctx: &Context) -> Vec<Binding> {
    let commands = entity::commands(kind).into_iter().filter(|command| *command != Command::New);
    commands.map(|command| bind_to(command, kind, records, ctx)).collect()
}

/// The same for a list, where new records can be created too.
pub fn list_bindings(kind: EntityKind, records: &[&Record], ctx: &Context) -> Vec<Binding> {
    let bound = entity::commands(kind).into_iter().map(|command| match command {
        Command::New => bind(command, ctx, creation_refusal(kind, ctx).map(|reason| ctx.reason(reason))),
        command => bind_to(command, kind, records, ctx),
    });
    bound.collect()
}

fn bind_to(command: Command, kind: EntityKind, records: &[&Record], ctx: &Context) -> Binding {
    let mut binding = bind(command, ctx, why_not(command, records, ctx));
    if command == Command::Archive {
        let (label, help) = ctx.archiving(kind, records.first().is_some_and(|record| record.is_hidden()));
        (binding.label, binding.help) = (label.into(), help.into());
    }
    binding
}

/// What can be created for a record, on its screen: a contract for a client, an event for a contract.
pub fn bind_child(record: &Record, ctx: &Context) -> Option<Binding> {
    let label = ctx.say(entity::new_title(entity::child(record.kind())?)?);
    let binding = bind(Command::New, ctx, child_refusal(record, ctx).map(|reason| ctx.reason(reason)));
    Some(Binding { label: label.clone().into(), help: label.into(), ..binding })
}

/// Why a command cannot be done to these records, if so; of several, which one hinders it.
fn why_not(command: Command, records: &[&Record], ctx: &Context) -> Option<String> {
    match records {
        [] => Some(ctx.say(Phrase::NothingSelected)),
        [one] => command_refusal(command, one, ctx).map(|reason| ctx.reason(reason)),
        [first, ..] if !entity::is_for_several(first.kind(), command) => Some(ctx.say(Phrase::OneAtATime)),
        several => several.iter().find_map(|record| {
            let reason = ctx.reason(command_refusal(command, record, ctx)?);
            Some(format!("{}: {reason}", entity::heading(record, ctx)))
        }),
    }
}

/// Whether the user may create records of this kind.
pub fn may_create(kind: EntityKind, ctx: &Context) -> bool {
    entity::permission(kind, Command::New).is_some() && creation_refusal(kind, ctx).is_none()
}

/// Why the user may not create records of this kind, if so.
fn creation_refusal(kind: EntityKind, ctx: &Context) -> Option<Reason> {
    let permission = entity::permission(kind, Command::New)?;
    policy::refusal(permission, &ctx.session.actor, ctx.settings(), Owner::Nobody, None)
}

/// Why the services would refuse a command on a record, to say it beforehand.
fn command_refusal(command: Command, record: &Record, ctx: &Context) -> Option<Reason> {
    let permission = entity::permission(record.kind(), command)?;
    let refused = record.refusal(permission, &ctx.session.actor, ctx.settings());
    match (record, command) {
        (Record::User(user), Command::ResetPassword) => refused.or_else(|| user.forbids_password()),
        _ => refused,
    }
}

/// Why no event can be created for this contract, or no contract for this client, if so.
fn child_refusal(record: &Record, ctx: &Context) -> Option<Reason> {
    let permission = entity::permission(entity::child(record.kind())?, Command::New)?;
    match record.refusal(permission, &ctx.session.actor, ctx.settings())? {
        // The archived record is the one on the screen.
        Reason::ParentArchived => Some(Reason::Archived),
        reason => Some(reason),
    }
}

/// Begins a command on one record, or on several that were marked: with a form, or with a question
/// and what follows its answer.
pub fn begin(command: Command, records: &[&Record], ctx: &Context) -> (Action, Option<Intent>) {
    if records.is_empty() {
        return (Action::None, None);
    }
    if let Some(reason) = why_not(command, records, ctx) {
        return (Action::Notice(Notice::bad(reason)), None);
    }
    let (popup, intent) = match entity::begin(command, records, ctx) {
        None => return (Action::None, None),
        Some(Begun::Form(form)) => return (Action::Open(Destination::Form(Box::new(form))), None),
        Some(Begun::Confirm { title, lines, verb, write }) => {
            (Popup::confirm(title, lines, verb, ctx), Intent::Send(write))
        }
        Some(Begun::PickUser { title, about, choices, nobody, records, then }) => {
            let picker = Popup::picker(title, Source::Records(choices), nobody).about(about);
            (picker, Intent::ForUser(records, then))
        }
        Some(Begun::Choose { title, about, options, at, record, then }) => {
            (Popup::choice(title, options, at).about(about), Intent::ForOption(record, then))
        }
    };
    (Action::Popup(Box::new(popup)), Some(intent))
}

/// Goes on with what was begun, once the popup has answered.
pub fn go_on(intent: &Intent, outcome: &Outcome) -> Action {
    let write = match (intent, outcome) {
        (Intent::Copy, Outcome::Text(text)) => return Action::Copy(text.clone()),
        (Intent::Send(write), Outcome::Confirmed) => Some(write.clone()),
        (Intent::ForUser(records, then), Outcome::Person(user, _)) => then(records, *user),
        (Intent::ForOption(record, then), Outcome::Choice(option)) => then(*record, *option),
        _ => None,
    };
    write.map_or(Action::None, |write| Action::Send(Request::Write(write)))
}

/// Says what a write did, and of several records what became of each.
pub fn report(reply: &Reply, ctx: &Context) -> Action {
    let Some(text) = words(reply, ctx) else { return Action::None };
    told(undoable(text.clone(), reply, ctx), text, reply, ctx)
}

/// Says what `request` has taken back, and of several records what became of each.
pub fn undone(request: &Request, reply: &Reply, ctx: &Context) -> Action {
    let (done, missed) = outcomes(reply);
    if done.is_empty() && !missed.is_empty() {
        let text = ctx.say(Phrase::NothingUndone);
        return told(Notice::bad(text.clone()), text, reply, ctx);
    }
    let what = match reply {
        Reply::Saved { .. } => taken_back(request, ctx),
        reply => words(reply, ctx),
    };
    let text = format!("{} {}", ctx.say(Phrase::Undone), what.unwrap_or_default()).trim_end().to_owned();
    told(Notice::good(text.clone()), text, reply, ctx)
}

/// What became of each of several records: what was done, and what was left out.
fn outcomes(reply: &Reply) -> (&[String], &[Missed]) {
    match reply {
        Reply::Assigned(Assigned { titles: done, missed, .. })
        | Reply::HandedOver { done, missed, .. }
        | Reply::Archived { done, missed, .. } => (done, missed),
        _ => (&[], &[]),
    }
}

fn told(notice: Notice, title: String, reply: &Reply, ctx: &Context) -> Action {
    let (done, missed) = outcomes(reply);
    let notice = Action::Notice(notice);
    if missed.is_empty() {
        return notice;
    }
    let left_out = missed.iter().map(|Missed { name, why }| (name.clone(), ctx.error(why)));
    let fine = done.iter().map(|name| (name.clone(), ctx.say(Phrase::ResultDone)));
    let popup = Popup::report(title, left_out.chain(fine).collect());
    Action::All(vec![notice, Action::Popup(Box::new(popup))])
}

/// What an undo has done to its record, as far as the request says it. `None` if it was about
/// several records; their reply says what was done.
fn taken_back(request: &Request, ctx: &Context) -> Option<String> {
    let Request::Write(write) = request else { return None };
    let (verb, name) = match write {
        WriteRequest::UpdateSettings(_) => (Verb::SettingsUpdated, ""),
        write => entity::done_by(write)?,
    };
    Some(ctx.say(Phrase::TakenBack { name, what: &ctx.verb(verb.into()) }))
}

/// What a write did, in a sentence.
pub fn words(reply: &Reply, ctx: &Context) -> Option<String> {
    Some(match reply {
        Reply::Assigned(assigned) => assigned_words(assigned, ctx),
        Reply::HandedOver { done, .. } => ctx.say(Phrase::HandedOver(done.len())),
        Reply::Archived { restored, done, .. } => {
            ctx.say(Phrase::ArchivedSome { count: done.len(), restored: *restored })
        }
        Reply::Saved { .. } => ctx.say(Phrase::Saved),
        Reply::PasswordChanged { .. } => ctx.say(Phrase::PasswordChanged),
        Reply::Exported { rows, left_out, among_newest, path } => {
            let (rows, left_out, among_newest) = (*rows, *left_out, *among_newest);
            ctx.say(Phrase::Exported { rows, left_out, among_newest, path: &path.display().to_string() })
        }
        _ => return None,
    })
}

/// A sentence about a write that went well, and whether `u` takes it back.
pub fn undoable(text: String, reply: &Reply, ctx: &Context) -> Notice {
    match reply.undo() {
        Some(_) => Notice::good(format!("{text} {}", ctx.say(Phrase::UndoHint))),
        None => Notice::good(text),
    }
}

fn assigned_words(assigned: &Assigned, ctx: &Context) -> String {
    match (assigned.titles.as_slice(), &assigned.to) {
        ([], _) => ctx.say(Phrase::NothingChanged),
        ([title], Some(name)) => ctx.say(Phrase::Assigned { title, name }),
        ([title], None) => ctx.say(Phrase::Unassigned(title)),
        (several, Some(name)) => ctx.say(Phrase::AssignedSome { count: several.len(), name }),
        (several, None) => ctx.say(Phrase::UnassignedSome(several.len())),
    }
}

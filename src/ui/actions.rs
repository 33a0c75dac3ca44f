//! What can be done with a record, in a list and on its own screen: the same keys, the same reasons
//! why not, the same questions. What each entity offers is in `ui/entity`.

use super::{
    Action, Context, Destination, Notice,
    destination::RowsFor,
    entity::{self, Begun, ThenOption, ThenUsers},
    keys::{Binding, Command},
    paper,
    popup::{Outcome, Popup, Source},
    question,
    text::{KnownPhrase, Phrase},
};
use crate::{
    domain::{
        ClientId, Reason,
        entity::{EntityKind, Record},
        policy::{self, Owner, Permission},
        text::cut,
    },
    services::{MergeSide, ReadRequest, Request, Unmerge, WriteRequest},
};

/// What follows when the popup that asks is answered.
#[derive(Debug, Clone)]
pub enum Intent {
    Copy,
    Send(Request),
    ForUsers(Vec<Record>, ThenUsers),
    ForOption(Box<Record>, ThenOption),
    /// Which of two clients stays.
    ForMerge(Box<[MergeSide; 2]>),
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

/// Opens a record; of a line of the audit log, all that it says, from where Enter opens its record
/// unless that is `here` already.
pub fn open(record: &Record, here: Option<(EntityKind, i64)>, ctx: &Context) -> Action {
    let to = record.target().filter(|to| Some(*to) != here).map(|(kind, id)| Destination::Record(kind, id));
    match record {
        Record::Audit(_) => {
            let (title, facts) = (entity::heading(record, ctx), entity::facts(record, ctx));
            Action::Popup(Box::new(Popup::entry(title, &facts, to.as_ref(), ctx)))
        }
        Record::Client(_) | Record::Contract(_) | Record::Event(_) | Record::Payment(_) | Record::User(_) => {
            to.map_or(Action::None, Action::Open)
        }
    }
}

/// The values of a record, to choose one to copy.
pub fn copy_part(parts: Vec<(String, String)>, ctx: &Context) -> Action {
    Action::Popup(Box::new(Popup::values(ctx.say(Phrase::CopyTitle), parts, ctx)))
}

/// What can be done with the selected record, or why it cannot. Clients are merged where two of them can be marked.
pub fn bindings(kind: EntityKind, records: &[&Record], ctx: &Context) -> Vec<Binding> {
    let commands = entity::commands(kind).into_iter();
    let commands = commands.filter(|command| !matches!(command, Command::New | Command::Merge));
    commands.map(|command| bind_to(command, kind, records, ctx)).collect()
}

/// The same on the screen of a record, for what is selected below it where that is meant.
pub fn bindings_on_screen(
    kind: EntityKind,
    record: Option<&Record>,
    selected: Option<&Record>,
    ctx: &Context,
) -> Vec<Binding> {
    let on_record = bindings(kind, record.as_slice(), ctx);
    let meant = on_record.into_iter().map(|binding| match meant(binding.command, selected) {
        Some(selected) => bind_to(binding.command, selected.kind(), &[selected], ctx),
        None => binding,
    });
    let undo = merged(record, ctx).map(|_| {
        let (label, help) = (ctx.say(KnownPhrase::VerbUndoMerge), ctx.say(KnownPhrase::UndoMergeHelp));
        Binding { label: label.into(), help: help.into(), ..bind(Command::Merge, ctx, None) }
    });
    undo.into_iter().chain(meant).collect()
}

/// The client whose screen this is, if it was merged and the user may undo that.
fn merged(record: Option<&Record>, ctx: &Context) -> Option<ClientId> {
    let Some(Record::Client(row)) = record else { return None };
    row.client.merged_into_id.filter(|_| entity::merging::may_merge(ctx)).map(|_| row.client.id)
}

/// Asks whether a merge is to be undone.
pub fn ask_undo_of_merge(undo: Unmerge, ctx: &Context) -> (Action, Option<Intent>) {
    let lines = vec![ctx.say(KnownPhrase::UndoMergeMeans(undo.contracts.len()))];
    let (title, verb) = (ctx.say(KnownPhrase::UndoMergeAsk), ctx.say(KnownPhrase::VerbUndoMerge));
    ask(Begun::Confirm { title, lines, verb, write: WriteRequest::UndoMerge(Box::new(undo)) }, ctx)
}

/// The record that a command is for that is pressed on the screen of a contract while a payment of it is selected:
/// whoever looks at a payment and cancels does not mean the contract.
fn meant(command: Command, selected: Option<&Record>) -> Option<&Record> {
    selected.filter(|selected| command == Command::Archive && matches!(selected, Record::Payment(_)))
}

/// The same for a list, where new records can be created too.
pub fn list_bindings(kind: EntityKind, records: &[&Record], ctx: &Context) -> Vec<Binding> {
    let offered = entity::commands(kind).into_iter();
    let offered = offered.filter(|command| *command != Command::Merge || entity::merging::may_merge(ctx));
    let bound = offered.map(|command| match command {
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
    Some(Binding { label: label.to_lowercase().into(), help: label.into(), ..binding })
}

/// Why a command cannot be done to these records, if so; of several, which one hinders it.
fn why_not(command: Command, records: &[&Record], ctx: &Context) -> Option<String> {
    match records {
        [] => Some(ctx.say(Phrase::NothingSelected)),
        _ if command == Command::Merge && records.len() != 2 => Some(ctx.say(KnownPhrase::MarkTwo)),
        [one] => command_refusal(command, one, ctx).map(|reason| ctx.reason(reason)),
        [first, ..] if !entity::is_for_several(first.kind(), command) => Some(ctx.say(Phrase::OneAtATime)),
        several => several.iter().find_map(|record| {
            let reason = ctx.reason(command_refusal(command, record, ctx)?);
            Some(ctx.sentence_about(&entity::heading(record, ctx), &reason))
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
    let refused = refusal(record, permission, ctx);
    match (record, command) {
        (Record::User(user), Command::ResetPassword) => refused.or_else(|| user.forbids_password()),
        // Whoever sees a record may print it, also one that others own: support sees the contracts of its events.
        (_, Command::Print) => None,
        _ => refused,
    }
}

fn refusal(record: &Record, permission: Permission, ctx: &Context) -> Option<Reason> {
    record.refusal(permission, &ctx.session.actor, ctx.settings(), ctx.now.date())
}

/// Why no event can be created for this contract, or no contract for this client, if so.
fn child_refusal(record: &Record, ctx: &Context) -> Option<Reason> {
    let permission = entity::permission(entity::child(record.kind())?, Command::New)?;
    match refusal(record, permission, ctx)? {
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
    entity::begin(command, records, ctx).map_or((Action::None, None), |begun| ask(begun, ctx))
}

/// The same on the screen of a record. If a payment of it is selected there, that is what is cancelled, and it asks
/// which of their documents is to be printed.
pub fn begin_on_screen(
    command: Command,
    record: Option<&Record>,
    selected: Option<&Record>,
    ctx: &Context,
) -> (Action, Option<Intent>) {
    match (command, selected) {
        (Command::Merge, _) => {
            let read = merged(record, ctx).map(|id| Action::Send(ReadRequest::UndoOfMerge(id).into()));
            (read.unwrap_or(Action::None), None)
        }
        (Command::Print, Some(Record::Payment(payment))) => {
            ask(entity::payments::print_beside_contract(payment, ctx), ctx)
        }
        _ => begin(command, meant(command, selected).or(record).as_slice(), ctx),
    }
}

/// Opens the form, asks the question or sends the write.
fn ask(begun: Begun, ctx: &Context) -> (Action, Option<Intent>) {
    let (popup, intent) = match begun {
        Begun::Form(form) => return (Action::Open(Destination::Form(Box::new(form))), None),
        Begun::Write(write) => return (Action::Send(Request::Write(write)), None),
        Begun::Merge(clients) => return (Action::Send(ReadRequest::MergeSides(clients).into()), None),
        Begun::Instalments(id) => return (Action::Open(Destination::Rows(RowsFor::Contract(id))), None),
        Begun::Print(document) => return (Action::Send(paper::request(document, ctx)), None),
        Begun::Confirm { title, lines, verb, write } => {
            let request = Request::Write(write);
            (question::before(title, lines, &verb, &request, ctx), Intent::Send(request))
        }
        Begun::PickUser { title, about, choices, nobody, several, records, then } => {
            let picker = Popup::picker(title, Source::Records(choices), nobody).about(about);
            let picker = if several { picker.for_several(Vec::new()) } else { picker };
            (picker, Intent::ForUsers(records, then))
        }
        Begun::Choose { title, about, options, at, record, then } => {
            (Popup::choice(title, options, at).about(about), Intent::ForOption(record, then))
        }
    };
    (Action::Popup(Box::new(popup)), Some(intent))
}

/// Asks which of two clients stays.
pub fn choose_kept(sides: Box<[MergeSide; 2]>, ctx: &Context) -> (Action, Option<Intent>) {
    let (title, options, at) = entity::merging::question(&sides, ctx);
    (Action::Popup(Box::new(Popup::choice(title, options, at))), Some(Intent::ForMerge(sides)))
}

/// Goes on with what was begun, once the popup has answered: with the write, or with a further
/// question and what follows its answer.
pub fn go_on(intent: &Intent, outcome: &Outcome, ctx: &Context) -> (Action, Option<Intent>) {
    let next = match (intent, outcome) {
        (Intent::Copy, Outcome::Text(text)) => {
            const SHOWN: usize = 60;
            let told = ctx.say(Phrase::Copied(&cut(&text.replace('\n', " "), SHOWN)));
            return (Action::Copy { text: text.clone(), told }, None);
        }
        (Intent::Send(request), Outcome::Confirmed) => return (Action::Send(request.clone()), None),
        (Intent::ForUsers(records, then), Outcome::Person(person)) => {
            then(records, person.as_deref().map_or(&[], std::slice::from_ref), ctx)
        }
        (Intent::ForUsers(records, then), Outcome::People(people)) => then(records, people, ctx),
        (Intent::ForOption(record, then), Outcome::Choice(option)) => then(record, *option, ctx),
        (Intent::ForMerge(sides), Outcome::Choice(kept)) => Some(Begun::Form(entity::merging::form(sides, *kept, ctx))),
        _ => None,
    };
    next.map_or((Action::None, None), |begun| ask(begun, ctx))
}

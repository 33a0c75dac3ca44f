//! The lines of the palette, and the words by which they are found.

use super::App;
use crate::{
    domain::{
        entity::{EntityKind, Query},
        language::Language,
        policy,
    },
    ui::{
        Context, Destination, Leave, entity,
        keys::{Binding, Command},
        popup::{Item, Outcome},
        screens::SECTIONS,
        text::{self, ListPhrase, Phrase, capitalised},
    },
};

impl App {
    /// The lines of the palette: home, the sections that are offered to the user, the commands of the
    /// top screen, the ways out, and last the views of the lists.
    pub(super) fn palette(&self) -> Vec<Item> {
        let ctx = self.context();
        let mut all = vec![place(Phrase::Home, Destination::Leave(Leave::Home), &ctx)];
        let sections: Vec<_> = SECTIONS.iter().filter(|section| section.is_offered(&ctx)).collect();
        all.extend(sections.iter().map(|section| place(section.word, section.destination(), &ctx)));
        let on_screen = self.screen_bindings();
        let global = self.global_bindings();
        let everywhere = global.iter().filter(|binding| matches!(binding.command, Command::Undo | Command::Help));
        let offered = on_screen.iter().chain(everywhere).filter(|binding| binding.unavailable.is_none());
        all.extend(offered.filter(|binding| !binding.label.is_empty()).map(|binding| command(binding, &ctx)));
        all.push(place(Phrase::Lock, Destination::Lock, &ctx));
        all.push(place(Phrase::SignOut, Destination::Leave(Leave::SignOut), &ctx));
        all.push(place(Phrase::VerbQuit, Destination::Leave(Leave::Quit), &ctx));
        let is_here = |command| on_screen.iter().any(|binding| binding.command == command);
        for kind in sections.iter().filter_map(|section| section.lists()) {
            all.extend(saved_views(kind, &ctx));
            all.extend(views(kind, &ctx));
            all.extend(on_records(kind, &ctx).filter(|(command, _)| !is_here(*command)).map(|(_, item)| item));
            let on_lists = [Command::Columns, Command::Export].into_iter();
            all.extend(on_lists.filter(|command| !is_here(*command)).map(|command| on_list(kind, command, &ctx)));
        }
        all
    }
}

/// A screen or a way out.
fn place(word: Phrase<'static>, to: Destination, ctx: &Context) -> Item {
    let other = other(ctx.language);
    Item {
        label: ctx.say(word),
        also: text::also(ctx.language, word).to_owned(),
        foreign: format!("{} {}", text::say(other, word), text::also(other, word)),
        outcome: Some(Outcome::Go(to)),
        ..Item::default()
    }
}

/// A command of the screen, with what it does.
fn command(binding: &Binding, ctx: &Context) -> Item {
    let Binding { key, command, label, help, .. } = binding;
    let other = other(ctx.language);
    Item {
        label: format!("{} ({})", capitalised(label), ctx.key(*key)),
        detail: help.to_string(),
        also: text::also_command(ctx.language, *command).to_owned(),
        foreign: format!("{} {}", text::command(other, *command).0, text::also_command(other, *command)),
        outcome: Some(Outcome::Run(*command)),
        ..Item::default()
    }
}

/// The views that users have saved.
fn saved_views<'a>(kind: EntityKind, ctx: &'a Context) -> impl Iterator<Item = Item> + 'a {
    let usable = ctx.lists.views.iter().filter(move |listed| listed.view.kind == kind && listed.content.is_some());
    usable.map(move |listed| {
        let name = |language| text::pair(language, &text::say(language, Phrase::ListOf(kind)), &listed.view.name);
        Item {
            label: name(ctx.language),
            also: listed.view.name.clone(),
            foreign: name(other(ctx.language)),
            outcome: Some(Outcome::Go(Destination::SavedView(listed.view.id))),
            ..Item::default()
        }
    })
}

/// The views of a list, but for the one in which it opens.
fn views(kind: EntityKind, ctx: &Context) -> Vec<Item> {
    let role = ctx.session.actor.role;
    let words = Query::all(kind).views(role);
    let view = |(index, word): (usize, &Phrase<'static>)| {
        let mut query = Query::all(kind);
        query.set_view(role, index);
        let other = other(ctx.language);
        Item {
            label: query.title(role, ctx.language),
            also: text::also(ctx.language, *word).to_owned(),
            foreign: format!("{} {}", query.title(role, other), text::also(other, *word)),
            outcome: Some(Outcome::Go(Destination::List(Box::new(query)))),
            ..Item::default()
        }
    };
    words.iter().enumerate().skip(1).map(view).collect()
}

/// What the user may do with records of a kind leads to their list, where one has to be chosen first.
fn on_records<'a>(kind: EntityKind, ctx: &'a Context) -> impl Iterator<Item = (Command, Item)> + 'a {
    let may = |permission| policy::reach(permission, ctx.session.actor.role, ctx.settings()).is_some();
    let commands = entity::commands(kind).into_iter().filter(|command| *command != Command::New);
    let allowed = commands.filter(move |command| entity::permission(kind, *command).is_some_and(may));
    allowed.map(move |command| {
        let to = Destination::List(Box::new(Query::all(kind)));
        let key = ctx.key(ctx.keys.of(command));
        let outcome = Some(Outcome::GoAndSay(to, ctx.say(ListPhrase::ChooseFirst { kind, key: &key })));
        let detail = match command {
            Command::Archive => ctx.archiving(kind, false).1,
            _ => ctx.command(command).1.to_owned(),
        };
        (command, Item { detail, outcome, ..on_list(kind, command, ctx) })
    })
}

/// A command of a list, from another screen.
fn on_list(kind: EntityKind, command: Command, ctx: &Context) -> Item {
    let name = |language| {
        let label = match command {
            Command::Archive => text::say(language, Phrase::ArchiveVerb { kind, hidden: false }),
            _ => text::command(language, command).0.to_owned(),
        };
        text::pair(language, &text::say(language, Phrase::ListOf(kind)), &label)
    };
    let other = other(ctx.language);
    Item {
        label: name(ctx.language),
        also: text::also_command(ctx.language, command).to_owned(),
        foreign: format!("{} {}", name(other), text::also_command(other, command)),
        outcome: Some(Outcome::GoAndRun(Destination::List(Box::new(Query::all(kind))), command)),
        ..Item::default()
    }
}

fn other(language: Language) -> Language {
    match language {
        Language::En => Language::Fr,
        Language::Fr => Language::En,
    }
}

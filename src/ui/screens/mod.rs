//! The screens, a closed list. Each keeps its own state; `view` draws them.

pub mod calendar;
pub mod detail;
pub mod fields;
pub mod form;
pub mod form_field;
pub mod home;
pub mod list;
pub mod purpose;
pub mod setup;
pub mod view;

use crossterm::event::KeyEvent;
use ratatui::layout::{Position, Rect};

use super::{
    Action, Context, Notice,
    keys::{Binding, Command, Key, find},
    popup::Outcome,
};
use crate::{
    domain::Error,
    services::{Reply, Request},
};

/// A screen of somebody who is signed in.
#[derive(Debug)]
pub enum Screen {
    Home(home::HomeScreen),
    List(Box<list::List>),
    Detail(Box<detail::Detail>),
    Calendar(Box<calendar::Calendar>),
    Form(Box<form::Form>),
}

impl Screen {
    pub fn title(&self, ctx: &Context) -> String {
        match self {
            Self::Home(_) => ctx.say(super::text::Phrase::Home),
            Self::List(list) => list.title(ctx),
            Self::Detail(detail) => detail.title(ctx),
            Self::Calendar(_) => ctx.say(super::text::Phrase::Calendar),
            Self::Form(form) => form.purpose.title(ctx),
        }
    }

    /// What it needs from the database, at first and whenever that may have changed.
    pub fn load(&mut self) -> Option<Request> {
        match self {
            Self::Home(_) => home::HomeScreen::load(),
            Self::List(list) => list.load(),
            Self::Detail(detail) => detail.load(),
            Self::Calendar(calendar) => calendar.load(),
            Self::Form(_) => None,
        }
    }

    /// What became of `to`, which it asked for.
    pub fn on_reply(&mut self, to: &Request, reply: Result<Reply, Error>, ctx: &Context) -> Action {
        match self {
            Self::Home(home) => home.on_reply(reply, ctx),
            Self::List(list) => list.on_reply(to, reply, ctx),
            Self::Detail(detail) => detail.on_reply(reply, ctx),
            Self::Calendar(calendar) => calendar.on_reply(to, reply, ctx),
            Self::Form(form) => form.on_reply(reply, ctx),
        }
    }

    pub fn on_popup(&mut self, outcome: Outcome, ctx: &Context) -> Action {
        match self {
            Self::Home(_) => Action::None,
            Self::List(list) => list.on_popup(&outcome, ctx),
            Self::Detail(detail) => detail.on_popup(&outcome),
            Self::Calendar(calendar) => calendar.on_popup(&outcome),
            Self::Form(form) => form.on_popup(outcome, ctx),
        }
    }

    /// A form's fields and a filter take their letters; everything else is in the table that
    /// the bottom line and the help are made of.
    pub fn key(&mut self, key: KeyEvent, ctx: &Context) -> Action {
        match self {
            Self::Form(form) => return form.key(key, ctx),
            Self::List(list) if list.filter.is_some() => return list.filter_key(key, ctx),
            _ => {}
        }
        match find(&self.bindings(ctx), Key::from_event(key)) {
            Some(Binding { unavailable: Some(reason), .. }) => Action::Notice(Notice::bad(reason.clone())),
            Some(binding) => self.run(binding.command, ctx),
            None => Action::None,
        }
    }

    pub fn paste(&mut self, pasted: &str) -> Action {
        match self {
            Self::List(list) => list.paste(pasted),
            Self::Form(form) => form.paste(pasted),
            Self::Home(_) | Self::Detail(_) | Self::Calendar(_) => Action::None,
        }
    }

    pub fn bindings(&self, ctx: &Context) -> Vec<Binding> {
        match self {
            Self::Home(home) => home.bindings(ctx),
            Self::List(list) => list.bindings(ctx),
            Self::Detail(detail) => detail.bindings(ctx),
            Self::Calendar(calendar) => calendar.bindings(ctx),
            Self::Form(form) => form.bindings(ctx),
        }
    }

    pub fn run(&mut self, command: Command, ctx: &Context) -> Action {
        match self {
            Self::Home(home) => home.run(command, ctx),
            Self::List(list) => list.run(command, ctx),
            Self::Detail(detail) => detail.run(command, ctx),
            Self::Calendar(calendar) => calendar.run(command, ctx),
            Self::Form(form) => form.run(command, ctx),
        }
    }

    /// A click somewhere in the body, where this screen is drawn.
    pub fn click(&mut self, at: Position, body: Rect, ctx: &Context) -> Action {
        match self {
            Self::List(list) => list.click(at, body, ctx),
            Self::Home(home) => home.click(at, body, ctx),
            Self::Detail(_) | Self::Calendar(_) | Self::Form(_) => Action::None,
        }
    }

    /// Nobody waits any more for what it asked for.
    pub fn stop_waiting(&mut self) {
        match self {
            Self::List(list) => list.stop_waiting(),
            Self::Form(form) => form.saving = false,
            Self::Calendar(calendar) => calendar.stop_waiting(),
            Self::Home(_) | Self::Detail(_) => {}
        }
    }

    /// Something was typed that is not saved.
    pub fn has_unsaved(&self) -> bool {
        matches!(self, Self::Form(form) if form.has_unsaved())
    }

    /// Letters belong to a text field here.
    pub fn takes_text(&self) -> bool {
        match self {
            Self::List(list) => list.takes_text(),
            Self::Form(form) => form.takes_text(),
            Self::Home(_) | Self::Detail(_) | Self::Calendar(_) => false,
        }
    }
}

//! The rows of the table of sections.

use super::screen::Screen;
use crate::{
    domain::{
        entity::{EntityKind, Query},
        policy::{self, Permission},
    },
    ui::{Context, Destination, text::Phrase},
};

/// A screen that the palette offers, and some of which the home screen offers too.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// Its name, by which it is found too; so no two sections have the same.
    pub word: Phrase<'static>,
    /// It is offered to users who have this permission, whatever its reach; `None` offers it to
    /// everybody. The services check the permission of each request again.
    pub needs: Option<Permission>,
    /// Whether the home screen has a line for it.
    pub on_home: bool,
    pub opens: Opens,
}

/// What a section opens.
#[derive(Debug, Clone, Copy)]
pub enum Opens {
    /// The list of all records of a kind.
    List(EntityKind),
    /// An empty form for a record of a kind.
    Create(EntityKind),
    /// A screen that needs nothing but the context.
    Screen(fn(&Context) -> Box<dyn Screen>),
}

impl Section {
    /// Whether it is offered to the signed-in user.
    pub fn is_offered(&self, ctx: &Context) -> bool {
        let has = |permission| policy::reach(permission, ctx.session.actor.role, ctx.settings()).is_some();
        self.needs.is_none_or(has)
    }

    /// The kind of records that it lists, if it is a list.
    pub fn lists(&self) -> Option<EntityKind> {
        match self.opens {
            Opens::List(kind) => Some(kind),
            Opens::Create(_) | Opens::Screen(_) => None,
        }
    }

    /// Where it leads.
    pub fn destination(&self) -> Destination {
        match self.opens {
            Opens::List(kind) => Destination::List(Box::new(Query::all(kind))),
            Opens::Create(kind) => Destination::Create(kind),
            Opens::Screen(_) => Destination::Section(self.word),
        }
    }
}

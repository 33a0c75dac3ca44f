//! The sort orders and saved views of a list, in words.

use strum::IntoEnumIterator;

use super::definition::Entity;
use crate::{
    domain::{entity::Query, page::Listing, users::Role},
    ui::text::Phrase,
};

impl Query {
    /// What the list can be sorted by.
    pub fn sorts(&self) -> Vec<Phrase<'static>> {
        fn titles<E: Entity>(_: &Listing<E::Filter, E::Sort>) -> Vec<Phrase<'static>> {
            E::Sort::iter().map(E::sort_title).collect()
        }
        dispatch!(Query self, E, listing => titles::<E>(listing))
    }

    /// The saved views that a role can choose.
    pub fn views(&self, role: Role) -> Vec<Phrase<'static>> {
        dispatch!(Query self, E, _listing => E::views(role).iter().map(|(_, name)| *name).collect())
    }

    /// The present view as an index of [`Self::views`].
    pub fn view(&self, role: Role) -> usize {
        dispatch!(Query self, E, listing => {
            E::views(role).iter().position(|(view, _)| *view == listing.filter.view).unwrap_or(0)
        })
    }

    /// Chooses the view at an index of [`Self::views`], and the order that goes with it.
    pub fn set_view(&mut self, role: Role, index: usize) {
        dispatch!(Query self, E, listing => if let Some((view, _)) = E::views(role).get(index) {
            listing.filter.view = *view;
            E::view_chosen(listing);
        });
    }
}

//! The sort orders and saved views of a list, in words, and its columns.

use strum::IntoEnumIterator;

use super::definition::Entity;
use crate::{
    domain::{
        entity::Query,
        language::Language,
        lists::{ChosenColumn, ColumnName},
        page::Listing,
        text,
        users::Role,
    },
    ui::{
        text::{Phrase, pair, say},
        widgets::table::{Column, Columns},
    },
};

/// Gives the chosen columns their widths, and returns their indexes in the chosen order. In a narrow
/// window the last ones are left out first.
fn choose(all: &mut [Column], chosen: &[ChosenColumn]) -> Vec<usize> {
    let mut order = Vec::new();
    for (priority, ChosenColumn { name, width }) in (0..).zip(chosen) {
        let Some(at) = all.iter().position(|column| column.name == *name) else { continue };
        let preset = all[at];
        let (wide, grow) = width.map_or((preset.width, preset.grow), |width| (width, 0));
        all[at] = Column { width: wide, grow, priority, ..preset };
        order.push(at);
    }
    // A view of another version may have chosen none of these.
    if order.is_empty() { (0..all.len()).collect() } else { order }
}

impl Query {
    /// What the list can be sorted by.
    pub fn sorts(&self) -> Vec<Phrase<'static>> {
        fn titles<E: Entity>(_: &Listing<E::Filter, E::Sort>) -> Vec<Phrase<'static>> {
            E::Sort::iter().map(E::sort_title).collect()
        }
        dispatch!(Query self, E, listing => titles::<E>(listing))
    }

    /// The columns of the list for who has this role: of the `preset` ones those that were chosen, or else
    /// all, without those of [`Self::fixed`].
    pub fn columns(&self, role: Role, chosen: Option<&[ChosenColumn]>, preset: Columns) -> Columns {
        let Columns { mut all, needs, .. } = preset;
        let mut order: Vec<usize> = (0..all.len()).collect();
        if let Some(chosen) = chosen {
            order = choose(&mut all, chosen);
        }
        let (sort, descending) = self.sort();
        let sorted = all.iter().position(|column| column.sort == Some(sort));
        let fixed = self.fixed(role, chosen.is_some());
        order.extend(sorted.filter(|at| !order.contains(at)));
        let is_shown = |at: &usize| Some(*at) == sorted || !fixed.contains(&all[*at].name);
        let shown = order.into_iter().filter(is_shown).collect();
        Columns { shown, sorted: sorted.map(|at| (at, descending)), all, needs }
    }

    /// The columns whose values view or filter fix for who has this role. A filter takes away no column
    /// that was `chosen`.
    pub fn fixed(&self, role: Role, chosen: bool) -> Vec<ColumnName> {
        let by = if chosen { self.unfiltered() } else { self.clone() };
        dispatch!(Query &by, E, listing => E::fixed(&listing.filter, role))
    }

    /// The saved views that a role can choose.
    pub fn views(&self, role: Role) -> Vec<Phrase<'static>> {
        dispatch!(Query self, E, _listing => E::views(role).iter().map(|(_, name)| *name).collect())
    }

    /// Whether one of the program's own views is called so, in either language and for any role, as the
    /// names of views are compared.
    pub fn has_view_called(&self, name: &str) -> bool {
        let key = text::sort_key(name);
        let mut views = Role::iter().flat_map(|role| self.views(role));
        views.any(|view| Language::iter().any(|language| text::sort_key(&say(language, view)) == key))
    }

    /// The name of the list in its present view, such as "Contracts: not signed".
    pub fn title(&self, role: Role, language: Language) -> String {
        let name = say(language, Phrase::ListOf(self.kind()));
        match self.views(role).get(self.view(role)) {
            Some(view) => pair(language, &name, &say(language, *view).to_lowercase()),
            None => name,
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entity::EntityKind;

    #[test]
    fn each_order_has_a_column_of_the_same_name() {
        fn titles<E: Entity>(_: &Listing<E::Filter, E::Sort>) -> Vec<Option<Phrase<'static>>> {
            let column =
                |sort| E::COLUMNS.iter().find(|(_, column)| column.sort == Some(sort)).map(|(title, _)| *title);
            (0..E::Sort::iter().count()).map(column).collect()
        }
        for query in EntityKind::iter().map(Query::all) {
            let columns = dispatch!(Query &query, E, listing => titles::<E>(listing));
            let sorts = query.sorts().into_iter().map(Some).zip(&columns);
            // Possible duplicates stand together, which no column shows.
            let sorts = sorts.filter(|(title, _)| *title != Some(Phrase::ViewDuplicates));
            assert!(sorts.clone().all(|(title, column)| title == *column), "{:?}", sorts.collect::<Vec<_>>());
        }
    }
}

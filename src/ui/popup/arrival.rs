//! The lines of a menu that arrive while it is open.

use super::{
    item::{Item, candidate, choice, hit, saved_view},
    menu::{Menu, Present, Source},
    narrow::narrowed,
    outcome::{Outcome, PopupResult, ViewChoice},
};
use crate::{
    domain::{contracts::ContractRow, entity::EntityKind, text::fold},
    services::{Found, Reply},
    ui::{
        Context,
        entity::contracts::due_in_words,
        form::Choices,
        text::{Asked, Phrase},
        widgets::input::Input,
    },
};

impl Menu {
    /// Selects the line of a view.
    pub(super) fn select(&mut self, view: ViewChoice) {
        let is_it = |item: &Item| matches!(item.outcome, Some(Outcome::View(choice)) if choice == view);
        self.at = self.shown.iter().position(is_it).unwrap_or(0);
    }

    /// Lists the saved views as they are known now. The selection stays on its line.
    pub(super) fn show_views(&mut self, ctx: &Context) {
        let Source::Views(kind, _) = self.source else { return };
        let saved = ctx.lists.views.iter().filter(|listed| listed.view.kind == kind);
        self.views = saved.map(|listed| saved_view(listed, ctx)).collect();
        self.replace(self.narrowed());
    }

    pub(super) fn fill(&mut self, reply: Reply, ctx: &Context) -> PopupResult {
        if let (Source::Views(..), Reply::Lists(_)) = (&self.source, &reply) {
            self.show_views(ctx);
            return PopupResult::Stay;
        }
        let text = self.input.as_ref().map_or("", Input::text);
        let mut lines = if self.source == Source::Search { narrowed(&self.fixed, text) } else { Vec::new() };
        (self.among_newest, self.more) = (false, false);
        match reply {
            Reply::Candidates { people, more, overlapping } => {
                self.more = more;
                self.overlap = (!overlapping.is_empty()).then(|| {
                    ctx.say(Phrase::Asked(Asked::TheseOverlap {
                        count: overlapping.len(),
                        titles: &overlapping.join(", "),
                    }))
                });
                lines.extend(people.iter().map(|person| candidate(person, ctx)));
            }
            Reply::ClientChoices(page) => {
                (self.among_newest, self.more) = (page.among_newest, page.after);
                lines.extend(page.rows.into_iter().map(|row| choice(row.into(), ctx)));
            }
            Reply::ContractChoices(page) if self.source == Source::Records(Choices::Payable) => {
                (self.among_newest, self.more) = (page.among_newest, page.after);
                let due = |row: ContractRow| Item { detail: due_in_words(&row, ctx), ..choice(row.into(), ctx) };
                lines.extend(page.rows.into_iter().map(due));
            }
            Reply::ContractChoices(page) => {
                (self.among_newest, self.more) = (page.among_newest, page.after);
                lines.extend(page.rows.into_iter().map(|row| choice(row.into(), ctx)));
            }
            Reply::Found { mut records, more, among_newest } => {
                (self.among_newest, self.more) = (among_newest, more);
                // A number means the contract with this number, before other records that contain
                // the number.
                let meant = |found: &Found| found.kind == EntityKind::Contract && self.numbered() == Some(found.id);
                if records.first().is_some_and(meant) {
                    lines.insert(0, hit(records.remove(0), ctx));
                }
                lines.extend(records.into_iter().map(|found| hit(found, ctx)));
            }
            _ => {}
        }
        // "Nobody" comes last: Enter chooses the first line, which should be the best candidate.
        let is_meant = |item: &&Item| !text.trim().is_empty() && fold(&item.label).starts_with(&fold(text.trim()));
        if text.is_empty() && self.source != Source::Search {
            lines.extend(self.fixed.iter().cloned());
        } else if let Source::Records(_) = self.source {
            lines.extend(self.fixed.iter().filter(is_meant).cloned());
        }
        let present = self.present.filter(|_| text.is_empty() && !self.moved);
        self.replace(lines);
        if let Some(present) = present {
            let is_it = |item: &Item| match &item.outcome {
                Some(Outcome::Person(person)) => {
                    present == person.as_ref().map_or(Present::Nobody, |person| Present::Person(person.id))
                }
                _ => false,
            };
            self.at = self.shown.iter().position(is_it).unwrap_or(0);
        }
        self.catch_up()
    }

    /// Shows other lines. The selection stays on its line; if that was the first, it stays the first.
    fn replace(&mut self, lines: Vec<Item>) {
        let selected = self.shown.get(self.at).cloned();
        let is_it = |item: &Item| selected.as_ref().is_some_and(|selected| selected.is_same(item));
        self.shown = lines;
        if self.at > 0 || matches!(self.source, Source::Views(..)) {
            let last = self.shown.len().saturating_sub(1);
            self.at = self.shown.iter().position(is_it).unwrap_or(self.at.min(last));
        }
        self.unseen |= !self.shown.get(self.at).is_some_and(is_it);
    }
}

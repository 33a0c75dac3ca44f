//! The lines of a menu.

use chrono::Datelike;

use super::outcome::{Outcome, ViewChoice};
use crate::{
    domain::{
        assigning::{Availability, Candidate},
        entity::Record,
        lists::ListedView,
        text,
    },
    services::Found,
    ui::{
        Context, Destination, entity,
        text::{Asked, ListPhrase, Phrase, TimePhrase},
        widgets::chrome::wrapped_to,
    },
};

/// A line of a menu.
#[derive(Debug, Clone, Default)]
pub struct Item {
    pub label: String,
    pub detail: String,
    /// Other words by which the line is found, and those of the other language.
    pub also: String,
    pub foreign: String,
    /// If this is not 0, the label is never cut: it takes as many lines as it needs, and those after
    /// the first begin after so many columns.
    pub hang: usize,
    pub outcome: Option<Outcome>,
}

impl Item {
    /// Whether the other line stands for the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.outcome, &other.outcome) {
            (Some(Outcome::Person(Some(one))), Some(Outcome::Person(Some(two)))) => one.id == two.id,
            (Some(Outcome::Record(one)), Some(Outcome::Record(two))) => {
                (one.kind(), one.id()) == (two.kind(), two.id())
            }
            (Some(Outcome::View(one)), Some(Outcome::View(two))) => one == two,
            (
                Some(Outcome::Go(Destination::Record(kind, id))),
                Some(Outcome::Go(Destination::Record(other_kind, other_id))),
            ) => (kind, id) == (other_kind, other_id),
            (Some(_), Some(_)) | (None, None) => self.label == other.label,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// A line of the menu, its detail on the right.
pub(super) fn one_line(item: &Item, columns: usize) -> String {
    let detail = text::cut(&item.detail, columns.saturating_sub(text::width(&item.label).min(columns / 2) + 2));
    let label = text::fit(&item.label, columns.saturating_sub(text::width(&detail) + 1));
    format!("{label} {detail}")
}

/// The same on as many lines as it needs, the detail below.
pub(super) fn whole_line(item: &Item, columns: usize) -> Vec<String> {
    const MOST: usize = 4;
    if text::width(&item.label) + text::width(&item.detail) + 2 <= columns {
        return vec![one_line(item, columns)];
    }
    let (first, rest) = item.label.split_at(item.label.char_indices().nth(item.hang).map_or(0, |(at, _)| at));
    let mut lines = wrapped_to(rest, columns.saturating_sub(item.hang), MOST);
    for (at, line) in lines.iter_mut().enumerate() {
        let before = if at == 0 { first.to_owned() } else { " ".repeat(item.hang) };
        line.insert_str(0, &before);
    }
    if !item.detail.is_empty() {
        let detail = wrapped_to(&item.detail, columns.saturating_sub(2), MOST);
        lines.extend(detail.iter().map(|line| format!("  {line}")));
    }
    lines.iter().map(|line| text::fit(line, columns)).collect()
}

pub(super) fn choice(record: Record, ctx: &Context) -> Item {
    let (label, detail) = entity::choice(&record, ctx);
    Item { label, detail, outcome: Some(Outcome::Record(Box::new(record))), ..Item::default() }
}

pub(super) fn candidate(person: &Candidate, ctx: &Context) -> Item {
    let weeks = person.weeks.map(|(first, last)| {
        let format = if first.year() == last.year() { "%d/%m" } else { "%d/%m/%Y" };
        [first, last].map(|day| day.format(format).to_string())
    });
    let weeks = weeks.as_ref().map(|[first, last]| (first.as_str(), last.as_str()));
    let load = &ctx.say(Phrase::Time(TimePhrase::Load { events: person.load, weeks }));
    let detail = match (person.availability, person.clash()) {
        (Some(Availability::Clash), Some(title)) => ctx.say(Phrase::Clashes { title, load }),
        (Some(Availability::Clash), None) => ctx.say(Phrase::BusyThen(load)),
        (Some(Availability::Overlap), _) => ctx.say(Phrase::Asked(Asked::NotForAll(load))),
        (Some(Availability::Busy), _) => ctx.say(Phrase::BusyThatDay(load)),
        (Some(Availability::Free), _) => ctx.say(Phrase::FreeThen(load)),
        (None, _) => String::new(),
    };
    Item {
        label: person.full_name.clone(),
        detail,
        outcome: Some(Outcome::Person(Some(Box::new(person.clone())))),
        ..Item::default()
    }
}

pub(super) fn saved_view(ListedView { view, owner, content }: &ListedView, ctx: &Context) -> Item {
    let whose = match (view.owner == ctx.session.actor.id, view.shared) {
        (true, false) => ListPhrase::ViewIsOwn,
        (true, true) => ListPhrase::ViewIsShared,
        (false, _) => ListPhrase::ViewBy(owner),
    };
    let detail = ctx.say(if content.is_some() { whose } else { ListPhrase::ViewUnusable });
    Item {
        label: view.name.clone(),
        detail,
        outcome: Some(Outcome::View(ViewChoice::Saved(view.id))),
        ..Item::default()
    }
}

pub(super) fn hit(found: Found, ctx: &Context) -> Item {
    let Found { kind, id, name, detail } = found;
    let label = entity::found_name(kind, id, &name, ctx);
    let detail = format!("{} {detail}", ctx.say(Phrase::OneOf(kind))).trim_end().to_owned();
    Item { label, detail, outcome: Some(Outcome::Go(Destination::Record(kind, id))), ..Item::default() }
}

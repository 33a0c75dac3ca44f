//! A line of the audit log with all that it says.

use super::{Menu, Popup, Source, item::Item, outcome::Outcome};
use crate::{
    domain::text,
    ui::{Context, destination::Destination, widgets::chrome::wrapped},
};

impl Popup {
    /// Labelled values to read, as many lines as they need. Enter goes `to` what they are about, or
    /// else closes.
    pub fn entry(title: String, facts: &[(String, String)], to: Option<&Destination>, ctx: &Context) -> Self {
        let items = facts.iter().flat_map(|(label, value)| lines(&ctx.pair(label, ""), value));
        let items = items.map(|item| Item { outcome: to.cloned().map(Outcome::Go), ..item });
        Self::Menu(Menu::new(title, None, Source::Report, items.collect()))
    }
}

/// A value behind its label. A long one has several lines of the menu, so that it can be scrolled.
fn lines(label: &str, value: &str) -> Vec<Item> {
    const LABEL: usize = 24;
    const VALUE: usize = 140;
    let line = |(at, words): (usize, String)| {
        let label = text::fit(if at == 0 { label } else { "" }, LABEL);
        Item { hang: label.chars().count(), label: label + &words, ..Item::default() }
    };
    wrapped(value, VALUE).into_iter().enumerate().map(line).collect()
}

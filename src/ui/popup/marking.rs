//! The people who are marked in a picker, who then share.

use super::{item::Item, outcome::Outcome};
use crate::{
    domain::assigning::Candidate,
    ui::{
        Context,
        text::{Asked, Phrase},
        widgets::chrome::{wrapped, wrapped_to},
    },
};

/// The marked people, in the order of marking.
#[derive(Debug, Default)]
pub struct Marking(pub Vec<Candidate>);

impl Marking {
    /// Marks this person, or removes the mark.
    pub fn toggle(&mut self, person: &Candidate) {
        let before = self.0.len();
        self.0.retain(|marked| marked.id != person.id);
        if self.0.len() == before {
            self.0.push(person.clone());
        }
    }

    /// The line with the sign of its mark.
    pub fn signed(&self, item: &Item) -> Item {
        let marked = person(item).is_some_and(|person| self.0.iter().any(|marked| marked.id == person.id));
        let sign = if marked { "* " } else { "  " };
        Item { label: format!("{sign}{}", item.label), ..item.clone() }
    }

    /// How many people are marked, who they are, and what Enter does: as many names as two lines have
    /// room for, and how many there are besides. `selected` is the line that Enter chooses if nobody is
    /// marked.
    pub fn words(&self, selected: Option<&Item>, columns: usize, ctx: &Context) -> Vec<String> {
        const MOST: usize = 2;
        let names: Vec<&str> = self.0.iter().map(|person| person.full_name.as_str()).collect();
        if names.is_empty() {
            let say = |person: &Candidate| ctx.say(Phrase::Asked(Asked::HandsOverTo(&person.full_name)));
            return selected.and_then(person).map(|person| wrapped_to(&say(person), columns, MOST)).unwrap_or_default();
        }
        let naming = |named: usize| {
            let first = names[..named].join(", ");
            let more = names.len() - named;
            let who = if more > 0 { format!("{first} {}", ctx.say(Phrase::AndMore(more))) } else { first };
            ctx.say(Phrase::Asked(Asked::MarkedPeople { count: names.len(), who: &who }))
        };
        let mut fitting = (1..=names.len()).rev().map(naming).filter(|words| wrapped(words, columns).len() <= MOST);
        wrapped_to(&fitting.next().unwrap_or_else(|| naming(1)), columns, MOST)
    }
}

/// The person of a line of a picker.
pub fn person(item: &Item) -> Option<&Candidate> {
    if let Some(Outcome::Person(person)) = &item.outcome { person.as_deref() } else { None }
}

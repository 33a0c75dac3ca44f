//! Picking values of fields: records, time zones, days.

use super::{Form, FormQuestion};
use crate::{
    domain::Field,
    ui::{
        Action, Context, entity,
        form::{FieldKind, Purpose, in_period},
        popup::{Outcome, Popup, Source},
        text::Phrase,
        widgets::input::Input,
    },
};

impl Form {
    pub(super) fn pick(&mut self, typed: Option<char>, ctx: &Context) -> Action {
        let entry = &self.entries[self.at];
        if entry.kind == FieldKind::Zone {
            self.asked = Some(FormQuestion::Pick(self.at));
            let mut picker = Popup::zones(ctx.field(entry.field), entry.input.text(), ctx);
            if let Some(letter) = typed {
                picker.paste(letter.encode_utf8(&mut [0; 4]));
            }
            return Action::Popup(Box::new(picker));
        }
        let FieldKind::Record(choices) = &entry.kind else { return Action::None };
        let source = Source::Records(choices.clone());
        let nothing = if matches!(self.purpose, Purpose::Refine(_)) { Phrase::Any } else { Phrase::Nobody };
        let nobody = (!entry.required).then(|| ctx.say(nothing));
        let mut picker = Popup::picker(ctx.field(entry.field), source, nobody);
        if let (Popup::Menu(menu), Some(letter)) = (&mut picker, typed) {
            menu.input = Some(Input::line(&letter.to_string()));
        }
        self.asked = Some(FormQuestion::Pick(self.at));
        Action::Popup(Box::new(picker))
    }

    /// Opens the month of the typed day, or the present month.
    pub(super) fn pick_day(&mut self, ctx: &Context) -> Action {
        let Some(entry) = self.entries.get(self.at).filter(|entry| entry.is_date()) else { return Action::None };
        let clock = self.clock(entry.field, ctx);
        let now = clock.unwrap_or(ctx.now);
        let day = in_period(&self.entries, entry, now).typed_day(clock).unwrap_or(now.date());
        let popup = Popup::month(ctx.field(entry.field), day, ctx.now.date());
        self.asked = Some(FormQuestion::Pick(self.at));
        Action::Popup(Box::new(popup))
    }

    pub(super) fn fill(&mut self, at: usize, outcome: Outcome, ctx: &Context) {
        let (id, name) = match outcome {
            Outcome::Record(record) => {
                if let Purpose::Create(kind) | Purpose::Edit(kind, _) = self.purpose {
                    self.suggest(entity::suggestions(kind, &record, ctx));
                }
                (Some(record.id()), entity::picked_name(&record, ctx))
            }
            Outcome::Person(person) => person.map_or_else(Default::default, |one| (Some(one.id.0), one.full_name)),
            Outcome::Text(text) => (None, text),
            _ => return,
        };
        let entry = &mut self.entries[at];
        entry.picked = id;
        entry.input.set(&name);
        entry.forget_problem();
    }

    /// Replaces the proposals of an earlier pick, but nothing that the user has typed.
    fn suggest(&mut self, proposed: Vec<(Field, String)>) {
        for entry in &mut self.entries {
            let of = |all: &[(Field, String)]| {
                all.iter().find(|(field, _)| *field == entry.field).map(|(_, text)| text.clone())
            };
            let is_typed = !entry.input.is_empty() && Some(entry.input.text()) != of(&self.suggested).as_deref();
            if let Some(text) = of(&proposed).filter(|_| !is_typed) {
                entry.input.propose(&text);
            }
        }
        self.suggested = proposed;
    }
}

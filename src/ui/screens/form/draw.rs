//! Draws a form, scrolled so that the focused field is visible.

use ratatui::{Frame, layout::Rect, style::Style};

use super::Form;
use crate::{
    domain::{
        password::{self, Strength},
        text,
    },
    ui::{
        Context,
        form::{FieldKind, FormField, Purpose, in_period},
        text::{KnownPhrase, PaymentPhrase, Phrase},
        widgets::{
            chrome::wrapped,
            input::Input,
            paint::{Focus, LABELS, line_at, put, rows},
            path::shortened,
        },
    },
};

/// The rows of notes.
const NOTES: u16 = 4;

/// The width that a field keeps for typing when its interpretation is shown beside it.
const TYPED: u16 = 22;

impl Form {
    /// Draws the fields, scrolled so that the focused one is visible; returns its place.
    pub fn draw_fields(&self, frame: &mut Frame, area: Rect, ctx: &Context) -> Focus {
        let height = |entry: &FormField| own_rows(entry) + rows(self.words_below(entry, area, ctx).len());
        let before: u16 = self.entries.iter().take(self.at).map(height).sum();
        let focused = self.entries.get(self.at).map_or(1, height);
        let mut skip = (before + focused).saturating_sub(area.height);
        let mut y = area.y;
        let mut caret = None;
        for (number, entry) in self.entries.iter().enumerate() {
            let tall = height(entry);
            if skip > 0 {
                skip = skip.saturating_sub(tall);
                continue;
            }
            if y + tall > area.bottom() {
                break;
            }
            let place = Rect { y, height: tall, ..area };
            let at = draw_entry(frame, place, entry, (self, number == self.at), ctx);
            caret = caret.or(at).or((number == self.at).then(|| line_at(place, 0)));
            y += tall;
        }
        if self.saving && ctx.saving && y < area.bottom() {
            put(frame, Rect { y, height: 1, ..area }, 0, &ctx.say(Phrase::Saving), ctx.theme.quiet);
        }
        caret.unwrap_or(line_at(area, 0))
    }

    /// How strong a typed new password is. One that is refused is no better than weak, however hard it
    /// is to guess.
    fn strength(&self, entry: &FormField, ctx: &Context) -> Option<String> {
        let text = entry.input.text();
        if entry.kind != FieldKind::NewPassword || text.trim().is_empty() {
            return None;
        }
        let is_refused = entry.problem.is_some() || password::check(text, &self.password_rules(ctx)).is_err();
        let strength = password::strength(text, &[]);
        Some(ctx.say(Phrase::Strength(if is_refused { strength.min(Strength::Weak) } else { strength })))
    }

    /// What is said below a field, in lines that fit: what is wrong with it or else what one should
    /// know about it, and what another user has saved there.
    fn words_below(&self, entry: &FormField, area: Rect, ctx: &Context) -> Vec<(String, Style)> {
        let columns = usize::from(area.width - self.label_columns(area, ctx));
        let problem = entry.problem.map(|problem| (ctx.problem(problem), ctx.theme.bad));
        let hint = self.hint(entry, ctx).filter(|_| problem.is_none()).map(|hint| (hint, ctx.theme.quiet));
        let theirs = match &self.purpose {
            Purpose::Merge(_) => entry.other_value().map(|(value, of_kept)| {
                ctx.say(KnownPhrase::OtherValue { value: &entry.label(&value, ctx, None), of_kept })
            }),
            _ => entry.theirs.as_ref().map(|value| {
                let name = self.conflict.as_ref().map_or("", |(name, _)| name);
                ctx.say(Phrase::Theirs { name, value: &entry.label(value, ctx, None) })
            }),
        };
        let theirs = theirs.map(|words| (words, ctx.theme.warning));
        let known = self.known_below(entry.field, ctx).into_iter().map(|words| (words, ctx.theme.warning));
        let all = [problem, hint, theirs].into_iter().flatten().chain(known);
        all.flat_map(|(words, style)| wrapped(&words, columns).into_iter().map(move |line| (line, style))).collect()
    }

    /// What one should know about a field: what its proposal is, as long as it stands there, and whether Enter saves
    /// the form here.
    fn hint(&self, entry: &FormField, ctx: &Context) -> Option<String> {
        let here = self.entries.get(self.at).is_some_and(|focused| focused.field == entry.field);
        let saves = here && self.is_saved_here() && self.has_what_it_needs() && !self.saving;
        let note = entry.note.clone().filter(|_| !entry.is_changed());
        let enter = saves.then(|| ctx.say(PaymentPhrase::EnterRecords));
        let parts: Vec<String> = [note, enter, entry.hint.map(|hint| ctx.say(hint))].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// The width of the labels: that of the longest, with a gap before the values, unless it leaves too
    /// little room for those.
    fn label_columns(&self, area: Rect, ctx: &Context) -> u16 {
        let longest = self.entries.iter().map(|entry| text::width(&label(entry, false, ctx))).max();
        (rows(longest.unwrap_or(0)) + GAP).max(LABELS).min(area.width * 2 / 5)
    }
}

/// The least distance between a label and its value.
const GAP: u16 = 2;

fn label(entry: &FormField, focused: bool, ctx: &Context) -> String {
    let marker = if focused { ">" } else { " " };
    let star = if entry.required { " *" } else { "" };
    format!("{marker} {}{star}", entry.name(ctx))
}

fn draw_entry(
    frame: &mut Frame,
    area: Rect,
    entry: &FormField,
    (form, focused): (&Form, bool),
    ctx: &Context,
) -> Option<Focus> {
    let theme = ctx.theme;
    let labels = form.label_columns(area, ctx);
    let style = if focused { theme.accent } else { theme.quiet };
    put(frame, Rect { width: labels.saturating_sub(1), ..area }, 0, &label(entry, focused, ctx), style);
    let echo = form
        .strength(entry, ctx)
        .or_else(|| in_period(&form.entries, entry, ctx.now).echo(ctx, form.clock(entry.field, ctx)));
    let room = area.width.saturating_sub(labels);
    let echo_width = echo.as_ref().map_or(0, |echo| rows(text::width(echo)) + 2).min(room.saturating_sub(TYPED));
    let own = own_rows(entry);
    let value = Rect { x: area.x + labels, width: room - echo_width, height: own, ..area };
    let mut caret = None;
    match &entry.kind {
        FieldKind::Choice(options) => {
            let chosen = options.get(entry.choice).map_or("", |(_, label)| label.as_str());
            let shown = if focused { format!("< {chosen} >") } else { format!("  {chosen}") };
            put(frame, value, 0, &shown, if focused { theme.field } else { theme.text });
        }
        FieldKind::Record(_) if entry.input.is_empty() => {
            put(frame, value, 0, &ctx.say(Phrase::PickHint), if focused { theme.field } else { theme.quiet });
        }
        FieldKind::Fixed | FieldKind::Record(_) | FieldKind::Zone => {
            let words = shortened_if_path(entry.input.text(), value.width);
            put(frame, value, 0, &words, if focused { theme.field } else { theme.text });
        }
        _ => {
            let at = entry.input.draw(frame, value, if focused { theme.field } else { theme.text });
            caret = focused.then_some(Focus::Caret(at));
            if focused && entry.input.is_proposed() {
                let width = rows(text::width(entry.input.text())).min(value.width);
                frame.buffer_mut().set_style(Rect { width, ..value }, theme.selected);
            }
        }
    }
    if let Some(echo) = echo {
        let side = Rect { x: value.right() + 1, width: echo_width.saturating_sub(1), ..value };
        put(frame, side, 0, &echo, theme.quiet);
    }
    if entry.kind == FieldKind::Notes {
        draw_place(frame, Rect { width: labels, ..area }, &entry.input, ctx);
    }
    let below = Rect { x: area.x + labels, width: room, ..area };
    for (number, (line, style)) in form.words_below(entry, area, ctx).iter().enumerate() {
        put(frame, below, own + rows(number), line, *style);
    }
    caret
}

/// Says which line of long notes has the caret, under their label.
fn draw_place(frame: &mut Frame, area: Rect, notes: &Input, ctx: &Context) {
    let of = notes.text().split('\n').count();
    if of > usize::from(NOTES) {
        let place = ctx.say(Phrase::LineOf { at: notes.caret_line() + 1, of });
        put(frame, area, 1, &format!("  {place}"), ctx.theme.quiet);
    }
}

fn shortened_if_path(text: &str, columns: u16) -> String {
    if text.starts_with('/') { shortened(text, columns.into()) } else { text.to_owned() }
}

/// The rows of the field itself.
fn own_rows(entry: &FormField) -> u16 {
    if entry.kind == FieldKind::Notes { NOTES } else { 1 }
}
